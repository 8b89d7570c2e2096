// Every item of a batch is a dance from a camera of its own: nothing is learned by heart, and the set is as large as there are steps.
#include "core/parallel.h"
#include "motion/landmarks.h"
#include "motion/lift_landmarks.h"
#include "nn/lift_net.h"
#include "train/flat_views.h"
#include "train/tasks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace choreia::train {

namespace {

constexpr std::array<int, 13> kMeasured = {motion::Nose,          motion::LeftShoulderMark, motion::RightShoulderMark, motion::LeftElbowMark, motion::RightElbowMark,
                                           motion::LeftWristMark, motion::RightWristMark,   motion::LeftHipMark,       motion::RightHipMark,  motion::LeftKneeMark,
                                           motion::RightKneeMark, motion::LeftAnkleMark,    motion::RightAnkleMark};
constexpr double kMeasuredNoise = 0.03;  // metres: what is left of a finder's errors after smoothing
constexpr std::size_t kMeasuredFrames = 256;

// Face, fingers and feet have several landmarks each; a limb counts as much as a face.
float weightOf(std::size_t landmark) { return landmark < motion::LeftShoulderMark ? 0.25f : landmark >= motion::LeftPinky && landmark <= motion::RightThumb ? 0.5f : landmark >= motion::LeftHeel ? 0.7f : 1.0f; }

// The rules' answer (motion/lift_landmarks) to the same view, about the hips.
Table byRules(const Table& flat) {
    Table picture = flat;
    for (std::size_t f = 0; f < flat.rows; ++f)
        for (std::size_t i = 0; i < motion::kLandmarks; ++i) {
            picture.at(f, 2 * i) = flat.at(f, 2 * i) + 0.5f;
            picture.at(f, 2 * i + 1) = 1.0f - flat.at(f, 2 * i + 1);
        }
    const auto lifted = motion::liftedLandmarks(picture, nn::LiftNetConfig::kFps, 1.0);
    Table out(flat.rows, 3 * motion::kLandmarks);
    for (std::size_t f = 0; f < flat.rows; ++f) {
        const motion::Vec3 hips = 0.5f * (lifted.at(f, motion::LeftHipMark) + lifted.at(f, motion::RightHipMark));
        for (std::size_t i = 0; i < motion::kLandmarks; ++i)
            for (int axis = 0; axis < 3; ++axis) out.at(f, 3 * i + static_cast<std::size_t>(axis)) = lifted.at(f, i)[axis] - hips[axis];
    }
    return out;
}

class LiftTask final : public Task {
public:
    LiftTask(const std::vector<data::TrainingClip>& clips, const TaskSetting& setting) : device_(setting.device), share_(setting.share) {
        batch_ = setting.config.value("batch", std::int64_t{48});
        window_ = setting.config.value("window", std::int64_t{64});
        std::set<std::string> seen;
        for (const auto& clip : clips) {
            if (!seen.insert(clip.name.substr(0, clip.name.find('~'))).second) continue;  // one movement under several songs
            motion::Clip slower = motion::resample(clip.clip, nn::LiftNetConfig::kFps);
            if (static_cast<std::int64_t>(slower.frames()) < 2 * window_) continue;  // faster takes have fewer frames
            if (clip.validation) {
                validation_.push_back(std::move(slower));
                continue;
            }
            frames_ += static_cast<double>(slower.frames());
            ends_.push_back(frames_);
            mirrored_.push_back(motion::mirror(slower));
            training_.push_back(std::move(slower));
        }
        torch::manual_seed(setting.seed);
        model_ = nn::LiftNet(nn::LiftNetConfig::fromJson(setting.config));
        model_->to(device_);
        std::vector<float> weights(3 * motion::kLandmarks);
        for (std::size_t k = 0; k < weights.size(); ++k) weights[k] = weightOf(k / 3);
        weights_ = torch::tensor(weights).view({1, 1, motion::kLandmarks, 3}).select(3, 0).clone().to(device_);
        Random random(20);
        for (const auto& whole : validation_) {
            const motion::Clip part = motion::slice(whole, 0, std::min(whole.frames(), kMeasuredFrames));
            for (const double noise : {0.0, kMeasuredNoise}) views_.push_back({flatView(part, {true, noise}, random), noise > 0});
        }
        std::array<double, 2> sum{}, count{};
        for (const auto& view : views_) add(toTensor(byRules(view.view.flat)), view, sum, count);
        rules_ = {count[0] > 0 ? sum[0] / count[0] : 0, count[1] > 0 ? sum[1] / count[1] : 0};
    }

