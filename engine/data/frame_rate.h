/// Whether motion moves as a body can at the frame rate that it is said to have: a file that names the wrong one is read without a fault and danced several times too fast or too slowly.
#pragma once

#include "motion/clip.h"

#include <optional>
#include <string>

namespace choreia::data {

/// What is doubtful of a clip's frame rate, as words with what was expected and found; nothing where there is no doubt, and of less than 2 s.
/// Too fast: the quickest joint moments (99.9th percentile) over 13 m/s, or the 95th percentile of the vertical acceleration of the joints' mean over 25 m/s^2; too slow: that under 0.3 m/s^2 though the hands
/// move. The bounds are those of 145 recorded takes of twelve styles with room to spare (9.2 m/s; 0.48 to 19.4 m/s^2): none of them is doubted; played four times too fast 92 % are, four times too slowly 76 %,
/// twice 18 and 3 %. Cost: linear in frames.
std::optional<std::string> doubtOfFrameRate(const motion::Clip& clip);

}  // namespace choreia::data
