// Each block: joints talk along the bones (graph wavelets), joints remember (Ricker wavelets), the body gathers them, attends to its past,
// hears the song, and tells the joints. Shapes: B batch, T steps, N 24 joints, C node channels, D width. Joints stand first ([N, B * T, C]),
// so that mixing along bones is one matrix product.
#include "nn/gcn_mhw.h"

#include "motion/pose_features.h"
#include "motion/skeleton.h"

#include <cmath>
#include <limits>

namespace choreia::nn {

namespace F = torch::nn::functional;

nlohmann::json GcnMhwConfig::toJson() const {
    return {{"streams", streams}, {"codes", codes}, {"code_size", codeSize}, {"node_channels", nodeChannels}, {"width", width}, {"heads", heads},
            {"blocks", blocks}, {"window", window}, {"taps", taps}, {"scales", scales}, {"music_columns", musicColumns}, {"controls", controls}, {"music_width", musicWidth},
            {"dropout", dropout}, {"plain_graph", plainGraph}, {"plain_time", plainTime}, {"no_music", noMusic}, {"no_style", noStyle}, {"alterations", alterations}, {"time", beatTime ? "beats" : "seconds"}, {"styles", styles}};
}

GcnMhwConfig GcnMhwConfig::fromJson(const nlohmann::json& json) {
    GcnMhwConfig c;
    c.streams = json.value("streams", c.streams);
    c.codes = json.value("codes", c.codes);
    c.codeSize = json.value("code_size", c.codeSize);
    c.nodeChannels = json.value("node_channels", c.nodeChannels);
    c.width = json.value("width", c.width);
    c.heads = json.value("heads", c.heads);
    c.blocks = json.value("blocks", c.blocks);
    c.window = json.value("window", c.window);
    c.taps = json.value("taps", c.taps);
    c.scales = json.value("scales", c.scales);
    c.musicColumns = json.value("music_columns", c.musicColumns);
    c.controls = json.value("controls", c.controls);
    c.musicWidth = json.value("music_width", c.musicWidth);
    c.dropout = json.value("dropout", c.dropout);
    c.plainGraph = json.value("plain_graph", c.plainGraph);
    c.plainTime = json.value("plain_time", c.plainTime);
    c.noMusic = json.value("no_music", c.noMusic);
    c.noStyle = json.value("no_style", c.noStyle);
    c.alterations = json.value("alterations", c.alterations);
    c.beatTime = json.value("time", std::string("seconds")) == "beats";
    c.styles = json.value("styles", c.styles);
    return c;
}

struct GcnMhwImpl::Block : torch::nn::Module {
    explicit Block(const GcnMhwConfig& c)
        : heads(c.heads), window(c.window), width(c.width), flat(motion::kJoints * c.nodeChannels), dropout(c.dropout) {
        const auto parents = motion::Skeleton::body().parents();
        nodeNorm = register_module("node_norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({c.nodeChannels})));
        timeNorm = register_module("time_norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({c.nodeChannels})));
        graph = register_module("graph", GraphWavelet(std::vector<int>(parents.begin(), parents.end()), c.nodeChannels, c.scales, c.plainGraph));
        ricker = register_module("ricker", RickerConv(c.nodeChannels, 2, c.taps, c.plainTime));
        rickerOut = register_module("ricker_out", torch::nn::Linear(c.nodeChannels, c.nodeChannels));
        gather = register_module("gather", torch::nn::Linear(flat, c.width));
        tell = register_module("tell", torch::nn::Linear(c.width, flat));
        attentionNorm = register_module("attention_norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({c.width}).elementwise_affine(false)));
        mlpNorm = register_module("mlp_norm", torch::nn::LayerNorm(torch::nn::LayerNormOptions({c.width}).elementwise_affine(false)));
        film = register_module("film", torch::nn::Linear(c.musicWidth, 4 * c.width));
        qkv = register_module("qkv", torch::nn::Linear(c.width, 3 * c.width));
        project = register_module("project", torch::nn::Linear(c.width, c.width));
        up = register_module("up", torch::nn::Linear(c.width, 2 * c.width));
        down = register_module("down", torch::nn::Linear(2 * c.width, c.width));
        relative = register_parameter("relative", torch::zeros({c.heads, c.window}));
        torch::NoGradGuard noGrad;
        film->weight.mul_(0.1);
        tell->weight.mul_(0.5);
    }

    torch::Tensor drop(const torch::Tensor& x) { return F::dropout(x, F::DropoutFuncOptions().p(dropout).training(is_training())); }

    static torch::Tensor modulate(const torch::Tensor& x, const torch::Tensor& shiftScale, std::int64_t width) {
        return x * (1 + shiftScale.narrow(-1, 0, width)) + shiftScale.narrow(-1, width, width);
    }

    torch::Tensor graphPart(const torch::Tensor& x) { return x + torch::silu(graph(nodeNorm(x))); }

    std::int64_t heads, window, width, flat;
    double dropout;
    torch::nn::LayerNorm nodeNorm{nullptr}, timeNorm{nullptr}, attentionNorm{nullptr}, mlpNorm{nullptr};
    GraphWavelet graph{nullptr};
    RickerConv ricker{nullptr};
    torch::nn::Linear rickerOut{nullptr}, gather{nullptr}, tell{nullptr}, film{nullptr}, qkv{nullptr}, project{nullptr}, up{nullptr}, down{nullptr};
    torch::Tensor relative;
};

GcnMhwImpl::GcnMhwImpl(const GcnMhwConfig& config) : config_(config) {
    const auto c = config.nodeChannels;
    for (std::int64_t s = 0; s < config.streams; ++s) {
        const auto nodes = static_cast<std::int64_t>(s % 2 == 0 ? motion::kLowerJoints.size() : motion::kUpperJoints.size());
        const auto name = std::to_string(s);
        tables_.push_back(register_parameter("table_" + name, torch::randn({config.codes + 1, config.codeSize}) * 0.5));
        toNodes_.push_back(register_module("to_nodes_" + name, torch::nn::Linear(config.codeSize, nodes * c)));
        depthEmbedding_.push_back(register_module("depth_" + name, torch::nn::Linear(config.codeSize, config.width)));
        hidden_.push_back(register_module("hidden_" + name, torch::nn::Linear(config.width, config.width)));
        out_.push_back(register_module("out_" + name, torch::nn::Linear(config.width, config.codes)));
    }
    music1_ = register_module("music_1", torch::nn::Conv1d(torch::nn::Conv1dOptions(config.musicColumns, config.musicWidth, 3).padding(1)));
    music2_ = register_module("music_2", torch::nn::Conv1d(torch::nn::Conv1dOptions(config.musicWidth, config.musicWidth, 3).padding(2).dilation(2)));
    music3_ = register_module("music_3", torch::nn::Conv1d(torch::nn::Conv1dOptions(config.musicWidth, config.musicWidth, 3).padding(4).dilation(4)));
    const auto styles = static_cast<std::int64_t>(config.styles.size());
    style_ = register_module("style", torch::nn::Embedding(std::max<std::int64_t>(styles, 1), config.musicWidth));
    if (config.alterations > 0) {
        alteration_ = register_module("alteration", torch::nn::Linear(torch::nn::LinearOptions(config.alterations, config.musicWidth).bias(false)));
        const torch::NoGradGuard noGrad;
        alteration_->weight.zero_();
    }
    styleHead_ = register_module("style_head", torch::nn::Linear(config.musicWidth, std::max<std::int64_t>(styles, 1)));
    last_ = register_module("last", torch::nn::LayerNorm(torch::nn::LayerNormOptions({config.width})));
    for (std::int64_t b = 0; b < config.blocks; ++b) {
        blocks_.push_back(std::make_shared<Block>(config));
        register_module("block_" + std::to_string(b), blocks_.back());
    }
    musicMean_ = register_buffer("music_mean", torch::zeros({config.musicColumns}));
    musicDeviation_ = register_buffer("music_deviation", torch::ones({config.musicColumns}));
    // Position of each joint among [lower joints, upper joints].
    std::vector<std::int64_t> order(motion::kJoints);
    for (std::size_t k = 0; k < motion::kLowerJoints.size(); ++k) order[static_cast<std::size_t>(motion::kLowerJoints[k])] = static_cast<std::int64_t>(k);
    for (std::size_t k = 0; k < motion::kUpperJoints.size(); ++k)
        order[static_cast<std::size_t>(motion::kUpperJoints[k])] = static_cast<std::int64_t>(k + motion::kLowerJoints.size());
    jointOrder_ = torch::tensor(order, torch::kInt64);
}

void GcnMhwImpl::setCodebooks(const std::vector<torch::Tensor>& codebooks) {
    torch::NoGradGuard noGrad;
    for (std::size_t s = 0; s < tables_.size(); ++s) {
        const auto& book = codebooks.at(s);
        const auto deviation = book.std().clamp_min(1e-6);
        tables_[s].narrow(0, 0, config_.codes).copy_(book / deviation);
        tables_[s][config_.codes].zero_();
    }
}

void GcnMhwImpl::setMusicNormalisation(const torch::Tensor& mean, const torch::Tensor& deviation) {
    musicMean_.copy_(mean);
    musicDeviation_.copy_(deviation);
}

torch::Tensor GcnMhwImpl::encodeMusic(const torch::Tensor& music) {
    auto x = ((music - musicMean_) / musicDeviation_).clamp(-4, 4).permute({0, 2, 1});
    if (config_.noMusic) x = torch::zeros_like(x);
    x = torch::silu(music1_(x));
    x = x + torch::silu(music2_(x));
    x = x + torch::silu(music3_(x));
    return x.permute({0, 2, 1});
}

torch::Tensor GcnMhwImpl::styleFromMusic(const torch::Tensor& music) { return styleHead_(encodeMusic(music).mean(1)); }

torch::Tensor GcnMhwImpl::embedNodes(const torch::Tensor& previous) {
    const auto batch = previous.size(0), time = previous.size(2);
    torch::Tensor lower, upper;
    for (std::int64_t s = 0; s < config_.streams; ++s) {
        const auto k = static_cast<std::size_t>(s);
        const auto nodes = toNodes_[k](F::embedding(previous.select(1, s), tables_[k])).view({batch, time, -1, config_.nodeChannels});
        auto& sum = s % 2 == 0 ? lower : upper;
        sum = sum.defined() ? sum + nodes : nodes;
    }
    return torch::cat({lower, upper}, 2).permute({2, 0, 1, 3}).reshape({motion::kJoints, batch * time, config_.nodeChannels}).index_select(0, jointOrder_.to(previous.device()));
}

std::vector<torch::Tensor> GcnMhwImpl::forward(const torch::Tensor& previous, const torch::Tensor& wanted, const torch::Tensor& music,
                                               const torch::Tensor& style, const torch::Tensor& altered) {
    const auto batch = previous.size(0), time = previous.size(2), c = config_.nodeChannels, d = config_.width, headSize = d / config_.heads;
    auto condition = encodeMusic(music);
    if (!config_.noStyle) condition = condition + style_(style).unsqueeze(1);
    if (altered.defined() && config_.alterations > 0) condition = condition + alteration_(altered).unsqueeze(1);
    condition = torch::silu(condition);
    auto x = embedNodes(previous);  // [N, B * T, C]
    auto z = torch::zeros({batch, time, d}, x.options());
    const auto step = torch::arange(time, torch::TensorOptions().dtype(torch::kInt64).device(x.device()));
    const auto lag = step.unsqueeze(1) - step.unsqueeze(0);
    const auto outside = (lag < 0) | (lag >= config_.window);
    const auto lagIndex = lag.clamp(0, config_.window - 1).view({-1});
    for (auto& block : blocks_) {
        x = block->graphPart(x);
        const auto rows = block->timeNorm(x).view({motion::kJoints * batch, time, c}).permute({1, 0, 2});
        const auto remembered = block->ricker(rows).permute({1, 0, 2}).reshape({motion::kJoints, batch * time, c});
        x = x + block->rickerOut(torch::silu(remembered));
        z = z + block->gather(x.permute({1, 0, 2}).reshape({batch, time, block->flat}));
        const auto shiftScale = block->film(condition);
        const auto q = block->qkv(Block::modulate(block->attentionNorm(z), shiftScale.narrow(-1, 0, 2 * d), d))
                           .view({batch, time, 3, config_.heads, headSize})
                           .permute({2, 0, 3, 1, 4});  // [3, B, H, T, S]
        auto scores = torch::matmul(q[0], q[1].transpose(-2, -1)) / std::sqrt(static_cast<double>(headSize));
        scores = scores + block->relative.index_select(1, lagIndex).view({config_.heads, time, time});
        scores = scores.masked_fill(outside, -1e9);
        const auto mixed = torch::matmul(scores.softmax(-1), q[2]).permute({0, 2, 1, 3}).reshape({batch, time, d});
        z = z + block->drop(block->project(mixed));
        z = z + block->drop(block->down(torch::silu(block->up(Block::modulate(block->mlpNorm(z), shiftScale.narrow(-1, 2 * d, 2 * d), d)))));
        x = x + block->tell(z).view({batch * time, motion::kJoints, c}).permute({1, 0, 2});
    }
    z = last_(z);
    std::vector<torch::Tensor> logits;
    for (std::int64_t s = 0; s < config_.streams; ++s) {
        const auto k = static_cast<std::size_t>(s);
        logits.push_back(out_[k](torch::silu(hidden_[k](z))));
        z = z + depthEmbedding_[k](F::embedding(wanted.select(1, s), tables_[k]));
    }
    return logits;
}

GcnMhwState GcnMhwImpl::start(const torch::Tensor& music, double guidance) {
    torch::NoGradGuard noGrad;
    GcnMhwState state;
    state.guidance = guidance;
    auto heard = music.unsqueeze(0);
    if (guidance > 0) {
        auto unheard = music.clone();
        const auto columns = config_.musicColumns - config_.controls;
        unheard.narrow(1, 0, columns).copy_(musicMean_.narrow(0, 0, columns).unsqueeze(0).expand({music.size(0), columns}));
        heard = torch::stack({music, unheard}, 0);
    }
    state.music = encodeMusic(heard);
    const auto hearers = heard.size(0);
    if (music.device().is_cpu() && music.scalar_type() == torch::kFloat32) {
        std::vector<torch::Tensor> operators, kernels;
        for (auto& block : blocks_) {
            operators.push_back(block->graph->operators());
            kernels.push_back(block->ricker->oldestFirst());
        }
        state.music = state.music.contiguous();
        state.stepper = std::make_shared<const GcnStepper>(config_, named_parameters(), operators, kernels);
        state.rows.assign(static_cast<std::size_t>(hearers), state.stepper->emptyMemory());
        return state;
    }
    for (auto& block : blocks_) {
        state.ricker.push_back(torch::zeros({config_.taps, motion::kJoints * hearers, config_.nodeChannels}, music.options()));
        state.keys.push_back(torch::zeros({hearers, 0, config_.width}, music.options()));
        state.values.push_back(torch::zeros({hearers, 0, config_.width}, music.options()));
        state.operators.push_back(block->graph->operators());
        state.kernels.push_back(block->ricker->oldestFirst());
    }
    return state;
}

GcnMhwState GcnMhwState::forked(std::int64_t count) const {
    GcnMhwState all = *this;
    const auto hearers = music.size(0);
    all.walkers = count;
    for (std::int64_t w = 1; w < count; ++w) all.rows.insert(all.rows.end(), rows.begin(), rows.end());
    for (auto& memory : all.ricker) {
        const auto taps = memory.size(0), channels = memory.size(2);
        memory = memory.view({taps, motion::kJoints, 1, hearers, channels}).expand({taps, motion::kJoints, count, hearers, channels}).reshape({taps, -1, channels});
    }
    for (auto* part : {&all.keys, &all.values})
        for (auto& memory : *part) memory = memory.repeat({count, 1, 1});
    return all;
}

GcnMhwState GcnMhwState::alone(std::int64_t walker) const {
    GcnMhwState one = *this;
    const auto hearers = music.size(0);
    one.walkers = 1;
    if (stepper) one.rows.assign(rows.begin() + walker * hearers, rows.begin() + (walker + 1) * hearers);
    for (auto& memory : one.ricker) {
        const auto taps = memory.size(0), channels = memory.size(2);
        memory = memory.view({taps, motion::kJoints, walkers, hearers, channels}).select(2, walker).reshape({taps, -1, channels});
    }
    for (auto* part : {&one.keys, &one.values})
        for (auto& memory : *part) memory = memory.narrow(0, walker * hearers, hearers).clone();
    return one;
}

torch::Tensor GcnMhwImpl::advance(GcnMhwState& state, const torch::Tensor& tokens, std::int64_t style) {
    const auto d = config_.width, headSize = d / config_.heads, hearers = state.music.size(0), nodes = std::int64_t{motion::kJoints}, c = config_.nodeChannels;
    const auto rows = state.walkers * hearers;
    auto condition = state.music.select(1, state.step);
    if (!config_.noStyle) condition = condition + style_->weight[style];
    condition = torch::silu(condition).repeat({state.walkers, 1});
    auto x = embedNodes(tokens).unsqueeze(2).expand({nodes, state.walkers, hearers, c}).reshape({nodes, rows, c});
    auto z = torch::zeros({rows, d}, x.options());
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
        auto& block = *blocks_[b];
        x = x + torch::silu(block.graph->mix(block.nodeNorm(x), state.operators[b]));
        const auto newest = block.timeNorm(x).reshape({1, nodes * rows, c});
        state.ricker[b] = torch::cat({state.ricker[b].narrow(0, 1, config_.taps - 1), newest}, 0);
        x = x + block.rickerOut(torch::silu(RickerConvImpl::step(state.ricker[b], state.kernels[b]))).view({nodes, rows, c});
        z = z + block.gather(x.permute({1, 0, 2}).reshape({rows, block.flat}));
        const auto shiftScale = block.film(condition);
        const auto q = block.qkv(Block::modulate(block.attentionNorm(z), shiftScale.narrow(1, 0, 2 * d), d));
        auto& keys = state.keys[b];
        auto& values = state.values[b];
        const auto drop = std::max<std::int64_t>(0, keys.size(1) + 1 - config_.window), kept = keys.size(1) - drop, past = kept + 1;
        keys = torch::cat({keys.narrow(1, drop, kept), q.narrow(1, d, d).unsqueeze(1)}, 1);
        values = torch::cat({values.narrow(1, drop, kept), q.narrow(1, 2 * d, d).unsqueeze(1)}, 1);
        const auto byHead = [&](const torch::Tensor& all) { return all.view({rows, past, config_.heads, headSize}).transpose(1, 2); };  // [rows, H, past, S]
        auto scores = torch::matmul(byHead(keys), q.narrow(1, 0, d).reshape({rows, config_.heads, headSize, 1})).squeeze(3) /
                      std::sqrt(static_cast<double>(headSize));  // [rows, H, past], oldest first
        scores = scores + block.relative.narrow(1, 0, past).flip({1});
        const auto mixed = torch::matmul(scores.softmax(-1).unsqueeze(2), byHead(values)).reshape({rows, d});
        z = z + block.project(mixed);
        z = z + block.down(torch::silu(block.up(Block::modulate(block.mlpNorm(z), shiftScale.narrow(1, 2 * d, 2 * d), d))));
        x = x + block.tell(z).view({rows, nodes, c}).transpose(0, 1);
    }
    ++state.step;
    return last_(z);
}

std::vector<std::int64_t> GcnMhwImpl::step(GcnMhwState& state, const std::vector<std::int64_t>& previous, std::int64_t style,
                                           const std::function<std::int64_t(std::int64_t, std::span<const float>)>& choose) {
    return stepTogether(state, {previous}, style, [&](std::int64_t, std::int64_t stream, std::span<const float> logits) { return choose(stream, logits); }).front();
}

std::vector<std::vector<std::int64_t>> GcnMhwImpl::stepTogether(GcnMhwState& state, const std::vector<std::vector<std::int64_t>>& previous, std::int64_t style,
                                                                const std::function<std::int64_t(std::int64_t, std::int64_t, std::span<const float>)>& choose) {
    torch::NoGradGuard noGrad;
    TORCH_CHECK(static_cast<std::int64_t>(previous.size()) == state.walkers, "GcnMhw: ", previous.size(), " walkers' tokens for ", state.walkers);
    const auto hearers = static_cast<std::size_t>(state.music.size(0)), walkers = previous.size(), codes = static_cast<std::size_t>(config_.codes);
    const auto device = state.music.device();
    std::vector<std::int64_t> flat;
    for (const auto& tokens : previous)
        for (std::size_t h = 0; h < (state.stepper ? hearers : 1); ++h) flat.insert(flat.end(), tokens.begin(), tokens.end());
    torch::Tensor z;
    std::vector<float> body, each;  // logits [walkers, hearers, codes]
    if (state.stepper) {
        std::vector<const float*> music;
        for (std::size_t r = 0; r < walkers * hearers; ++r)
            music.push_back(state.music.data_ptr<float>() + (static_cast<std::int64_t>(r % hearers) * state.music.size(1) + state.step) * config_.musicWidth);
        state.stepper->advance(state.rows, state.walked++, flat, music, style, body);
        ++state.step;
    } else {
        z = advance(state, torch::tensor(flat, torch::kInt64).to(device).view({state.walkers, config_.streams, 1}), style);
    }
    std::vector<std::vector<std::int64_t>> chosen(walkers);
    std::vector<std::int64_t> tokens(walkers);
    std::vector<float> logits(codes);
    for (std::int64_t s = 0; s < config_.streams; ++s) {
        const auto k = static_cast<std::size_t>(s);
        if (state.stepper) {
            state.stepper->logits(body, s, each);
        } else {
            const auto all = out_[k](torch::silu(hidden_[k](z))).to(torch::kCPU, torch::kFloat32).contiguous();
            each.assign(all.data_ptr<float>(), all.data_ptr<float>() + all.numel());
        }
        for (std::size_t w = 0; w < walkers; ++w) {
            const float* heard = each.data() + w * hearers * codes;
            for (std::size_t c = 0; c < codes; ++c) logits[c] = hearers > 1 ? heard[c] + static_cast<float>(state.guidance) * (heard[c] - heard[codes + c]) : heard[c];
            tokens[w] = choose(static_cast<std::int64_t>(w), s, logits);
            chosen[w].push_back(tokens[w]);
        }
        if (s + 1 == config_.streams) break;
        if (state.stepper) {
            const auto width = static_cast<std::size_t>(config_.width);
            for (std::size_t r = 0; r < walkers * hearers; ++r) state.stepper->tell(std::span(body).subspan(r * width, width), s, tokens[r / hearers]);
        } else {
            z = z + depthEmbedding_[k](tables_[k].index_select(0, torch::tensor(tokens, torch::kInt64).to(device))).repeat_interleave(static_cast<std::int64_t>(hearers), 0);
        }
    }
    return chosen;
}

}  // namespace choreia::nn
