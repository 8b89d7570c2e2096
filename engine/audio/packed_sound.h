/// Mono sound held in two bytes a sample, for songs of hours, and a view that reads it and plain floats alike.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace choreia::audio {

/// Blocks of 16-bit samples, each under a scale of its own (block floating point): the error stays 90 dB under the block's loudest sample, however quiet
/// the song. 44 kB a second at kAnalysisRate.
class PackedSound {
public:
    static constexpr std::size_t kBlock = 4096;
    /// Values that are not finite count as 0.
    void append(std::span<const float> samples);
    [[nodiscard]] std::size_t size() const { return blocks_.size() * kBlock + waiting_.size(); }
    /// Samples begin .. begin + count - 1 into out; zeros outside of the sound.
    void read(std::ptrdiff_t begin, std::size_t count, float* out) const;

private:
    struct Block {
        float scale = 0;
        std::array<std::int16_t, kBlock> values{};
    };
    std::vector<std::unique_ptr<Block>> blocks_;  // apart from each other: growing copies nothing
    std::vector<float> waiting_;
};

/// Mono samples to be read, of either kind; does not own them.
class MonoView {
public:
    MonoView(std::span<const float> samples) : plain_(samples) {}                 // NOLINT: every span of samples is a view of them
    MonoView(const std::vector<float>& samples) : plain_(samples) {}             // NOLINT
    MonoView(const PackedSound& packed) : packed_(&packed) {}                    // NOLINT
    [[nodiscard]] std::size_t size() const { return packed_ ? packed_->size() : plain_.size(); }
    /// As PackedSound::read.
    void read(std::ptrdiff_t begin, std::size_t count, float* out) const;

private:
    std::span<const float> plain_;
    const PackedSound* packed_ = nullptr;
};

}  // namespace choreia::audio
