// Plain loops that the compiler makes vectors of, once for any processor and once for those with AVX2.
#include "nn/few_rows.h"

#include "core/vectors.h"
#include "nn/exponentials.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <iterator>

namespace choreia::nn {

namespace {

constexpr std::size_t kTile = 16, kMostRows = 6, kRows = 4;
constexpr std::size_t kAhead = 1024;  // numbers: the weights of one step do not fit the nearer caches, and are waited for half of the time unless asked for

/// Calls visit with every eight numbers of x, the last of them filled up with zeros.
template <typename Visit>
__attribute__((always_inline)) inline void byEights(float* x, std::size_t count, const Visit& visit) {
    std::size_t i = 0;
    for (; i + 8 <= count; i += 8) visit(*reinterpret_cast<Eight*>(x + i));
    if (i == count) return;
    float rest[8] = {};
    std::copy(x + i, x + count, rest);
    visit(*reinterpret_cast<Eight*>(rest));
    std::copy_n(rest, count - i, x + i);
}

/// x: [kCount, in] -> out: [kCount, kTile]. Six rows keep twelve sums in the sixteen registers that there are.
template <std::size_t kCount>
__attribute__((always_inline)) inline void tileOf(const float* x, std::size_t in, const float* tile, const float* bias, float* out) {
    const auto* b = reinterpret_cast<const Eight*>(bias);
    Eight left[kCount], right[kCount];
#pragma GCC unroll 6
    for (std::size_t r = 0; r < kCount; ++r) left[r] = b[0], right[r] = b[1];
    for (std::size_t k = 0; k < in; ++k, tile += kTile) {
        __builtin_prefetch(tile + kAhead);
        const auto* w = reinterpret_cast<const Eight*>(tile);
        const Eight w0 = w[0], w1 = w[1];
#pragma GCC unroll 6
        for (std::size_t r = 0; r < kCount; ++r) {
            const float some = x[r * in + k];
            left[r] += some * w0, right[r] += some * w1;
        }
    }
    auto* to = reinterpret_cast<Eight*>(out);
#pragma GCC unroll 6
    for (std::size_t r = 0; r < kCount; ++r) to[2 * r] = left[r], to[2 * r + 1] = right[r];
}

CHOREIA_FAST void tileOfSix(const float* x, std::size_t in, const float* tile, const float* bias, float* out) { tileOf<6>(x, in, tile, bias, out); }
CHOREIA_FAST void tileOfFour(const float* x, std::size_t in, const float* tile, const float* bias, float* out) { tileOf<4>(x, in, tile, bias, out); }
CHOREIA_FAST void tileOfTwo(const float* x, std::size_t in, const float* tile, const float* bias, float* out) { tileOf<2>(x, in, tile, bias, out); }
CHOREIA_FAST void tileOfOne(const float* x, std::size_t in, const float* tile, const float* bias, float* out) { tileOf<1>(x, in, tile, bias, out); }

struct TileRows {
    std::size_t rows;
    void (*apply)(const float*, std::size_t, const float*, const float*, float*);
};
constexpr TileRows kTileRows[] = {{6, tileOfSix}, {4, tileOfFour}, {2, tileOfTwo}, {1, tileOfOne}};

/// Four rows of a, eight columns of b.
CHOREIA_FAST void patchOf(const float* a, std::size_t rows, std::size_t k, const float* b, std::size_t n, float* c) {
    const float *r0 = a, *r1 = a + std::min<std::size_t>(1, rows - 1) * k, *r2 = a + std::min<std::size_t>(2, rows - 1) * k, *r3 = a + (rows - 1) * k;
    Eight s0 = {}, s1 = {}, s2 = {}, s3 = {};
    for (std::size_t i = 0; i < k; ++i) {
        const Eight w = *reinterpret_cast<const Eight*>(b + i * n);
        s0 += r0[i] * w, s1 += r1[i] * w, s2 += r2[i] * w, s3 += r3[i] * w;
    }
    const Eight sums[kRows] = {s0, s1, s2, s3};
    for (std::size_t r = 0; r < rows; ++r) *reinterpret_cast<Eight*>(c + r * n) = sums[r];
}

}  // namespace

FewRowsLinear::FewRowsLinear(std::span<const float> weight, std::span<const float> bias, std::size_t in, std::size_t out) : in_(in), out_(out) {
    const std::size_t count = (out + kTile - 1) / kTile;
    tiles_.resize(count * in * kTile);
    bias_.resize(count * kTile);
    std::copy(bias.begin(), bias.end(), bias_.begin());
    for (std::size_t o = 0; o < out; ++o)
        for (std::size_t k = 0; k < in; ++k) tiles_[(o / kTile * in + k) * kTile + o % kTile] = weight[o * in + k];
}

void FewRowsLinear::apply(const float* x, std::size_t rows, float* y, bool added) const {
    float patch[kMostRows * kTile];
    for (std::size_t o = 0; o < out_; o += kTile) {
        const std::size_t columns = std::min(kTile, out_ - o);
        for (std::size_t r = 0; r < rows;) {
            const auto& tile = *std::find_if(std::begin(kTileRows), std::end(kTileRows), [&](const TileRows& some) { return some.rows <= rows - r; });
            tile.apply(x + r * in_, in_, tiles_.data() + o * in_, bias_.data() + o, patch);
            for (std::size_t i = 0; i < tile.rows; ++i, ++r) {
                float* to = y + r * out_ + o;
                const float* from = patch + i * kTile;
                if (added)
                    for (std::size_t j = 0; j < columns; ++j) to[j] += from[j];
                else
                    std::copy_n(from, columns, to);
            }
        }
    }
}

void multiplySmall(const float* a, const float* b, float* c, std::size_t m, std::size_t k, std::size_t n) {
    const std::size_t whole = n / 8 * 8;
    for (std::size_t r = 0; r < m; r += kRows)
        for (std::size_t o = 0; o < whole; o += 8) patchOf(a + r * k, std::min(kRows, m - r), k, b + o, n, c + r * n + o);
    for (std::size_t r = 0; r < m; ++r)
        for (std::size_t o = whole; o < n; ++o) {
            float sum = 0;
            for (std::size_t i = 0; i < k; ++i) sum += a[r * k + i] * b[i * n + o];
            c[r * n + o] = sum;
        }
}

CHOREIA_FAST void siluRows(float* x, std::size_t count) {
    byEights(x, count, [](Eight& some) {
        Eight e = -some;
        exponentials(e);
        some = some / (1.0f + e);
    });
}

CHOREIA_FAST void tanhRows(float* x, std::size_t count) {
    byEights(x, count, [](Eight& some) {
        Eight e = some + some;
        exponentials(e);
        some = 1.0f - 2.0f / (e + 1.0f);
    });
}

CHOREIA_FAST void softmaxRow(float* x, std::size_t count) {
    float most = x[0];
    for (std::size_t i = 1; i < count; ++i) most = std::max(most, x[i]);
    byEights(x, count, [most](Eight& some) {
        some -= most;
        exponentials(some);
    });
    float sum = 0;
    for (std::size_t i = 0; i < count; ++i) sum += x[i];
    const float share = 1 / sum;
    for (std::size_t i = 0; i < count; ++i) x[i] *= share;
}

CHOREIA_FAST void layerNormRow(const float* x, const float* scale, const float* shift, float* out, std::size_t count) {
    // Eight sums side by side: a vector's worth, and alike on every machine.
    float sums[8] = {}, squares[8] = {};
    const std::size_t whole = count / 8 * 8;
    for (std::size_t i = 0; i < whole; i += 8)
        for (std::size_t j = 0; j < 8; ++j) sums[j] += x[i + j];
    for (std::size_t i = whole; i < count; ++i) sums[0] += x[i];
    const float mean = (((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]))) / static_cast<float>(count);
    for (std::size_t i = 0; i < whole; i += 8)
        for (std::size_t j = 0; j < 8; ++j) squares[j] += (x[i + j] - mean) * (x[i + j] - mean);
    for (std::size_t i = whole; i < count; ++i) squares[0] += (x[i] - mean) * (x[i] - mean);
    const float variance = (((squares[0] + squares[1]) + (squares[2] + squares[3])) + ((squares[4] + squares[5]) + (squares[6] + squares[7]))) / static_cast<float>(count);
    const float factor = 1.0f / std::sqrt(variance + 1e-5f);
    if (scale && shift)
        for (std::size_t i = 0; i < count; ++i) out[i] = (x[i] - mean) * factor * scale[i] + shift[i];
    else
        for (std::size_t i = 0; i < count; ++i) out[i] = (x[i] - mean) * factor;
}

