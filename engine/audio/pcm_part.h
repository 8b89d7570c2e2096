/// A stretch of a sound.
#pragma once

#include "audio/pcm.h"

#include <algorithm>
#include <cmath>

namespace choreia::audio {

/// From one second to another, as far as there is sound.
inline Pcm between(const Pcm& pcm, double from, double to) {
    const auto at = [&](double seconds) { return std::min(pcm.frames(), static_cast<std::size_t>(std::llround(std::max(0.0, seconds) * pcm.rate))) * static_cast<std::size_t>(pcm.channels); };
    const std::size_t first = at(from), last = std::max(first, at(to));
    return {pcm.rate, pcm.channels, {pcm.samples.begin() + static_cast<std::ptrdiff_t>(first), pcm.samples.begin() + static_cast<std::ptrdiff_t>(last)}};
}

}  // namespace choreia::audio
