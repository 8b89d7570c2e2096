// Training of the beat network on a pool of generated pieces that is renewed all the time, and on annotated songs where some are given.
#include "audio/beat_model.h"
#include "audio/beat_spectrum.h"
#include "audio/spectra.h"
#include "audio/training_music.h"
#include "core/log.h"
#include "nn/beat_net.h"
#include "train/beat_songs.h"
#include "train/tasks.h"

#include <algorithm>
#include <cmath>

namespace choreia::train {

namespace {

namespace columns = audio::beat_columns;

constexpr std::uint64_t kHeldOut = 1'000'000'000;  // seeds from here on are never trained on
constexpr std::int64_t kValidation = 24;

/// A sound as the network hears it, and when its beats are.
struct Example {
    torch::Tensor spectrum;  // [rows, columns::kCount]
    std::vector<double> beats, downbeats;
    bool downbeatsKnown = true;
    bool beatsEverywhere = true;  // false: beyond the first and last annotated beat nothing is known
};

Example exampleOf(std::span<const float> mono, std::vector<double> beats, std::vector<double> downbeats) {
    Example example;
    const auto table = audio::beatSpectrum(mono, audio::listeningGain(mono), 0, audio::beatRows(mono.size()), {});
    example.spectrum = toTensor(*table);
    example.beats = std::move(beats);
    example.downbeats = std::move(downbeats);
    return example;
}

/// Draws bumps of a row's width on the beats; row r of the window is at (first + r) / 100 s, times stretched by `slower`.
void drawBumps(const std::vector<double>& times, double slower, double first, float* out, std::int64_t rows, std::int64_t stride) {
    constexpr double kWidth = 1.3;  // rows
    for (const double time : times) {
        const double centre = time * slower * audio::kBeatRate - first;
        for (auto r = static_cast<std::int64_t>(std::ceil(centre - 4)); static_cast<double>(r) <= centre + 4; ++r) {
            if (r < 0 || r >= rows) continue;
            const double away = (static_cast<double>(r) - centre) / kWidth;
            out[r * stride] = std::max(out[r * stride], static_cast<float>(std::exp(-0.5 * away * away)));
        }
    }
}

class BeatsTask final : public Task {
public:
    BeatsTask(std::vector<AnnotatedSong> songs, const TaskSetting& setting) : device_(setting.device), share_(setting.share) {
        batch_ = setting.config.value("batch", std::int64_t{8});
        window_ = setting.config.value("window", std::int64_t{2000});
        poolSize_ = static_cast<std::size_t>(setting.config.value("pool", std::int64_t{600}));
        stepsPerPiece_ = setting.config.value("steps_per_piece", std::int64_t{2});
        pieceSeconds_ = setting.config.value("piece_seconds", 40.0);
        songShare_ = setting.config.value("song_share", 0.4);
        // Endless pieces come at every tempo of their genre as they are; played much faster or slower they teach the wrong octave.
        stretch_ = setting.config.value("stretch", songs.empty() ? 0.03 : 0.18);
        tempoShare_ = setting.config.value("tempo_share", 0.1);
        shortShare_ = setting.config.value("short_share", 0.0);
        firstSeed_ = setting.seed * 1'000'000;
        for (AnnotatedSong& song : songs) {
            Example example = exampleOf(song.mono, std::move(song.beats), std::move(song.downbeats));
            example.downbeatsKnown = !example.downbeats.empty();
            example.beatsEverywhere = false;
            (song.validation ? heldOutSongs_ : songs_).push_back(std::move(example));
        }
        firstPool_ = std::min(static_cast<std::size_t>(setting.config.value("first_pool", std::int64_t{64})), poolSize_);
        std::vector<torch::Tensor> first;
        for (std::size_t slot = 0; slot < firstPool_; ++slot) first.push_back(pooled(slot, firstPool_).spectrum);
        for (std::int64_t k = 0; k < kValidation; ++k) validation_.push_back(piece(kHeldOut + static_cast<std::uint64_t>(k)));
        torch::manual_seed(setting.seed);
        nn::BeatNetConfig config = nn::BeatNetConfig::fromJson(setting.config);
        config.columns = static_cast<std::int64_t>(columns::kCount);
        config.tempoBins = static_cast<std::int64_t>(audio::kTempoBins);
        model_ = nn::BeatNet(config);
        const auto rows = torch::cat(first, 0);
        model_->setNormalisation(rows.mean(0), rows.std(0).clamp_min(0.02));
        model_->to(device_);
    }

