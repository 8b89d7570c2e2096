/// The end of the mixing desk: a small room, and a limiter that keeps peaks under full scale.
#pragma once

#include <vector>

namespace choreia::audio {

/// Adds the echo of a small hall (Schroeder and Moorer's combs and all-passes) of send to left and right.
void addRoom(const std::vector<float>& send, int rate, float level, std::vector<float>& left, std::vector<float>& right);

/// Brings the loud parts to the level (RMS of both channels, 0..1) and holds peaks under ceiling with 4 ms of foresight.
void master(std::vector<float>& left, std::vector<float>& right, int rate, double level, float ceiling);

}  // namespace choreia::audio
