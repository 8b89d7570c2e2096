// Two stages: first the mean absolute difference alone, which finds the person and blurs; then the discriminator beside it, which makes it sharp.
// The second network and its optimiser live here, inside loss(); the loop saves them with the rest.
#include "core/log.h"
#include "eval/picture_quality.h"
#include "nn/dancer_gan.h"
#include "nn/dancer_gan_basic.h"
#include "train/adam_w.h"
#include "train/dancer_samples.h"
#include "train/tasks.h"

#include <ATen/CPUGeneratorImpl.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <optional>
#include <span>

namespace choreia::train {

namespace {

constexpr std::size_t kMostValidated = 64;  // spread evenly over the validation pictures
constexpr std::size_t kOnSheet = 8;

struct GanSetting {
    int batch = 8, fresh = 1;
    double plainShare = 0.4;                     ///< of the run that is stage 1
    double ganRate = 0.2, criticRate = 0.7;      ///< of the learning rate, in stage 2
    double pixels = 20, adversary = 0.6, features = 10;
    double plainMask = 2, ganMask = 5;           ///< how much more the person counts

    explicit GanSetting(const nlohmann::json& c) {
        batch = c.value("batch", batch);
        fresh = c.value("fresh", fresh);
        plainShare = c.value("plain_share", plainShare);
        ganRate = c.value("gan_rate", ganRate);
        criticRate = c.value("critic_rate", criticRate);
        pixels = c.value("pixel_weight", pixels);
        adversary = c.value("adversary_weight", adversary);
        features = c.value("feature_weight", features);
        plainMask = c.value("plain_mask", plainMask);
        ganMask = c.value("gan_mask", ganMask);
    }
};

/// The generator and discriminator of one kind behind what the task needs of them.
class Pair {
public:
    virtual ~Pair() = default;
    virtual torch::nn::Module& generator() = 0;
    virtual torch::nn::Module& critic() = 0;
    [[nodiscard]] virtual nlohmann::json config() const = 0;
    virtual torch::Tensor generate(const DancerBatch& batch, const torch::Tensor& noise) = 0;
    virtual torch::Tensor criticLoss(const DancerBatch& batch, const torch::Tensor& generated) = 0;
    /// Named parts of the generator's loss, weighted.
    virtual std::vector<std::pair<std::string, torch::Tensor>> adversary(const DancerBatch& batch, const torch::Tensor& generated, const GanSetting& setting) = 0;
    [[nodiscard]] virtual torch::Tensor noise(std::int64_t batch, std::optional<std::uint64_t> seed) const = 0;
};

class DancerPair final : public Pair {
public:
    DancerPair(const nn::DancerGanConfig& config, torch::Device device) : generator_(config), critic_(config), device_(device) {
        generator_->to(device);
        critic_->to(device);
    }
    torch::nn::Module& generator() override { return *generator_; }
    torch::nn::Module& critic() override { return *critic_; }
    [[nodiscard]] nlohmann::json config() const override { return generator_->config().toJson(); }
    torch::Tensor generate(const DancerBatch& batch, const torch::Tensor& noise) override {
        return generator_->forward({batch.maps, batch.outside, noise, batch.previous});
    }
    torch::Tensor criticLoss(const DancerBatch& batch, const torch::Tensor& generated) override {
        return nn::hingeOfDiscriminator(critic_->forward(batch.maps, batch.picture), critic_->forward(batch.maps, generated));
    }
    std::vector<std::pair<std::string, torch::Tensor>> adversary(const DancerBatch& batch, const torch::Tensor& generated, const GanSetting& setting) override {
        std::vector<nn::Verdict> real;
        {
            const torch::NoGradGuard noGrad;
            real = critic_->forward(batch.maps, batch.picture);
        }
        const auto fake = critic_->forward(batch.maps, generated);
        return {{"adversary", setting.adversary * nn::hingeOfGenerator(fake)}, {"features", setting.features * nn::featureMatching(real, fake)}};
    }
    [[nodiscard]] torch::Tensor noise(std::int64_t batch, std::optional<std::uint64_t> seed) const override {
        const auto& c = generator_->config();
        if (!seed) return torch::randn({batch, c.noise, c.working(), c.working()}).to(device_);
        return torch::randn({1, c.noise, c.working(), c.working()}, at::detail::createCPUGenerator(*seed)).to(device_);
    }

private:
    nn::DancerGenerator generator_;
    nn::DancerDiscriminator critic_;
    torch::Device device_;
};

class BasicPair final : public Pair {
public:
    BasicPair(const nn::DancerGanBasicConfig& config, torch::Device device) : generator_(config), critic_(config) {
        generator_->to(device);
        critic_->to(device);
    }
    torch::nn::Module& generator() override { return *generator_; }
    torch::nn::Module& critic() override { return *critic_; }
    [[nodiscard]] nlohmann::json config() const override { return generator_->config().toJson(); }
    torch::Tensor generate(const DancerBatch& batch, const torch::Tensor&) override { return generator_->forward(batch.landmarks); }
    torch::Tensor criticLoss(const DancerBatch& batch, const torch::Tensor& generated) override {
        const auto real = critic_->forward(batch.picture), fake = critic_->forward(generated);
        return 0.5 * (torch::binary_cross_entropy_with_logits(real, torch::ones_like(real)) + torch::binary_cross_entropy_with_logits(fake, torch::zeros_like(fake)));
    }
    std::vector<std::pair<std::string, torch::Tensor>> adversary(const DancerBatch&, const torch::Tensor& generated, const GanSetting& setting) override {
        const auto fake = critic_->forward(generated);
        return {{"adversary", setting.adversary * torch::binary_cross_entropy_with_logits(fake, torch::ones_like(fake))}};
    }
    [[nodiscard]] torch::Tensor noise(std::int64_t, std::optional<std::uint64_t>) const override { return {}; }

private:
    nn::DancerGanBasic generator_;
    nn::DancerCriticBasic critic_;
};

class DancerGanTask final : public Task {
public:
    DancerGanTask(std::string kind, std::unique_ptr<Pair> pair, DancerSamples samples, const TaskSetting& setting)
        : kind_(std::move(kind)), setting_(setting.config), learningRate_(setting.config.value("learning_rate", 1e-3)), device_(setting.device),
          sheet_(setting.out / (setting.name + "." + kind_ + ".sheet.png")), samples_(std::move(samples)), pair_(std::move(pair)),
          criticOptimiser_(pair_->critic(), 0.0, betas().first, betas().second) {}

