// Two stages: first the mean absolute difference alone, which finds the person and blurs; then the discriminator beside it, which makes it sharp.
// The second network and its optimiser live here, inside loss(); the loop saves them with the rest.
#include "core/log.h"
#include "eval/picture_quality.h"
#include "nn/dancer_gan.h"
#include "nn/dancer_gan_basic.h"
#include "nn/weights.h"
#include "train/adam_w.h"
#include "train/dancer_likeness.h"
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
    double head = 0;                             ///< and beyond that, the head
    double coverage = 4;                         ///< of layers: mean absolute difference of the coverage
    double likeness = 0;                         ///< perceptual loss; 0: none
    double contrast = 0;                         ///< nn::maskedContrast; 0: none
    double curvature = 0;                        ///< nn::maskedCurvature; 0: none
    double grow = 0;                             ///< of the run, at whose beginning pictures are small: half of it a quarter of their size, half of it half

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
        head = c.value("head_weight", head);
        coverage = c.value("coverage_weight", coverage);
        likeness = c.value("perceptual_weight", likeness);
        contrast = c.value("contrast_weight", contrast);
        curvature = c.value("curvature_weight", curvature);
        grow = c.value("grow_share", grow);
    }
};

/// A picture, and of layers how much of each pixel is the dancer.
struct Made {
    torch::Tensor picture, coverage;
};