    [[nodiscard]] bool empty() const { return training_.empty() || validation_.empty(); }
    [[nodiscard]] std::string kind() const override { return "lift"; }
    [[nodiscard]] std::int64_t batch() const override { return batch_; }
    torch::nn::Module& module() override { return *model_; }
    [[nodiscard]] nlohmann::json modelConfig() const override { return model_->config().toJson(); }
    [[nodiscard]] double stepsPerEpoch() const override { return std::max(1.0, frames_ / static_cast<double>(window_ * batch_)); }

    std::vector<std::pair<std::string, torch::Tensor>> loss(Random& random, std::int64_t) override {
        auto items = share_.itemsOf(batch_, random);
        std::vector<torch::Tensor> flat(items.size()), space(items.size());
        parallelFor(items.size(), [&](std::size_t n) {
            Random& item = items[n];
            const auto k = std::min(static_cast<std::size_t>(std::upper_bound(ends_.begin(), ends_.end(), item.uniform() * frames_) - ends_.begin()), training_.size() - 1);
            const motion::Clip& clip = item.uniform() < 0.5 ? mirrored_[k] : training_[k];
            const double speed = item.uniform(0.75, 1.35), span = static_cast<double>(window_) * speed / nn::LiftNetConfig::kFps;
            const double start = item.uniform() * std::max(0.0, clip.seconds() - span);
            std::vector<double> times(static_cast<std::size_t>(window_));
            for (std::size_t f = 0; f < times.size(); ++f) times[f] = start + static_cast<double>(f) * speed / nn::LiftNetConfig::kFps;
            const FlatView view = flatView(motion::sampleAt(clip, times, nn::LiftNetConfig::kFps), {}, item);
            flat[n] = toTensor(view.flat);
            space[n] = toTensor(view.space);
        });
        const auto wanted = torch::stack(space, 0).to(device_);
        const auto shape = std::vector<std::int64_t>{wanted.size(0), window_, motion::kLandmarks, 3};
        const auto difference = (model_->forward(torch::stack(flat, 0).to(device_)) - wanted).view(shape);
        const auto place = ((difference.square().sum(-1) + 1e-6).sqrt() * weights_).sum() / (weights_.sum() * static_cast<double>(wanted.size(0) * window_));
        const auto change = difference.narrow(1, 1, window_ - 1) - difference.narrow(1, 0, window_ - 1);
        const auto moving = ((change.square().sum(-1) + 1e-6).sqrt() * weights_).sum() / (weights_.sum() * static_cast<double>(wanted.size(0) * (window_ - 1)));
        return {{"total", place + 2 * moving}, {"place", place.detach()}, {"moving", moving.detach()}};
    }

    std::map<std::string, double> validate() override {
        std::array<double, 2> sum{}, count{};
        for (const auto& view : views_) add(model_->forward(toTensor(view.view.flat).unsqueeze(0).to(device_)).squeeze(0).cpu(), view, sum, count);
        const double clean = 100 * sum[0] / std::max(1.0, count[0]), noisy = 100 * sum[1] / std::max(1.0, count[1]);
        return {{"score", 0.5 * (clean + noisy)}, {"error_cm", clean}, {"error_wavering_cm", noisy}, {"rules_error_cm", 100 * rules_[0]}, {"rules_error_wavering_cm", 100 * rules_[1]}};
    }

private:
    struct Measured {
        FlatView view;
        bool wavering;
    };
    // Mean distance of the measured landmarks, metres.
    static void add(const torch::Tensor& answer, const Measured& view, std::array<double, 2>& sum, std::array<double, 2>& count) {
        const auto distance = (answer - toTensor(view.view.space)).view({-1, motion::kLandmarks, 3}).norm(2, -1).contiguous();
        for (const int i : kMeasured) sum[view.wavering] += distance.select(1, i).sum().item<double>();
        count[view.wavering] += static_cast<double>(kMeasured.size()) * static_cast<double>(distance.size(0));
    }

    torch::Device device_;
    Share share_;
    nn::LiftNet model_{nullptr};
    torch::Tensor weights_;  ///< [1, 1, 33]
    std::vector<motion::Clip> training_, mirrored_, validation_;
    std::vector<double> ends_;
    std::vector<Measured> views_;
    std::array<double, 2> rules_{};  ///< error of the rules on them, metres: without and with wavering
    double frames_ = 0;
    std::int64_t batch_ = 48, window_ = 64;
};

}  // namespace

Result<std::unique_ptr<Task>> makeLiftTask(const std::vector<data::TrainingClip>& clips, const TaskSetting& setting) {
    auto task = std::make_unique<LiftTask>(clips, setting);
    if (task->empty()) return badInput("training data", "too few clips of motion", "one of 5 s or more to train on and one to measure on", std::to_string(clips.size()) + " clips");
    return std::unique_ptr<Task>(std::move(task));
}

}  // namespace choreia::train