    [[nodiscard]] std::string kind() const override { return kind_; }
    torch::nn::Module& module() override { return pair_->generator(); }
    [[nodiscard]] nlohmann::json modelConfig() const override { return pair_->config(); }
    [[nodiscard]] double stepsPerEpoch() const override { return std::max(1.0, static_cast<double>(samples_.trainingCount()) / setting_.batch); }
    void reached(double share) override { share_ = share; }
    [[nodiscard]] std::pair<double, double> betas() const override { return {0.5, 0.99}; }

    /// Each stage comes down gently at its end: the first to a third, the second to a tenth.
    [[nodiscard]] double rateAt(double share) const override {
        const auto falls = [](double part, double last) { return part < 0.6 ? 1.0 : last + (1 - last) * 0.5 * (1 + std::cos(std::numbers::pi * (part - 0.6) / 0.4)); };
        if (share < setting_.plainShare) return falls(share / setting_.plainShare, 0.33);
        return setting_.ganRate * falls((share - setting_.plainShare) / std::max(1e-9, 1 - setting_.plainShare), 0.1);
    }

    std::vector<std::pair<std::string, torch::Tensor>> loss(Random& random, std::int64_t) override {
        const auto batch = onDevice(samples_.draw(random, setting_.batch, setting_.fresh));
        const auto noise = pair_->noise(setting_.batch, {});
        const auto generated = pair_->generate(batch, noise);
        const bool plain = share_ < setting_.plainShare;
        const auto pixels = setting_.pixels * nn::maskedL1(generated, batch.picture, batch.mask, plain ? setting_.plainMask : setting_.ganMask);
        if (plain) return {{"total", pixels}, {"pixels", pixels.detach()}};

        criticOptimiser_.zeroGradients();
        const auto criticLoss = pair_->criticLoss(batch, generated.detach());
        criticLoss.backward();
        criticOptimiser_.step(learningRate_ * setting_.criticRate / setting_.ganRate * rateAt(share_), 0);

        // The generator's gradients pass through the discriminator, but stay out of its parameters.
        nn::setTrainable(pair_->critic(), false);
        auto parts = pair_->adversary(batch, generated, setting_);
        nn::setTrainable(pair_->critic(), true);
        auto total = pixels;
        for (const auto& part : parts) total = total + part.second;
        std::vector<std::pair<std::string, torch::Tensor>> all = {{"total", total}, {"pixels", pixels.detach()}, {"critic", criticLoss.detach()}};
        for (const auto& [name, value] : parts) all.emplace_back(name, value.detach());
        return all;
    }

