// Windows of pose features; speed and mirror variants are made once, before the first step.
#include "core/parallel.h"
#include "io/safetensors.h"
#include "motion/pose_features.h"
#include "nn/vq_vae.h"
#include "nn/weights.h"
#include "train/pose_variety.h"
#include "train/tasks.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace choreia::train {

namespace pose = motion::pose;

torch::Tensor toTensor(const Table& table) {
    return torch::from_blob(const_cast<float*>(table.values.data()), {static_cast<std::int64_t>(table.rows), static_cast<std::int64_t>(table.columns)},
                            torch::kFloat32)
        .clone();
}

Result<std::shared_ptr<nn::Quantiser>> loadQuantiser(const std::filesystem::path& path, torch::Device device) {
    CHOREIA_ASSIGN(const auto table, io::readSafetensors(path));
    return nn::quantiserFrom(table, path.string(), device);
}

namespace {

constexpr std::int64_t kWindow = 64;  // frames: 2.1 s

// Spread of each column, shared by columns of one kind so that a nearly still joint is not blown up.
void spread(const std::vector<torch::Tensor>& variants, torch::Tensor& mean, torch::Tensor& deviation) {
    const auto all = torch::cat(variants, 0);
    mean = all.mean(0);
    deviation = all.std(0);
    const auto floorAt = [&](std::size_t first, std::size_t count, double floor) {
        deviation.narrow(0, static_cast<std::int64_t>(first), static_cast<std::int64_t>(count)).clamp_min_(floor);
    };
    floorAt(pose::kHeight, 1, 0.05);
    floorAt(pose::kVelocity, 3, 0.2);
    floorAt(pose::kLowerRotations, 54, 0.08);
    floorAt(pose::kContacts, 4, 0.3);
    floorAt(pose::kUpperRotations, 90, 0.08);
    floorAt(pose::kPositions, 72, 0.03);
    // Contacts stay as they are: logits need no scale.
    mean.narrow(0, static_cast<std::int64_t>(pose::kContacts), 4).zero_();
    deviation.narrow(0, static_cast<std::int64_t>(pose::kContacts), 4).fill_(1.0);
}

class VqVaeTask final : public Task {
public:
    VqVaeTask(const std::vector<data::TrainingClip>& clips, const TaskSetting& setting) : device_(setting.device), share_(setting.share) {
        batch_ = setting.config.value("batch", std::int64_t{32});
        plainSteps_ = setting.config.value("plain_steps", std::int64_t{400});
        dropLevels_ = setting.config.value("level_dropout", 0.2);
        variety_ = {setting.config.value("mixed_share", 0.0), setting.config.value("turned_share", 0.0), setting.config.value("turned_legs_share", 0.0)};
        const std::vector<double> speeds = setting.config.value("speeds", std::vector<double>{0.8, 0.9, 1.0, 1.1, 1.25});
        struct Job {
            const data::TrainingClip* clip;
            double speed;
            bool mirror, validation;
        };
        std::vector<Job> jobs;
        std::set<std::string> seen;
        for (const auto& clip : clips) {
            // The same movement under several songs ("take~1", "take~2") is one movement here.
            if (!seen.insert(clip.name.substr(0, clip.name.find('~'))).second) continue;
            if (clip.validation)
                jobs.push_back({&clip, 1.0, false, true});
            else
                for (const double speed : speeds)
                    for (const bool mirror : {false, true}) jobs.push_back({&clip, speed, mirror, false});
        }
        std::vector<std::string> styles(jobs.size());
        for (std::size_t i = 0; i < jobs.size(); ++i) styles[i] = jobs[i].clip->style;
        std::vector<torch::Tensor> made(jobs.size());
        parallelFor(jobs.size(), [&](std::size_t i) {
            motion::Clip clip = jobs[i].clip->clip;
            if (jobs[i].mirror) clip = motion::mirror(clip);
            clip.fps *= jobs[i].speed;  // the same frames in less time, resampled by poseFeatures
            made[i] = toTensor(motion::poseFeatures(clip));
        });
        for (std::size_t i = 0; i < jobs.size(); ++i) {
            if (made[i].size(0) < kWindow) continue;
            if (jobs[i].validation) {
                validation_.push_back({made[i], styles[i]});
            } else {
                training_.push_back(made[i]);
                frames_ += made[i].size(0);
                ends_.push_back(frames_);
            }
        }
        nn::VqVaeConfig config = nn::VqVaeConfig::fromJson(setting.config);
        torch::manual_seed(setting.seed);
        model_ = nn::VqVae(config);
        if (!training_.empty()) {
            torch::Tensor mean, deviation;
            spread(training_, mean, deviation);
            model_->setNormalisation(mean, deviation);
        }
        if (setting.config.value("decoder_only", false)) {
            model_->keepTokens();
            plainSteps_ = 0;
        }
        model_->to(device_);
        if (share_.ranks) model_->countTogether(share_.rank() == 0);
    }

