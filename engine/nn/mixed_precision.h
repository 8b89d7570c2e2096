/// Matrix products and convolutions in bfloat16, all else in float32 (Micikevicius et al. 2018; bfloat16 needs no scaling of the loss).
#pragma once

#include <torch/torch.h>

namespace choreia::nn {

/// Whether bfloat16 products pay on a device: processors that have instructions for them, GPUs.
[[nodiscard]] bool quickInBfloat16(const torch::Device& device);

/// While it lives, products called from this thread on tensors of `device` are made in bfloat16 (weights stay float32: they are converted once a
/// step, at its end forgotten); off: nothing changes. Processors with AMX or AVX512-BF16, and GPUs since Ampere, are several times quicker so; others are slower.
class MixedPrecision {
public:
    MixedPrecision(const torch::Device& device, bool on);
    ~MixedPrecision();
    MixedPrecision(const MixedPrecision&) = delete;
    MixedPrecision& operator=(const MixedPrecision&) = delete;

private:
    bool cuda_, on_;
};

}  // namespace choreia::nn
