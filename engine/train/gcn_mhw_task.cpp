// Every clip is turned into tokens once for each mirror and speed (in beats: tokens a beat; in seconds: frame phase too); a step draws windows of those
// with their music.
#include "core/parallel.h"
#include "data/beat_time.h"
#include "data/motion_energy.h"
#include "data/music_steps.h"
#include "io/safetensors.h"
#include "motion/pose_features.h"
#include "nn/gcn_mhw.h"
#include "nn/weights.h"
#include "train/tasks.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace choreia::train {

namespace {

// One rendering of a clip: tokens of each step, and the music under them.
struct Sequence {
    torch::Tensor tokens;  ///< [streams, steps] int64
    torch::Tensor music;   ///< [steps, kMusicColumns + kControlColumns]
    std::vector<float> speed;  ///< m/s around each step
    std::int64_t style = 0;
    bool hasMusic = false;
};

class GcnMhwTask final : public Task {
public:
    GcnMhwTask(nn::Quantiser& quantiser, const std::vector<data::TrainingClip>& clips, const TaskSetting& setting)
        : device_(setting.device), share_(setting.share), quantiserKind_(quantiser.kind()) {
        const auto& c = setting.config;
        batch_ = c.value("batch", std::int64_t{16});
        steps_ = c.value("sequence", std::int64_t{128});
        corruption_ = c.value("corruption", 0.8);
        musicDropout_ = c.value("music_dropout", 0.1);
        timbreDropout_ = c.value("timbre_dropout", 0.6);
        wishDropout_ = c.value("wish_dropout", 0.2);
        outOfStep_ = c.value("out_of_step", 0.0);
        phases_ = std::clamp<std::int64_t>(c.value("phases", std::int64_t{2}), 1, nn::Quantiser::kStride);
        styleBalance_ = c.value("style_balance", 0.5);
        beatTime_ = c.value("time", std::string("beats")) == "beats";
        std::set<std::string> names;
        for (const auto& clip : clips)
            if (!clip.validation) names.insert(clip.style);
        std::vector<std::string> styles(names.begin(), names.end());
        makeSequences(quantiser, clips, styles, c.value("speeds", std::vector<double>{0.9, 1.0, 1.1}));
        addWishes(styles.size());
        nn::GcnMhwConfig config = nn::GcnMhwConfig::fromJson(c);
        config.streams = quantiser.streams();
        config.codes = quantiser.codes();
        config.codeSize = quantiser.codeSize();
        config.musicColumns = static_cast<std::int64_t>(data::kMusicColumns + data::kControlColumns);
        config.controls = static_cast<std::int64_t>(data::kControlColumns);
        config.styles = styles;
        config.beatTime = beatTime_;
        torch::manual_seed(setting.seed);
        model_ = nn::GcnMhw(config);
        std::vector<torch::Tensor> books;
        for (std::int64_t s = 0; s < quantiser.streams(); ++s) books.push_back(quantiser.codebook(s).to(torch::kCPU));
        model_->setCodebooks(books);
        std::vector<torch::Tensor> music;
        for (const auto& sequence : training_)
            if (sequence.hasMusic) music.push_back(sequence.music);
        if (!music.empty()) {
            const auto all = torch::cat(music, 0);
            musicMean_ = all.mean(0);
            auto deviation = all.std(0).clamp_min(0.05);
            // Wishes: rank around its middle, the flag as it is.
            musicMean_[kHeard] = 0.5;
            deviation[kHeard] = 0.29;
            musicMean_[kHeard + 1] = 0.0;
            deviation[kHeard + 1] = 1.0;
            model_->setMusicNormalisation(musicMean_, deviation);
        } else {
            musicMean_ = torch::zeros({kHeard + static_cast<std::int64_t>(data::kControlColumns)});
        }
        model_->to(device_);
        weigh(styles.size());
    }

    [[nodiscard]] bool empty() const { return training_.empty() || validation_.empty(); }
    [[nodiscard]] std::string kind() const override { return "gcn-mhw"; }
    [[nodiscard]] std::int64_t batch() const override { return batch_; }
    torch::nn::Module& module() override { return *model_; }
    [[nodiscard]] nlohmann::json modelConfig() const override { return model_->config().toJson(); }
    [[nodiscard]] double stepsPerEpoch() const override { return std::max(1.0, distinctSteps_ / static_cast<double>(batch_ * steps_)); }

