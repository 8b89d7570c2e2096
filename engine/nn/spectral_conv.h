/// A convolution whose weight, as a matrix, has the largest singular value 1 (Miyato et al. 2018). LibTorch's C++ side has none.
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace choreia::nn {

class SpectralConv2dImpl : public torch::nn::Module {
public:
    SpectralConv2dImpl(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride, std::int64_t padding);
    /// In training every call makes the estimate of the singular value better by one power iteration.
    torch::Tensor forward(const torch::Tensor& x);
    /// The weight divided by the present estimate; [out, in, kernel, kernel].
    torch::Tensor normalised();

private:
    void iterate();
    std::int64_t stride_, padding_;
    torch::Tensor weight_, bias_, left_, right_;
};
TORCH_MODULE(SpectralConv2d);

}  // namespace choreia::nn
