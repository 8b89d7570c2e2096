// Times are clamped to the clip before they are rounded, so that no number overflows.
#include "motion/clip_part.h"

#include <algorithm>
#include <cmath>

namespace choreia::motion {

Clip between(const Clip& clip, double from, double to) {
    if (clip.frames() == 0) return slice(clip, 0, 0);
    const auto frameAt = [&](double seconds) { return static_cast<std::size_t>(std::llround(std::clamp(seconds, 0.0, clip.seconds()) * clip.fps)); };
    const std::size_t first = std::min(clip.frames() - 1, frameAt(from)), last = std::min(clip.frames(), frameAt(to));
    return slice(clip, first, last > first ? last - first : 1);
}

}  // namespace choreia::motion