    std::vector<std::pair<std::string, torch::Tensor>> loss(Random& random, std::int64_t) override {
        const auto streams = model_->config().streams, codes = model_->config().codes;
        std::vector<torch::Tensor> tokens, previous, music, styles, weights;
        std::vector<std::int64_t> styleLabels;
        for (Random& item : share_.itemsOf(batch_, random)) {
            const auto& sequence = draw(item);
            const auto length = sequence.tokens.size(1);
            // Now and then from the very start, so that beginnings are learned too.
            const auto most = std::max<std::int64_t>(0, length - steps_);
            const auto first = item.uniform() < 0.1 ? 0 : static_cast<std::int64_t>(item.below(static_cast<std::uint64_t>(most + 1)));
            const auto count = std::min(steps_, length - first);
            auto wanted = torch::zeros({streams, steps_}, torch::kInt64);
            wanted.narrow(1, 0, count).copy_(sequence.tokens.narrow(1, first, count));
            auto before = pastOf(sequence.tokens, first, count, item);
            corrupt(before, item, codes);
            auto sound = musicMean_.unsqueeze(0).repeat({steps_, 1});
            if (item.uniform() >= wishDropout_)
                sound.narrow(0, 0, count).narrow(1, kHeard, kWishes).copy_(sequence.music.narrow(0, first, count).narrow(1, kHeard, kWishes));
            if (sequence.hasMusic && item.uniform() >= musicDropout_) {
                sound.narrow(0, 0, count).narrow(1, 0, kHeard).copy_(sequence.music.narrow(0, first, count).narrow(1, 0, kHeard));
                // Timbre and harmony would tell a song, and with it a take, apart: often only rhythm and loudness are heard.
                if (item.uniform() < timbreDropout_) sound.narrow(1, 0, kTimbre).copy_(musicMean_.narrow(0, 0, kTimbre).unsqueeze(0).expand({steps_, kTimbre}));
            }
            auto weight = torch::zeros({steps_});
            weight.narrow(0, 0, count).fill_(1.0);
            tokens.push_back(wanted);
            previous.push_back(before);
            music.push_back(sound);
            weights.push_back(weight);
            styles.push_back(torch::tensor(sequence.style, torch::kInt64));
        }
        const auto wanted = torch::stack(tokens, 0).to(device_), weight = torch::stack(weights, 0).to(device_);
        const auto sound = torch::stack(music, 0).to(device_), style = torch::stack(styles, 0).to(device_);
        const auto logits = model_->forward(torch::stack(previous, 0).to(device_), wanted, sound, style);
        const auto known = share_.divisor(weight);
        auto total = torch::zeros({}, torch::TensorOptions().device(device_));
        std::vector<std::pair<std::string, torch::Tensor>> parts = {{"total", total}};
        for (std::size_t s = 0; s < logits.size(); ++s) {
            const auto entropy = crossEntropy(logits[s], wanted.select(1, static_cast<std::int64_t>(s)), weight, 0.05, known);
            parts.emplace_back("entropy_" + std::to_string(s), entropy.detach());
            total = total + levelWeight(s) * entropy;
        }
        const auto styleLoss = torch::nn::functional::cross_entropy(model_->styleFromMusic(sound), style);
        parts.emplace_back("style", styleLoss.detach());
        parts.front().second = total + 0.1 * styleLoss;
        return parts;
    }

