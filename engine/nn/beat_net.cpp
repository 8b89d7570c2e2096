// A short part that knows onsets and chords, and a long one at a quarter of the rate that knows metre.
#include "nn/beat_net.h"

namespace choreia::nn {

namespace F = torch::nn::functional;

nlohmann::json BeatNetConfig::toJson() const {
    return {{"columns", columns}, {"filters", filters}, {"width", width},        {"coarse", coarse},
            {"blocks", blocks},   {"dropout", dropout}, {"tempo_bins", tempoBins}};
}

BeatNetConfig BeatNetConfig::fromJson(const nlohmann::json& json) {
    BeatNetConfig config;
    config.columns = json.value("columns", config.columns);
    config.width = json.value("width", config.width);
    config.coarse = json.value("coarse", config.coarse);
    config.blocks = json.value("blocks", config.blocks);
    config.filters = json.value("filters", config.filters);
    config.tempoBins = json.value("tempo_bins", config.tempoBins);
    config.dropout = json.value("dropout", config.dropout);
    return config;
}

std::int64_t BeatNetConfig::reach() const {
    const std::int64_t rows = 2 * ((std::int64_t{1} << blocks) - 1) * BeatNetImpl::kStride + 4 * BeatNetImpl::kStride;
    return (rows + BeatNetImpl::kRowsPerTempo - 1) / BeatNetImpl::kRowsPerTempo * BeatNetImpl::kRowsPerTempo;
}

BeatNetImpl::BeatNetImpl(const BeatNetConfig& config) : config_(config) {
    using torch::nn::Conv1dOptions;
    const auto sane = [](std::int64_t size, std::int64_t most) { return size >= 1 && size <= most; };
    TORCH_CHECK(sane(config.blocks, 10) && sane(config.width, 512) && sane(config.coarse, 512) && sane(config.filters, 512) && sane(config.columns, 1024) &&
                    sane(config.tempoBins, 512),
                "BeatNet: a size is out of range");
    first_ = register_module("first", torch::nn::Conv1d(Conv1dOptions(config.columns, config.filters, 5).padding(2)));
    second_ = register_module("second", torch::nn::Conv1d(Conv1dOptions(config.filters, config.width, 3).padding(1)));
    down_ = register_module("down", torch::nn::Conv1d(Conv1dOptions(config.width, config.coarse, 2 * kStride).stride(kStride).padding(kStride / 2)));
    dilated_ = register_module("dilated", torch::nn::ModuleList());
    points_ = register_module("points", torch::nn::ModuleList());
    for (std::int64_t k = 0; k < config.blocks; ++k) {
        const std::int64_t dilation = std::int64_t{1} << k;
        dilated_->push_back(torch::nn::Conv1d(Conv1dOptions(config.coarse, config.coarse, 5).dilation(dilation).padding(2 * dilation)));
        points_->push_back(torch::nn::Conv1d(Conv1dOptions(config.coarse, 2 * config.coarse, 1)));
    }
    // Four rows of each coarse one, each with channels of its own.
    up_ = register_module("up", torch::nn::Conv1d(Conv1dOptions(config.coarse, kStride * config.width, 1)));
    meet_ = register_module("meet", torch::nn::Conv1d(Conv1dOptions(config.width, config.width, 5).padding(2)));
    head_ = register_module("head", torch::nn::Conv1d(Conv1dOptions(config.width, 2, 1)));
    tempo1_ = register_module("tempo_1", torch::nn::Conv1d(Conv1dOptions(config.coarse, config.coarse, 1)));
    tempo2_ = register_module("tempo_2", torch::nn::Conv1d(Conv1dOptions(config.coarse, config.tempoBins, 1)));
    mean_ = register_buffer("mean", torch::zeros({config.columns}));
    deviation_ = register_buffer("deviation", torch::ones({config.columns}));
}

void BeatNetImpl::setNormalisation(const torch::Tensor& mean, const torch::Tensor& deviation) {
    torch::NoGradGuard noGrad;
    mean_.copy_(mean);
    deviation_.copy_(deviation);
}

BeatNetOutput BeatNetImpl::forward(const torch::Tensor& spectrum) {
    TORCH_CHECK(spectrum.dim() == 3 && spectrum.size(2) == config_.columns, "BeatNet: expected [batch, rows, ", config_.columns, "]");
    const std::int64_t batch = spectrum.size(0), rows = spectrum.size(1), missing = (kRowsPerTempo - rows % kRowsPerTempo) % kRowsPerTempo;
    auto x = ((spectrum - mean_) / deviation_).transpose(1, 2);
    if (missing > 0) x = F::pad(x, F::PadFuncOptions({0, missing}));  // of silence's mean: as beyond the ends
    x = torch::elu(first_->forward(x));
    const auto fine = torch::elu(second_->forward(x));
    x = torch::elu(down_->forward(fine));
    auto skips = torch::zeros_like(x);
    for (std::size_t k = 0; k < dilated_->size(); ++k) {
        auto hidden = torch::elu(dilated_[k]->as<torch::nn::Conv1d>()->forward(x));
        hidden = torch::dropout(hidden, config_.dropout, is_training());
        const auto both = points_[k]->as<torch::nn::Conv1d>()->forward(hidden).chunk(2, 1);
        x = x + both[0];
        skips = skips + both[1];
    }
    const auto known = torch::elu(skips);
    const auto raised = up_->forward(known).view({batch, kStride, config_.width, -1}).permute({0, 2, 3, 1}).reshape({batch, config_.width, -1});
    const auto met = torch::elu(meet_->forward(torch::elu(fine + raised)));
    const auto seconds = torch::avg_pool1d(known, {kRowsPerTempo / kStride}, {kRowsPerTempo / kStride});
    return {head_->forward(met).narrow(2, 0, rows).transpose(1, 2), tempo2_->forward(torch::elu(tempo1_->forward(seconds))).transpose(1, 2)};
}

}  // namespace choreia::nn
