/// Arithmetic on a handful of rows at a time: what a network needs that is asked for one step after another. One thread.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace choreia::nn {

/// y = W x + b for a few rows. The weights are read once for every six rows, in the order in which they lie.
class FewRowsLinear {
public:
    FewRowsLinear() = default;
    /// weight: [out, in], row by row; bias: [out], or empty: none.
    FewRowsLinear(std::span<const float> weight, std::span<const float> bias, std::size_t in, std::size_t out);
    /// x: [rows, in] -> y: [rows, out]; added: to what y holds.
    void apply(const float* x, std::size_t rows, float* y, bool added = false) const;
    [[nodiscard]] std::size_t in() const { return in_; }
    [[nodiscard]] std::size_t out() const { return out_; }

private:
    std::size_t in_ = 0, out_ = 0;
    std::vector<float> tiles_;  ///< [tiles of 16 outputs, in, 16]
    std::vector<float> bias_;   ///< filled up to whole tiles
};

/// c = a b. a: [m, k], b: [k, n], c: [m, n], row by row.
void multiplySmall(const float* a, const float* b, float* c, std::size_t m, std::size_t k, std::size_t n);
/// x / (1 + exp(-x)), in place; within 3e-7 of it.
void siluRows(float* x, std::size_t count);
/// tanh, in place; within 3e-7 of it.
void tanhRows(float* x, std::size_t count);
/// exp(x - max x) over their sum, in place.
void softmaxRow(float* x, std::size_t count);
/// Normalised to mean 0 and variance 1 (1e-5 added to it), times scale plus shift (either may be null: 1, 0).
void layerNormRow(const float* x, const float* scale, const float* shift, float* out, std::size_t count);
/// The last `past` steps of one head, in rings of `window` rows that lie `stride` numbers apart; the newest is step `step`, at row step % window.
struct HeardPast {
    const float *keys = nullptr, *values = nullptr;  ///< [window, stride], of which the first `size` numbers of each row are the head's
    std::size_t window = 0, stride = 0, size = 0, step = 0, past = 0;
};
/// Attention of one query [size] to a past: out [size] = sum over lags of softmax(q . key / sqrt(size) + relative[lag]) value. scores: room for `past` numbers.
void attendRow(const float* query, const HeardPast& heard, const float* relative, float* scores, float* out);
/// y += factor x.
void addScaled(float factor, const float* x, float* y, std::size_t count);
/// y[g * width + i] += a[i] x[g * width + i] for g in 0..groups-1.
void addProducts(const float* a, const float* x, float* y, std::size_t groups, std::size_t width);

}  // namespace choreia::nn
