// A state of the predictor is a handful of tensors that no step changes in place, so going back is a copy of the struct.
#include "choreo/token_walk.h"

#include "choreo/sampling.h"
#include "core/random.h"
#include "motion/pose_features.h"
#include "nn/vq_vae.h"

#include <algorithm>

namespace choreia::choreo {

namespace {

constexpr std::size_t kStretch = 15;    // steps walked between two looks: 2 s
constexpr std::size_t kContext = 6;     // steps decoded before them, so that their beginning is decoded as in the whole dance
constexpr int kTries = 5;
constexpr double kStill = 0.20;         // m/s, mean over joints: half of a calm dance's speed
constexpr float kEchoPull = 5;          // nats towards the token taken up
constexpr double kQuiet = 0.15;         // of the song's loudness: below it, standing still is right

// Mean joint speed over the last `steps` steps of tokens (one vector of all streams a step), m/s.
double speedOfLast(nn::Quantiser& coder, const std::vector<std::vector<std::int64_t>>& tokens, std::size_t steps) {
    const std::size_t first = tokens.size() > steps + kContext ? tokens.size() - steps - kContext : 0;
    const auto streams = static_cast<std::size_t>(coder.streams());
    std::vector<std::int64_t> flat;
    for (std::size_t s = 0; s < streams; ++s)
        for (std::size_t i = first; i < tokens.size(); ++i) flat.push_back(tokens[i][s]);
    const auto device = coder.codebook(0).device();
    const auto rows = coder.decode(torch::tensor(flat, torch::kInt64).view({1, static_cast<std::int64_t>(streams), -1}).to(device));
    const auto positions = nn::decodedPositions(rows);
    const auto frames = static_cast<std::int64_t>(std::min(steps, tokens.size())) * nn::Quantiser::kStride;
    const auto last = positions.narrow(1, positions.size(1) - frames, frames);
    const auto local = (last.narrow(1, 1, frames - 1) - last.narrow(1, 0, frames - 1)).norm(2, -1).mean() * motion::kPoseFps;
    const auto root = rows.narrow(2, static_cast<std::int64_t>(motion::pose::kVelocity), 2).narrow(1, rows.size(1) - frames, frames).norm(2, -1).mean();
    return (local + root).item<double>();
}

}  // namespace

Result<std::vector<std::int64_t>> walkTokens(nn::GcnMhwImpl& predictor, nn::Quantiser& coder, const WalkPlan& plan, const io::GenerateSettings& settings,
                                             std::stop_token stop, Progress& progress) {
    const auto& music = plan.music;
    const auto& energy = plan.energy;
    const auto streams = static_cast<std::size_t>(predictor.config().streams);
    const auto codes = static_cast<std::uint64_t>(predictor.config().codes);
    const auto count = static_cast<std::size_t>(music.size(0));
    Random random(settings.seed);
    auto memory = predictor.start(music, settings.guidance);
    std::vector<std::int64_t> previous(streams);
    std::vector<std::vector<std::int64_t>> chosen;
    const auto step = [&](double boldness, std::ptrdiff_t echo) {
        previous = predictor.step(memory, previous, plan.style, [&](std::int64_t stream, const torch::Tensor& logits) {
            auto row = logits.to(torch::kCPU).clone();
            if (echo >= 0) row[chosen[static_cast<std::size_t>(echo)][static_cast<std::size_t>(stream)]] += kEchoPull;
            const double topP = std::min(1.0, settings.topP + 0.02 * boldness);
            return sampleToken({row.data_ptr<float>(), static_cast<std::size_t>(row.numel())}, settings.temperature * (1 + 0.08 * boldness), topP, random);
        });
    };
    // Steps over the song's beginning that lead into the dance: from noise first, then freely.
    const auto leadIn = [&](std::int64_t at, double boldness) {
        memory = predictor.start(music, settings.guidance);
        const auto length = std::min<std::int64_t>(24, static_cast<std::int64_t>(count) - at);
        memory.seek(at);
        for (std::int64_t i = 0; i < length; ++i) {
            if (i < 8)
                for (auto& token : previous) token = static_cast<std::int64_t>(random.below(codes));
            step(boldness, -1);
        }
        memory.seek(at);
    };
    leadIn(0, 0);
    Stage stage(progress, "choosing poses");
    while (chosen.size() < count) {
        const std::size_t steps = std::min(kStretch, count - chosen.size());
        const auto before = memory;
        const auto tokensBefore = previous;
        const std::size_t start = chosen.size();
        double loudness = 0;
        for (std::size_t i = start; i < start + steps; ++i) loudness += energy[std::min(i, energy.size() - 1)] / static_cast<double>(steps);
        for (int tries = 0;; ++tries) {
            for (std::size_t i = 0; i < steps; ++i) {
                if (stop.stop_requested()) return cancelled("generate");
                const auto at = chosen.size();
                // A stretch that fell asleep is not taken up again.
                step(tries, tries == 0 && at < plan.echoes.size() ? plan.echoes[at] : -1);
                chosen.push_back(previous);
                stage.update(static_cast<double>(chosen.size()), static_cast<double>(count));
            }
            if (tries == kTries || loudness < kQuiet || steps < 4 || speedOfLast(coder, chosen, steps) > kStill) break;
            chosen.resize(start);
            if (tries < 1) {  // once more from where it stood; then from a fresh mind
                memory = before;
                previous = tokensBefore;
            } else {
                leadIn(static_cast<std::int64_t>(start), tries);
            }
        }
    }
    std::vector<std::int64_t> tokens(streams * count);
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t s = 0; s < streams; ++s) tokens[s * count + i] = chosen[i][s];
    return tokens;
}

}  // namespace choreia::choreo
