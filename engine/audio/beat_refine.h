/// Beats finer than the rows they were found on.
#pragma once

#include "core/matrix.h"

#include <cstddef>
#include <vector>

namespace choreia::audio {

/// Rows of beats to seconds: drawn to the peak of the activation (column 0, rows at kBeatRate) within 20 ms, but kept regular where it is weak.
/// Minimises sum w (b - peak)^2 + stiffness (second differences)^2; exact to some 3 ms where peaks are clear.
std::vector<double> refineBeats(const std::vector<std::size_t>& rows, const Table& activations);

}  // namespace choreia::audio
