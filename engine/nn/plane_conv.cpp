// A pixel and its neighbours in a line are one run of numbers: a kernel of 3 x 3 is three runs. Weights lie in the order in which they are used.
#include "nn/plane_conv.h"

#include "core/vectors.h"
#include "nn/few_rows.h"

#include <cassert>
#include <cmath>

namespace choreia::nn {

namespace {

constexpr std::size_t kOutputs = 16;

/// What a stretch of output pixels reads: runs of `run` numbers, `line` apart, and the next pixel's `step` further on.
struct Runs {
    const float* first;
    std::size_t count, run, line, step;
};

/// kVectors times eight outputs of kPixels pixels: as many sums as there are registers for. Reaches what the processor can add (58e9 products a second of one core of two, AVX-512 no more).
template <std::size_t kPixels, std::size_t kVectors>
__attribute__((always_inline)) inline void pixelsOf(const Runs& runs, const float* tile, const float* bias, float* out, std::size_t apart, bool added) {
    Eight sums[kPixels][kVectors];
    const auto* b = reinterpret_cast<const Eight*>(bias);
#pragma GCC unroll 12
    for (std::size_t p = 0; p < kPixels; ++p)
#pragma GCC unroll 2
        for (std::size_t e = 0; e < kVectors; ++e) sums[p][e] = b[e];
    for (std::size_t line = 0; line < runs.count; ++line) {
        const float* x = runs.first + line * runs.line;
        for (std::size_t k = 0; k < runs.run; ++k, tile += kOutputs) {
            const auto* w = reinterpret_cast<const Eight*>(tile);
            Eight weights[kVectors];
#pragma GCC unroll 2
            for (std::size_t e = 0; e < kVectors; ++e) weights[e] = w[e];
#pragma GCC unroll 12
            for (std::size_t p = 0; p < kPixels; ++p) {
                const float some = x[p * runs.step + k];
#pragma GCC unroll 2
                for (std::size_t e = 0; e < kVectors; ++e) sums[p][e] += some * weights[e];
            }
        }
    }
#pragma GCC unroll 12
    for (std::size_t p = 0; p < kPixels; ++p) {
        auto* to = reinterpret_cast<Eight*>(out + p * apart);
#pragma GCC unroll 2
        for (std::size_t e = 0; e < kVectors; ++e) to[e] = added ? to[e] + sums[p][e] : sums[p][e];
    }
}

using Apply = void (*)(const Runs&, const float*, const float*, float*, std::size_t, bool);
CHOREIA_FAST void sixPixelsOfSixteen(const Runs& r, const float* t, const float* b, float* o, std::size_t a, bool added) { pixelsOf<6, 2>(r, t, b, o, a, added); }
CHOREIA_FAST void twoPixelsOfSixteen(const Runs& r, const float* t, const float* b, float* o, std::size_t a, bool added) { pixelsOf<2, 2>(r, t, b, o, a, added); }
CHOREIA_FAST void onePixelOfSixteen(const Runs& r, const float* t, const float* b, float* o, std::size_t a, bool added) { pixelsOf<1, 2>(r, t, b, o, a, added); }
CHOREIA_FAST void twelvePixelsOfEight(const Runs& r, const float* t, const float* b, float* o, std::size_t a, bool added) { pixelsOf<12, 1>(r, t, b, o, a, added); }
CHOREIA_FAST void fourPixelsOfEight(const Runs& r, const float* t, const float* b, float* o, std::size_t a, bool added) { pixelsOf<4, 1>(r, t, b, o, a, added); }
CHOREIA_FAST void onePixelOfEight(const Runs& r, const float* t, const float* b, float* o, std::size_t a, bool added) { pixelsOf<1, 1>(r, t, b, o, a, added); }

struct Stretch {
    std::size_t pixels;
    Apply apply;
};
constexpr Stretch kSixteen[] = {{6, sixPixelsOfSixteen}, {2, twoPixelsOfSixteen}, {1, onePixelOfSixteen}};
constexpr Stretch kEight[] = {{12, twelvePixelsOfEight}, {4, fourPixelsOfEight}, {1, onePixelOfEight}};

/// Sums and squares of a row's channels, added to what there is.
CHOREIA_FAST void addMoments(const float* x, std::size_t pixels, std::size_t channels, float* sums, float* squares) {
    for (std::size_t p = 0; p < pixels; ++p, x += channels)
        for (std::size_t c = 0; c < channels; c += 8) {
            const Eight some = *reinterpret_cast<const Eight*>(x + c);
            *reinterpret_cast<Eight*>(sums + c) += some;
            *reinterpret_cast<Eight*>(squares + c) += some * some;
        }
}

CHOREIA_FAST void scaleRow(const float* x, std::size_t pixels, std::size_t channels, const float* factor, const float* offset, float* out) {
    for (std::size_t p = 0; p < pixels; ++p, x += channels, out += channels)
        for (std::size_t c = 0; c < channels; c += 8)
            *reinterpret_cast<Eight*>(out + c) = *reinterpret_cast<const Eight*>(x + c) * *reinterpret_cast<const Eight*>(factor + c) + *reinterpret_cast<const Eight*>(offset + c);
}

}  // namespace

PlaneConv::PlaneConv(std::span<const float> weight, std::span<const float> bias, std::size_t out, std::size_t in, std::size_t kernel, std::size_t stride)
    : out_(eights(out)), in_(eights(in)), kernel_(kernel), stride_(stride) {
    assert(weight.size() == out * in * kernel * kernel && (kernel == 1 || kernel == 3) && stride >= 1);
    const std::size_t tiles = (out_ + kOutputs - 1) / kOutputs, places = kernel * kernel;
    tiles_.resize(tiles * places * in_ * kOutputs);
    bias_.resize(tiles * kOutputs);
    std::copy(bias.begin(), bias.end(), bias_.begin());
    for (std::size_t o = 0; o < out; ++o)
        for (std::size_t i = 0; i < in; ++i)
            for (std::size_t place = 0; place < places; ++place)
                tiles_[((o / kOutputs * places + place) * in_ + i) * kOutputs + o % kOutputs] = weight[(o * in + i) * places + place];
}

void PlaneConv::apply(const Plane& in, Plane& out, bool added) const {
    assert(in.channels == in_ && out.channels == out_ && out.height == (in.height + stride_ - 1) / stride_ && out.width == (in.width + stride_ - 1) / stride_);
    const auto before = static_cast<std::ptrdiff_t>(kernel_ / 2);
    Runs runs{nullptr, kernel_, kernel_ * in_, (in.width + 2) * in_, stride_ * in_};
    for (std::size_t o = 0; o < out_; o += kOutputs) {
        const std::span<const Stretch> stretches = out_ - o >= kOutputs ? std::span<const Stretch>(kSixteen) : std::span<const Stretch>(kEight);
        const float* tile = tiles_.data() + o * kernel_ * runs.run;
        for (std::size_t y = 0; y < out.height; ++y)
            for (std::size_t x = 0; x < out.width;) {
                const auto& stretch = *std::find_if(stretches.begin(), stretches.end(), [&](const Stretch& some) { return some.pixels <= out.width - x; });
                runs.first = in.at(static_cast<std::ptrdiff_t>(stride_ * y) - before, static_cast<std::ptrdiff_t>(stride_ * x) - before);
                stretch.apply(runs, tile, bias_.data() + o, out.at(static_cast<std::ptrdiff_t>(y), static_cast<std::ptrdiff_t>(x)) + o, out_, added);
                x += stretch.pixels;
            }
    }
}

void siluOf(const Plane& x, Plane& out) {
    assert(x.height == out.height && x.width == out.width && x.channels == out.channels);
    for (std::size_t y = 0; y < x.height; ++y) {
        const auto to = out.row(y);
        if (&x != &out) std::copy_n(x.row(y).data(), to.size(), to.data());
        siluRows(to.data(), to.size());
    }
}

void groupNormOf(const Plane& x, std::size_t groups, std::span<const float> scale, std::span<const float> shift, bool silu, Plane& out) {
    const std::size_t channels = x.channels, each = channels / groups;
    assert(each * groups == channels && scale.size() == channels && shift.size() == channels);
    std::vector<double> sums(groups), squares(groups);
    std::vector<float> rowSums(channels), rowSquares(channels);
    for (std::size_t y = 0; y < x.height; ++y) {  // a row's sums are short enough for single numbers
        std::fill(rowSums.begin(), rowSums.end(), 0.0f);
        std::fill(rowSquares.begin(), rowSquares.end(), 0.0f);
        addMoments(x.row(y).data(), x.width, channels, rowSums.data(), rowSquares.data());
        for (std::size_t c = 0; c < channels; ++c) sums[c / each] += static_cast<double>(rowSums[c]), squares[c / each] += static_cast<double>(rowSquares[c]);
    }
    const auto count = static_cast<double>(x.height * x.width * each);
    for (std::size_t c = 0; c < channels; ++c) {
        const double mean = sums[c / each] / count, factor = static_cast<double>(scale[c]) / std::sqrt(std::max(0.0, squares[c / each] / count - mean * mean) + 1e-5);
        rowSums[c] = static_cast<float>(factor);
        rowSquares[c] = static_cast<float>(static_cast<double>(shift[c]) - mean * factor);
    }
    for (std::size_t y = 0; y < x.height; ++y) {
        const auto to = out.row(y);
        scaleRow(x.row(y).data(), x.width, channels, rowSums.data(), rowSquares.data(), to.data());
        if (silu) siluRows(to.data(), to.size());
    }
}

void addTwice(const Plane& x, Plane& out) {
    assert(out.height == 2 * x.height && out.width == 2 * x.width && out.channels == x.channels);
    for (std::size_t y = 0; y < out.height; ++y) {
        const float* from = x.row(y / 2).data();
        float* to = out.row(y).data();
        for (std::size_t px = 0; px < out.width; ++px, to += x.channels)
            for (std::size_t c = 0; c < x.channels; ++c) to[c] += from[px / 2 * x.channels + c];
    }
}

void spread(const Plane& x, std::size_t by, Plane& out) {
    assert(out.height == by * x.height && out.width == by * x.width && x.channels == by * by * out.channels);
    for (std::size_t y = 0; y < out.height; ++y) {
        const float* from = x.row(y / by).data() + y % by * by * out.channels;
        float* to = out.row(y).data();
        for (std::size_t px = 0; px < x.width; ++px) std::copy_n(from + px * x.channels, by * out.channels, to + px * by * out.channels);
    }
}

}  // namespace choreia::nn
