// Power iteration on W [out, in * kernel * kernel]: v = W^T u / |.|, u = W v / |.|, sigma = u^T W v.
#include "nn/spectral_conv.h"

#include <cmath>

namespace choreia::nn {

namespace F = torch::nn::functional;

SpectralConv2dImpl::SpectralConv2dImpl(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride, std::int64_t padding)
    : stride_(stride), padding_(padding) {
    weight_ = register_parameter("weight", torch::empty({out, in, kernel, kernel}));
    torch::nn::init::kaiming_uniform_(weight_, std::sqrt(5.0));
    bias_ = register_parameter("bias", torch::zeros({out}));
    left_ = register_buffer("left", F::normalize(torch::randn({out}), F::NormalizeFuncOptions().dim(0)));
    right_ = register_buffer("right", F::normalize(torch::randn({in * kernel * kernel}), F::NormalizeFuncOptions().dim(0)));
    for (int i = 0; i < 10; ++i) iterate();  // so that the first steps are not taken with a wild guess
}

void SpectralConv2dImpl::iterate() {
    const torch::NoGradGuard noGrad;
    const auto matrix = weight_.flatten(1);
    const auto unit = F::NormalizeFuncOptions().dim(0).eps(1e-12);
    right_.copy_(F::normalize(matrix.t().mv(left_), unit));
    left_.copy_(F::normalize(matrix.mv(right_), unit));
}

torch::Tensor SpectralConv2dImpl::normalised() {
    // The vectors as they are now: the next call changes the buffers in place.
    const auto sigma = torch::dot(left_.clone(), weight_.flatten(1).mv(right_.clone()));
    return weight_ / sigma.clamp_min(1e-12);
}

torch::Tensor SpectralConv2dImpl::forward(const torch::Tensor& x) {
    if (is_training()) iterate();
    return torch::conv2d(x, normalised(), bias_, stride_, padding_);
}

}  // namespace choreia::nn
