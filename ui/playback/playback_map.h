/// Where in the song the player is after so much sound: the one formula shared by sound, silent clock and picture.
#pragma once

#include <algorithm>
#include <cmath>

namespace choreia::ui {

/// A part of the song played over and over; none where end <= begin.
struct LoopRegion {
    double begin = 0, end = 0;  ///< seconds
    [[nodiscard]] bool active() const { return end > begin; }
    bool operator==(const LoopRegion&) const = default;
};

/// A run of playing: it began at `start`, and from then on the elapsed time alone tells the position.
struct PlaybackMap {
    double start = 0, duration = 0;  ///< seconds in the song
    LoopRegion loop;
    double speed = 1;  ///< seconds of the song a second heard, > 0

    /// Position after `elapsed` seconds heard, 0..duration. A loop catches the playhead only if playing began before the loop's end.
    [[nodiscard]] double at(double elapsed) const {
        const double straight = start + std::max(0.0, elapsed) * speed;
        if (loop.active() && start < loop.end && straight >= loop.end)
            return loop.begin + std::fmod(straight - loop.begin, loop.end - loop.begin);
        return std::min(straight, duration);
    }
    /// Whether the song is over after `elapsed` seconds heard; never inside a loop.
    [[nodiscard]] bool over(double elapsed) const { return !(loop.active() && start < loop.end) && start + elapsed * speed >= duration; }
};

}  // namespace choreia::ui