    [[nodiscard]] std::string kind() const override { return "beats"; }
    torch::nn::Module& module() override { return *model_; }
    [[nodiscard]] nlohmann::json modelConfig() const override { return model_->config().toJson(); }
    [[nodiscard]] double stepsPerEpoch() const override { return 200; }
    [[nodiscard]] std::int64_t batch() const override { return batch_; }

    std::vector<std::pair<std::string, torch::Tensor>> loss(Random& random, std::int64_t step) override {
        // Endless: a new piece takes the place of the oldest. How many there have been follows from the step, so that a resumed run has the pool it had.
        const std::size_t made = firstPool_ + static_cast<std::size_t>(step / stepsPerPiece_) + 1;
        std::vector<torch::Tensor> spectra, targets, weights, tempi;
        const std::int64_t rows = rowsOfStep(random);
        for (Random& item : share_.itemsOf(batch_, random)) {
            const bool song = !songs_.empty() && item.uniform() < songShare_;
            const Example& example = song ? songs_[item.below(songs_.size())] : pooled(item.below(std::min(made, poolSize_)), made);
            window(example, rows, item, spectra, targets, weights, tempi);
        }
        const auto known = torch::stack(tempi, 0).to(device_);
        const auto counted = share_.divisorLater(known);
        const auto heard = model_->forward(torch::stack(spectra, 0).to(device_));
        const auto [beat, downbeat] = losses(heard.logits, torch::stack(targets, 0).to(device_), torch::stack(weights, 0).to(device_));
        const auto tempo = tempoLoss(heard.tempo, known, counted());
        return {{"total", beat + 0.7 * downbeat + tempoShare_ * tempo}, {"beat", beat.detach()}, {"downbeat", downbeat.detach()}, {"tempo", tempo.detach()}};
    }

    std::map<std::string, double> validate() override {
        std::map<std::string, double> figures;
        const auto run = [&](const std::vector<Example>& examples, const std::string& name) {
            double beatSum = 0, downbeatSum = 0, tempoSum = 0;
            for (const Example& example : examples) {
                const auto [target, weight] = labels(example, 1, 0, example.spectrum.size(0));
                const auto heard = model_->forward(example.spectrum.unsqueeze(0).to(device_));
                const auto [beat, downbeat] = losses(heard.logits, target.unsqueeze(0).to(device_), weight.unsqueeze(0).to(device_));
                beatSum += beat.item<double>() / static_cast<double>(examples.size());
                downbeatSum += downbeat.item<double>() / static_cast<double>(examples.size());
                const auto known = tempoTarget(example.beats, 1, 0, example.spectrum.size(0)).unsqueeze(0).to(device_);
                tempoSum += tempoLoss(heard.tempo, known, Share{}.divisor(known)).item<double>() / static_cast<double>(examples.size());
            }
            figures[name + "_beat_loss"] = beatSum;
            figures[name + "_downbeat_loss"] = downbeatSum;
            figures[name + "_tempo_loss"] = tempoSum;
            return beatSum + 0.7 * downbeatSum;
        };
        figures["score"] = run(validation_, "generated");
        if (!heldOutSongs_.empty()) figures["score"] = 0.5 * (figures["score"] + run(heldOutSongs_, "songs"));
        return figures;
    }

private:
    Example piece(std::uint64_t seed) {
        audio::TrainingPiece made = band_.play(seed, pieceSeconds_);
        return exampleOf(made.mono, std::move(made.beats), std::move(made.downbeats));
    }

    /// The example in a slot of the pool when so many pieces have been made: piece k lies in slot k modulo the pool's size. Played when first asked for.
    const Example& pooled(std::size_t slot, std::size_t made) {
        const std::size_t number = slot + (made - 1 - slot) / poolSize_ * poolSize_;
        pool_.resize(std::max(pool_.size(), slot + 1));
        Pooled& place = pool_[slot];
        if (!place.example.spectrum.defined() || place.number != number) place = {number, piece(firstSeed_ + number)};
        return place.example;
    }

