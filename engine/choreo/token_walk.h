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

/// What a walk goes by.
struct WalkPlan {
    torch::Tensor music;                 ///< [count, columns of the predictor]
    std::vector<float> energy;           ///< the song's loudness a step (1 = its loud parts)
    std::vector<std::ptrdiff_t> echoes;  ///< the earlier step that a step takes after, -1 none; see echo.h
    std::int64_t style = 0;
};

/// Tokens [streams * count], stream by stream.
/// The walk begins in mid-dance: a few steps from random tokens lead in and are thrown away, because recorded takes begin by standing.
/// Every two seconds the new tokens are decoded; a stretch that hardly moves while the song sounds is walked again, bolder each time.
/// An echoed step leans towards the tokens of the step it takes after; they are not forced, so that the joins stay danceable.
/// Cost: about 1.5 ms a step on one core. Error: Cancelled.
Result<std::vector<std::int64_t>> walkTokens(nn::GcnMhwImpl& predictor, nn::Quantiser& coder, const WalkPlan& plan, const io::GenerateSettings& settings,
                                             std::stop_token stop, Progress& progress);

}  // namespace choreia::choreo
