/// Times as people read them: minutes and milliseconds, bars and beats.
#pragma once

#include "audio/analysis.h"

#include <QString>

namespace choreia::ui {

/// "0:30.700"; negative counts as 0.
[[nodiscard]] QString timeText(double seconds);
/// "0:03" for time left, "1:02:05" over an hour; negative (unknown) gives "".
[[nodiscard]] QString leftText(double seconds);

struct BarBeat {
    int bar = 0, beat = 0;  ///< from 1; bar 0 is the upbeat before the first downbeat; both 0 where there is no beat yet
};
[[nodiscard]] BarBeat barBeatAt(const audio::BeatGrid& grid, double seconds);
/// "9.3", or "" where there are no beats.
[[nodiscard]] QString barBeatText(const audio::BeatGrid& grid, double seconds);

}  // namespace choreia::ui
