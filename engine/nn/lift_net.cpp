// Convolutions along time on [batch, channels, time].
#include "nn/lift_net.h"

namespace choreia::nn {

nlohmann::json LiftNetConfig::toJson() const { return {{"landmarks", landmarks}, {"width", width}, {"dilations", dilations}}; }

LiftNetConfig LiftNetConfig::fromJson(const nlohmann::json& json) {
    LiftNetConfig config;
    config.landmarks = json.value("landmarks", config.landmarks);
    config.width = json.value("width", config.width);
    config.dilations = json.value("dilations", config.dilations);
    return config;
}

LiftNetImpl::LiftNetImpl(const LiftNetConfig& config) : config_(config) {
    in_ = register_module("in", torch::nn::Conv1d(torch::nn::Conv1dOptions(2 * config.landmarks, config.width, 3).padding(1)));
    for (std::size_t k = 0; k < config.dilations.size(); ++k)
        blocks_.push_back(register_module("block_" + std::to_string(k), ResidualConv(config.width, config.dilations[k])));
    out_ = register_module("out", torch::nn::Conv1d(torch::nn::Conv1dOptions(config.width, 3 * config.landmarks, 1)));
}

torch::Tensor LiftNetImpl::forward(const torch::Tensor& flat) {
    TORCH_CHECK(flat.dim() == 3 && flat.size(2) == 2 * config_.landmarks, "LiftNet: expected [batch, time, ", 2 * config_.landmarks, "]");
    auto x = in_->forward(flat.transpose(1, 2));
    for (auto& block : blocks_) x = block->forward(x);
    const auto learned = out_->forward(torch::silu(x)).transpose(1, 2);
    const auto plane = torch::constant_pad_nd(flat.reshape({flat.size(0), flat.size(1), config_.landmarks, 2}), {0, 1});
    return learned + plane.reshape(learned.sizes());
}

}  // namespace choreia::nn
