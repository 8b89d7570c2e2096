/// A part of the song, how it meets the beats, and how people name it.
#pragma once

#include "audio/analysis.h"

#include <QString>

namespace choreia::ui {

/// Seconds of the song, from < to.
struct TimeRange {
    double from = 0, to = 0;
    [[nodiscard]] double seconds() const { return to - from; }
    bool operator==(const TimeRange&) const = default;
};

/// The beat nearest to a moment (the song's start and end count as beats); the moment itself where there are no beats.
[[nodiscard]] double snappedToBeat(const audio::BeatGrid& grid, double duration, double seconds);
/// Seconds that a beat lasts at a moment; half a second where there are no beats.
[[nodiscard]] double beatAt(const audio::BeatGrid& grid, double seconds);
/// Both ends on beats, at least one beat long; a and b in any order.
[[nodiscard]] TimeRange snappedRange(const audio::BeatGrid& grid, double duration, double a, double b);
/// "bar 9", "bars 9-12"; without bars "0:04-0:08".
[[nodiscard]] QString rangeText(const audio::BeatGrid& grid, const TimeRange& range);

}  // namespace choreia::ui
