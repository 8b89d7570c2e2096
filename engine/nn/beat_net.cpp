// A spectrum part that knows shapes in pitch and time, and a temporal part that knows metre.
#include "nn/beat_net.h"

namespace choreia::nn {

namespace {

std::int64_t strided(std::int64_t length, std::int64_t kernel, std::int64_t stride, std::int64_t padding) {
    return (length + 2 * padding - kernel) / stride + 1;
}

}  // namespace

nlohmann::json BeatNetConfig::toJson() const {
    return {{"bands", bands}, {"extras", extras}, {"width", width}, {"blocks", blocks}, {"filters", filters}, {"dropout", dropout}};
}

BeatNetConfig BeatNetConfig::fromJson(const nlohmann::json& json) {
    BeatNetConfig config;
    config.bands = json.value("bands", config.bands);
    config.extras = json.value("extras", config.extras);
    config.width = json.value("width", config.width);
    config.blocks = json.value("blocks", config.blocks);
    config.filters = json.value("filters", config.filters);
    config.dropout = json.value("dropout", config.dropout);
    return config;
}

BeatNetImpl::BeatNetImpl(const BeatNetConfig& config) : config_(config) {
    using torch::nn::Conv1dOptions;
    using torch::nn::Conv2dOptions;
    TORCH_CHECK(config.blocks >= 1 && config.blocks <= 12 && config.width >= 1 && config.width <= 512 && config.filters >= 1 && config.filters <= 128 &&
                    config.bands >= 8 && config.bands <= 512 && config.extras >= 1 && config.extras <= 512,
                "BeatNet: a size is out of range");
    // [batch, 1, rows, bands]: every second band, then every third, then the rest folded into channels.
    first_ = register_module("first", torch::nn::Conv2d(Conv2dOptions(1, config.filters, {3, 5}).stride({1, 2}).padding({1, 2})));
    second_ = register_module("second", torch::nn::Conv2d(Conv2dOptions(config.filters, config.filters, {3, 5}).stride({1, 3}).padding({1, 2})));
    const auto left = strided(strided(config.bands, 5, 2, 2), 5, 3, 2);
    fold_ = register_module("fold", torch::nn::Conv2d(Conv2dOptions(config.filters, config.width, {1, left})));
    join_ = register_module("join", torch::nn::Conv1d(Conv1dOptions(config.width + config.extras, config.width, 3).padding(1)));
    dilated_ = register_module("dilated", torch::nn::ModuleList());
    points_ = register_module("points", torch::nn::ModuleList());
    for (std::int64_t k = 0; k < config.blocks; ++k) {
        const std::int64_t dilation = std::int64_t{1} << k;
        dilated_->push_back(torch::nn::Conv1d(Conv1dOptions(config.width, config.width, 5).dilation(dilation).padding(2 * dilation)));
        points_->push_back(torch::nn::Conv1d(Conv1dOptions(config.width, 2 * config.width, 1)));
    }
    head_ = register_module("head", torch::nn::Conv1d(Conv1dOptions(config.width, 2, 1)));
    mean_ = register_buffer("mean", torch::zeros({config.bands + config.extras}));
    deviation_ = register_buffer("deviation", torch::ones({config.bands + config.extras}));
}

void BeatNetImpl::setNormalisation(const torch::Tensor& mean, const torch::Tensor& deviation) {
    torch::NoGradGuard noGrad;
    mean_.copy_(mean);
    deviation_.copy_(deviation);
}

torch::Tensor BeatNetImpl::forward(const torch::Tensor& spectrum) {
    TORCH_CHECK(spectrum.dim() == 3 && spectrum.size(2) == config_.bands + config_.extras, "BeatNet: expected [batch, rows, ", config_.bands + config_.extras, "]");
    const auto normal = (spectrum - mean_) / deviation_;
    auto bands = torch::elu(first_->forward(normal.narrow(2, 0, config_.bands).unsqueeze(1)));
    bands = torch::elu(second_->forward(bands));
    bands = torch::elu(fold_->forward(bands)).squeeze(3);  // [batch, width, rows]
    const auto extras = normal.narrow(2, config_.bands, config_.extras).transpose(1, 2);
    auto x = torch::elu(join_->forward(torch::cat({bands, extras}, 1)));
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