    /// PSNR and SSIM of whole pictures, PSNR of the person and of the nearest training pose's picture in his place, sharpness; the score wants the person right and the sharpness 1.
    std::map<std::string, double> validate() override {
        const std::size_t all = samples_.validationCount(), count = std::min(all, kMostValidated);
        double copied = 0, error = 0, personError = 0, similarity = 0, energy = 0, trueEnergy = 0;
        std::vector<DancerBatch> shown;
        std::vector<torch::Tensor> shownPictures;
        for (std::size_t k = 0; k < count; ++k) {
            const auto batch = onDevice(samples_.validation(k * all / count, 1));
            const auto generated = pair_->generate(batch, pair_->noise(1, kNoiseSeed));
            const auto own = unit(generated), real = unit(batch.picture), mask = batch.mask.to(torch::kCPU).contiguous();
            const auto a = viewOf(own), b = viewOf(real);
            error += eval::meanSquaredError(a, b);
            const std::span<const float> person(mask.data_ptr<float>(), static_cast<std::size_t>(mask.numel()));
            personError += eval::meanSquaredError(a, b, person);
            const auto nearest = unit(samples_.nearest(k * all / count).picture);
            copied += eval::meanSquaredError(viewOf(nearest), b, person);
            similarity += eval::ssim(a, b);
            energy += eval::gradientEnergy(a);
            trueEnergy += eval::gradientEnergy(b);
            if (k * kOnSheet / count != (k + 1) * kOnSheet / count || count <= kOnSheet) {
                shown.push_back(batch);
                shownPictures.push_back(generated);
            }
        }
        writeSheet(shown, shownPictures);
        const auto n = static_cast<double>(count);
        const double person = eval::psnr(personError / n), sharpness = trueEnergy > 0 ? energy / trueEnergy : 0.0;
        return {{"score", -person + 5 * std::fabs(std::log(std::max(1e-3, sharpness)))}, {"psnr", eval::psnr(error / n)}, {"person_psnr", person},
                {"ssim", similarity / n}, {"sharpness", sharpness}, {"nearest_person_psnr", eval::psnr(copied / n)}};
    }

    std::map<std::string, torch::Tensor> extraState() override {
        std::map<std::string, torch::Tensor> state;
        for (auto& item : pair_->critic().named_parameters()) state["critic/" + item.key()] = item.value();
        for (auto& item : pair_->critic().named_buffers()) state["critic/" + item.key()] = item.value();
        for (const auto& [name, tensor] : criticOptimiser_.state()) state["critic_adam/" + name] = tensor;
        return state;
    }

