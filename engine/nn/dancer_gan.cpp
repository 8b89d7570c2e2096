// A small U-Net at the working size; what a picture has beyond that size comes out of its last layer's channels.
#include "nn/dancer_gan.h"

#include <cmath>

namespace choreia::nn {

namespace F = torch::nn::functional;

namespace {

torch::nn::Conv2d conv(std::int64_t in, std::int64_t out, std::int64_t kernel, std::int64_t stride = 1) {
    return torch::nn::Conv2d(torch::nn::Conv2dOptions(in, out, kernel).stride(stride).padding(kernel / 2));
}
torch::nn::GroupNorm norm(std::int64_t channels) { return torch::nn::GroupNorm(torch::nn::GroupNormOptions(8, channels)); }

torch::Tensor twice(const torch::Tensor& x) {
    return F::interpolate(x, F::InterpolateFuncOptions().scale_factor(std::vector<double>{2, 2}).mode(torch::kNearest));
}

/// The pixels that pixel-shuffle takes out of one begin alike (Aitken et al. 2017): a comb that is there from the start is hardly unlearned.
void beginAlike(torch::nn::Conv2d& conv, std::int64_t pixels) {
    const torch::NoGradGuard noGrad;
    const auto own = conv->weight.size(0) / pixels;
    conv->weight.copy_(conv->weight.narrow(0, 0, own).repeat_interleave(pixels, 0));
    conv->bias.copy_(conv->bias.narrow(0, 0, own).repeat_interleave(pixels, 0));
}

/// Two channels that say where a pixel is, -1..1.
torch::Tensor coordinates(std::int64_t batch, std::int64_t size, const torch::TensorOptions& options) {
    const auto line = torch::linspace(-1, 1, size, options);
    return torch::stack({line.expand({size, size}), line.unsqueeze(1).expand({size, size})}, 0).unsqueeze(0).expand({batch, 2, size, size});
}

}  // namespace

nlohmann::json DancerGanConfig::toJson() const {
    return {{"size", size},           {"unshuffle", unshuffle}, {"maps", maps},         {"noise", noise},  {"widths", widths},
            {"deep_blocks", deepBlocks}, {"canvas", canvas},       {"fine", fine},         {"middle", middle},     {"previous", previous},
            {"layered", layered},     {"frame", frame},         {"critic", critic}};
}

DancerGanConfig DancerGanConfig::fromJson(const nlohmann::json& json) {
    DancerGanConfig config;
    config.size = json.value("size", config.size);
    config.unshuffle = json.value("unshuffle", std::int64_t{0});
    if (config.unshuffle == 0) config.unshuffle = config.size >= 256 ? 4 : config.size >= 128 ? 2 : 1;
    config.maps = json.value("maps", config.maps);
    config.noise = json.value("noise", config.noise);
    config.widths = json.value("widths", config.widths);
    config.deepBlocks = json.value("deep_blocks", config.deepBlocks);
    config.canvas = json.value("canvas", config.canvas);
    config.fine = json.value("fine", config.fine);
    config.middle = json.value("middle", config.middle);
    config.previous = json.value("previous", config.previous);
    config.layered = json.value("layered", config.layered);
    config.frame = json.value("frame", config.frame);
    config.critic = json.value("critic", config.critic);
    return config;
}

ResidualBlock2dImpl::ResidualBlock2dImpl(std::int64_t channels) {
    norm1_ = register_module("norm_1", norm(channels));
    conv1_ = register_module("conv_1", conv(channels, channels, 3));
    norm2_ = register_module("norm_2", norm(channels));
    conv2_ = register_module("conv_2", conv(channels, channels, 3));
}

torch::Tensor ResidualBlock2dImpl::forward(const torch::Tensor& x) {
    return x + conv2_->forward(torch::silu(norm2_->forward(conv1_->forward(torch::silu(norm1_->forward(x))))));
}

Attention2dImpl::Attention2dImpl(std::int64_t channels) {
    norm_ = register_module("norm", norm(channels));
    query_ = register_module("query", conv(channels, channels / 2, 1));
    key_ = register_module("key", conv(channels, channels / 2, 1));
    value_ = register_module("value", conv(channels, channels, 1));
    out_ = register_module("out", conv(channels, channels, 1));
    torch::NoGradGuard noGrad;
    out_->weight.zero_();  // begins as nothing
    out_->bias.zero_();
}

torch::Tensor Attention2dImpl::forward(const torch::Tensor& x) {
    const auto y = norm_->forward(x);
    const auto query = query_->forward(y).flatten(2).transpose(1, 2), key = key_->forward(y).flatten(2);
    const auto shares = torch::softmax(torch::bmm(query, key) / std::sqrt(static_cast<double>(key.size(1))), -1);
    const auto seen = torch::bmm(value_->forward(y).flatten(2), shares.transpose(1, 2)).view_as(x);
    return x + out_->forward(seen);
}

DancerGeneratorImpl::DancerGeneratorImpl(const DancerGanConfig& config) : config_(config) {
    const auto& w = config.widths;
    const auto u = config.unshuffle;
    bool sane = w.size() == 4 && (u == 1 || u == 2 || u == 4) && config.size >= 32 && config.size <= 1024 && config.size % (8 * u) == 0 && config.noise >= 1 &&
                config.noise <= 64 && config.fine >= 0 && config.fine <= 64 && config.canvas >= 1 && config.canvas <= 64 && config.maps >= 1 && config.maps <= 128 && config.deepBlocks >= 0 &&
                config.deepBlocks <= 16;
    sane = sane && (config.middle == 0 || (u > 1 && config.middle >= 8 && config.middle <= 128 && config.middle % 8 == 0)) && config.frame >= 0 && config.frame <= 2048;
    for (const auto channels : w) sane = sane && channels >= 8 && channels <= 1024 && channels % 8 == 0;
    TORCH_CHECK(sane, "DancerGenerator: a size is out of range");
    canvas_ = register_parameter("canvas", 0.1 * torch::randn({1, config.canvas, 32, 32}));
    stem_ = register_module("stem", conv(config.maps + 2 + (config.previous ? 3 * u * u : 0), w[0], 3));
    down1_ = register_module("down_1", conv(w[0], w[1], 3, 2));
    scene_ = register_module("scene", conv(config.noise + config.canvas, w[0], 1));
    in1_ = register_module("in_1", ResidualBlock2d(w[1]));
    down2_ = register_module("down_2", conv(w[1], w[2], 3, 2));
    in2_ = register_module("in_2", ResidualBlock2d(w[2]));
    down3_ = register_module("down_3", conv(w[2], w[3], 3, 2));
    deep_ = register_module("deep", torch::nn::ModuleList());
    attention_ = register_module("attention", torch::nn::ModuleList());
    for (std::int64_t k = 0; k < config.deepBlocks; ++k) {
        deep_->push_back(ResidualBlock2d(w[3]));
        attention_->push_back(Attention2d(w[3]));
    }
    // Narrowed before they are made larger: a quarter of the work.
    up3_ = register_module("up_3", conv(w[3], w[2], 1));
    out2_ = register_module("out_2", ResidualBlock2d(w[2]));
    up2_ = register_module("up_2", conv(w[2], w[1], 1));
    out1_ = register_module("out_1", ResidualBlock2d(w[1]));
    up1_ = register_module("up_1", conv(w[1], w[0], 1));
    out0_ = register_module("out_0", ResidualBlock2d(w[0]));
    last_ = register_module("last", norm(w[0]));
    if (config.middle > 0) {
        raise_ = register_module("raise", conv(w[0], 4 * config.middle, 3));
        beginAlike(raise_, 4);
        refine_ = register_module("refine", ResidualBlock2d(config.middle));
    }
    const auto left = config.middle > 0 ? u / 2 : u;
    head_ = register_module("head", conv(config.middle > 0 ? config.middle : w[0], (config.fine > 0 ? config.fine : config.outputs()) * left * left, 3));
    if (config.fine > 0) {
        fine_ = register_module("fine", conv(config.fine, config.fine, 3));
        colours_ = register_module("colours", conv(config.fine, config.outputs(), 3));
        beginAlike(head_, left * left);
    }
}

torch::Tensor DancerGeneratorImpl::forward(const DancerInput& input) {
    const auto whole = config_.working();
    const auto work = input.maps.dim() == 4 ? input.maps.size(2) : 0;
    TORCH_CHECK(work > 0 && work <= whole && work % 8 == 0 && input.maps.size(1) == config_.maps && input.maps.size(3) == work,
                "DancerGenerator: expected maps of [batch, ", config_.maps, ", ", whole, ", ", whole, "], or smaller by multiples of 8");
    const auto batch = input.maps.size(0);
    std::vector<torch::Tensor> parts = {input.maps, coordinates(batch, work, input.maps.options())};
    if (config_.previous)
        parts.push_back(input.previous.defined() ? torch::pixel_unshuffle(input.previous, config_.unshuffle)
                                                 : torch::zeros({batch, 3 * config_.unshuffle * config_.unshuffle, work, work}, input.maps.options()));
    const auto noise = input.noise.defined() && input.outside.defined() ? (input.noise * input.outside).expand({batch, config_.noise, work, work})
                                                                        : torch::zeros({batch, config_.noise, work, work}, input.maps.options());
    const auto canvas = F::interpolate(canvas_, F::InterpolateFuncOptions().size(std::vector<std::int64_t>{work, work}).mode(torch::kBilinear).align_corners(false)).expand({batch, -1, -1, -1});
    const auto x0 = stem_->forward(torch::cat(parts, 1)) + scene_->forward(torch::cat({noise, canvas}, 1));
    const auto x1 = in1_->forward(down1_->forward(torch::silu(x0)));
    const auto x2 = in2_->forward(down2_->forward(torch::silu(x1)));
    auto x = down3_->forward(torch::silu(x2));
    for (std::size_t k = 0; k < deep_->size(); ++k) x = attention_[k]->as<Attention2d>()->forward(deep_[k]->as<ResidualBlock2d>()->forward(x));
    x = out2_->forward(twice(up3_->forward(torch::silu(x))) + x2);
    x = out1_->forward(twice(up2_->forward(torch::silu(x))) + x1);
    x = out0_->forward(twice(up1_->forward(torch::silu(x))) + x0);
    x = torch::silu(last_->forward(x));
    // From here on there are few channels and many pixels: drawn, not learned, they are quicker channels last.
    if (!torch::GradMode::is_enabled()) x = x.contiguous(at::MemoryFormat::ChannelsLast);
    if (config_.middle > 0) x = torch::silu(refine_->forward(torch::pixel_shuffle(raise_->forward(x), 2)));
    x = head_->forward(x);
    if (const auto left = config_.middle > 0 ? config_.unshuffle / 2 : config_.unshuffle; left > 1) x = torch::pixel_shuffle(x, left);
    if (config_.fine > 0) x = colours_->forward(torch::silu(fine_->forward(torch::silu(x))));
    return torch::tanh(x);
}

torch::Tensor coverageOf(const torch::Tensor& layers) { return 0.5 * (layers.narrow(1, 3, 1) + 1); }

torch::Tensor overBackdrop(const torch::Tensor& layers, const torch::Tensor& backdrop) {
    const auto behind = (backdrop + 1) * (0.5 * (layers.narrow(1, 4, 1) + 1)) - 1;
    return behind + coverageOf(layers) * (layers.narrow(1, 0, 3) - behind);
}

DancerDiscriminatorImpl::DancerDiscriminatorImpl(const DancerGanConfig& config) : unshuffle_(config.unshuffle) {
    TORCH_CHECK(!config.critic.empty() && config.critic.size() <= 5, "DancerDiscriminator: 1 to 5 layers");
    for (const char* name : {"whole", "half"}) {
        std::vector<SpectralConv2d> layers;
        std::int64_t channels = config.maps + 6 * unshuffle_ * unshuffle_;
        for (std::size_t k = 0; k <= config.critic.size(); ++k) {
            const bool last = k == config.critic.size();
            const auto out = last ? 1 : config.critic[k];
            layers.push_back(register_module(std::string(name) + "_" + std::to_string(k), last ? SpectralConv2d(channels, out, 3, 1, 1) : SpectralConv2d(channels, out, 4, 2, 1)));
            channels = out;
        }
        scales_.push_back(std::move(layers));
    }
}

Verdict DancerDiscriminatorImpl::judge(std::size_t scale, torch::Tensor x) {
    Verdict verdict;
    auto& layers = scales_[scale];
    for (std::size_t k = 0; k + 1 < layers.size(); ++k) {
        x = torch::leaky_relu(layers[k]->forward(x), 0.2);
        verdict.features.push_back(x);
    }
    verdict.scores = layers.back()->forward(x);
    return verdict;
}

std::vector<Verdict> DancerDiscriminatorImpl::forward(const torch::Tensor& maps, const torch::Tensor& picture) {
    const auto fine = 8 * (picture - torch::avg_pool2d(picture, {5, 5}, {1, 1}, {2, 2}, false, false));
    auto seen = torch::cat({picture, fine}, 1);
    if (unshuffle_ > 1) seen = torch::pixel_unshuffle(seen, unshuffle_);
    const auto whole = torch::cat({maps, seen}, 1);
    std::vector<Verdict> verdicts;
    verdicts.push_back(judge(0, whole));
    verdicts.push_back(judge(1, torch::avg_pool2d(whole, {2, 2})));
    return verdicts;
}

torch::Tensor hingeOfDiscriminator(const std::vector<Verdict>& real, const std::vector<Verdict>& generated) {
    auto sum = torch::zeros({}, real.front().scores.options());
    for (std::size_t k = 0; k < real.size(); ++k) sum = sum + torch::relu(1 - real[k].scores).mean() + torch::relu(1 + generated[k].scores).mean();
    return sum / static_cast<double>(real.size());
}

torch::Tensor hingeOfGenerator(const std::vector<Verdict>& generated) {
    auto sum = torch::zeros({}, generated.front().scores.options());
    for (const auto& verdict : generated) sum = sum - verdict.scores.mean();
    return sum / static_cast<double>(generated.size());
}

torch::Tensor featureMatching(const std::vector<Verdict>& real, const std::vector<Verdict>& generated) {
    auto sum = torch::zeros({}, real.front().scores.options());
    double count = 0;
    for (std::size_t k = 0; k < real.size(); ++k)
        for (std::size_t i = 0; i < real[k].features.size(); ++i, ++count) sum = sum + (generated[k].features[i] - real[k].features[i].detach()).abs().mean();
    return sum / std::max(1.0, count);
}

torch::Tensor maskedL1(const torch::Tensor& a, const torch::Tensor& b, const torch::Tensor& mask, double extra) { return ((a - b).abs() * (1 + extra * mask)).mean(); }

namespace {

// energy: squared differences of a picture of some size, the same crop of the mask beside it.
torch::Tensor rootsApart(const torch::Tensor& energyA, const torch::Tensor& energyB, const torch::Tensor& mask, double extra) {
    const auto windows = [](const torch::Tensor& x) { return torch::avg_pool2d(x, 8, 4); };
    const auto root = [&](const torch::Tensor& energy) { return (windows(energy.mean(1, true)) + 1e-4).sqrt(); };
    return ((root(energyA) - root(energyB)).abs() * (1 + extra * windows(mask))).mean();
}

}  // namespace

torch::Tensor maskedContrast(const torch::Tensor& a, const torch::Tensor& b, const torch::Tensor& mask, double extra) {
    const auto h = a.size(2) - 1, w = a.size(3) - 1;
    const auto energy = [&](const torch::Tensor& x) {
        const auto here = x.narrow(2, 0, h).narrow(3, 0, w);
        return (x.narrow(2, 0, h).narrow(3, 1, w) - here).square() + (x.narrow(2, 1, h).narrow(3, 0, w) - here).square();
    };
    return rootsApart(energy(a), energy(b), mask.narrow(2, 0, h).narrow(3, 0, w), extra);
}

torch::Tensor maskedCurvature(const torch::Tensor& a, const torch::Tensor& b, const torch::Tensor& mask, double extra) {
    const auto h = a.size(2) - 2, w = a.size(3) - 2;
    const auto energy = [&](const torch::Tensor& x) {
        const auto at = [&](std::int64_t down, std::int64_t right) { return x.narrow(2, down, h).narrow(3, right, w); };
        const auto along = at(1, 2) - 2 * at(1, 1) + at(1, 0), down = at(2, 1) - 2 * at(1, 1) + at(0, 1), mixed = at(1, 1) - at(1, 2) - at(2, 1) + at(2, 2);
        return along.square() + down.square() + 2 * mixed.square();
    };
    return rootsApart(energy(a), energy(b), mask.narrow(2, 1, h).narrow(3, 1, w), extra);
}

void setTrainable(torch::nn::Module& module, bool trainable) {
    for (auto& parameter : module.parameters()) parameter.requires_grad_(trainable);
}

}  // namespace choreia::nn
