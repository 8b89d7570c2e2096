/// Choosing the tokens of a whole dance, step by step, without falling asleep. Internal to the room.
#pragma once

#include "core/progress.h"
#include "core/result.h"
#include "data/moments.h"
#include "eval/dance_habits.h"
#include "io/project.h"
#include "motion/types.h"
#include "nn/gcn_mhw.h"
#include "nn/quantiser.h"

#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

namespace choreia::choreo {

/// The tokens of one step, one a stream.
using Tokens = std::vector<std::int64_t>;

/// A pose that the walk tries to pass near.
struct WalkPin {
    double step = 0;                      ///< place among the steps of the music
    std::vector<motion::Vec3> positions;  ///< 24, heading frame
};

/// The predictor's state after some steps: a handful of tensors that no step changes in place.
struct Mind {
    nn::GcnMhwState memory;
    Tokens previous;
};

/// What a walk goes by.
struct WalkPlan {
    torch::Tensor music;                 ///< [count, columns of the predictor]
    std::vector<float> energy;           ///< the song's loudness a step (1 = its loud parts)
    std::vector<std::ptrdiff_t> echoes;  ///< the earlier step that a step takes after, -1 none; see echo.h
    std::int64_t style = 0;
    std::vector<std::int64_t> styles;    ///< of each step; none, or beyond its end: style
    [[nodiscard]] std::int64_t styleAt(std::size_t step) const { return step < styles.size() ? styles[step] : style; }
    std::vector<eval::DanceHabits> habits;  ///< of each style; none: the defaults
    [[nodiscard]] eval::DanceHabits habitsAt(std::size_t step) const;
    std::vector<std::vector<data::Moment>> moments;  ///< of each style: what a walk without a past is led into by; none: noise
    std::size_t first = 0;               ///< the steps walked are [first, end)
    std::size_t end = 0;                 ///< 0: all the music
    std::vector<Tokens> past;            ///< danced just before `first`
    std::optional<Mind> mind;            ///< where the walk starts from (recall); nothing: a lead-in of its own
    std::vector<Tokens> leanings;        ///< the tokens that a step leans towards; an empty list or step: none
    float leaning = 0;                   ///< how strongly, nats
    std::vector<double> beats;           ///< of the song, places among its steps, rising; what a stretch is chosen by; none: by liveliness alone
    std::vector<WalkPin> pins;           ///< in order
    std::uint64_t seed = 1;
};

/// The predictor's state once plan.past has been danced up to plan.first: teacher forcing over the music before it, or, where there is none, over the
/// music at the beginning. A past of under two seconds is led into by a second of noise, because recorded takes begin by standing.
Mind recall(nn::GcnMhwImpl& predictor, const WalkPlan& plan, double guidance);

/// Tokens of the steps [first, end).
/// The walk begins in mid-dance: a moment of a recording of its style (from random tokens where the weights keep none) leads in and is thrown away, because recorded takes begin by standing.
/// Every two seconds are walked several ways at once; the new tokens are decoded, and the way that meets the beats best, slides least, is newest beside the 14 s before
/// (stretch_look.h), faces the audience and is lively stays, with no more pauses, backs and spins than its style has (eval/dance_habits.h). Where the body or the arms hardly move in all of them while the song sounds, go on in a loop or spin for ever, they are walked again, bolder each time.
/// An echoed step leans towards the tokens of the step it takes after; they are not forced, so that the joins stay danceable.
/// The two seconds before a pin are walked six times, from one state; the walk whose pose is nearest at the pin's moment stays.
/// Cost: about 8 ms a step on one core. Error: Cancelled.
Result<std::vector<Tokens>> walkTokens(nn::GcnMhwImpl& predictor, nn::Quantiser& coder, const WalkPlan& plan, const io::GenerateSettings& settings,
                                       std::stop_token stop, Progress& progress);

/// Steps as the quantiser wants them: [1, streams, steps].
torch::Tensor stacked(std::span<const Tokens> steps, torch::Device device);

}  // namespace choreia::choreo
