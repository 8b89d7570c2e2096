// Skips from the stem carry what is fine to the heat maps; what is far apart meets in the tokens.
#include "nn/se_vit.h"

#include "motion/landmarks.h"
#include "nn/norm_silu.h"

#include <algorithm>
#include <cmath>

namespace choreia::nn {

namespace {

namespace F = torch::nn::functional;
constexpr std::int64_t kMarks = motion::kLandmarks;
constexpr std::int64_t kPlaces = 8;  // of the learned grid of places, either way; other grids are interpolated
constexpr std::int64_t kWindow = 5;  // cells round a peak

torch::nn::Conv2d convolution(std::int64_t in, std::int64_t out, std::int64_t taps, std::int64_t stride = 1) {
    return torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, taps).stride(stride).padding(taps / 2));
}

torch::nn::GroupNorm norm(std::int64_t channels) { return torch::nn::GroupNorm(torch::nn::GroupNormOptions(8, channels)); }

/// x + gate(conv(silu(conv(x)))), normalised.
class GatedResidualImpl : public torch::nn::Module {
public:
    explicit GatedResidualImpl(std::int64_t channels) {
        first_ = register_module("first", convolution(channels, channels, 3));
        norm1_ = register_module("norm_1", norm(channels));
        second_ = register_module("second", convolution(channels, channels, 3));
        norm2_ = register_module("norm_2", norm(channels));
        gate_ = register_module("gate", SqueezeExcite(channels));
    }
    torch::Tensor forward(const torch::Tensor& x) {
        const auto hidden = groupNorm(first_->forward(x), norm1_, true), own = groupNorm(second_->forward(hidden), norm2_, false);
        return gatedSum(x, own, gate_->gate(own));
    }

private:
    torch::nn::Conv2d first_{nullptr}, second_{nullptr};
    torch::nn::GroupNorm norm1_{nullptr}, norm2_{nullptr};
    SqueezeExcite gate_{nullptr};
};
TORCH_MODULE(GatedResidual);

torch::nn::Sequential halving(std::int64_t in, std::int64_t out, bool residual) {
    torch::nn::Sequential part(convolution(in, out, 3, 2), norm(out), torch::nn::SiLU());
    if (residual) part->push_back(GatedResidual(out));
    return part;
}

/// A part as halving makes them, its norm and silu in one.
torch::Tensor through(const torch::nn::Sequential& part, const torch::Tensor& x) {
    auto y = groupNorm(part->ptr<torch::nn::Conv2dImpl>(0)->forward(x), torch::nn::GroupNorm(part->ptr<torch::nn::GroupNormImpl>(1)), true);
    for (std::size_t k = 3; k < part->size(); ++k) y = part->ptr<GatedResidualImpl>(k)->forward(y);
    return y;
}

torch::Tensor twice(const torch::Tensor& x) {
    return F::interpolate(x, F::InterpolateFuncOptions().scale_factor(std::vector<double>{2, 2}).mode(torch::kNearest));
}

torch::Tensor normalised(const torch::Tensor& rgb) { return ((rgb - 0.45) / 0.25).contiguous(at::MemoryFormat::ChannelsLast); }

bool sane(std::int64_t value, std::int64_t least, std::int64_t most) { return value >= least && value <= most; }

}  // namespace

SqueezeExciteImpl::SqueezeExciteImpl(std::int64_t channels) {
    const auto narrow = std::max<std::int64_t>(4, channels / 4);
    squeeze_ = register_module("squeeze", torch::nn::Linear(channels, narrow));
    excite_ = register_module("excite", torch::nn::Linear(narrow, channels));
}

torch::Tensor SqueezeExciteImpl::gate(const torch::Tensor& x) { return torch::sigmoid(excite_->forward(torch::silu(squeeze_->forward(x.mean({2, 3}))))); }

torch::Tensor SqueezeExciteImpl::forward(const torch::Tensor& x) { return x * gate(x).unsqueeze(2).unsqueeze(3); }

torch::Tensor SqueezeExciteImpl::tokens(const torch::Tensor& x) {
    return x * torch::sigmoid(excite_->forward(torch::silu(squeeze_->forward(x.mean(1, true)))));
}

