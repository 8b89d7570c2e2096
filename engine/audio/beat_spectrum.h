/// What the beat network hears: a log-filtered spectrum with SuperFlux and pitch classes at 100 rows a second, made stretch by stretch so that
/// an hour of sound needs no hour of memory.
#pragma once

#include "audio/packed_sound.h"
#include "core/matrix.h"

#include <cstddef>
#include <optional>
#include <span>
#include <stop_token>

namespace choreia::audio {

inline constexpr double kBeatRate = 100.0;  ///< rows a second

/// Columns of the table.
namespace beat_columns {
inline constexpr std::size_t kBand = 0, kBands = 73;             ///< log10(1 + 4 |X|), 12 bands an octave where the bins allow it, 27.5 Hz - 10.5 kHz
inline constexpr std::size_t kFlux = kBand + kBands, kFluxes = 3;  ///< SuperFlux of 24 bands an octave: under 160 Hz, to 2.5 kHz, above
inline constexpr std::size_t kPitch = kFlux + kFluxes, kPitches = 24;  ///< log10(1 + |X|) by pitch class C..B: 55 - 220 Hz, then 220 - 1760 Hz
inline constexpr std::size_t kCount = kPitch + kPitches;
}  // namespace beat_columns

/// Rows first .. first + rows - 1 of a song; row i is centred on i / 100 s. mono: the whole song at kAnalysisRate, scaled by gain (see
/// listeningGain). The rows do not depend on where the stretch begins or ends. Nothing where stop was asked.
std::optional<Table> beatSpectrum(const MonoView& mono, float gain, std::size_t first, std::size_t rows, std::stop_token stop);

/// Rows of a song of so many samples at kAnalysisRate.
std::size_t beatRows(std::size_t samples);

}  // namespace choreia::audio
