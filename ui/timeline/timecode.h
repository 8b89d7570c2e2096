/// Times as people read them: minutes and milliseconds, bars and beats.
#pragma once

#include "audio/beat_grid.h"

#include <QString>

namespace choreia::ui {

/// "0:30.700"; negative counts as 0.
[[nodiscard]] QString timeText(double seconds);
/// "0:03" for time left, "1:02:05" over an hour; negative (unknown) gives "".
[[nodiscard]] QString leftText(double seconds);

using audio::BarBeat;
using audio::barBeatAt;
/// "9.3", or "" where there are no beats.
[[nodiscard]] QString barBeatText(const audio::BeatGrid& grid, double seconds);

}  // namespace choreia::ui