VisionBlockImpl::VisionBlockImpl(std::int64_t width, std::int64_t heads, bool gated, double dropout) : heads_(heads), dropout_(dropout) {
    norm1_ = register_module("norm_1", torch::nn::LayerNorm(torch::nn::LayerNormOptions({width})));
    qkv_ = register_module("qkv", torch::nn::Linear(width, 3 * width));
    out_ = register_module("out", torch::nn::Linear(width, width));
    norm2_ = register_module("norm_2", torch::nn::LayerNorm(torch::nn::LayerNormOptions({width})));
    wide_ = register_module("wide", torch::nn::Linear(width, 4 * width));
    narrow_ = register_module("narrow", torch::nn::Linear(4 * width, width));
    if (gated) gate_ = register_module("gate", SqueezeExcite(width));
}

torch::Tensor VisionBlockImpl::forward(const torch::Tensor& x) {
    const auto batch = x.size(0), count = x.size(1), width = x.size(2), each = width / heads_;
    const auto parts = qkv_->forward(norm1_->forward(x)).view({batch, count, 3, heads_, each}).permute({2, 0, 3, 1, 4});
    const auto scores = torch::softmax(torch::matmul(parts[0] / std::sqrt(static_cast<double>(each)), parts[1].transpose(-2, -1)), -1);
    auto met = out_->forward(torch::matmul(scores, parts[2]).transpose(1, 2).reshape({batch, count, width}));
    const auto y = x + torch::dropout(met, dropout_, is_training());
    auto own = narrow_->forward(torch::gelu(wide_->forward(norm2_->forward(y))));
    if (gate_) own = gate_->tokens(own);
    return y + torch::dropout(own, dropout_, is_training());
}

nlohmann::json SeVitConfig::toJson() const {
    return {{"size", size}, {"width", width}, {"layers", layers}, {"heads", heads}, {"stem", stem}, {"features", features}, {"dropout", dropout}};
}

SeVitConfig SeVitConfig::fromJson(const nlohmann::json& json) {
    SeVitConfig config;
    config.size = json.value("size", config.size);
    config.width = json.value("width", config.width);
    config.layers = json.value("layers", config.layers);
    config.heads = json.value("heads", config.heads);
    config.stem = json.value("stem", config.stem);
    config.features = json.value("features", config.features);
    config.dropout = json.value("dropout", config.dropout);
    return config;
}

