// Windows of 149 steps; reconstruction, and the divergence of the latent at a weight that grows over the first steps.
#include "data/landmark_samples.h"
#include "motion/landmarks.h"
#include "nn/lstm_vae.h"
#include "train/tasks.h"

#include <algorithm>
#include <cmath>

namespace choreia::train {

namespace {

class LstmVaeTask final : public Task {
public:
    LstmVaeTask(const std::vector<data::LandmarkSample>& samples, const TaskSetting& setting) : device_(setting.device), share_(setting.share) {
        const auto& c = setting.config;
        batch_ = c.value("batch", std::int64_t{32});
        klWeight_ = c.value("kl_weight", 1e-4);
        warmup_ = c.value("kl_warmup_steps", std::int64_t{1000});
        auto config = nn::LstmVaeConfig::fromJson(c);
        // Where the files do not agree on the size of the picture, it is not known.
        const bool alike = std::all_of(samples.begin(), samples.end(), [&](const auto& s) { return s.pictureMetres == samples.front().pictureMetres; });
        config.pictureMetres = alike && !samples.empty() ? samples.front().pictureMetres : 0;
        torch::manual_seed(setting.seed);
        model_ = nn::LstmVae(config);
        std::vector<torch::Tensor> poses;
        for (const auto& sample : samples) {
            if (static_cast<std::int64_t>(sample.mfcc.rows) < config.steps) continue;
            Held held{toTensor(sample.mfcc), toTensor(sample.landmarks)};
            if (sample.validation) {
                validation_.push_back(std::move(held));
                continue;
            }
            Table other = sample.landmarks;
            motion::mirrorLandmarks(other);
            poses.push_back(held.landmarks);
            windows_ += static_cast<double>(held.mfcc.size(0)) / static_cast<double>(config.steps);
            ends_.push_back(windows_);
            mirrored_.push_back(toTensor(other));
            training_.push_back(std::move(held));
        }
        if (!poses.empty()) model_->setMeanPose(torch::cat(poses, 0).mean(0));
        model_->to(device_);
    }

    [[nodiscard]] bool empty() const { return training_.empty() || validation_.empty(); }
    [[nodiscard]] std::string kind() const override { return "lstm-vae"; }
    [[nodiscard]] std::int64_t batch() const override { return batch_; }
    torch::nn::Module& module() override { return *model_; }
    [[nodiscard]] nlohmann::json modelConfig() const override { return model_->config().toJson(); }
    [[nodiscard]] double stepsPerEpoch() const override { return std::max(1.0, windows_ / static_cast<double>(batch_)); }

    std::vector<std::pair<std::string, torch::Tensor>> loss(Random& random, std::int64_t step) override {
        const auto steps = model_->config().steps;
        std::vector<torch::Tensor> mfcc, wanted, drawn;
        for (Random& item : share_.itemsOf(batch_, random)) {
            const double at = item.uniform() * windows_;
            const auto k = std::min(static_cast<std::size_t>(std::upper_bound(ends_.begin(), ends_.end(), at) - ends_.begin()), training_.size() - 1);
            const auto& sample = training_[k];
            const auto first = static_cast<std::int64_t>(item.below(static_cast<std::uint64_t>(sample.mfcc.size(0) - steps + 1)));
            mfcc.push_back(sample.mfcc.narrow(0, first, steps));
            wanted.push_back((item.uniform() < 0.5 ? mirrored_[k] : sample.landmarks).narrow(0, first, steps));
            auto& row = drawn.emplace_back(torch::empty({model_->config().latent}));
            for (std::int64_t n = 0; n < row.numel(); ++n) row.data_ptr<float>()[n] = static_cast<float>(item.normal());
        }
        const auto target = torch::stack(wanted, 0).view({static_cast<std::int64_t>(wanted.size()), steps, motion::kLandmarks, 2}).to(device_);
        const auto noise = torch::stack(drawn, 0).to(device_);
        const auto output = model_->forward(torch::stack(mfcc, 0).to(device_), noise);
        const auto reconstruction = torch::mse_loss(output.landmarks, target), kl = nn::klDivergence(output.mean, output.logVariance);
        const double weight = klWeight_ * (warmup_ > 0 ? std::min(1.0, static_cast<double>(step + 1) / static_cast<double>(warmup_)) : 1.0);
        return {{"total", reconstruction + weight * kl}, {"reconstruction", reconstruction.detach()}, {"kl", kl.detach()}, {"kl_weight", torch::tensor(weight)}};
    }

    std::map<std::string, double> validate() override {
        const auto steps = model_->config().steps;
        double square = 0, distance = 0, still = 0, kl = 0, moved = 0, movedWanted = 0, windows = 0;
        for (const auto& sample : validation_)
            for (std::int64_t first = 0; first + steps <= sample.mfcc.size(0); first += steps) {
                const auto target = sample.landmarks.narrow(0, first, steps).view({1, steps, motion::kLandmarks, 2}).to(device_);
                const auto output = model_->forward(sample.mfcc.narrow(0, first, steps).unsqueeze(0).to(device_));
                square += torch::mse_loss(output.landmarks, target).item<double>();
                distance += (output.landmarks - target).norm(2, -1).mean().item<double>();
                still += (target - target.mean(1, true)).norm(2, -1).mean().item<double>();
                kl += nn::klDivergence(output.mean, output.logVariance).item<double>();
                const auto speed = [&](const torch::Tensor& x) { return (x.narrow(1, 1, steps - 1) - x.narrow(1, 0, steps - 1)).norm(2, -1).sum().item<double>(); };
                moved += speed(output.landmarks);
                movedWanted += speed(target);
                windows += 1;
            }
        // landmark_error_still: what the best pose that never moves would have, window by window.
        return {{"score", square / windows}, {"reconstruction", square / windows}, {"kl", kl / windows}, {"landmark_error", distance / windows},
                {"landmark_error_still", still / windows}, {"speed_ratio", moved / std::max(1e-9, movedWanted)}};
    }

private:
    struct Held {
        torch::Tensor mfcc, landmarks;  ///< [steps, 13], [steps, 66]
    };
    torch::Device device_;
    Share share_;
    nn::LstmVae model_{nullptr};
    std::vector<Held> training_, validation_;
    std::vector<torch::Tensor> mirrored_;
    std::vector<double> ends_;
    std::int64_t batch_ = 32, warmup_ = 1000;
    double klWeight_ = 1e-4, windows_ = 0;
};

}  // namespace

Result<std::unique_ptr<Task>> makeLstmVaeTask(const std::vector<std::filesystem::path>& data, const TaskSetting& setting) {
    CHOREIA_ASSIGN(const auto samples, data::loadLandmarkSamples(data));
    auto task = std::make_unique<LstmVaeTask>(samples, setting);
    if (task->empty())
        return badInput("training data", "too few windows of music and landmarks", "training and validation samples of " + std::to_string(nn::LstmVaeConfig::fromJson(setting.config).steps) + " steps",
                        std::to_string(samples.size()) + " samples");
    return std::unique_ptr<Task>(std::move(task));
}

}  // namespace choreia::train
