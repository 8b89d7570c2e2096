/// The song as the token predictor hears it: the analysis table gathered into one row a token.
#pragma once

#include "core/matrix.h"

#include <cstddef>

namespace choreia::data {

/// Columns of a music step: MFCC (mean, 20), chroma (mean, 12), onset strength at eighths of the step (8), energy (mean), beat
/// phase sin / cos at the step's start and middle (4), bar phase sin / cos at the start (2), local tempo (1), place in the section (3).
inline constexpr std::size_t kMusicColumns = 20 + 12 + 8 + 1 + 4 + 2 + 1 + 3;
inline constexpr std::size_t kMusicTimbre = 32;  ///< the first columns, MFCC and chroma: what tells one song from another
inline constexpr std::size_t kMusicEnergy = 40;  ///< the column of energy
inline constexpr double kTokensPerSecond = 7.5;

/// features: [rows at 60 a second, audio::columns::kCount]; row i of the result covers motion time [i, i + 1) / kTokensPerSecond
/// + start, where motion time t is song time t * rate (rate > 1: the song is played faster, its tempo column rises). Rows beyond
/// the song repeat its end.
Table musicSteps(const Table& features, double start, double rate, std::size_t count);

} // namespace choreia::data
