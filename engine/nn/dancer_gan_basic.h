/// The second seed's GAN as it describes it, the named baseline `dancer-gan-basic`: a dense layer, three transposed convolutions; no skeleton maps.
#pragma once

#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include <cstdint>

namespace choreia::nn {

struct DancerGanBasicConfig {
    std::int64_t size = 128;  ///< of the picture: 32, 64 or 128 (16 doubled once to three times)

    [[nodiscard]] nlohmann::json toJson() const;
    static DancerGanBasicConfig fromJson(const nlohmann::json& json);
};

/// 33 landmarks (x, y) -> dense, 256 units at each of 16x16 places (the reading in which its "256 units" and its "reshape 16x16x256" agree) -> ReLU ->
/// transposed convolutions of 128, 64 and 3 channels, 3x3, doubling where the size asks for it -> tanh.
class DancerGanBasicImpl : public torch::nn::Module {
public:
    explicit DancerGanBasicImpl(const DancerGanBasicConfig& config);
    /// landmarks: [batch, 66] in 0..1 -> [batch, 3, size, size], -1..1.
    torch::Tensor forward(const torch::Tensor& landmarks);
    [[nodiscard]] const DancerGanBasicConfig& config() const { return config_; }

private:
    DancerGanBasicConfig config_;
    torch::nn::Linear dense_{nullptr};
    torch::nn::ConvTranspose2d up1_{nullptr}, up2_{nullptr}, up3_{nullptr};
};
TORCH_MODULE(DancerGanBasic);

/// Convolutions of 64 and 128 channels, 3x3, halving, leaky ReLU, then one dense unit. The sigmoid is in the loss.
class DancerCriticBasicImpl : public torch::nn::Module {
public:
    explicit DancerCriticBasicImpl(const DancerGanBasicConfig& config);
    /// picture: [batch, 3, size, size] -> logits [batch], larger is more real.
    torch::Tensor forward(const torch::Tensor& picture);

private:
    torch::nn::Conv2d conv1_{nullptr}, conv2_{nullptr};
    torch::nn::Linear dense_{nullptr};
};
TORCH_MODULE(DancerCriticBasic);

}  // namespace choreia::nn
