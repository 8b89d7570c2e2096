/// Lifts the 33 flat landmarks of a dance to space: dilated temporal convolutions over the frames around (as Pavllo et al. 2019, VideoPose3D, here with residual
/// blocks that keep the rate and see both sides).
#pragma once

#include "nn/layers.h"

#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include <vector>

namespace choreia::nn {

struct LiftNetConfig {
    std::int64_t landmarks = 33;
    std::int64_t width = 192;
    std::vector<std::int64_t> dilations = {1, 3, 9, 1, 3, 9};  ///< a residual block each, kernels of 3
    static constexpr double kFps = 30.0;  ///< of the frames that it is shown

    [[nodiscard]] nlohmann::json toJson() const;
    static LiftNetConfig fromJson(const nlohmann::json& json);  ///< throws nlohmann errors; callers translate
};

/// In and out are metres about the middle of the hips, X to the viewer's right. In: as the picture shows them, Y up in the picture, scaled as though they stood in the dancer's
/// own plane. Out: Y against gravity, Z level towards the viewer, so that a camera that looks down does not make the dancer lean.
class LiftNetImpl : public torch::nn::Module {
public:
    explicit LiftNetImpl(const LiftNetConfig& config);
    /// flat: [batch, time, landmarks * 2] -> [batch, time, landmarks * 3]. What is learned is added to the picture at depth 0.
    torch::Tensor forward(const torch::Tensor& flat);
    [[nodiscard]] const LiftNetConfig& config() const { return config_; }

private:
    LiftNetConfig config_;
    torch::nn::Conv1d in_{nullptr}, out_{nullptr};
    std::vector<ResidualConv> blocks_;
};
TORCH_MODULE(LiftNet);

}  // namespace choreia::nn
