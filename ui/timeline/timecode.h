/// Times as people read and write them: minutes and milliseconds, bars and beats.
#pragma once

#include "audio/beat_grid.h"

#include <QString>

#include <optional>

namespace choreia::ui {

/// "0:30.700"; negative counts as 0.
[[nodiscard]] QString timeText(double seconds);
/// "0:03" for time left, "1:02:05" over an hour; negative (unknown) gives "".
[[nodiscard]] QString leftText(double seconds);

using audio::BarBeat;
using audio::barBeatAt;
/// "9.3", or "" where there are no beats.
[[nodiscard]] QString barBeatText(const audio::BeatGrid& grid, double seconds);

/// What a person wrote, understood as a moment of the song; or why it is none, in words for them.
struct Written {
    std::optional<double> seconds{};  ///< 0..duration
    QString refusal{};                ///< empty where understood
};
/// "1:23.4", "83.4", "1:02:03"; a comma counts as the point. duration: the song's, seconds. Refused: anything else, and what lies beyond the end.
[[nodiscard]] Written timeWritten(const QString& text, double duration);
/// "12.3" is the third beat of bar 12, "12" its first, "0.0" the start. Refused: a bar or beat that the song has not.
[[nodiscard]] Written barBeatWritten(const QString& text, const audio::BeatGrid& grid, double duration);

}  // namespace choreia::ui
