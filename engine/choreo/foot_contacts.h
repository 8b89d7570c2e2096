/// When the feet of a generated dance stand, judged by the decoder's word and by the motion itself.
#pragma once

#include "motion/contacts.h"

#include <array>
#include <vector>

namespace choreia::choreo {

using ContactScores = std::vector<std::array<double, 4>>; ///< [frames], order of motion::kContactJoints, 0..1
using ContactRuns = std::vector<std::array<bool, 4>>;

/// Height of the four contact joints over the floor when our body stands at ease, metres.
std::array<double, 4> restHeights();

/// How surely one joint stands, 0..1. height: over its rest height on the floor, metres; speed: m/s, under `slow` surely, over `fast` surely not; hint: the
/// decoder's word, 0..1, under 0 where there is none.
double standingScore(bool ankle, double height, double speed, double slow, double fast, double hint);

/// By how much a joint that stands that surely steers the root (a faint suspicion does not), where what is left of its speed is so many m/s: of two feet that
/// disagree the one that moves less stands. Beside it the root keeps its own way by kRootsOwnWay.
double steering(double score, double leftSpeed);
inline constexpr double kRootsOwnWay = .02;

/// How surely each joint stands: near the floor as it is around this moment (a generated dance floats or sinks by centimetres)
/// and slower than `slow` (surely) or `fast` (surely not), m/s; agreed with the hint where there is one. hint: [frames] or empty.
ContactScores scoreContacts(const motion::Positions& positions, const std::vector<std::array<float, 4>>& hint, double slow,
                            double fast);

/// Runs by hysteresis; runs and gaps of under a tenth of a second are removed.
ContactRuns contactRuns(const ContactScores& scores);

/// Runs with soft ends, for use as weights.
ContactScores softened(const ContactRuns& runs, double sigmaFrames);

} // namespace choreia::choreo
