// Built without errno, so that square roots are taken side by side.
#include "train/adam_pass.h"

#include "core/vectors.h"

#include <algorithm>
#include <cmath>

namespace choreia::train {

CHOREIA_FAST void adamPass(float* parameter, float* first, float* second, const float* gradient, std::int64_t n, const AdamFactors& factors, float kept, float* average, float after) {
    const AdamFactors f = factors;
    // Block by block, so that the average finds the parameters in the cache.
    constexpr std::int64_t kBlock = 2048;
    for (std::int64_t begin = 0; begin < n; begin += kBlock) {
        const std::int64_t end = std::min(n, begin + kBlock);
        for (std::int64_t i = begin; i < end; ++i) {
            const float g = gradient ? gradient[i] * f.scale : 0.0f;
            const float m = f.beta1 * first[i] + (1 - f.beta1) * g, v = f.beta2 * second[i] + (1 - f.beta2) * g * g;
            first[i] = m, second[i] = v;
            parameter[i] = kept * parameter[i] - f.rate * m / (std::sqrt(v * f.correct2) + kAdamEpsilon);
        }
        if (average)
            for (std::int64_t i = begin; i < end; ++i) average[i] += after * (parameter[i] - average[i]);
    }
}

CHOREIA_FAST double squaresOf(const float* values, std::int64_t n) {
    constexpr std::int64_t kBlock = 1024;
    double sum = 0;
    for (std::int64_t begin = 0; begin < n; begin += kBlock) {
        Eight part{};
        const std::int64_t end = std::min(n, begin + kBlock);
        std::int64_t i = begin;
        for (; i + 8 <= end; i += 8) {
            const Eight v = *reinterpret_cast<const Eight*>(values + i);
            part += v * v;
        }
        for (int k = 0; k < 8; ++k) sum += static_cast<double>(part[k]);
        for (; i < end; ++i) sum += static_cast<double>(values[i]) * static_cast<double>(values[i]);
    }
    return sum;
}

}  // namespace choreia::train
