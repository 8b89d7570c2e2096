// A short part that knows onsets and chords, and a long one that knows metre.
#include "nn/beat_net.h"

namespace choreia::nn {

nlohmann::json BeatNetConfig::toJson() const {
    return {{"columns", columns}, {"filters", filters}, {"width", width}, {"blocks", blocks}, {"dropout", dropout}};
}

BeatNetConfig BeatNetConfig::fromJson(const nlohmann::json& json) {
    BeatNetConfig config;
    config.columns = json.value("columns", config.columns);
    config.width = json.value("width", config.width);
    config.blocks = json.value("blocks", config.blocks);
    config.filters = json.value("filters", config.filters);
    config.dropout = json.value("dropout", config.dropout);
    return config;
}

BeatNetImpl::BeatNetImpl(const BeatNetConfig& config) : config_(config) {
    using torch::nn::Conv1dOptions;
    TORCH_CHECK(config.blocks >= 1 && config.blocks <= 12 && config.width >= 1 && config.width <= 512 && config.filters >= 1 && config.filters <= 512 &&
                    config.columns >= 1 && config.columns <= 1024,
                "BeatNet: a size is out of range");
    first_ = register_module("first", torch::nn::Conv1d(Conv1dOptions(config.columns, config.filters, 5).padding(2)));
    second_ = register_module("second", torch::nn::Conv1d(Conv1dOptions(config.filters, config.width, 3).padding(1)));
    dilated_ = register_module("dilated", torch::nn::ModuleList());
    points_ = register_module("points", torch::nn::ModuleList());
    for (std::int64_t k = 0; k < config.blocks; ++k) {
        const std::int64_t dilation = std::int64_t{1} << k;
        dilated_->push_back(torch::nn::Conv1d(Conv1dOptions(config.width, config.width, 5).dilation(dilation).padding(2 * dilation)));
        points_->push_back(torch::nn::Conv1d(Conv1dOptions(config.width, 2 * config.width, 1)));
    }
    head_ = register_module("head", torch::nn::Conv1d(Conv1dOptions(config.width, 2, 1)));
    mean_ = register_buffer("mean", torch::zeros({config.columns}));
    deviation_ = register_buffer("deviation", torch::ones({config.columns}));
}

void BeatNetImpl::setNormalisation(const torch::Tensor& mean, const torch::Tensor& deviation) {
    torch::NoGradGuard noGrad;
    mean_.copy_(mean);
    deviation_.copy_(deviation);
}

torch::Tensor BeatNetImpl::forward(const torch::Tensor& spectrum) {
    TORCH_CHECK(spectrum.dim() == 3 && spectrum.size(2) == config_.columns, "BeatNet: expected [batch, rows, ", config_.columns, "]");
    auto x = torch::elu(first_->forward(((spectrum - mean_) / deviation_).transpose(1, 2)));
    x = torch::elu(second_->forward(x));
    auto skips = torch::zeros_like(x);
    for (std::size_t k = 0; k < dilated_->size(); ++k) {
        auto hidden = torch::elu(dilated_[k]->as<torch::nn::Conv1d>()->forward(x));
        hidden = torch::dropout(hidden, config_.dropout, is_training());
        const auto both = points_[k]->as<torch::nn::Conv1d>()->forward(hidden).chunk(2, 1);
        x = x + both[0];
        skips = skips + both[1];
    }
    return head_->forward(torch::elu(skips)).transpose(1, 2);
}

}  // namespace choreia::nn
