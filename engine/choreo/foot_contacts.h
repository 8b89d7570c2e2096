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

/// How surely each joint stands: near the floor as it is around this moment (a generated dance floats or sinks by centimetres)
/// and slower than `slow` (surely) or `fast` (surely not), m/s; agreed with the hint where there is one. hint: [frames] or empty.
ContactScores scoreContacts(const motion::Positions& positions, const std::vector<std::array<float, 4>>& hint, double slow,
                            double fast);

/// Runs by hysteresis; runs and gaps of under a tenth of a second are removed.
ContactRuns contactRuns(const ContactScores& scores);

/// Runs with soft ends, for use as weights.
ContactScores softened(const ContactRuns& runs, double sigmaFrames);

} // namespace choreia::choreo
