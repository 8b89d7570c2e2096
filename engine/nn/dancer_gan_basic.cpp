// As the seed draws it; strides are ours, it names none.
#include "nn/dancer_gan_basic.h"

namespace choreia::nn {

nlohmann::json DancerGanBasicConfig::toJson() const { return {{"size", size}}; }

DancerGanBasicConfig DancerGanBasicConfig::fromJson(const nlohmann::json& json) {
    DancerGanBasicConfig config;
    config.size = json.value("size", config.size);
    return config;
}

DancerGanBasicImpl::DancerGanBasicImpl(const DancerGanBasicConfig& config) : config_(config) {
    using torch::nn::ConvTranspose2d;
    using torch::nn::ConvTranspose2dOptions;
    TORCH_CHECK(config.size == 32 || config.size == 64 || config.size == 128, "DancerGanBasic: size must be 32, 64 or 128, not ", config.size);
    const auto layer = [&](std::int64_t in, std::int64_t out, bool doubles) {
        return ConvTranspose2d(ConvTranspose2dOptions(in, out, 3).stride(doubles ? 2 : 1).padding(1).output_padding(doubles ? 1 : 0));
    };
    dense_ = register_module("dense", torch::nn::Linear(66, 16 * 16 * 256));
    up1_ = register_module("up_1", layer(256, 128, true));
    up2_ = register_module("up_2", layer(128, 64, config.size >= 64));
    up3_ = register_module("up_3", layer(64, 3, config.size >= 128));
}

torch::Tensor DancerGanBasicImpl::forward(const torch::Tensor& landmarks) {
    TORCH_CHECK(landmarks.dim() == 2 && landmarks.size(1) == 66, "DancerGanBasic: expected [batch, 66]");
    auto x = torch::relu(dense_->forward(landmarks)).view({-1, 256, 16, 16});
    x = torch::relu(up1_->forward(x));
    x = torch::relu(up2_->forward(x));
    return torch::tanh(up3_->forward(x));
}

DancerCriticBasicImpl::DancerCriticBasicImpl(const DancerGanBasicConfig& config) {
    using torch::nn::Conv2dOptions;
    conv1_ = register_module("conv_1", torch::nn::Conv2d(Conv2dOptions(3, 64, 3).stride(2).padding(1)));
    conv2_ = register_module("conv_2", torch::nn::Conv2d(Conv2dOptions(64, 128, 3).stride(2).padding(1)));
    dense_ = register_module("dense", torch::nn::Linear(128 * (config.size / 4) * (config.size / 4), 1));
}

torch::Tensor DancerCriticBasicImpl::forward(const torch::Tensor& picture) {
    const auto x = torch::leaky_relu(conv2_->forward(torch::leaky_relu(conv1_->forward(picture), 0.3)), 0.3);
    return dense_->forward(x.flatten(1)).squeeze(1);
}

}  // namespace choreia::nn