    [[nodiscard]] bool empty() const { return training_.empty() || validation_.empty(); }
    [[nodiscard]] std::string kind() const override { return "vq-vae"; }
    [[nodiscard]] std::int64_t batch() const override { return batch_; }
    torch::nn::Module& module() override { return *model_; }
    [[nodiscard]] nlohmann::json modelConfig() const override { return model_->config().toJson(); }
    // Weights with fewer levels may begin a network with more: the further codebooks are seeded from the data.
    Result<void> startFrom(const TensorTable& given, const std::string& where) override {
        TensorTable table = given;
        std::int64_t levels = model_->config().levels;
        for (const char* name : {"lower_codes.codebooks", "upper_codes.codebooks"}) {
            const auto found = table.tensors.find(name);
            if (found == table.tensors.end() || found->second.shape.size() != 3 || found->second.shape[0] <= 0 || found->second.shape[0] >= model_->config().levels) continue;
            auto& entry = found->second;
            levels = entry.shape[0];
            entry.bytes.resize(entry.bytes.size() / static_cast<std::size_t>(levels) * static_cast<std::size_t>(model_->config().levels));
            entry.shape[0] = model_->config().levels;
        }
        CHOREIA_TRY(nn::fromTable(table, *model_, where));
        model_->keepCodes(levels);
        return {};
    }
    [[nodiscard]] double stepsPerEpoch() const override {
        // Speed and mirror variants of a clip are one pass, not ten.
        return std::max(1.0, static_cast<double>(frames_) / 10.0 / static_cast<double>(batch_ * kWindow));
    }

    std::vector<std::pair<std::string, torch::Tensor>> loss(Random& random, std::int64_t step) override {
        std::vector<torch::Tensor> rows;
        bool varied = false;
        for (Random& item : share_.itemsOf(batch_, random)) {
            auto window = someWindow(item);
            varied |= vary(window, item);
            rows.push_back(window);
        }
        auto windows = torch::stack(rows, 0);
        if (varied) restorePositions(windows);
        const auto target = windows.to(device_);
        const auto standing = share_.divisorLater(nn::standingFeet(target));
        // A codebook laid over latents that mean nothing yet starves; the first steps train a plain autoencoder.
        const bool quantised = step >= plainSteps_;
        const std::int64_t levels = !quantised ? nn::ResidualQuantiserImpl::kUnquantised : random.uniform() < dropLevels_ ? someLevels(random) : 0;
        auto losses = nn::vqVaeLosses(model_->forward(target, levels), target, standing);
        std::vector<std::pair<std::string, torch::Tensor>> parts = {{"total", losses.total}};
        for (auto& part : losses.parts) parts.emplace_back(part.first, part.second.detach());
        return parts;
    }

    // Codebooks follow what all the processes saw.
    [[nodiscard]] std::vector<torch::Tensor> sums() override { return model_->counts(); }
    void summed() override { model_->followCounts(); }

