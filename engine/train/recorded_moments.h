/// Which moments of the recordings are kept for dances to be led in by (data/moments.h). Internal to the room.
#pragma once

#include "data/moments.h"
#include "train/token_sequences.h"

#include <map>
#include <string>
#include <vector>

namespace choreia::train {

/// Of each style up to kMomentsAStyle moments of its training sequences as they were recorded, neither mirrored nor held otherwise, spread evenly over them; the first and last two seconds of a
/// take, where people stand, and what moves less than half of the style's moments do are left out where there is enough else. Fewer where there are not so many.
std::map<std::string, std::vector<data::Moment>> recordedMoments(const std::vector<TokenSequence>& training, const std::vector<std::string>& styles);

}  // namespace choreia::train