SeVitImpl::SeVitImpl(const SeVitConfig& config) : config_(config) {
    TORCH_CHECK(sane(config.size, 64, 512) && config.size % 16 == 0, "SeVit: size must be a multiple of 16 from 64 to 512, not ", config.size);
    TORCH_CHECK(sane(config.width, 8, 1024) && sane(config.layers, 1, 24) && sane(config.heads, 1, 64) && config.width % config.heads == 0 &&
                    sane(config.stem, 8, 128) && config.stem % 8 == 0 && sane(config.features, 1, 4096),
                "SeVit: a size is out of range");
    const auto c2 = config.stem, c4 = 2 * config.stem, c8 = 4 * config.stem;
    stem2_ = register_module("stem_2", halving(3, c2, false));
    stem4_ = register_module("stem_4", halving(c2, c4, true));
    stem8_ = register_module("stem_8", halving(c4, c8, true));
    stem16_ = register_module("stem_16", torch::nn::Sequential(convolution(c8, config.width, 3, 2)));
    place_ = register_parameter("place", 0.02 * torch::randn({1, config.width, kPlaces, kPlaces}));
    blocks_ = register_module("blocks", torch::nn::ModuleList());
    for (std::int64_t k = 0; k < config.layers; ++k) blocks_->push_back(VisionBlock(config.width, config.heads, true, config.dropout));
    norm_ = register_module("norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({config.width})));
    raise8_ = register_module("raise_8", convolution(config.width, c8, 1));
    up8_ = register_module("up_8", torch::nn::Sequential(convolution(c8, c8, 3), norm(c8), torch::nn::SiLU()));
    raise4_ = register_module("raise_4", convolution(c8, c4, 1));
    up4_ = register_module("up_4", torch::nn::Sequential(convolution(c4, c4, 3), norm(c4), torch::nn::SiLU()));
    head_ = register_module("head", convolution(c4, 3 * kMarks, 1));
    features_ = register_module("features", torch::nn::Linear(config.width, config.features));
    coarse_ = register_module("coarse", torch::nn::Linear(config.features, 2 * kMarks));
}

std::vector<torch::Tensor> SeVitImpl::levels(const torch::Tensor& rgb) {
    TORCH_CHECK(rgb.dim() == 4 && rgb.size(1) == 3 && sane(rgb.size(2), 64, 512) && sane(rgb.size(3), 64, 512) && rgb.size(2) % 16 == 0 && rgb.size(3) % 16 == 0,
                "SeVit: expected [batch, 3, height, width] with sides of multiples of 16 from 64 to 512, found ", rgb.sizes());
    const auto at4 = through(stem4_, through(stem2_, normalised(rgb)));
    const auto at8 = through(stem8_, at4);
    auto map = stem16_->forward(at8);
    const auto high = map.size(2), wide = map.size(3);
    auto place = place_;
    if (high != kPlaces || wide != kPlaces)
        place = F::interpolate(place, F::InterpolateFuncOptions().size(std::vector<std::int64_t>{high, wide}).mode(torch::kBilinear).align_corners(false));
    auto tokens = (map + place).flatten(2).transpose(1, 2);
    for (const auto& block : *blocks_) tokens = block->as<VisionBlock>()->forward(tokens);
    tokens = norm_->forward(tokens);
    return {at4, at8, tokens.transpose(1, 2).reshape({rgb.size(0), config_.width, high, wide})};
}

std::vector<torch::Tensor> SeVitImpl::early(const torch::Tensor& rgb) {
    TORCH_CHECK(rgb.dim() == 4 && rgb.size(1) == 3, "SeVit: expected [batch, 3, height, width]");
    const auto at2 = through(stem2_, normalised(rgb));
    return {at2, through(stem4_, at2)};
}

PoseOutput SeVitImpl::forward(const torch::Tensor& rgb) {
    const auto maps = levels(rgb);
    const auto at8 = through(up8_, maps[1] + twice(raise8_->forward(maps[2])));
    const auto at4 = through(up4_, maps[0] + twice(raise4_->forward(at8)));
    // In mixed precision too: sums over maps are float32.
    const auto all = head_->forward(at4).to(torch::kFloat32).chunk(3, 1);
    PoseOutput out;
    out.heat = all[0];
    // Depth and visibility are read where the landmark is.
    const auto where = torch::softmax(out.heat.detach().flatten(2), -1);
    out.visible = (all[1].flatten(2) * where).sum(-1);
    out.depth = (all[2].flatten(2) * where).sum(-1);
    out.features = features_->forward(maps[2].mean({2, 3})).to(torch::kFloat32);
    out.coarse = 0.5 + coarse_->forward(torch::silu(out.features)).to(torch::kFloat32).view({-1, kMarks, 2});
    return out;
}

nlohmann::json SeVitBasicConfig::toJson() const { return {{"size", size}, {"patch", patch}, {"width", width}, {"layers", layers}, {"heads", heads}}; }

SeVitBasicConfig SeVitBasicConfig::fromJson(const nlohmann::json& json) {
    SeVitBasicConfig config;
    config.size = json.value("size", config.size);
    config.patch = json.value("patch", config.patch);
    config.width = json.value("width", config.width);
    config.layers = json.value("layers", config.layers);
    config.heads = json.value("heads", config.heads);
    return config;
}

SeVitBasicImpl::SeVitBasicImpl(const SeVitBasicConfig& config) : config_(config) {
    TORCH_CHECK(sane(config.patch, 4, 64) && sane(config.size, config.patch, 512) && config.size % config.patch == 0,
                "SeVitBasic: size must be a multiple of patch and at most 512");
    TORCH_CHECK(sane(config.width, 8, 1024) && sane(config.layers, 1, 24) && sane(config.heads, 1, 64) && config.width % config.heads == 0,
                "SeVitBasic: a size is out of range");
    patches_ = register_module("patches", torch::nn::Conv2d(torch::nn::Conv2dOptions(3, config.width, config.patch).stride(config.patch)));
    gate_ = register_module("gate", SqueezeExcite(config.width));
    const auto side = config.size / config.patch;
    place_ = register_parameter("place", 0.02 * torch::randn({1, side * side, config.width}));
    blocks_ = register_module("blocks", torch::nn::ModuleList());
    for (std::int64_t k = 0; k < config.layers; ++k) blocks_->push_back(VisionBlock(config.width, config.heads, false, 0.0));
    norm_ = register_module("norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({config.width})));
    head_ = register_module("head", torch::nn::Linear(config.width, 4 * kMarks));
}

PoseOutput SeVitBasicImpl::forward(const torch::Tensor& rgb) {
    TORCH_CHECK(rgb.dim() == 4 && rgb.size(1) == 3 && rgb.size(2) == config_.size && rgb.size(3) == config_.size, "SeVitBasic: expected [batch, 3, ", config_.size,
                ", ", config_.size, "], found ", rgb.sizes());
    auto tokens = gate_->forward(patches_->forward(normalised(rgb))).flatten(2).transpose(1, 2) + place_;
    for (const auto& block : *blocks_) tokens = block->as<VisionBlock>()->forward(tokens);
    PoseOutput out;
    out.features = norm_->forward(tokens).mean(1);
    const auto parts = head_->forward(out.features).view({-1, kMarks, 4});
    out.coarse = 0.5 + parts.narrow(2, 0, 2);
    out.visible = parts.select(2, 2);
    out.depth = parts.select(2, 3);
    return out;
}

torch::Tensor decodeHeat(const torch::Tensor& heat) {
    TORCH_CHECK(heat.dim() == 4, "decodeHeat: expected [batch, n, height, width]");
    const auto batch = heat.size(0), n = heat.size(1), high = heat.size(2), wide = heat.size(3);
    const auto whole = torch::softmax(heat.to(torch::kFloat32).flatten(2), -1);
    const auto peak = whole.argmax(-1);  // [batch, n]
    const auto steps = torch::arange(kWindow, peak.options()) - kWindow / 2;
    const auto dy = steps.unsqueeze(1).expand({kWindow, kWindow}).reshape({-1}), dx = steps.unsqueeze(0).expand({kWindow, kWindow}).reshape({-1});
    const auto y = peak.div(wide, "floor").unsqueeze(-1) + dy, x = peak.remainder(wide).unsqueeze(-1) + dx;  // [batch, n, 25]
    const auto inside = (x >= 0) & (x < wide) & (y >= 0) & (y < high);
    const auto at = y.clamp(0, high - 1) * wide + x.clamp(0, wide - 1);
    const auto weight = whole.gather(-1, at) * inside;
    const auto sum = weight.sum(-1).clamp_min(1e-12);
    const auto mean = [&](const torch::Tensor& place, std::int64_t cells) { return ((weight * (place + 0.5)).sum(-1) / sum) / static_cast<double>(cells); };
    return torch::stack({mean(x, wide), mean(y, high), sum.clamp_max(1)}, -1).view({batch, n, 3});
}

torch::Tensor landmarksOf(const PoseOutput& output) {
    if (output.heat.defined()) return decodeHeat(output.heat);
    return torch::cat({output.coarse, torch::sigmoid(output.visible).unsqueeze(-1)}, -1);
}

torch::Tensor presenceOf(const PoseOutput& output) {
    const std::vector<std::int64_t> marks(kBodyMarks.begin(), kBodyMarks.end());
    return torch::sigmoid(output.visible.to(torch::kFloat32)).index_select(1, torch::tensor(marks, torch::TensorOptions().dtype(torch::kInt64).device(output.visible.device()))).mean(1);
}

torch::Tensor swapSides(const torch::Tensor& landmarks) {
    std::vector<std::int64_t> other;
    for (int i = 0; i < motion::kLandmarks; ++i) other.push_back(motion::mirroredLandmark(i));
    return landmarks.index_select(1, torch::tensor(other, torch::TensorOptions().dtype(torch::kInt64).device(landmarks.device())));
}

PoseOutput bothWays(const std::function<PoseOutput(const torch::Tensor&)>& net, const torch::Tensor& rgb) {
    PoseOutput out = net(rgb);
    const PoseOutput mirrored = net(rgb.flip({3}));
    if (out.heat.defined()) out.heat = 0.5 * (out.heat + swapSides(mirrored.heat.flip({3})));
    auto coarse = swapSides(mirrored.coarse);
    coarse = torch::stack({1 - coarse.select(2, 0), coarse.select(2, 1)}, 2);
    out.coarse = 0.5 * (out.coarse + coarse);
    out.visible = 0.5 * (out.visible + swapSides(mirrored.visible));
    out.depth = 0.5 * (out.depth + swapSides(mirrored.depth));
    return out;
}

}  // namespace choreia::nn
