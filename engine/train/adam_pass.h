/// A step of AdamW through plain arrays. Internal to the room. A step is bound by memory: here each array is gone through once, where Torch's operations one after another go
/// through them some twenty times.
#pragma once

#include <cstdint>

namespace choreia::train {

inline constexpr float kAdamEpsilon = 1e-8f;

struct AdamFactors {
    float scale;         ///< of the gradients: clipping
    float beta1, beta2;
    float correct2;      ///< 1 / (1 - beta2^steps)
    float rate;          ///< learning rate / (1 - beta1^steps)
};

/// n numbers of a parameter, its first and its second moment, in place. gradient may be null: zeros. kept: 1 less what decays of a parameter. average, where it is not null, goes the share
/// `after` of its way to the parameter as it is then.
void adamPass(float* parameter, float* first, float* second, const float* gradient, std::int64_t n, const AdamFactors& factors, float kept, float* average = nullptr, float after = 0);

/// The sum of squares, in double precision over blocks of single.
double squaresOf(const float* values, std::int64_t n);

}  // namespace choreia::train