    bool setExtraState(const std::map<std::string, torch::Tensor>& state) override {
        const torch::NoGradGuard noGrad;
        std::map<std::string, torch::Tensor> adam;
        for (const auto& [name, tensor] : state)
            if (name.starts_with("critic_adam/")) adam[name.substr(12)] = tensor;
        for (auto& [name, tensor] : extraState()) {
            const auto found = state.find(name);
            if (found == state.end() || found->second.sizes() != tensor.sizes()) return false;
            if (name.starts_with("critic/")) tensor.copy_(found->second);
        }
        return criticOptimiser_.setState(adam);
    }

private:
    static constexpr std::uint64_t kNoiseSeed = 7;

    static torch::Tensor unit(const torch::Tensor& picture) { return ((picture.squeeze(0) + 1) / 2).clamp(0, 1).to(torch::kCPU).contiguous(); }
    static eval::PictureView viewOf(const torch::Tensor& unitPicture) {
        return {{unitPicture.data_ptr<float>(), static_cast<std::size_t>(unitPicture.numel())}, static_cast<std::size_t>(unitPicture.size(2)), static_cast<std::size_t>(unitPicture.size(1))};
    }
    [[nodiscard]] DancerBatch onDevice(DancerBatch batch) const {
        for (auto* tensor : {&batch.maps, &batch.outside, &batch.picture, &batch.previous, &batch.mask, &batch.landmarks})
            if (tensor->defined()) *tensor = tensor->to(device_);
        return batch;
    }
    void writeSheet(const std::vector<DancerBatch>& batches, const std::vector<torch::Tensor>& generated) const {
        std::vector<torch::Tensor> maps, pictures;
        for (const auto& batch : batches) {
            maps.push_back(batch.maps);
            pictures.push_back(batch.picture);
        }
        DancerBatch row;
        row.maps = torch::cat(maps, 0);
        row.picture = torch::cat(pictures, 0);
        // A sheet is for the eye: the training does not end for want of it.
        if (const auto written = writeDancerSheet(sheet_, row, torch::cat(generated, 0)); !written.ok()) logWarning(written.error().line());
    }

    std::string kind_;
    GanSetting setting_;
    double learningRate_, share_ = 0;
    torch::Device device_;
    std::filesystem::path sheet_;
    DancerSamples samples_;
    std::unique_ptr<Pair> pair_;
    AdamW criticOptimiser_;
};

DancerSampleSetting samplesFor(const TaskSetting& setting, std::int64_t size, std::int64_t working, bool previous) {
    DancerSampleSetting samples;
    samples.size = static_cast<int>(size);
    samples.working = static_cast<int>(working);
    samples.previous = previous;
    samples.flip = setting.config.value("flip", true);
    samples.pool = setting.config.value("pool", samples.pool);
    samples.look = setting.config.value("look", 0);
    samples.seed = setting.seed;
    return samples;
}

}  // namespace

Result<std::unique_ptr<Task>> makeDancerGanTask(const std::vector<std::filesystem::path>& data, const TaskSetting& setting) {
    const auto config = nn::DancerGanConfig::fromJson(setting.config);
    torch::manual_seed(setting.seed);
    auto pair = std::make_unique<DancerPair>(config, setting.device);  // first: it knows which sizes can be
    CHOREIA_ASSIGN(auto samples, DancerSamples::load(data, samplesFor(setting, config.size, config.working(), config.previous)));
    return std::unique_ptr<Task>(std::make_unique<DancerGanTask>("dancer-gan", std::move(pair), std::move(samples), setting));
}

Result<std::unique_ptr<Task>> makeDancerGanBasicTask(const std::vector<std::filesystem::path>& data, const TaskSetting& setting) {
    const auto config = nn::DancerGanBasicConfig::fromJson(setting.config);
    torch::manual_seed(setting.seed);
    auto pair = std::make_unique<BasicPair>(config, setting.device);
    CHOREIA_ASSIGN(auto samples, DancerSamples::load(data, samplesFor(setting, config.size, 64, false)));
    return std::unique_ptr<Task>(std::make_unique<DancerGanTask>("dancer-gan-basic", std::move(pair), std::move(samples), setting));
}

}  // namespace choreia::train