    std::map<std::string, double> validate() override {
        // Cross-entropy a step, of level 1 (upper and lower together) and of all streams, with the right music and with the music rolled by half the song.
        struct Sums {
            double first = 0, all = 0, weighted = 0;
            void add(const Sums& other, double by) {
                first += other.first * by;
                all += other.all * by;
                weighted += other.weighted * by;
            }
        };
        Sums right, rolled, open, openRolled;
        double count = 0, correctStyle = 0, songs = 0;
        for (const auto& sequence : validation_) {
            const auto length = sequence.tokens.size(1);
            const auto wanted = sequence.tokens.unsqueeze(0).to(device_);
            auto before = torch::full_like(wanted, model_->config().codes);
            before.narrow(2, 1, length - 1).copy_(wanted.narrow(2, 0, length - 1));
            const auto weight = torch::ones({1, length}, torch::TensorOptions().device(device_));
            const auto style = torch::tensor({sequence.style}, torch::kInt64).to(device_);
            auto sound = sequence.music.clone();
            if (!sequence.hasMusic) sound.narrow(1, 0, kHeard).copy_(musicMean_.narrow(0, 0, kHeard).unsqueeze(0).expand({length, kHeard}));
            sound = sound.unsqueeze(0).to(device_);
            const auto measure = [&](const torch::Tensor& heard) {
                const auto logits = model_->forward(before, wanted, heard, style);
                Sums sums;
                for (std::size_t s = 0; s < logits.size(); ++s) {
                    const double entropy = crossEntropy(logits[s], wanted.select(1, static_cast<std::int64_t>(s)), weight, 0.0, Share{}.divisor(weight)).item<double>();
                    sums.first += s < 2 ? entropy : 0;
                    sums.all += entropy;
                    sums.weighted += levelWeight(s) * entropy;
                }
                return sums;
            };
            // The music alone is rolled; the wish stays, so that the gain is the music's own.
            const auto roll = [&](const torch::Tensor& heard) {
                return torch::cat({torch::roll(heard.narrow(2, 0, kHeard), length / 2, 1), heard.narrow(2, kHeard, kWishes)}, 2);
            };
            auto unwished = sound.clone();
            unwished.narrow(2, kHeard, kWishes).copy_(musicMean_.narrow(0, kHeard, kWishes).to(device_).view({1, 1, kWishes}).expand({1, length, kWishes}));
            const auto steps = static_cast<double>(length);
            right.add(measure(sound), steps);
            rolled.add(measure(roll(sound)), steps);
            open.add(measure(unwished), steps);
            openRolled.add(measure(roll(unwished)), steps);
            count += steps;
            correctStyle += model_->styleFromMusic(sound).argmax(1).item<std::int64_t>() == sequence.style ? 1.0 : 0.0;
            songs += 1;
        }
        return {{"score", right.weighted / count},
                {"entropy", right.first / count},
                {"entropy_rolled", rolled.first / count},
                {"music_gain", (rolled.first - right.first) / count},
                {"music_gain_all_streams", (rolled.all - right.all) / count},
                {"entropy_without_wish", open.first / count},
                {"music_gain_without_wish", (openRolled.first - open.first) / count},
                {"music_gain_all_streams_without_wish", (openRolled.all - open.all) / count},
                {"style_from_music", correctStyle / songs}};
    }

    [[nodiscard]] std::map<std::string, std::string> metadata() const override {
        return {{"tokens_per_second", "7.5"}, {"quantiser", quantiserKind_}, {"styles", nlohmann::json(model_->config().styles).dump()}};
    }

private:
    /// Streams come in pairs, lower and upper body: what corrects a correction matters less than the movement itself.
    static double levelWeight(std::size_t stream) { return std::exp2(-static_cast<double>(stream / 2)); }

    static torch::Tensor crossEntropy(const torch::Tensor& logits, const torch::Tensor& wanted, const torch::Tensor& weight, double smoothing,
                                      const torch::Tensor& known) {
        const auto logProbability = logits.log_softmax(-1);
        auto loss = -logProbability.gather(2, wanted.unsqueeze(2)).squeeze(2);
        if (smoothing > 0) loss = (1 - smoothing) * loss - smoothing * logProbability.mean(-1);
        return (loss * weight).sum() / known;
    }

    /// A clip in one mirror and at one speed: in seconds any speed, in beats a whole number of tokens a beat (0: in seconds).
    struct Job {
        const data::TrainingClip* clip;
        double speed;
        int tokensABeat;
        bool mirror;
    };

    std::vector<Job> jobsOf(const std::vector<data::TrainingClip>& clips, const std::vector<double>& speeds) const {
        std::vector<Job> jobs;
        // A pair whose twin was brought onto the beat ("song~beat") is left out: recorded pairs are hardly in step, and from them a
        // network learns to ignore the music.
        std::set<std::string> onBeat;
        for (const auto& clip : clips)
            if (clip.name.ends_with("~beat")) onBeat.insert(clip.name.substr(0, clip.name.size() - 5));
        for (const auto& clip : clips) {
            if (onBeat.count(clip.name)) continue;
            const int natural = beatTime_ ? data::naturalTokens(clip.beats) : 0;
            if (clip.validation) {
                jobs.push_back({&clip, 1.0, natural, false});
                continue;
            }
            for (const bool mirror : {false, true}) {
                // Counted for every tempo that it can be danced to: else a figure is only ever met at its own, and off the beat at others.
                for (const int count : natural > 0 ? data::danceableTokens(clip.beats) : std::vector<int>{}) jobs.push_back({&clip, 1.0, count, mirror});
                if (natural == 0)
                    for (const double speed : speeds) jobs.push_back({&clip, speed, 0, mirror});
            }
        }
        return jobs;
    }