CHOREIA_FAST void attendRow(const float* query, const HeardPast& heard, const float* relative, float* scores, float* out) {
    const float factor = 1.0f / std::sqrt(static_cast<float>(heard.size));
    const std::size_t whole = heard.size / 8 * 8, newest = heard.step % heard.window;
    const auto rowOf = [&](std::size_t lag) __attribute__((always_inline)) { return (lag <= newest ? newest - lag : newest + heard.window - lag) * heard.stride; };
    for (std::size_t lag = 0; lag < heard.past; ++lag) {
        const float* key = heard.keys + rowOf(lag);
        Eight sums = {};
        for (std::size_t i = 0; i < whole; i += 8) sums += *reinterpret_cast<const Eight*>(query + i) * *reinterpret_cast<const Eight*>(key + i);
        float sum = ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
        for (std::size_t i = whole; i < heard.size; ++i) sum += query[i] * key[i];
        scores[lag] = sum * factor + relative[lag];
    }
    softmaxRow(scores, heard.past);
    std::size_t i = 0;
    for (; i + 32 <= heard.size; i += 32) {  // a head's worth stays in registers
        Eight a = {}, b = {}, c = {}, d = {};
        for (std::size_t lag = 0; lag < heard.past; ++lag) {
            const auto* value = reinterpret_cast<const Eight*>(heard.values + rowOf(lag) + i);
            a += scores[lag] * value[0], b += scores[lag] * value[1], c += scores[lag] * value[2], d += scores[lag] * value[3];
        }
        auto* to = reinterpret_cast<Eight*>(out + i);
        to[0] = a, to[1] = b, to[2] = c, to[3] = d;
    }
    for (; i < heard.size; ++i) {
        out[i] = 0;
        for (std::size_t lag = 0; lag < heard.past; ++lag) out[i] += scores[lag] * heard.values[rowOf(lag) + i];
    }
}

CHOREIA_FAST void addScaled(float factor, const float* x, float* y, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) y[i] += factor * x[i];
}

CHOREIA_FAST void addProducts(const float* a, const float* x, float* y, std::size_t groups, std::size_t width) {
    for (std::size_t g = 0; g < groups; ++g)
        for (std::size_t i = 0; i < width; ++i) y[g * width + i] += a[i] * x[g * width + i];
}

}  // namespace choreia::nn
