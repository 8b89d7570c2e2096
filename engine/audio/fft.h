/// Magnitude spectra of many short frames at once: eight real frames a transform, so that plain SSE carries it.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace choreia::audio {

/// A power-of-two transform of fixed size. Immutable after construction; threads bring their own Workspace.
class BatchFft {
public:
    static constexpr std::size_t kBatch = 8;  ///< frames transformed together
    using Lane = float __attribute__((vector_size(16)));

    struct Workspace {
        std::vector<Lane> re, im, re2, im2;
    };

    /// size: a power of two, at least 8.
    explicit BatchFft(std::size_t size);
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t bins() const { return size_ / 2 + 1; }

    /// frames: kBatch rows of size() samples, already windowed. magnitudes: kBatch rows of bins() values |X|, unscaled.
    void magnitudes(std::span<const float> frames, std::span<float> magnitudes, Workspace& work) const;

private:
    std::size_t size_;
    std::vector<float> cos_, sin_;  ///< exp(-2 pi i k / size)
};

/// A Hann window of the periodic kind.
std::vector<float> hannWindow(std::size_t size);

}  // namespace choreia::audio
