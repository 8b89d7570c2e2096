// Sequences are foretold whole, from their own pasts.
#include "train/token_entropy.h"

#include "data/motion_energy.h"
#include "data/music_steps.h"

#include <cmath>

namespace choreia::train {

namespace {

constexpr std::int64_t kHeard = static_cast<std::int64_t>(data::kMusicColumns), kWishes = static_cast<std::int64_t>(data::kControlColumns);

}  // namespace

double levelWeight(std::size_t stream) { return std::exp2(-static_cast<double>(stream / 2)); }

torch::Tensor crossEntropy(const torch::Tensor& logits, const torch::Tensor& wanted, const torch::Tensor& weight, double smoothing, const torch::Tensor& known) {
    const auto logProbability = logits.log_softmax(-1);
    auto loss = -logProbability.gather(2, wanted.unsqueeze(2)).squeeze(2);
    if (smoothing > 0) loss = (1 - smoothing) * loss - smoothing * logProbability.mean(-1);
    return (loss * weight).sum() / known;
}

std::map<std::string, double> tokenFigures(nn::GcnMhwImpl& model, const TokenSequences& sequences, const torch::Tensor& musicMean, torch::Device device) {
    // Cross-entropy a step, of level 1 (upper and lower together) and of all streams, with the right music and with the music rolled by half the song: of
    // what is heard alone, the steps lying on the right beats still, and of all of the song, its beats too.
    struct Sums {
        double first = 0, all = 0, weighted = 0, steps = 0;
        void add(const Sums& other, double by) {
            first += other.first * by;
            all += other.all * by;
            weighted += other.weighted * by;
            steps += by;
        }
    };
    const auto soundOf = [&](const TokenSequence& sequence) {
        auto sound = sequence.music.clone();
        if (!sequence.hasMusic) sound.narrow(1, 0, kHeard).copy_(musicMean.narrow(0, 0, kHeard).unsqueeze(0).expand({sound.size(0), kHeard}));
        return sound.unsqueeze(0).to(device);
    };
    const auto measure = [&](const TokenSequence& sequence, const torch::Tensor& heard) {
        const auto length = sequence.tokens.size(1);
        const auto wanted = sequence.tokens.unsqueeze(0).to(device);
        auto before = torch::full_like(wanted, model.config().codes);
        before.narrow(2, 1, length - 1).copy_(wanted.narrow(2, 0, length - 1));
        const auto weight = torch::ones({1, length}, torch::TensorOptions().device(device));
        const auto logits = model.forward(before, wanted, heard, torch::tensor({sequence.style}, torch::kInt64).to(device));
        Sums sums;
        for (std::size_t s = 0; s < logits.size(); ++s) {
            const double entropy = crossEntropy(logits[s], wanted.select(1, static_cast<std::int64_t>(s)), weight, 0.0, weight.sum()).item<double>();
            sums.first += s < 2 ? entropy : 0;
            sums.all += entropy;
            sums.weighted += levelWeight(s) * entropy;
        }
        return sums;
    };
    Sums right, rightOfHeard, rolled, open, openRolled, misheard;
    double correctStyle = 0, songs = 0;
    for (const auto& sequence : sequences.validation) {
        const auto length = sequence.tokens.size(1);
        const auto sound = soundOf(sequence);
        // The music alone is rolled; the wish stays, so that the gain is the music's own.
        const auto roll = [&](const torch::Tensor& heard) {
            return torch::cat({torch::roll(heard.narrow(2, 0, kHeard), length / 2, 1), heard.narrow(2, kHeard, kWishes)}, 2);
        };
        auto unwished = sound.clone();
        unwished.narrow(2, kHeard, kWishes).copy_(musicMean.narrow(0, kHeard, kWishes).to(device).view({1, 1, kWishes}).expand({1, length, kWishes}));
        const auto steps = static_cast<double>(length);
        const Sums asItIs = measure(sequence, sound);
        right.add(asItIs, steps);
        if (sequence.hasMusic) rightOfHeard.add(asItIs, steps);
        rolled.add(measure(sequence, roll(sound)), steps);
        open.add(measure(sequence, unwished), steps);
        openRolled.add(measure(sequence, roll(unwished)), steps);
        correctStyle += model.styleFromMusic(sound).argmax(1).item<std::int64_t>() == sequence.style ? 1.0 : 0.0;
        songs += 1;
    }
    for (const auto& sequence : sequences.misheard) misheard.add(measure(sequence, soundOf(sequence)), static_cast<double>(sequence.tokens.size(1)));
    const double count = right.steps;
    std::map<std::string, double> figures = {
            {"score", right.weighted / count},
            {"entropy", right.first / count},
            {"entropy_rolled", rolled.first / count},
            {"music_gain", (rolled.first - right.first) / count},
            {"music_gain_all_streams", (rolled.all - right.all) / count},
            {"entropy_without_wish", open.first / count},
            {"music_gain_without_wish", (openRolled.first - open.first) / count},
            {"music_gain_all_streams_without_wish", (openRolled.all - open.all) / count},
            {"style_from_music", correctStyle / songs}};
    if (misheard.steps > 0) {
        figures["music_gain_beats_too"] = misheard.first / misheard.steps - rightOfHeard.first / rightOfHeard.steps;
        figures["music_gain_beats_too_all_streams"] = misheard.all / misheard.steps - rightOfHeard.all / rightOfHeard.steps;
    }
    return figures;
}

}  // namespace choreia::train
