/// exp of eight numbers at a time. Internal to the room.
#pragma once

#include "core/vectors.h"

namespace choreia::nn {

/// exp of each, in place, by 2^n times a polynomial on +-ln 2 / 2 (Cephes); within 2e-7 of it.
[[gnu::always_inline]] inline void exponentials(Eight& x) {
    constexpr float kRound = 12582912.0f;  // adding 1.5 * 2^23 rounds to a whole number, which then stands in the lowest bits
    const Eight low = Eight{} - 87.0f, high = Eight{} + 88.0f;
    x = x < low ? low : x;
    x = x > high ? high : x;
    const Eight shifted = x * 1.44269504f + kRound, whole = shifted - kRound;
    const Eight r = (x - whole * 0.693359375f) + whole * 2.12194440e-4f;
    Eight p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    x = p * (Eight)(((EightBits)shifted << 23) + 0x3f800000);
}

}  // namespace choreia::nn
