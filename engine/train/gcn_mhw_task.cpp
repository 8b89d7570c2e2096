// A step draws windows of the clips' token sequences with their music. Begun from weights, the network learns the styles of its data beside those that it
// knows, and what it knows is held.
#include "data/motion_energy.h"
#include "data/music_steps.h"
#include "eval/dance_habits.h"
#include "io/safetensors.h"
#include "nn/gcn_mhw.h"
#include "nn/weights.h"
#include "train/held_styles.h"
#include "train/recorded_moments.h"
#include "train/tasks.h"
#include "train/token_entropy.h"
#include "train/token_sequences.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace choreia::train {

namespace {

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
        styleBalance_ = c.value("style_balance", 0.5);
        recordedShare_ = std::clamp(c.value("recorded_share", 0.0), 0.0, 0.99);
        hold_ = c.value("hold", 0.0);
        holdShare_ = c.value("hold_share", 1.0 / 3);
        // What the weights to begin from were made with, if there are any; the rest as said.
        nn::GcnMhwConfig config = nn::GcnMhwConfig::fromJson(setting.start ? setting.start->config : c);
        const bool beatTime = setting.start ? config.beatTime : c.value("time", std::string("beats")) == "beats";
        if (setting.start) config.dropout = c.value("dropout", config.dropout);
        const std::vector<std::string> styles = stylesOf(clips, config.styles);
        known_ = static_cast<std::int64_t>(config.styles.size());
        const SequenceSetting way{beatTime, std::clamp<std::int64_t>(c.value("phases", std::int64_t{2}), 1, nn::Quantiser::kStride),
                                  c.value("speeds", std::vector<double>{0.9, 1.0, 1.1}), std::max(0, c.value("bearings", 0)), setting.seed,
                                  static_cast<std::int64_t>(std::llround(std::clamp(c.value("leave_ends", 0.0), 0.0, 60.0) * data::kTokensPerSecond)), device_};
        own_ = tokenSequences(quantiser, clips, styles, way);
        if (hold_ > 0) held_ = tokenSequences(quantiser, ofStyles(setting.kept, config.styles), config.styles, way);
        config.streams = quantiser.dancedStreams();
        config.codes = quantiser.codes();
        config.codeSize = quantiser.codeSize();
        config.musicColumns = static_cast<std::int64_t>(data::kMusicColumns + data::kControlColumns);
        config.controls = static_cast<std::int64_t>(data::kControlColumns);
        config.styles = styles;
        if (c.value("tell_alterations", false)) config.alterations = TokenSequence::kAlterations;
        config.beatTime = beatTime;
        torch::manual_seed(setting.seed);
        model_ = nn::GcnMhw(config);
        std::vector<torch::Tensor> books;
        for (std::int64_t s = 0; s < quantiser.dancedStreams(); ++s) books.push_back(quantiser.codebook(s).to(torch::kCPU));
        model_->setCodebooks(books);
        std::vector<torch::Tensor> music;
        for (const auto& sequence : own_.training)
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
        ends_ = weighed(own_.training, styles.size());
        habits_ = eval::habitsText(habitsOf(clips, setting));
        moments_ = data::momentsText(momentsOf(setting));
    }

    /// Takes up the weights to begin from, and what of them is to be held. Error (BadInput) where they do not fit.
    Result<void> begin(const StartWeights& start, std::uint64_t seed) {
        const auto& styles = model_->config().styles;
        const std::vector<std::string> knownNames(styles.begin(), styles.begin() + known_);
        CHOREIA_ASSIGN(auto grown, withFurtherStyles(start.table, knownNames, styles, start.where));
        if (model_->config().alterations > 0 && !grown.tensors.count(kAlteration)) grown.tensors[kAlteration] = nn::toEntry(model_->named_parameters()[kAlteration].detach(), false);
        CHOREIA_TRY(nn::fromTable(grown, *model_, start.where));
        musicMean_ = model_->named_buffers()["music_mean"].detach().clone().to(torch::kCPU);
        Random random(seed + 77);
        beginNearKnownStyle(*model_, known_, own_.training, device_, random);
        if (hold_ <= 0) return {};
        before_ = nn::GcnMhw(model_->config());
        CHOREIA_TRY(nn::fromTable(nn::toTable(*model_, kind(), modelConfig(), false), *before_, start.where));
        before_->to(device_);
        before_->eval();
        for (auto& parameter : before_->parameters()) parameter.set_requires_grad(false);
        if (held_.training.empty()) held_.training = danceAsBefore(*model_, known_, own_.training, musicMean_, kWalkers, 2 * steps_, device_, random);
        if (held_.validation.empty()) held_.validation = danceAsBefore(*model_, known_, own_.training, musicMean_, 1, steps_, device_, random);
        heldEnds_ = weighed(held_.training, static_cast<std::size_t>(known_));
        return {};
    }

    [[nodiscard]] bool empty() const { return own_.training.empty() || own_.validation.empty(); }
    [[nodiscard]] std::string kind() const override { return "gcn-mhw"; }
    [[nodiscard]] std::int64_t batch() const override { return batch_; }
    torch::nn::Module& module() override { return *model_; }
    [[nodiscard]] nlohmann::json modelConfig() const override { return model_->config().toJson(); }
    [[nodiscard]] double stepsPerEpoch() const override { return std::max(1.0, own_.distinctSteps / (static_cast<double>(batch_ * steps_) * (before_ ? 1 - holdShare_ : 1.0))); }

    std::vector<std::pair<std::string, torch::Tensor>> loss(Random& random, std::int64_t) override {
        const auto streams = model_->config().streams, codes = model_->config().codes;
        std::vector<torch::Tensor> tokens, previous, music, styles, weights, alterations;
        std::vector<std::int64_t> heldRows;
        for (Random& item : share_.itemsOf(batch_, random)) {
            const bool held = before_ && item.uniform() < holdShare_;
            if (held) heldRows.push_back(static_cast<std::int64_t>(tokens.size()));
            const auto& sequence = held ? draw(held_.training, heldEnds_, item) : draw(own_.training, ends_, item);
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
            alterations.push_back(sequence.altered());
        }
        const auto wanted = torch::stack(tokens, 0).to(device_), weight = torch::stack(weights, 0).to(device_);
        const auto sound = torch::stack(music, 0).to(device_), style = torch::stack(styles, 0).to(device_);
        const auto past = torch::stack(previous, 0).to(device_);
        const auto altered = torch::stack(alterations, 0).to(device_);
        const auto counted = share_.divisorLater(weight);
        const auto logits = model_->forward(past, wanted, sound, style, altered);
        const auto known = counted();
        auto total = torch::zeros({}, torch::TensorOptions().device(device_));
        auto learned = weight;
        std::vector<std::pair<std::string, torch::Tensor>> parts = {{"total", total}};
        if (!heldRows.empty()) {
            const auto rows = torch::tensor(heldRows, torch::kInt64).to(device_);
            const auto of = [&](const torch::Tensor& all) { return all.index_select(0, rows); };
            learned = weight.index_fill(0, rows, 0.0);
            std::vector<torch::Tensor> now;
            for (const auto& stream : logits) now.push_back(of(stream));
            const auto away = divergence(answersOfBefore(of(past), of(wanted), of(sound), of(style), of(altered)), now, streamWeights(), of(weight), known);
            parts.emplace_back("held", away.detach());
            total = total + hold_ * away;
        }
        for (std::size_t s = 0; s < logits.size(); ++s) {
            const auto entropy = crossEntropy(logits[s], wanted.select(1, static_cast<std::int64_t>(s)), learned, 0.05, known);
            parts.emplace_back("entropy_" + std::to_string(s), entropy.detach());
            total = total + levelWeight(s) * entropy;
        }
        const auto styleLoss = before_ ? styleDivergence(sound) : torch::nn::functional::cross_entropy(model_->styleFromMusic(sound), style);
        parts.emplace_back("style", styleLoss.detach());
        parts.front().second = total + 0.1 * styleLoss;
        return parts;
    }

    std::map<std::string, double> validate() override {
        auto figures = tokenFigures(*model_, own_, musicMean_, device_);
        if (before_) addHeld(figures);
        return figures;
    }

    [[nodiscard]] std::map<std::string, std::string> metadata() const override {
        std::map<std::string, std::string> all = {{"tokens_per_second", "7.5"}, {"quantiser", quantiserKind_}, {"styles", nlohmann::json(model_->config().styles).dump()}};
        std::set<std::string> own;
        for (const auto& s : own_.training) own.insert(model_->config().styles[static_cast<std::size_t>(s.style)]);
        if (known_ > 0) all["own_styles"] = nlohmann::json(own).dump();
        all["habits"] = habits_;
        all["moments"] = moments_;
        return all;
    }
    // The weights to begin from were taken up when the task was made.
    Result<void> startFrom(const TensorTable&, const std::string&) override { return {}; }

