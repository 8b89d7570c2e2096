/// What stands between two convolutions, in one pass over memory each way. On a processor Torch's own silu costs more going back than the
/// convolution before it, and its group_norm does not take bfloat16 beside float32 weights.
#pragma once

#include <torch/torch.h>

namespace choreia::nn {

/// Group normalisation (Wu and He 2018) with the norm's own scale and shift, and, where silu is true, x sigmoid(x) of it (Elfwing et al. 2018).
/// x: [batch, channels, height, width], float32 or bfloat16, channels a multiple of 8 -> the same type and shape, channels last on a processor.
/// Sums are float64, all between is float32. Elsewhere than on a processor, and for other types, Torch's own operations.
torch::Tensor groupNorm(const torch::Tensor& x, const torch::nn::GroupNorm& norm, bool silu);

/// silu(x + gate y): the end of a residual block with squeeze-and-excitation. x, y: as above; gate: [batch, channels].
torch::Tensor gatedSum(const torch::Tensor& x, const torch::Tensor& y, const torch::Tensor& gate);

}  // namespace choreia::nn