    void makeSequences(nn::Quantiser& quantiser, const std::vector<data::TrainingClip>& clips, const std::vector<std::string>& styles, const std::vector<double>& speeds) {
        const std::vector<Job> jobs = jobsOf(clips, speeds);
        /// What is seen and heard from one place of a clip on.
        struct Rendering {
            Table pose, music;
        };
        std::vector<std::vector<Rendering>> renderings(jobs.size());
        parallelFor(jobs.size(), [&](std::size_t i) {
            const Job& job = jobs[i];
            const double end = static_cast<double>(job.clip->clip.frames() - 1) / job.clip->clip.fps;
            const data::BeatTime time = job.tokensABeat > 0 ? data::BeatTime(job.clip->beats, end, job.tokensABeat) : data::BeatTime();
            data::TrainingClip stretched = data::inBeatTime(*job.clip, time);
            if (job.mirror) stretched.clip = motion::mirror(stretched.clip);
            stretched.clip.fps *= job.speed;
            const Table rows = motion::poseFeatures(stretched.clip);
            // In beats a token begins with the beat; in seconds it may lie anywhere.
            const std::int64_t phases = job.clip->validation || time.inBeats() ? 1 : phases_;
            for (std::int64_t p = 0; p < phases; ++p) {
                const auto phase = static_cast<std::size_t>(p * nn::Quantiser::kStride / phases);
                const std::size_t steps = rows.rows > phase ? (rows.rows - phase) / static_cast<std::size_t>(nn::Quantiser::kStride) : 0;
                if (steps < 16) continue;
                Table pose(steps * static_cast<std::size_t>(nn::Quantiser::kStride), rows.columns);
                std::copy_n(rows.row(phase).begin(), pose.values.size(), pose.values.begin());
                renderings[i].push_back({std::move(pose), data::musicSteps(stretched.musicFeatures, static_cast<double>(phase) / motion::kPoseFps, job.speed, steps)});
            }
        });
        torch::NoGradGuard noGrad;
        for (std::size_t i = 0; i < jobs.size(); ++i) {
            const auto& clip = *jobs[i].clip;
            const auto found = std::find(styles.begin(), styles.end(), clip.style);
            const auto style = found == styles.end() ? 0 : found - styles.begin();
            bool first = !clip.validation && !jobs[i].mirror && jobs[i].speed == 1.0 && (!beatTime_ || jobs[i].tokensABeat == data::naturalTokens(clip.beats));
            for (const Rendering& seen : renderings[i]) {
                const auto tokens = quantiser.encode(toTensor(seen.pose).unsqueeze(0).to(device_)).squeeze(0).to(torch::kCPU);
                if (first) distinctSteps_ += static_cast<double>(tokens.size(1));
                first = false;
                Sequence sequence{tokens, toTensor(seen.music), data::motionEnergy(seen.pose), style, clip.musicFeatures.rows > 0};
                (clip.validation ? validation_ : training_).push_back(std::move(sequence));
            }
            renderings[i].clear();
        }
    }

    // The speed around each step becomes its rank among the training motion of the style.
    void addWishes(std::size_t styles) {
        std::vector<std::vector<float>> known(styles);
        for (const auto& s : training_) known[static_cast<std::size_t>(s.style)].insert(known[static_cast<std::size_t>(s.style)].end(), s.speed.begin(), s.speed.end());
        for (auto& speeds : known) std::sort(speeds.begin(), speeds.end());
        for (auto* set : {&training_, &validation_})
            for (auto& s : *set) {
                const auto wish = data::ranksAmong(s.speed, known[static_cast<std::size_t>(s.style)]);
                const auto length = s.music.size(0);
                const auto rank = torch::tensor(wish).view({length, 1});
                s.music = torch::cat({s.music, rank, torch::ones_like(rank)}, 1);
            }
    }

    // Clips are drawn by length, styles evened out by the exponent: 1 as they come, 0 all alike.
    void weigh(std::size_t styles) {
        std::vector<double> total(styles, 0);
        for (const auto& s : training_) total[static_cast<std::size_t>(s.style)] += static_cast<double>(s.tokens.size(1));
        double sum = 0;
        for (const auto& s : training_) {
            const double all = total[static_cast<std::size_t>(s.style)];
            sum += static_cast<double>(s.tokens.size(1)) / all * std::pow(all, styleBalance_);
            ends_.push_back(sum);
        }
    }

