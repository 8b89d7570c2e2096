/// Choosing the tokens of a whole dance, step by step, without falling asleep. Internal to the room.
#pragma once

#include "core/progress.h"
#include "core/result.h"
#include "io/project.h"
#include "nn/gcn_mhw.h"
#include "nn/quantiser.h"

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

namespace choreia::choreo {

/// Tokens [streams * count], stream by stream, for music [count, columns]. energy: the song's loudness a step (1 = its loud parts).
/// The walk begins in mid-dance: a few steps from random tokens lead in and are thrown away, because recorded takes begin by standing.
/// Every two seconds the new tokens are decoded; a stretch that hardly moves while the song sounds is walked again, bolder each time.
/// Cost: about 1.5 ms a step on one core. Error: Cancelled.
Result<std::vector<std::int64_t>> walkTokens(nn::GcnMhwImpl& predictor, nn::Quantiser& coder, const torch::Tensor& music, std::span<const float> energy,
                                             std::int64_t style, const io::GenerateSettings& settings, std::stop_token stop, Progress& progress);

}  // namespace choreia::choreo