/// The generator and discriminator of one kind behind what the task needs of them.
class Pair {
public:
    virtual ~Pair() = default;
    virtual torch::nn::Module& generator() = 0;
    virtual torch::nn::Module& critic() = 0;
    [[nodiscard]] virtual nlohmann::json config() const = 0;
    virtual Made generate(const DancerBatch& batch, const torch::Tensor& noise) = 0;
    /// Weights as this generator's, where they can begin it.
    [[nodiscard]] virtual TensorTable fitted(TensorTable table) { return table; }
    virtual torch::Tensor criticLoss(const DancerBatch& batch, const torch::Tensor& generated) = 0;
    /// Named parts of the generator's loss, weighted.
    virtual std::vector<std::pair<std::string, torch::Tensor>> adversary(const DancerBatch& batch, const torch::Tensor& generated, const GanSetting& setting) = 0;
    [[nodiscard]] virtual torch::Tensor noise(std::int64_t batch, std::optional<std::uint64_t> seed) const = 0;
    /// Whether pictures may be smaller by this divisor.
    [[nodiscard]] virtual bool takesSmaller(std::int64_t) const { return false; }
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
    Made generate(const DancerBatch& batch, const torch::Tensor& noise) override {
        const auto made = generator_->forward({batch.maps, batch.outside, noise, batch.previous});
        if (!generator_->config().layered) return {made, {}};
        return {nn::overBackdrop(made, batch.room), nn::coverageOf(made)};
    }
    /// Weights with fewer maps, without layers or without the middle begin one with: what they do not know of starts as nothing, or as at random.
    [[nodiscard]] TensorTable fitted(TensorTable table) override {
        const torch::NoGradGuard noGrad;
        const bool middle = generator_->config().middle > 0 && table.tensors.count("raise.weight") == 0;
        for (const auto& item : generator_->named_parameters()) {
            const auto found = table.tensors.find(item.key());
            if (middle && (item.key().starts_with("raise.") || item.key().starts_with("refine.") || item.key().starts_with("head."))) {
                table.tensors[item.key()] = nn::toEntry(item.value(), false);
                continue;
            }
            if (found == table.tensors.end()) continue;
            const auto own = item.value().to(torch::kCPU);
            auto given = nn::toTensor(found->second);
            if (given.dim() != own.dim() || given.sizes() == own.sizes()) continue;
            constexpr std::int64_t kPlaces = 2;  // channels of coordinates, after the maps
            if (item.key() == "stem.weight" && given.size(0) == own.size(0) && given.size(1) < own.size(1) && given.size(2) == own.size(2)) {
                const auto maps = given.size(1) - kPlaces;
                given = torch::cat({given.narrow(1, 0, maps), torch::zeros({own.size(0), own.size(1) - given.size(1), own.size(2), own.size(3)}), given.narrow(1, maps, kPlaces)}, 1);
            } else if (item.key().starts_with("colours.") && given.size(0) < own.size(0)) {
                given = torch::cat({given, own.narrow(0, given.size(0), own.size(0) - given.size(0))}, 0);
            }
            found->second = nn::toEntry(given, false);
        }
        return table;
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
        if (c.layered) return {};
        if (!seed) return torch::randn({batch, c.noise, c.working(), c.working()}).to(device_);
        return torch::randn({1, c.noise, c.working(), c.working()}, at::detail::createCPUGenerator(*seed)).to(device_);
    }
    [[nodiscard]] bool takesSmaller(std::int64_t by) const override {
        constexpr std::int64_t kLeast = 64;  // pixels: less shows no person, and no SE-ViT reads it
        const auto& c = generator_->config();
        return c.working() % (8 * by) == 0 && c.size / by >= kLeast;
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
    Made generate(const DancerBatch& batch, const torch::Tensor&) override { return {generator_->forward(batch.landmarks), {}}; }
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
    DancerGanTask(std::string kind, std::unique_ptr<Pair> pair, DancerSamples samples, std::unique_ptr<DancerLikeness> likeness, const TaskSetting& setting)
        : kind_(std::move(kind)), setting_(setting.config), learningRate_(setting.config.value("learning_rate", 1e-3)), device_(setting.device),
          sheet_(setting.out / (setting.name + "." + kind_ + ".sheet.png")), samples_(std::move(samples)), pair_(std::move(pair)), likeness_(std::move(likeness)),
          criticOptimiser_(pair_->critic(), 0.0, betas().first, betas().second) {}

    [[nodiscard]] std::string kind() const override { return kind_; }
    torch::nn::Module& module() override { return pair_->generator(); }
    [[nodiscard]] nlohmann::json modelConfig() const override { return pair_->config(); }
    [[nodiscard]] double stepsPerEpoch() const override { return std::max(1.0, static_cast<double>(samples_.trainingCount()) / setting_.batch); }
    void reached(double share) override { share_ = share; }
    [[nodiscard]] std::pair<double, double> betas() const override { return {0.5, 0.99}; }
    Result<void> startFrom(const TensorTable& table, const std::string& where) override { return nn::fromTable(pair_->fitted(table), module(), where); }

    /// Each stage comes down gently at its end: the first to a third, the second to a tenth.
    [[nodiscard]] double rateAt(double share) const override {
        const auto falls = [](double part, double last) { return part < 0.6 ? 1.0 : last + (1 - last) * 0.5 * (1 + std::cos(std::numbers::pi * (part - 0.6) / 0.4)); };
        if (share < setting_.plainShare) return falls(share / setting_.plainShare, 0.33);
        return setting_.ganRate * falls((share - setting_.plainShare) / std::max(1e-9, 1 - setting_.plainShare), 0.1);
    }

    std::vector<std::pair<std::string, torch::Tensor>> loss(Random& random, std::int64_t) override {
        const auto batch = shrunk(onDevice(samples_.draw(random, setting_.batch, setting_.fresh)), shrinking());
        auto noise = pair_->noise(setting_.batch, {});
        if (noise.defined()) noise = noise.narrow(2, 0, batch.maps.size(2)).narrow(3, 0, batch.maps.size(3));
        const auto made = pair_->generate(batch, noise);
        const auto& generated = made.picture;
        const bool plain = share_ < setting_.plainShare;
        const double extra = plain ? setting_.plainMask : setting_.ganMask;
        const auto weight = batch.head.defined() && extra > 0 ? batch.mask + setting_.head / extra * batch.head : batch.mask;
        const auto pixels = setting_.pixels * nn::maskedL1(generated, batch.picture, weight, extra);
        auto total = pixels;
        std::vector<std::pair<std::string, torch::Tensor>> shown = {{"pixels", pixels.detach()}};
        const auto add = [&](const std::string& name, const torch::Tensor& value) {
            total = total + value;
            shown.emplace_back(name, value.detach());
        };
        if (made.coverage.defined()) add("coverage", setting_.coverage * (made.coverage - batch.mask).abs().mean());
        if (setting_.contrast > 0) add("contrast", setting_.contrast * nn::maskedContrast(generated, batch.picture, weight, extra));
        if (setting_.curvature > 0) add("curvature", setting_.curvature * nn::maskedCurvature(generated, batch.picture, weight, extra));
        if (likeness_) add("likeness", setting_.likeness * likeness_->difference(generated, batch.picture));
        const auto all = [&] {
            shown.insert(shown.begin(), {"total", total});
            return shown;
        };
        if (plain) return all();

        criticOptimiser_.zeroGradients();
        const auto criticLoss = pair_->criticLoss(batch, generated.detach());
        criticLoss.backward();
        criticOptimiser_.step(learningRate_ * setting_.criticRate / setting_.ganRate * rateAt(share_), 0);

        // The generator's gradients pass through the discriminator, but stay out of its parameters.
        nn::setTrainable(pair_->critic(), false);
        auto parts = pair_->adversary(batch, generated, setting_);
        nn::setTrainable(pair_->critic(), true);
        for (const auto& [name, value] : parts) add(name, value);
        shown.emplace_back("critic", criticLoss.detach());
        return all();
    }

    /// PSNR and SSIM of whole pictures, PSNR of the person and of the nearest training pose's picture in his place, sharpness; the score wants the person right and the sharpness 1.
    std::map<std::string, double> validate() override {
        const std::size_t all = samples_.validationCount(), count = std::min(all, kMostValidated);
        double copied = 0, error = 0, personError = 0, similarity = 0, energy = 0, trueEnergy = 0;
        std::vector<DancerBatch> shown;
        std::vector<torch::Tensor> shownPictures;
        for (std::size_t k = 0; k < count; ++k) {
            const auto batch = onDevice(samples_.validation(k * all / count, 1));
            const auto generated = pair_->generate(batch, pair_->noise(1, kNoiseSeed)).picture;
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

    /// Progressive growing (Karras et al. 2018): small pictures are quick to learn from, and a network of convolutions takes them as they are.
    [[nodiscard]] std::int64_t shrinking() const {
        const std::int64_t by = share_ < 0.5 * setting_.grow ? 4 : share_ < setting_.grow ? 2 : 1;
        for (std::int64_t less = by; less > 1; less /= 2)
            if (pair_->takesSmaller(less)) return less;
        return 1;
    }

    static torch::Tensor unit(const torch::Tensor& picture) { return ((picture.squeeze(0) + 1) / 2).clamp(0, 1).to(torch::kCPU).contiguous(); }
    static eval::PictureView viewOf(const torch::Tensor& unitPicture) {
        return {{unitPicture.data_ptr<float>(), static_cast<std::size_t>(unitPicture.numel())}, static_cast<std::size_t>(unitPicture.size(2)), static_cast<std::size_t>(unitPicture.size(1))};
    }
    [[nodiscard]] DancerBatch onDevice(DancerBatch batch) const {
        for (auto* tensor : {&batch.maps, &batch.outside, &batch.picture, &batch.previous, &batch.mask, &batch.room, &batch.head, &batch.landmarks})
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
    std::unique_ptr<DancerLikeness> likeness_;
    AdamW criticOptimiser_;
};

DancerSampleSetting samplesFor(const TaskSetting& setting, std::int64_t size, std::int64_t working) {
    DancerSampleSetting samples;
    samples.size = static_cast<int>(size);
    samples.working = static_cast<int>(working);
    samples.head = setting.config.value("head_weight", 0.0) > 0;
    samples.flip = setting.config.value("flip", true);
    samples.pool = setting.config.value("pool", samples.pool);
    samples.look = setting.config.value("look", 0);
    samples.seed = setting.seed;
    return samples;
}

/// Null where the config asks for none.
Result<std::unique_ptr<DancerLikeness>> likenessFor(const TaskSetting& setting) {
    if (!(setting.config.value("perceptual_weight", 0.0) > 0)) return std::unique_ptr<DancerLikeness>();
    return DancerLikeness::load(setting.config.value("perceptual_from", std::string()), setting.device);
}

}  // namespace

Result<std::unique_ptr<Task>> makeDancerGanTask(const std::vector<std::filesystem::path>& data, const TaskSetting& setting) {
    const auto config = nn::DancerGanConfig::fromJson(setting.config);
    if (config.maps != render::kPoseMaps && config.maps != render::kAllMaps)
        return usageError("maps", "no such maps", std::to_string(render::kPoseMaps) + " or " + std::to_string(render::kAllMaps), std::to_string(config.maps));
    if (config.layered && config.previous) return usageError("layered", "layers do not follow a picture before", "previous false", "true");
    torch::manual_seed(setting.seed);
    auto pair = std::make_unique<DancerPair>(config, setting.device);  // first: it knows which sizes can be
    auto wanted = samplesFor(setting, config.size, config.working());
    wanted.maps = static_cast<int>(config.maps);
    wanted.previous = config.previous;
    wanted.layered = config.layered;
    CHOREIA_ASSIGN(auto likeness, likenessFor(setting));
    CHOREIA_ASSIGN(auto samples, DancerSamples::load(data, wanted));
    return std::unique_ptr<Task>(std::make_unique<DancerGanTask>("dancer-gan", std::move(pair), std::move(samples), std::move(likeness), setting));
}

Result<std::unique_ptr<Task>> makeDancerGanBasicTask(const std::vector<std::filesystem::path>& data, const TaskSetting& setting) {
    const auto config = nn::DancerGanBasicConfig::fromJson(setting.config);
    torch::manual_seed(setting.seed);
    auto pair = std::make_unique<BasicPair>(config, setting.device);
    CHOREIA_ASSIGN(auto likeness, likenessFor(setting));
    CHOREIA_ASSIGN(auto samples, DancerSamples::load(data, samplesFor(setting, config.size, 64)));
    return std::unique_ptr<Task>(std::make_unique<DancerGanTask>("dancer-gan-basic", std::move(pair), std::move(samples), std::move(likeness), setting));
}

}  // namespace choreia::train