    static std::pair<torch::Tensor, torch::Tensor> losses(const torch::Tensor& logits, const torch::Tensor& target, const torch::Tensor& weight) {
        const auto each = torch::binary_cross_entropy_with_logits(logits, target, weight * (1 + 3 * target), {}, at::Reduction::None);
        return {each.select(2, 0).mean(), each.select(2, 1).mean()};
    }

    /// Chances of the tempo of each second of a window, a soft one at the beats around its middle; zeros where there are none.
    /// As drawBumps: row r is at (first + r) / 100 s of the beats' times times slower. -> [ceil(rows / 100), bins]
    [[nodiscard]] torch::Tensor tempoTarget(const std::vector<double>& beats, double slower, double first, std::int64_t rows) const {
        constexpr std::int64_t kRows = nn::BeatNetImpl::kRowsPerTempo;
        auto target = torch::zeros({(rows + kRows - 1) / kRows, model_->config().tempoBins});
        auto out = target.accessor<float, 2>();
        for (std::int64_t s = 0; s < target.size(0); ++s) {
            const double middle = (first + static_cast<double>(kRows * s) + 0.5 * kRows) / audio::kBeatRate / slower;
            const auto after = std::lower_bound(beats.begin(), beats.end(), middle);
            if (after == beats.begin() || after == beats.end()) continue;
            const auto from = after - std::min<std::ptrdiff_t>(2, after - beats.begin()), to = after + std::min<std::ptrdiff_t>(1, beats.end() - after - 1);
            const double bin = audio::binOfTempo(60 * static_cast<double>(to - from) / (*to - *from) / slower);
            double sum = 0;
            for (std::int64_t k = 0; k < target.size(1); ++k) sum += std::exp(-0.5 * (static_cast<double>(k) - bin) * (static_cast<double>(k) - bin));
            if (sum < 0.3) continue;  // slower or faster than any
            for (std::int64_t k = 0; k < target.size(1); ++k)
                out[s][k] = static_cast<float>(std::exp(-0.5 * (static_cast<double>(k) - bin) * (static_cast<double>(k) - bin)) / sum);
        }
        return target;
    }

    static torch::Tensor tempoLoss(const torch::Tensor& logits, const torch::Tensor& target, const torch::Tensor& seconds) {
        return -(logits.log_softmax(-1) * target).sum() / seconds;
    }

    static std::pair<torch::Tensor, torch::Tensor> labels(const Example& example, double slower, double first, std::int64_t rows) {
        auto target = torch::zeros({rows, 2}), weight = torch::ones({rows, 2});
        drawBumps(example.beats, slower, first, target.data_ptr<float>(), rows, 2);
        drawBumps(example.downbeats, slower, first, target.data_ptr<float>() + 1, rows, 2);
        if (!example.downbeatsKnown) weight.select(1, 1).zero_();
        if (!example.beatsEverywhere && !example.beats.empty()) {
            const auto row = [&](double time) { return std::clamp<std::int64_t>(static_cast<std::int64_t>(time * slower * audio::kBeatRate - first), 0, rows); };
            const auto from = row(example.beats.front() - 0.1), to = row(example.beats.back() + 0.1);
            weight.narrow(0, 0, from).zero_();
            weight.narrow(0, to, rows - to).zero_();
        }
        return {target, weight};
    }

    /// Some steps hear clips of 2.5 to 10 seconds: with nothing known before and after, a beat is told from an off-beat by little.
    [[nodiscard]] std::int64_t rowsOfStep(Random& random) const {
        if (shortShare_ <= 0 || random.uniform() >= shortShare_) return window_;
        return std::min(window_, static_cast<std::int64_t>(std::lround(250 * std::exp2(random.uniform(0, 2)))));
    }

