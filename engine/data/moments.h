/// Moments of recordings as tokens, kept beside the weights that learned from them: what a dance is led into by. A predictor goes on in the posture, and on the side, that it finds; led in by noise a whole
/// dance leans or holds its arms as nobody did.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace choreia::data {

/// [steps][streams] tokens, one after the other in time.
using Moment = std::vector<std::vector<std::int64_t>>;
inline constexpr std::size_t kMomentSteps = 60, kMomentsAStyle = 8;  ///< 8 s; so many are kept

/// By style, as text for weights and back; {} where the text is none of these, without what is malformed: empty or uneven moments.
std::string momentsText(const std::map<std::string, std::vector<Moment>>& byStyle);
std::map<std::string, std::vector<Moment>> parseMoments(const std::string& text);

}  // namespace choreia::data
