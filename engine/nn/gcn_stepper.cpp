// A row's joints lie one after another ([joints, channels]), so that gathering them into the body is one product.
#include "nn/gcn_stepper.h"

#include "motion/pose_features.h"
#include "motion/skeleton.h"
#include "nn/gcn_mhw.h"

#include <algorithm>
#include <cmath>

namespace choreia::nn {

namespace {

constexpr auto kNodes = static_cast<std::size_t>(motion::kJoints);

std::vector<float> numbers(const torch::Tensor& tensor) {
    const auto flat = tensor.detach().to(torch::kCPU, torch::kFloat32).contiguous();
    return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

struct Norm {
    std::vector<float> scale, shift;
    void apply(const float* x, float* out, std::size_t count) const { layerNormRow(x, scale.empty() ? nullptr : scale.data(), shift.empty() ? nullptr : shift.data(), out, count); }
};

}  // namespace

struct GcnStepper::Parts {
    struct Block {
        Norm nodeNorm, timeNorm;
        std::vector<float> operators;   // [filters * joints, joints]
        std::vector<FewRowsLinear> theta;  // a filter each, channels to channels
        std::vector<float> kernel;      // [taps, channels], lag 0 first
        FewRowsLinear rickerOut, gather, tell, film, qkv, project, up, down;
        std::vector<float> relative;    // [heads, window]
    };
    std::size_t streams, codes, channels, width, heads, window, taps, musicWidth;
    bool styled;
    std::vector<Block> blocks;
    std::vector<std::vector<float>> nodeRows;  // a stream each: [codes + 1, joints * channels], zero where the stream has no say
    std::vector<std::vector<float>> told;      // a stream each: [codes, width]
    std::vector<FewRowsLinear> hidden, out;
    std::vector<float> styles;                 // [styles, musicWidth]
    Norm last;
};

GcnStepper::GcnStepper(const GcnMhwConfig& config, const torch::OrderedDict<std::string, torch::Tensor>& parameters, std::span<const torch::Tensor> operators,
                       std::span<const torch::Tensor> kernels) {
    const torch::NoGradGuard noGrad;
    const auto size = [](std::int64_t value) { return static_cast<std::size_t>(value); };
    const auto linear = [&](const std::string& name) {
        const auto& weight = parameters[name + ".weight"];
        return FewRowsLinear(numbers(weight), numbers(parameters[name + ".bias"]), size(weight.size(1)), size(weight.size(0)));
    };
    const auto norm = [&](const std::string& name) { return Norm{numbers(parameters[name + ".weight"]), numbers(parameters[name + ".bias"])}; };
    auto parts = std::make_unique<Parts>();
    parts->streams = size(config.streams), parts->codes = size(config.codes), parts->channels = size(config.nodeChannels), parts->width = size(config.width);
    parts->heads = size(config.heads), parts->window = size(config.window), parts->taps = size(config.taps), parts->musicWidth = size(config.musicWidth);
    parts->styled = !config.noStyle;
    parts->styles = numbers(parameters["style.weight"]);
    parts->last = norm("last");
    const auto flat = kNodes * parts->channels;
    for (std::size_t s = 0; s < parts->streams; ++s) {
        const std::string n = std::to_string(s);
        const auto& table = parameters["table_" + n];
        const auto rows = numbers(torch::nn::functional::linear(table, parameters["to_nodes_" + n + ".weight"], parameters["to_nodes_" + n + ".bias"]));
        const auto place = [&](const auto& joints) {
            std::vector<float> whole(static_cast<std::size_t>(table.size(0)) * flat, 0.0f);
            for (std::size_t c = 0; c < static_cast<std::size_t>(table.size(0)); ++c)
                for (std::size_t j = 0; j < joints.size(); ++j)
                    std::copy_n(rows.data() + (c * joints.size() + j) * parts->channels, parts->channels, whole.data() + c * flat + static_cast<std::size_t>(joints[j]) * parts->channels);
            return whole;
        };
        parts->nodeRows.push_back(s % 2 == 0 ? place(motion::kLowerJoints) : place(motion::kUpperJoints));
        parts->told.push_back(numbers(torch::nn::functional::linear(table, parameters["depth_" + n + ".weight"], parameters["depth_" + n + ".bias"])));
        parts->hidden.push_back(linear("hidden_" + n));
        parts->out.push_back(linear("out_" + n));
    }
    for (std::size_t b = 0; b < operators.size(); ++b) {
        const std::string n = "block_" + std::to_string(b) + ".";
        Parts::Block block;
        block.nodeNorm = norm(n + "node_norm");
        block.timeNorm = norm(n + "time_norm");
        block.operators = numbers(operators[b]);
        const auto& theta = parameters[n + "graph.theta"];
        for (std::int64_t f = 0; f < theta.size(0); ++f) block.theta.emplace_back(numbers(theta[f].t()), std::span<const float>(), parts->channels, parts->channels);
        block.kernel = numbers(kernels[b].flip({0}));
        block.rickerOut = linear(n + "ricker_out");
        block.gather = linear(n + "gather");
        block.tell = linear(n + "tell");
        block.film = linear(n + "film");
        block.qkv = linear(n + "qkv");
        block.project = linear(n + "project");
        block.up = linear(n + "up");
        block.down = linear(n + "down");
        block.relative = numbers(parameters[n + "relative"]);
        parts->blocks.push_back(std::move(block));
    }
    parts_ = std::move(parts);
}

GcnStepper::~GcnStepper() = default;

GcnRowMemory GcnStepper::emptyMemory() const {
    const Parts& p = *parts_;
    const std::size_t attended = p.blocks.size() * p.window * p.width;
    return {std::vector<float>(p.blocks.size() * p.taps * kNodes * p.channels), std::vector<float>(attended), std::vector<float>(attended)};
}

void GcnStepper::advance(std::span<GcnRowMemory> memory, std::int64_t walked, std::span<const std::int64_t> tokens, std::span<const float* const> music, std::int64_t style,
                         std::vector<float>& bodies) const {
    const Parts& p = *parts_;
    const std::size_t rows = memory.size(), c = p.channels, flat = kNodes * c, d = p.width, headSize = d / p.heads, step = static_cast<std::size_t>(walked);
    const std::size_t past = std::min(step + 1, p.window);
    bodies.assign(rows * d, 0.0f);
    float* const body = bodies.data();
    std::vector<float> condition, x(rows * flat), node(rows * flat), other(rows * flat), filtered, film, seen(rows * d), qkv(rows * 3 * d), mixed(rows * d), wide(rows * 2 * d),
        scores(past);
    std::vector<std::size_t> hearing(rows);  // walkers side by side hear the same: it is reckoned once
    std::vector<const float*> heard;
    for (std::size_t r = 0; r < rows; ++r) {
        const auto known = std::find(heard.begin(), heard.end(), music[r]);
        hearing[r] = static_cast<std::size_t>(known - heard.begin());
        if (known != heard.end()) continue;
        heard.push_back(music[r]);
        condition.insert(condition.end(), music[r], music[r] + p.musicWidth);
        if (p.styled) addScaled(1, p.styles.data() + static_cast<std::size_t>(style) * p.musicWidth, condition.data() + condition.size() - p.musicWidth, p.musicWidth);
    }
    film.resize(heard.size() * 4 * d);
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t s = 0; s < p.streams; ++s) addScaled(1, p.nodeRows[s].data() + static_cast<std::size_t>(tokens[r * p.streams + s]) * flat, x.data() + r * flat, flat);
    }
    siluRows(condition.data(), condition.size());