    /// A stretch of an example of so many rows, played at another speed, pitch and colour.
    void window(const Example& example, std::int64_t rows, Random& random, std::vector<torch::Tensor>& spectra, std::vector<torch::Tensor>& targets,
                std::vector<torch::Tensor>& weights, std::vector<torch::Tensor>& tempi) const {
        torch::NoGradGuard noGrad;
        const double slower = random.uniform() < 0.5 ? std::exp(random.uniform(-stretch_, stretch_)) : 1.0;
        const auto taken = std::min(example.spectrum.size(0), static_cast<std::int64_t>(std::lround(static_cast<double>(rows) / slower)));
        const auto first = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(example.spectrum.size(0) - taken + 1)));
        auto x = example.spectrum.narrow(0, first, taken);
        if (slower != 1.0 || taken != rows) {
            const double step = 1 / slower;  // row r of the window is row first + r / slower of the example
            const auto at = torch::arange(rows, torch::kFloat64) * step;
            const auto below = at.floor().to(torch::kInt64).clamp(0, taken - 1), above = (below + 1).clamp_max(taken - 1);
            const auto part = (at - at.floor()).to(torch::kFloat32).unsqueeze(1);
            x = x.index_select(0, below) * (1 - part) + x.index_select(0, above) * part;
        } else {
            x = x.clone();
        }
        colour(x, random);
        auto [target, weight] = labels(example, slower, static_cast<double>(first) * slower, rows);
        // Past the example's end the last row is held: nothing is known there.
        const auto known = std::min(rows, static_cast<std::int64_t>(static_cast<double>(taken) * slower));
        weight.narrow(0, known, rows - known).zero_();
        spectra.push_back(x);
        targets.push_back(target);
        weights.push_back(weight);
        tempi.push_back(tempoTarget(example.beats, slower, static_cast<double>(first) * slower, rows));
    }

    /// Pitch moved by whole bands, levels by a smooth curve, stretches of the spectrum missing.
    static void colour(torch::Tensor& x, Random& random) {
        const auto bands = static_cast<std::int64_t>(columns::kBands), pitch = static_cast<std::int64_t>(columns::kPitch);
        if (random.uniform() < 0.5) {
            const auto shift = static_cast<std::int64_t>(random.below(9)) - 4;
            auto moved = torch::roll(x.narrow(1, 0, bands), shift, 1);
            if (shift > 0) moved.narrow(1, 0, shift).copy_(x.narrow(1, 0, 1).expand({-1, shift}));
            if (shift < 0) moved.narrow(1, bands + shift, -shift).copy_(x.narrow(1, bands - 1, 1).expand({-1, -shift}));
            x.narrow(1, 0, bands).copy_(moved);
            for (const auto at : {pitch, pitch + 12}) x.narrow(1, at, 12).copy_(torch::roll(x.narrow(1, at, 12), shift, 1));
        }
        if (random.uniform() < 0.6) {
            const double tilt = random.uniform(-0.25, 0.25), bow = random.uniform(-0.15, 0.15), level = random.uniform(0.85, 1.15);
            auto curve = torch::linspace(-1, 1, bands);
            x.narrow(1, 0, bands).mul_(((1 + tilt * curve + bow * (1.5 * curve * curve - 0.5)) * level).unsqueeze(0));
        }
        if (random.uniform() < 0.3) {
            const auto width = 1 + static_cast<std::int64_t>(random.below(14)), at = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(bands - width)));
            x.narrow(1, at, width).zero_();
        }
        if (random.uniform() < 0.15) x.narrow(1, pitch, 24).zero_();
    }

    torch::Device device_;
    Share share_;
    audio::TrainingBand band_;
    nn::BeatNet model_{nullptr};
    struct Pooled {
        std::size_t number = 0;  // of the piece: its seed is firstSeed_ + number
        Example example;
    };
    std::vector<Pooled> pool_;
    std::vector<Example> validation_, songs_, heldOutSongs_;
    std::size_t poolSize_ = 600, firstPool_ = 64;
    std::int64_t batch_ = 8, window_ = 2000, stepsPerPiece_ = 2;
    double pieceSeconds_ = 40, songShare_ = 0.4, tempoShare_ = 0.1, shortShare_ = 0, stretch_ = 0.03;
    std::uint64_t firstSeed_ = 0;
};

}  // namespace

Result<std::unique_ptr<Task>> makeBeatsTask(const std::vector<std::filesystem::path>& data, const TaskSetting& setting) {
    CHOREIA_ASSIGN(auto songs, loadAnnotatedSongs(data));
    return std::unique_ptr<Task>(std::make_unique<BeatsTask>(std::move(songs), setting));
}

}  // namespace choreia::train
