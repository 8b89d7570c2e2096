/// The song's mel spectrum at every zoom: loudness of 64 bands, each level with rows half as many.
#pragma once

#include "core/matrix.h"
#include "style/theme.h"

#include <QImage>

#include <cstdint>
#include <vector>

namespace choreia::ui {

/// Immutable after build(). Memory: 128 bytes a row of the analysis (0.4 MB a minute).
class Spectrogram {
public:
    /// features: an analysis's, audio::columns::kMel of it, 60 rows a second. Loudness is counted from the song's own silence (its 5th percentile, at most 60 dB
    /// under the top) to its 99.8th. Cost: about 2 ms a minute.
    static Spectrogram build(const Table& features);

    [[nodiscard]] bool empty() const { return levels_.empty(); }
    /// Columns of equal time from `from` on (seconds), as wide as asked for and a band high each, the lowest band at the bottom; columns beyond the song are
    /// transparent. Cost: a few rows a column, whatever the length.
    [[nodiscard]] QImage picture(double from, double to, int columns, style::Theme theme) const;
    /// Loudness 0..1 of a band (0 the lowest) at a moment, for tests and tool tips.
    [[nodiscard]] float at(double seconds, std::size_t band) const;
    /// Where a frequency lies: 0 at the lower edge of the lowest band .. 1 at the upper edge of the highest.
    [[nodiscard]] static double heightOf(double hz);

private:
    std::vector<std::vector<std::uint8_t>> levels_;  ///< [rows, bands] each
};

}  // namespace choreia::ui