    const auto modulated = [&](std::size_t part) {  // normalised body, scaled and shifted by what the song says
        for (std::size_t r = 0; r < rows; ++r) {
            layerNormRow(body + r * d, nullptr, nullptr, seen.data() + r * d, d);
            const float* scale = film.data() + hearing[r] * 4 * d + part * d;
            for (std::size_t i = 0; i < d; ++i) seen[r * d + i] = seen[r * d + i] * (1 + scale[i]) + scale[d + i];
        }
    };
    for (std::size_t b = 0; b < p.blocks.size(); ++b) {
        const auto& block = p.blocks[b];
        const std::size_t filters = block.theta.size();
        for (std::size_t n = 0; n < rows * kNodes; ++n) block.nodeNorm.apply(x.data() + n * c, node.data() + n * c, c);
        filtered.resize(filters * flat);
        for (std::size_t r = 0; r < rows; ++r) {
            multiplySmall(block.operators.data(), node.data() + r * flat, filtered.data(), filters * kNodes, kNodes, c);
            for (std::size_t f = 0; f < filters; ++f) block.theta[f].apply(filtered.data() + f * flat, kNodes, other.data() + r * flat, f > 0);
        }
        siluRows(other.data(), rows * flat);
        addScaled(1, other.data(), x.data(), rows * flat);

        for (std::size_t r = 0; r < rows; ++r) {
            float* ring = memory[r].ricker.data() + b * p.taps * flat;
            float* newest = ring + step % p.taps * flat;
            for (std::size_t n = 0; n < kNodes; ++n) block.timeNorm.apply(x.data() + r * flat + n * c, newest + n * c, c);
            float* sum = other.data() + r * flat;
            std::fill_n(sum, flat, 0.0f);
            for (std::size_t lag = 0; lag < std::min(p.taps, step + 1); ++lag) addProducts(block.kernel.data() + lag * c, ring + (step - lag) % p.taps * flat, sum, kNodes, c);
        }
        siluRows(other.data(), rows * flat);
        block.rickerOut.apply(other.data(), rows * kNodes, x.data(), true);
        block.gather.apply(x.data(), rows, body, true);

        block.film.apply(condition.data(), heard.size(), film.data());
        modulated(0);
        block.qkv.apply(seen.data(), rows, qkv.data());
        for (std::size_t r = 0; r < rows; ++r) {
            float* keys = memory[r].keys.data() + b * p.window * d;
            float* values = memory[r].values.data() + b * p.window * d;
            const float* q = qkv.data() + r * 3 * d;
            for (std::size_t h = 0; h < p.heads; ++h) {
                float *headKeys = keys + h * p.window * headSize, *headValues = values + h * p.window * headSize;
                std::copy_n(q + d + h * headSize, headSize, headKeys + step % p.window * headSize);
                std::copy_n(q + 2 * d + h * headSize, headSize, headValues + step % p.window * headSize);
                attendRow(q + h * headSize, {headKeys, headValues, p.window, headSize, headSize, step, past}, block.relative.data() + h * p.window, scores.data(),
                          mixed.data() + r * d + h * headSize);
            }
        }
        block.project.apply(mixed.data(), rows, body, true);
        modulated(2);
        block.up.apply(seen.data(), rows, wide.data());
        siluRows(wide.data(), rows * 2 * d);
        block.down.apply(wide.data(), rows, body, true);
        if (b + 1 < p.blocks.size()) block.tell.apply(body, rows, x.data(), true);
    }
    for (std::size_t r = 0; r < rows; ++r) {
        p.last.apply(body + r * d, seen.data() + r * d, d);
        std::copy_n(seen.data() + r * d, d, body + r * d);
    }
}

void GcnStepper::logits(std::span<const float> body, std::int64_t stream, std::vector<float>& out) const {
    const auto& hidden = parts_->hidden[static_cast<std::size_t>(stream)];
    const std::size_t rows = body.size() / hidden.in();
    std::vector<float> between(rows * hidden.out());
    hidden.apply(body.data(), rows, between.data());
    siluRows(between.data(), between.size());
    out.resize(rows * parts_->codes);
    parts_->out[static_cast<std::size_t>(stream)].apply(between.data(), rows, out.data());
}

void GcnStepper::tell(std::span<float> bodyOfRow, std::int64_t stream, std::int64_t token) const {
    addScaled(1, parts_->told[static_cast<std::size_t>(stream)].data() + static_cast<std::size_t>(token) * parts_->width, bodyOfRow.data(), parts_->width);
}

}  // namespace choreia::nn