    const Sequence& draw(Random& random) {
        const double at = random.uniform() * ends_.back();
        const auto k = static_cast<std::size_t>(std::upper_bound(ends_.begin(), ends_.end(), at) - ends_.begin());
        return training_[std::min(k, training_.size() - 1)];
    }

    /// The tokens before each of `count` steps from `first` on, [streams, steps_]; where there are none, the empty one. Often they are out of step: they
    /// come late by some tokens, from somewhere on. Recorded pasts agree with the music, so a network never learns which of the two to believe, and a dance
    /// that has slipped off the beat stays there; a late past can only be told by the music, and is to be caught up with.
    [[nodiscard]] torch::Tensor pastOf(const torch::Tensor& tokens, std::int64_t first, std::int64_t count, Random& random) const {
        auto before = torch::full({tokens.size(0), steps_}, model_->config().codes, torch::kInt64);
        const auto fill = [&](std::int64_t from, std::int64_t late) {  // steps from `from` on
            const std::int64_t begin = std::max(from, late + 1 - first);
            before.narrow(1, from, count - from).fill_(model_->config().codes);
            if (begin < count) before.narrow(1, begin, count - begin).copy_(tokens.narrow(1, first + begin - 1 - late, count - begin));
        };
        fill(0, 0);
        if (random.uniform() >= outOfStep_) return before;
        const auto late = [&] { return 1 + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(kMostLate))); };
        const auto somewhere = [&] { return static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(count))); };
        // Late from the beginning and then caught up, or slipping on the way.
        const std::int64_t turn = somewhere();
        if (random.uniform() < 0.5) {
            fill(0, late());
            fill(turn, 0);
        } else {
            fill(turn, late());
        }
        return before;
    }

    // A share of the input tokens, drawn anew each sequence, becomes any token: the net learns to find its way back.
    void corrupt(torch::Tensor& before, Random& random, std::int64_t codes) const {
        const double share = random.uniform() * corruption_;
        auto* values = before.data_ptr<std::int64_t>();
        for (std::int64_t i = 0; i < before.numel(); ++i)
            if (values[i] != codes && random.uniform() < share) values[i] = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(codes)));
    }

    torch::Device device_;
    Share share_;
    std::string quantiserKind_;
    bool beatTime_ = true;
    nn::GcnMhw model_{nullptr};
    std::vector<Sequence> training_, validation_;
    std::vector<double> ends_;
    torch::Tensor musicMean_;
    static constexpr std::int64_t kHeard = static_cast<std::int64_t>(data::kMusicColumns), kWishes = static_cast<std::int64_t>(data::kControlColumns);
    static constexpr std::int64_t kTimbre = static_cast<std::int64_t>(data::kMusicTimbre);
    static constexpr std::int64_t kMostLate = 7;  // tokens: a beat of the slowest songs
    std::int64_t batch_ = 16, steps_ = 128, phases_ = 2;
    double corruption_ = 0.8, musicDropout_ = 0.1, timbreDropout_ = 0.6, wishDropout_ = 0.2, outOfStep_ = 0, styleBalance_ = 0.5, distinctSteps_ = 0;
};

}  // namespace

Result<std::unique_ptr<Task>> makeGcnMhwTask(const std::vector<data::TrainingClip>& clips, const TaskSetting& setting) {
    const auto kind = setting.config.value("quantiser", std::string("vq-vae"));
    if (kind != "vq-vae" && kind != "kmeans") return usageError("quantiser", "is not a quantiser", "vq-vae or kmeans", kind);
    std::filesystem::path path = setting.out / (setting.name + "." + kind + ".safetensors");
    if (const auto* own = kind == "vq-vae" ? "vq_vae" : "kmeans"; setting.config.contains(own)) path = setting.config[own].get<std::string>();
    CHOREIA_ASSIGN(const auto quantiser, loadQuantiser(path, setting.device));
    if (quantiser->kind() != kind) return badInput(path.string(), "weights of another kind", kind, quantiser->kind());
    auto task = std::make_unique<GcnMhwTask>(*quantiser, clips, setting);
    if (task->empty()) return badInput("training data", "too little motion", "training and validation clips of over 2.2 s", std::to_string(clips.size()) + " clips");
    return std::unique_ptr<Task>(std::move(task));
}

}  // namespace choreia::train
