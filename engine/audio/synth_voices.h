/// Instruments: drum samples made once, and notes rendered into a stereo mix.
#pragma once

#include "audio/synth_score.h"

#include <array>
#include <map>
#include <memory>
#include <vector>

namespace choreia::audio {

/// Two channels and a send to the room's echo.
struct Mix {
    explicit Mix(std::size_t frames) : left(frames), right(frames), room(frames) {}
    std::vector<float> left, right, room;
};

/// All drums at one sample rate; same rate, same samples.
class DrumKit {
public:
    explicit DrumKit(int rate);
    /// Adds one hit starting at a frame (fractions are rounded).
    void play(Mix& mix, double frame, Drum drum, float velocity) const;

private:
    std::array<std::vector<float>, kDrums> samples_;
};

/// Pitched instruments. Keeps band-limited wave tables by timbre and pitch.
class Voices {
public:
    explicit Voices(int rate);
    /// frames: length until release. duck: gain by frame for instruments that pump, or empty.
    void play(Mix& mix, double frame, double frames, const Note& note, const std::vector<float>& duck);

private:
    const std::vector<float>& table(Timbre timbre, int pitch);
    int rate_;
    std::map<std::pair<int, int>, std::vector<float>> tables_;
};

}  // namespace choreia::audio
