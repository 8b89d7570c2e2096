/// Sound as a value.
#pragma once

#include <cstddef>
#include <vector>

namespace choreia::audio {

/// Interleaved float samples in -1..1.
struct Pcm {
    int rate = 0;      ///< samples a second
    int channels = 0;  ///< 1 or 2
    std::vector<float> samples;

    [[nodiscard]] std::size_t frames() const { return channels > 0 ? samples.size() / static_cast<std::size_t>(channels) : 0; }
    [[nodiscard]] double seconds() const { return rate > 0 ? static_cast<double>(frames()) / rate : 0.0; }
};

inline constexpr int kAnalysisRate = 22050;  ///< mono, for analysis
inline constexpr int kPlaybackRate = 48000;  ///< stereo, for playing and export

}  // namespace choreia::audio