private:
    // Clips are drawn by length, styles evened out by the exponent: 1 as they come, 0 all alike; what is as recorded at least as often as its share says.
    // Returns where each clip's share ends.
    [[nodiscard]] std::vector<double> weighed(const std::vector<TokenSequence>& sequences, std::size_t styles) const {
        std::vector<double> total(std::max<std::size_t>(styles, 1), 0), ends;
        for (const auto& s : sequences) total[static_cast<std::size_t>(s.style)] += static_cast<double>(s.tokens.size(1));
        const auto weight = [&](const TokenSequence& s) {
            const double all = total[static_cast<std::size_t>(s.style)];
            return static_cast<double>(s.tokens.size(1)) / all * std::pow(all, styleBalance_);
        };
        double recorded = 0, altered = 0;
        for (const auto& s : sequences) (s.mirrored || s.otherwise ? altered : recorded) += weight(s);
        const double more = recorded > 0 ? std::max(1.0, recordedShare_ / (1 - recordedShare_) * altered / recorded) : 1;
        double sum = 0;
        for (const auto& s : sequences) {
            sum += weight(s) * (s.mirrored || s.otherwise ? 1 : more);
            ends.push_back(sum);
        }
        return ends;
    }

    static const TokenSequence& draw(const std::vector<TokenSequence>& sequences, const std::vector<double>& ends, Random& random) {
        const double at = random.uniform() * ends.back();
        const auto k = static_cast<std::size_t>(std::upper_bound(ends.begin(), ends.end(), at) - ends.begin());
        return sequences[std::min(k, sequences.size() - 1)];
    }

    /// The styles of the clips to learn from, after those that the weights know.
    static std::vector<std::string> stylesOf(const std::vector<data::TrainingClip>& clips, const std::vector<std::string>& known) {
        std::set<std::string> names;
        for (const auto& clip : clips)
            if (!clip.validation && std::find(known.begin(), known.end(), clip.style) == known.end()) names.insert(clip.style);
        std::vector<std::string> styles = known;
        styles.insert(styles.end(), names.begin(), names.end());
        return styles;
    }

    static std::vector<data::TrainingClip> ofStyles(const std::vector<data::TrainingClip>& clips, const std::vector<std::string>& styles) {
        std::vector<data::TrainingClip> found;
        for (const auto& clip : clips)
            if (std::find(styles.begin(), styles.end(), clip.style) != styles.end()) found.push_back(clip);
        return found;
    }

    // Of each style's clips to learn from, after what the weights to begin from tell of theirs.
    static std::map<std::string, eval::DanceHabits> habitsOf(const std::vector<data::TrainingClip>& clips, const TaskSetting& setting) {
        std::map<std::string, std::vector<motion::Clip>> styles;
        for (const auto& clip : clips)
            if (!clip.validation) styles[clip.style].push_back(clip.clip);
        std::map<std::string, eval::DanceHabits> habits;
        if (setting.start) {
            const auto& told = setting.start->table.metadata;
            if (const auto found = told.find("habits"); found != told.end()) habits = eval::parseHabits(found->second);
        }
        for (const auto& [style, takes] : styles) habits.try_emplace(style, eval::habitsOf(takes));
        return habits;
    }

    // Likewise; what was told of a style goes on only where the quantiser is the same, and so its own data come first.
    [[nodiscard]] std::map<std::string, std::vector<data::Moment>> momentsOf(const TaskSetting& setting) const {
        auto moments = recordedMoments(own_.training, model_->config().styles);
        if (!setting.start) return moments;
        const auto& told = setting.start->table.metadata;
        if (const auto found = told.find("moments"); found != told.end()) moments.merge(data::parseMoments(found->second));
        return moments;
    }

    [[nodiscard]] std::vector<double> streamWeights() const {
        std::vector<double> weights;
        for (std::size_t s = 0; s < static_cast<std::size_t>(model_->config().streams); ++s) weights.push_back(levelWeight(s));
        return weights;
    }

    std::vector<torch::Tensor> answersOfBefore(const torch::Tensor& past, const torch::Tensor& wanted, const torch::Tensor& sound, const torch::Tensor& style,
                                               const torch::Tensor& altered) {
        const torch::NoGradGuard noGrad;
        return before_->forward(past, wanted, sound, style, altered);
    }

    // "auto" goes on choosing among the styles of before.
    torch::Tensor styleDivergence(const torch::Tensor& sound) {
        torch::Tensor was;
        {
            const torch::NoGradGuard noGrad;
            was = before_->styleFromMusic(sound).log_softmax(1);
        }
        return (was.exp() * (was - model_->styleFromMusic(sound).log_softmax(1))).sum(1).mean();
    }

    // What is left of the styles of before: nats a step away from the answers of then (the score counts them), and the cross-entropy of what is kept.
    void addHeld(std::map<std::string, double>& figures) {
        double away = 0, entropy = 0, steps = 0;
        for (const auto& sequence : held_.validation) {
            const auto length = std::min<std::int64_t>(sequence.tokens.size(1), kHeldSteps);
            const auto wanted = sequence.tokens.narrow(1, 0, length).unsqueeze(0).to(device_);
            auto past = torch::full_like(wanted, model_->config().codes);
            past.narrow(2, 1, length - 1).copy_(wanted.narrow(2, 0, length - 1));
            auto sound = sequence.music.narrow(0, 0, length).clone();
            if (!sequence.hasMusic) sound.narrow(1, 0, kHeard).copy_(musicMean_.narrow(0, 0, kHeard).unsqueeze(0).expand({length, kHeard}));
            sound = sound.unsqueeze(0).to(device_);
            const auto style = torch::tensor({sequence.style}, torch::kInt64).to(device_);
            const auto weight = torch::ones({1, length}, torch::TensorOptions().device(device_)), one = torch::ones({}, weight.options());
            const auto logits = model_->forward(past, wanted, sound, style);
            if (&sequence == held_.validation.data() + answers_.size()) answers_.push_back(before_->forward(past, wanted, sound, style));
            away += divergence(answers_[static_cast<std::size_t>(&sequence - held_.validation.data())], logits, streamWeights(), weight, one).item<double>();
            for (std::size_t s = 0; s < 2; ++s) entropy += crossEntropy(logits[s], wanted.select(1, static_cast<std::int64_t>(s)), weight, 0.0, one).item<double>();
            steps += static_cast<double>(length);
        }
        if (steps == 0) return;
        figures["score"] += hold_ * away / steps;
        figures["away_from_before"] = away / steps;
        figures["entropy_held"] = entropy / steps;
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

    static constexpr const char* kAlteration = "alteration.weight";
    static constexpr std::int64_t kWalkers = 4;    // dances a style that are held where nothing is kept
    static constexpr std::int64_t kHeldSteps = 256;  // of each held dance, when it is measured

    torch::Device device_;
    Share share_;
    std::string quantiserKind_, habits_, moments_;
    nn::GcnMhw model_{nullptr}, before_{nullptr};  // before: as the weights began; only where something is held
    TokenSequences own_, held_;
    std::vector<double> ends_, heldEnds_;
    std::vector<std::vector<torch::Tensor>> answers_;  // of before, to the held validation dances; once made they stay
    std::int64_t known_ = 0;  // styles that the weights began with
    torch::Tensor musicMean_;
    static constexpr std::int64_t kHeard = static_cast<std::int64_t>(data::kMusicColumns), kWishes = static_cast<std::int64_t>(data::kControlColumns);
    static constexpr std::int64_t kTimbre = static_cast<std::int64_t>(data::kMusicTimbre);
    static constexpr std::int64_t kMostLate = 7;  // tokens: a beat of the slowest songs
    std::int64_t batch_ = 16, steps_ = 128;
    double corruption_ = 0.8, musicDropout_ = 0.1, timbreDropout_ = 0.6, wishDropout_ = 0.2, outOfStep_ = 0, styleBalance_ = 0.5, recordedShare_ = 0, hold_ = 0, holdShare_ = 0;
};

}  // namespace

