/// Drawing a token from logits: temperature, top-p, a generator passed in.
#pragma once

#include "core/random.h"

#include <cstdint>
#include <span>

namespace choreia::choreo {

/// Nucleus sampling (Holtzman et al. 2020): softmax(logits / temperature), kept to the smallest set of mass topP, drawn by random.
/// temperature 0 takes the largest. Ties go to the lower index, so the same inputs give the same token everywhere.
std::int64_t sampleToken(std::span<const float> logits, double temperature, double topP, Random& random);

}  // namespace choreia::choreo
