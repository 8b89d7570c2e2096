/// Where the music repeats, the dance may: which earlier step of the dance each step of a repeated part takes after.
#pragma once

#include "audio/analysis.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace choreia::choreo {

/// For each of count steps of 1/tokensPerSecond: the step of the first part of the same label that lies at the same place, counted in beats from the
/// part's beginning; -1 in parts heard for the first time, and beyond the length of the first. Steps of a part begin with its first whole step.
std::vector<std::ptrdiff_t> echoedSteps(const audio::Analysis& analysis, std::size_t count, double tokensPerSecond);

/// The same, with whole bars left out at random (by seed) so that about `share` of the bars remain: what is left out is danced anew.
std::vector<std::ptrdiff_t> keptEchoes(const std::vector<std::ptrdiff_t>& echoes, const audio::Analysis& analysis, double tokensPerSecond, double share, std::uint64_t seed);

}  // namespace choreia::choreo
