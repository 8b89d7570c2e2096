/// Magnitude spectra of many short frames at once: sixteen real frames a transform, in vectors of eight.
#pragma once

#include "core/vectors.h"

#include <cstddef>
#include <span>
#include <vector>

namespace choreia::audio {

/// A power-of-two transform of fixed size. Immutable after construction; threads bring their own Workspace.
class BatchFft {
public:
    static constexpr std::size_t kBatch = 16;  ///< frames transformed together

    struct Workspace {
        std::vector<float> re, im, re2, im2;  ///< eight numbers a sample
    };

    /// size: a power of two, at least 8.
    explicit BatchFft(std::size_t size);
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t bins() const { return size_ / 2 + 1; }
    /// From frame to frame; no power of two, or all sixteen would meet in the same few lines of the cache.
    [[nodiscard]] std::size_t stride() const { return size_ + 16; }

    /// frames: kBatch rows of size() samples, already windowed, stride() apart. magnitudes: kBatch rows of bins() values |X|, unscaled.
    void magnitudes(std::span<const float> frames, std::span<float> magnitudes, Workspace& work) const;

private:
    std::size_t size_;
    std::vector<float> cos_, sin_;  ///< exp(-2 pi i k / size)
};

/// A Hann window of the periodic kind.
std::vector<float> hannWindow(std::size_t size);

}  // namespace choreia::audio
