// Rows for new styles, and dances of the network as it was.
#include "train/held_styles.h"

#include "data/motion_energy.h"
#include "data/music_steps.h"
#include "nn/weights.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace choreia::train {

namespace {

constexpr double kNeverChosen = -30;  // logit of a style that the music does not suggest
constexpr std::int64_t kLookedAt = 128;  // steps of each of a style's sequences when its neighbour is sought
constexpr auto kHeardColumns = static_cast<std::int64_t>(data::kMusicColumns);

// What the network makes of a sequence's first steps in a style: cross-entropy, all streams.
double foretold(nn::GcnMhwImpl& model, const TokenSequence& sequence, std::int64_t style, torch::Device device) {
    const auto length = std::min(kLookedAt, sequence.tokens.size(1));
    const auto wanted = sequence.tokens.narrow(1, 0, length).unsqueeze(0).to(device);
    auto before = torch::full_like(wanted, model.config().codes);
    before.narrow(2, 1, length - 1).copy_(wanted.narrow(2, 0, length - 1));
    const auto logits = model.forward(before, wanted, sequence.music.narrow(0, 0, length).unsqueeze(0).to(device), torch::tensor({style}, torch::kInt64).to(device));
    double sum = 0;
    for (std::size_t s = 0; s < logits.size(); ++s)
        sum -= logits[s].log_softmax(-1).gather(2, wanted.select(1, static_cast<std::int64_t>(s)).unsqueeze(2)).mean().item<double>();
    return sum;
}

}  // namespace

Result<TensorTable> withFurtherStyles(TensorTable table, const std::vector<std::string>& known, const std::vector<std::string>& all, const std::string& where) {
    const auto had = static_cast<std::int64_t>(known.size()), wanted = static_cast<std::int64_t>(all.size());
    for (const char* name : {"style.weight", "style_head.weight", "style_head.bias"}) {
        const auto found = table.tensors.find(name);
        if (found == table.tensors.end() || found->second.shape.empty() || found->second.shape[0] != std::max<std::int64_t>(had, 1))
            return badInput(where, "the weights' styles do not fit their names: '" + std::string(name) + "'", std::to_string(had) + " rows");
    }
    if (wanted <= had) return table;
    const auto grow = [&](const char* name, const torch::Tensor& row) {
        auto& entry = table.tensors.at(name);
        const auto old = nn::toTensor(entry);
        std::vector<std::int64_t> shape(static_cast<std::size_t>(old.dim()), -1);
        shape[0] = wanted - had;
        entry = nn::toEntry(torch::cat({had > 0 ? old : old.narrow(0, 0, 0), row.unsqueeze(0).expand(shape)}, 0).contiguous(), false);
    };
    const auto rows = nn::toTensor(table.tensors.at("style.weight"));
    grow("style.weight", rows.mean(0));
    grow("style_head.weight", torch::zeros({rows.size(1)}));
    grow("style_head.bias", torch::full({}, kNeverChosen));
    return table;
}

void beginNearKnownStyle(nn::GcnMhwImpl& model, std::int64_t first, const std::vector<TokenSequence>& sequences, torch::Device device, Random& random) {
    const torch::NoGradGuard noGrad;
    const auto rows = model.named_parameters()["style.weight"];
    if (first == 0 || rows.size(0) <= first) return;
    model.eval();
    const auto spread = rows.narrow(0, 0, first).std(0, /*unbiased=*/false).to(torch::kCPU);
    for (std::int64_t style = first; style < rows.size(0); ++style) {
        std::int64_t nearest = 0;
        double least = std::numeric_limits<double>::infinity();
        for (std::int64_t other = 0; other < first; ++other) {
            double sum = 0;
            int seen = 0;
            for (const auto& sequence : sequences)
                if (sequence.style == style && seen++ < 2) sum += foretold(model, sequence, other, device);
            if (seen > 0 && sum < least) {
                least = sum;
                nearest = other;
            }
        }
        std::vector<float> aside(static_cast<std::size_t>(rows.size(1)));
        for (auto& value : aside) value = static_cast<float>(0.5 * random.normal());
        rows[style].copy_(rows[nearest] + (torch::tensor(aside) * spread).to(rows.device()));
    }
    model.train();
}

std::vector<TokenSequence> danceAsBefore(nn::GcnMhwImpl& model, std::int64_t styles, const std::vector<TokenSequence>& sequences, const torch::Tensor& musicMean,
                                         std::int64_t walkers, std::int64_t steps, torch::Device device, Random& random) {
    const torch::NoGradGuard noGrad;
    std::vector<TokenSequence> made;
    if (sequences.empty()) return made;
    model.eval();
    const auto streams = model.config().streams, codes = model.config().codes;
    for (std::int64_t style = 0; style < styles; ++style)
        for (std::int64_t walker = 0; walker < walkers; ++walker) {
            const auto& piece = sequences[random.below(sequences.size())];
            const auto count = std::min(steps, piece.music.size(0));
            const auto first = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(piece.music.size(0) - count + 1)));
            auto music = piece.music.narrow(0, first, count).clone();
            if (!piece.hasMusic) music.narrow(1, 0, kHeardColumns).copy_(musicMean.narrow(0, 0, kHeardColumns).unsqueeze(0).expand({count, kHeardColumns}));
            music.select(1, kHeardColumns).fill_(random.uniform());
            music.select(1, kHeardColumns + 1).fill_(1.0);
            auto state = model.start(music.to(device));
            auto tokens = torch::zeros({streams, count}, torch::kInt64);
            std::vector<std::int64_t> previous(static_cast<std::size_t>(streams), codes);
            for (std::int64_t t = 0; t < count; ++t) {
                previous = model.step(state, previous, style, [&](std::int64_t, std::span<const float> logits) {
                    const float most = *std::max_element(logits.begin(), logits.end());
                    double total = 0;
                    for (const float logit : logits) total += std::exp(static_cast<double>(logit - most));
                    double left = random.uniform() * total;
                    for (std::size_t k = 0; k < logits.size(); ++k)
                        if ((left -= std::exp(static_cast<double>(logits[k] - most))) <= 0) return static_cast<std::int64_t>(k);
                    return static_cast<std::int64_t>(logits.size() - 1);
                });
                for (std::int64_t s = 0; s < streams; ++s) tokens[s][t] = previous[static_cast<std::size_t>(s)];
            }
            made.push_back({.tokens = tokens, .music = music, .speed = {}, .style = style, .hasMusic = piece.hasMusic});
        }
    model.train();
    return made;
}

torch::Tensor divergence(const std::vector<torch::Tensor>& before, const std::vector<torch::Tensor>& now, const std::vector<double>& streamWeights, const torch::Tensor& weight,
                         const torch::Tensor& known) {
    auto sum = torch::zeros({}, weight.options());
    for (std::size_t s = 0; s < now.size(); ++s) {
        const auto was = before[s].log_softmax(-1);
        sum = sum + streamWeights[s] * ((was.exp() * (was - now[s].log_softmax(-1))).sum(-1) * weight).sum();
    }
    return sum / known;
}

}  // namespace choreia::train
