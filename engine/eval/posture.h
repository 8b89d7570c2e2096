/// How dancers hold themselves: whether a dance's trunk and arms hang as somebody of its style was recorded. Frechet distances see speeds and shares, not that a dance leans or carries an arm all through in
/// a way that nobody danced.
#pragma once

#include "eval/metrics.h"

#include <optional>
#include <span>

namespace choreia::eval {

inline constexpr double kPostureSeconds = 5;

struct PostureFigures {
    double distance = 0;    ///< m
    double eitherSide = 0;  ///< m, where recordings may be seen in a mirror too: what is left when left and right do not matter
};

/// A posture is the mean of the joints of trunk and arms (13) over five seconds, metres from the pelvis in the heading frame. Of each of a generated clip's, one a second, the mean joint distance to the nearest
/// in the reference (four a second; of clips of the same style where there are any), mean over all. Held-out recordings beside training takes: 0.027 (ballroom 0.010). Nothing where either
/// set has no clip of five seconds. Cost: 13 distances a pair.
std::optional<PostureFigures> postureDistance(std::span<const EvaluatedClip> generated, std::span<const EvaluatedClip> reference);

}  // namespace choreia::eval