    std::map<std::string, double> validate() override {
        double errorSum = 0, speed = 0, speedWanted = 0, frames = 0, worst = 0, lossSum = 0, footSum = 0;
        std::vector<torch::Tensor> tokens;
        for (std::int64_t s = 0; s < model_->streams(); ++s) tokens.push_back(torch::zeros({model_->config().codes}, torch::kFloat32));
        double plainSum = 0, dancedSum = 0;
        std::map<std::string, std::pair<double, double>> byStyle;  // error times frames, frames
        for (const auto& clip : validation_) {
            const auto length = clip.rows.size(0) / 4 * 4;
            const auto target = clip.rows.narrow(0, 0, length).unsqueeze(0).to(device_);
            const auto wanted = target.narrow(2, static_cast<std::int64_t>(pose::kPositions), 72).view({1, length, motion::kJoints, 3});
            // Root-relative: the root's height is not counted twice.
            const auto errorOf = [&](const torch::Tensor& p) {
                return ((p - p.narrow(2, 0, 1)) - (wanted - wanted.narrow(2, 0, 1))).norm(2, -1).mean().item<double>() * 100;
            };
            const auto output = model_->forward(target);
            const auto losses = nn::vqVaeLosses(output, target);
            const auto positions = nn::decodedPositions(output.decoded);
            const double error = errorOf(positions);
            plainSum += errorOf(nn::decodedPositions(model_->forward(target, nn::ResidualQuantiserImpl::kUnquantised).decoded)) * static_cast<double>(length);
            if (model_->dancedStreams() < model_->streams())
                dancedSum += errorOf(nn::decodedPositions(model_->forward(target, model_->config().dancedLevels).decoded)) * static_cast<double>(length);
            byStyle[clip.style].first += error * static_cast<double>(length);
            byStyle[clip.style].second += static_cast<double>(length);
            const auto moved = [&](const torch::Tensor& p) { return (p.narrow(1, 1, length - 1) - p.narrow(1, 0, length - 1)).norm(2, -1).sum().item<double>(); };
            speed += moved(positions);
            speedWanted += moved(wanted);
            errorSum += error * static_cast<double>(length);
            worst = std::max(worst, error);
            frames += static_cast<double>(length);
            lossSum += losses.total.item<double>() * static_cast<double>(length);
            for (const auto& [name, value] : losses.parts)
                if (name == "foot") footSum += value.item<double>() * static_cast<double>(length);
            for (std::size_t s = 0; s < tokens.size(); ++s)
                tokens[s] += torch::bincount(output.tokens[0][static_cast<std::int64_t>(s)].to(torch::kCPU), {}, model_->config().codes).to(torch::kFloat32);
        }
        // A centimetre weighs as much as a fifth of the movement's speed lost.
        const double ratio = speed / std::max(1e-9, speedWanted), error = errorSum / frames;
        std::map<std::string, double> figures = {{"score", error + 5 * std::abs(1 - ratio)}, {"loss", lossSum / frames}, {"joint_error_cm", error}, {"worst_clip_cm", worst},
                                                 {"joint_error_unquantised_cm", plainSum / frames}, {"speed_ratio", ratio},
                                                 {"foot_slide_m_s", footSum / frames * motion::kPoseFps}};
        if (dancedSum > 0) figures["joint_error_cm_danced"] = dancedSum / frames;
        for (const auto& [style, sums] : byStyle) figures["joint_error_cm_" + style] = sums.first / sums.second;
        for (std::size_t s = 0; s < tokens.size(); ++s) {
            const auto p = tokens[s] / tokens[s].sum();
            figures["perplexity_" + std::string(s % 2 ? "upper_" : "lower_") + std::to_string(s / 2 + 1)] =
                (-(p * (p + 1e-10).log()).sum()).exp().item<double>();
        }
        return figures;
    }

private:
    [[nodiscard]] torch::Tensor someWindow(Random& random) const {
        const auto at = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(frames_)));
        const auto k = static_cast<std::size_t>(std::upper_bound(ends_.begin(), ends_.end(), at) - ends_.begin());
        const auto& clip = training_[k];
        return clip.narrow(0, static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(clip.size(0) - kWindow + 1))), kWindow);
    }

    /// Where a predictor speaks fewer levels than there are, those mostly, so that the decoder knows both.
    [[nodiscard]] std::int64_t someLevels(Random& random) const {
        const auto& config = model_->config();
        if (config.dancedLevels == 0 || config.dancedLevels == config.levels) return 1;
        return random.uniform() < 0.6 ? config.dancedLevels : 1 + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(config.levels - 1)));
    }

    /// True where the window is no longer a recording's, its positions not yet restored.
    bool vary(torch::Tensor& window, Random& random) const {
        // Nothing is drawn where nothing is varied: older runs stay what they were.
        const bool mixed = variety_.mixed > 0 && random.uniform() < variety_.mixed, turned = variety_.turned > 0 && random.uniform() < variety_.turned;
        if (!mixed && !turned) return false;
        window = window.clone();
        if (mixed) mixBodies(window, someWindow(random));
        if (turned) turnJoints(window, random.uniform() < variety_.turnedLegs, random);
        return true;
    }

    struct Held {
        torch::Tensor rows;
        std::string style;
    };
    torch::Device device_;
    Share share_;
    nn::VqVae model_{nullptr};
    std::vector<torch::Tensor> training_;
    std::vector<Held> validation_;
    std::vector<std::int64_t> ends_;
    std::int64_t frames_ = 0, batch_ = 32, plainSteps_ = 400;
    PoseVariety variety_;
    double dropLevels_ = 0.2;
};

}  // namespace

Result<std::unique_ptr<Task>> makeVqVaeTask(const std::vector<data::TrainingClip>& clips, const TaskSetting& setting) {
    // Without weights to begin from there are no codes yet, and kept they would stay chance.
    if (setting.config.value("decoder_only", false) && setting.config.value("start_from", std::string()).empty())
        return usageError("decoder_only", "has no tokens to keep", "start_from beside it", "none");
    auto task = std::make_unique<VqVaeTask>(clips, setting);
    if (task->empty()) return badInput("training data", "too little motion", "training and validation clips of over 2.2 s", std::to_string(clips.size()) + " clips");
    return std::unique_ptr<Task>(std::move(task));
}

}  // namespace choreia::train
