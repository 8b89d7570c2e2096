/// Convolutions on one picture whose pixels lie side by side (channels last): read where they lie, never unfolded. One thread. For networks of few channels and many pixels, whose
/// time Torch spends on copying.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace choreia::nn {

/// Up to the next multiple of eight.
constexpr std::size_t eights(std::size_t channels) { return (channels + 7) / 8 * 8; }

/// height x width pixels of `channels` numbers (a multiple of eight), within a border of one pixel that stays zero.
class Plane {
public:
    Plane() = default;
    Plane(std::size_t high, std::size_t wide, std::size_t channelCount) : height(high), width(wide), channels(eights(channelCount)), values_((high + 2) * (wide + 2) * channels) {}
    std::size_t height = 0, width = 0, channels = 0;

    /// y from -1 (above) to height, x alike.
    [[nodiscard]] const float* at(std::ptrdiff_t y, std::ptrdiff_t x) const { return values_.data() + (static_cast<std::size_t>(y + 1) * (width + 2) + static_cast<std::size_t>(x + 1)) * channels; }
    float* at(std::ptrdiff_t y, std::ptrdiff_t x) { return const_cast<float*>(static_cast<const Plane&>(*this).at(y, x)); }
    [[nodiscard]] std::span<float> row(std::size_t y) { return {at(static_cast<std::ptrdiff_t>(y), 0), width * channels}; }
    [[nodiscard]] std::span<const float> row(std::size_t y) const { return {at(static_cast<std::ptrdiff_t>(y), 0), width * channels}; }

private:
    std::vector<float> values_;
};

/// A convolution with a kernel of 1 or 3, padded so that stride 1 keeps the size.
class PlaneConv {
public:
    PlaneConv() = default;
    /// weight: [out, in, kernel, kernel], row by row; bias: [out], or empty: none.
    PlaneConv(std::span<const float> weight, std::span<const float> bias, std::size_t out, std::size_t in, std::size_t kernel, std::size_t stride = 1);
    /// in: eights(in) channels; out: eights(out) channels, of a stride's share of the size (rounded up). added: to what out holds.
    void apply(const Plane& in, Plane& out, bool added = false) const;

private:
    std::size_t out_ = 0, in_ = 0, kernel_ = 1, stride_ = 1;
    std::vector<float> tiles_;  ///< [tiles of 16 outputs, kernel, kernel, in, 16]
    std::vector<float> bias_;
};

/// x / (1 + exp(-x)) of the pixels; out may be x.
void siluOf(const Plane& x, Plane& out);
/// Group normalisation (Wu and He 2018; 1e-5 added to the variance) over `groups` groups of channels, times scale plus shift a channel, and SiLU if asked for.
void groupNormOf(const Plane& x, std::size_t groups, std::span<const float> scale, std::span<const float> shift, bool silu, Plane& out);
/// out += x with every pixel twice each way.
void addTwice(const Plane& x, Plane& out);
/// A pixel of x holds by * by pixels of out one after another, line by line.
void spread(const Plane& x, std::size_t by, Plane& out);

}  // namespace choreia::nn