Result<std::unique_ptr<Task>> makeGcnMhwTask(const std::vector<data::TrainingClip>& clips, const TaskSetting& setting) {
    const auto kind = setting.config.value("quantiser", std::string("vq-vae"));
    if (kind != "vq-vae" && kind != "kmeans") return usageError("quantiser", "is not a quantiser", "vq-vae or kmeans", kind);
    std::filesystem::path path = setting.out / (setting.name + "." + kind + ".safetensors");
    if (setting.start && !std::filesystem::exists(path)) path = setting.start->quantiser;
    if (const auto* own = kind == "vq-vae" ? "vq_vae" : "kmeans"; setting.config.contains(own)) path = setting.config[own].get<std::string>();
    CHOREIA_ASSIGN(const auto quantiser, loadQuantiser(path, setting.device));
    if (quantiser->kind() != kind) return badInput(path.string(), "weights of another kind", kind, quantiser->kind());
    auto task = std::make_unique<GcnMhwTask>(*quantiser, clips, setting);
    if (task->empty()) return badInput("training data", "too little motion", "training and validation clips of over 2.2 s", std::to_string(clips.size()) + " clips");
    if (setting.start) CHOREIA_TRY(task->begin(*setting.start, setting.seed));
    return std::unique_ptr<Task>(std::move(task));
}

}  // namespace choreia::train
