/// Where a walked dance has turned so far, so that a stretch can be judged by where it would leave the dancer facing. Internal to the room.
#pragma once

#include <deque>
#include <span>

namespace choreia::choreo {

/// Turns are given as rad/s about +Y, a row each, kPoseFps rows a second.
class TurnMemory {
public:
    /// How far the dancer would be turned from the audience on the way through a stretch, the turned dance being led round afterwards (choreo/facing.h):
    /// mean of (1 - cos heading) / 2; 0: never, 1: its back all the time.
    [[nodiscard]] double away(std::span<const double> turns) const;
    /// Most whole turns one way within the last eval::kSpinSeconds, this stretch with them.
    [[nodiscard]] double mostTurns(std::span<const double> turns) const;
    /// The stretch is danced.
    void add(std::span<const double> turns);

private:
    double heading_ = 0;        ///< rad, 0: the audience
    std::deque<double> turned_; ///< whole turns of each of the last stretches, to the left positive
};

}  // namespace choreia::choreo
