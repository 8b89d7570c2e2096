// Heat maps by cross-entropy against a small bump; what else the network says, beside it. Photographs and renders of our own character are mixed in every batch.
#include "core/parallel.h"
#include "motion/landmarks.h"
#include "nn/se_vit.h"
#include "train/nobody.h"
#include "train/picture_batch.h"
#include "train/rendered_people.h"
#include "train/tasks.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <optional>
#include <set>

namespace choreia::train {

namespace {

namespace F = torch::nn::functional;
using Samples = std::vector<data::PictureSample>;

constexpr int kRenderSide = 176;
constexpr std::size_t kMostValidated = 300, kRendersValidated = 96, kNobodyValidated = 150;  // of each set
constexpr double kBump = 1.0;                                          // deviation of a target, cells

/// Either network behind what the task needs of it.
struct Network {
    std::shared_ptr<torch::nn::Module> module;
    std::function<nn::PoseOutput(const torch::Tensor&)> forward;
    nlohmann::json config;
    std::string kind;
    int size;
};

template <class Net, class Config>
Network networkOf(const std::string& kind, const nlohmann::json& json, torch::Device device) {
    const Config config = Config::fromJson(json);
    Net net(config);
    net->to(device);
    return {net.ptr(), [net](const torch::Tensor& rgb) mutable { return net->forward(rgb); }, config.toJson(), kind, static_cast<int>(config.size)};
}

/// Bumps of sum 1 at x, y in 0..1. where: [batch, n, 2] -> [batch, n, height, width].
torch::Tensor bumps(const torch::Tensor& where, std::int64_t height, std::int64_t width) {
    const auto along = [&](const torch::Tensor& at, std::int64_t cells) {
        const auto away = (torch::arange(cells, at.options()) + 0.5 - at.unsqueeze(-1) * static_cast<double>(cells)) / kBump;
        const auto bump = torch::exp(-0.5 * away * away);
        return bump / bump.sum(-1, true).clamp_min(1e-6);
    };
    return along(where.select(2, 1), height).unsqueeze(-1) * along(where.select(2, 0), width).unsqueeze(-2);
}

torch::Tensor meanOf(const torch::Tensor& values, const torch::Tensor& weight) { return (values * weight).sum() / weight.sum().clamp_min(1); }

/// How far off each landmark of a batch is, in pixels of its picture; [batch, 33], only where known.
struct Errors {
    double within = 0, all = 0;  ///< landmarks that pass, and all that are known
    void add(bool passes) { within += passes, all += 1; }
    [[nodiscard]] double share() const { return all > 0 ? within / all : 0; }
};

class SeVitTask final : public Task {
public:
    SeVitTask(Network network, Samples photographs, std::optional<RenderedPeople> people, const TaskSetting& setting)
        : device_(setting.device), share_(setting.share), network_(std::move(network)), people_(std::move(people)) {
        const auto& c = setting.config;
        batch_ = c.value("batch", std::size_t{16});
        fresh_ = c.value("fresh", std::size_t{2});
        pool_ = c.value("pool", std::size_t{1500});
        renderShare_ = people_ ? c.value("render_share", 0.25) : 0.0;
        const auto only = c.value("measure_only", std::vector<std::string>{});
        measureOnly_.insert(only.begin(), only.end());
        for (auto& sample : photographs) {
            if (sample.validation)
                validation_[sample.set].push_back(std::move(sample));
            else if (!measureOnly_.count(sample.set))
                training_.push_back(std::move(sample));
        }
        for (auto& [set, samples] : validation_) thin(samples);
        if (training_.empty()) renderShare_ = people_ ? 1.0 : 0.0;
        nobodyShare_ = training_.empty() ? 0.0 : c.value("nobody_share", 0.0);
        if (nobodyShare_ > 0) {
            Random beside(11);
            for (const auto& [set, samples] : validation_)
                for (std::size_t i = 0; i < samples.size() && nobody_.size() < kNobodyValidated; ++i) nobody_.push_back(withoutPerson(samples[i], beside));
        }
        if (people_) {
            Random held(7);
            for (std::size_t k = 0; k < kRendersValidated; ++k) validation_["renders"].push_back(people_->draw(held, true, kRenderSide));
            Random first(setting.seed + 1'000'003);
            refill(first, std::max<std::size_t>(2 * batch_, 32));
        }
    }

    [[nodiscard]] bool usable() const { return (people_ || !training_.empty()) && !validation_.empty(); }
    [[nodiscard]] std::string kind() const override { return network_.kind; }
    [[nodiscard]] std::int64_t batch() const override { return static_cast<std::int64_t>(batch_); }
    torch::nn::Module& module() override { return *network_.module; }
    [[nodiscard]] nlohmann::json modelConfig() const override { return network_.config; }
    [[nodiscard]] double stepsPerEpoch() const override {
        return static_cast<double>(std::max<std::size_t>(1, (training_.size() + (people_ ? pool_ : 0)) / batch_));
    }

    std::vector<std::pair<std::string, torch::Tensor>> loss(Random& random, std::int64_t) override {
        // Each process draws people of its own.
        if (const auto seed = random.next() + static_cast<std::uint64_t>(share_.rank()); renderShare_ > 0) {
            Random drawn(seed);
            refill(drawn, (fresh_ + static_cast<std::size_t>(share_.world()) - 1) / static_cast<std::size_t>(share_.world()));
        }
        std::vector<const data::PictureSample*> chosen;
        Samples beside;
        beside.reserve(batch_);
        auto items = share_.itemsOf(static_cast<std::int64_t>(batch_), random);
        for (Random& item : items) {
            const auto& from = item.uniform() < renderShare_ ? renders_ : training_;
            chosen.push_back(&from[item.below(from.size())]);
            if (nobodyShare_ <= 0 || item.uniform() >= nobodyShare_) continue;
            beside.push_back(withoutPerson(training_[item.below(training_.size())], item));
            chosen.back() = &beside.back();
        }
        const PictureBatch batch = trainingBatch(chosen, network_.size, items.front());
        const auto out = network_.forward(batch.rgb.to(device_));
        const auto known = batch.known.to(device_), where = batch.where.to(device_);
        const auto coarse = meanOf(F::smooth_l1_loss(out.coarse * 8, where * 8, F::SmoothL1LossFuncOptions().reduction(torch::kNone)).mean(2), known);
        const auto seen = meanOf(torch::binary_cross_entropy_with_logits(out.visible, batch.seen.to(device_), {}, {}, at::Reduction::None), batch.seenKnown.to(device_));
        const auto depth = meanOf(F::smooth_l1_loss(out.depth * 4, batch.depth.to(device_) * 4, F::SmoothL1LossFuncOptions().reduction(torch::kNone)), batch.depthKnown.to(device_));
        auto total = (out.heat.defined() ? 0.3 : 1.0) * coarse + 0.2 * seen + 0.2 * depth;
        std::vector<std::pair<std::string, torch::Tensor>> parts = {{"coarse", coarse.detach()}, {"seen", seen.detach()}, {"depth", depth.detach()}};
        if (out.heat.defined()) {
            const auto target = bumps(where, out.heat.size(2), out.heat.size(3)).flatten(2);
            const auto heat = meanOf(-(target * torch::log_softmax(out.heat.flatten(2), -1)).sum(-1), known);
            total = total + heat;
            parts.insert(parts.begin(), {"heat", heat.detach()});
        }
        parts.insert(parts.begin(), {"total", total});
        return parts;
    }

    std::map<std::string, double> validate() override {
        std::map<std::string, double> figures;
        double sum = 0, count = 0;
        for (const auto& [set, samples] : validation_) {
            Errors torso, height, seen;
            measure(samples, torso, height, seen);
            const bool joints = height.all == 0;  // a set of fewer landmarks, measured by its torsos
            if (joints)
                figures[set + "_pck_02_torso"] = torso.share();
            else
                figures[set + "_within_5pct"] = height.share();
            if (set == "renders") figures["renders_seen_right"] = seen.share();
            if (measureOnly_.count(set)) continue;
            sum += joints ? torso.share() : height.share();
            count += 1;
        }
        figures["score"] = 1 - sum / std::max(1.0, count);
        if (!nobody_.empty()) {
            figures["nobody_told"] = 1 - presentAmong(nobody_);
            for (const auto& [set, samples] : validation_) figures[set + "_somebody_told"] = presentAmong(samples);
        }
        return figures;
    }

private:
    static void thin(Samples& samples) {
        if (samples.size() <= kMostValidated) return;
        Samples some;
        for (std::size_t i = 0; i < kMostValidated; ++i) some.push_back(std::move(samples[i * samples.size() / kMostValidated]));
        samples = std::move(some);
    }

    void refill(Random& random, std::size_t count) {
        std::vector<std::uint64_t> seeds(count);
        for (auto& seed : seeds) seed = random.next();
        Samples made(count);
        parallelFor(count, [&](std::size_t i) {
            Random own(seeds[i]);
            made[i] = people_->draw(own, false, kRenderSide);
        });
        for (auto& sample : made) {
            if (renders_.size() < pool_)
                renders_.push_back(std::move(sample));
            else
                renders_[oldest_++ % pool_] = std::move(sample);
        }
    }

    /// The share of pictures that somebody is said to be in.
    double presentAmong(const Samples& samples) {
        double present = 0;
        for (std::size_t first = 0; first < samples.size(); first += batch_) {
            std::vector<const data::PictureSample*> chosen;
            for (std::size_t i = first; i < std::min(samples.size(), first + batch_); ++i) chosen.push_back(&samples[i]);
            const auto out = network_.forward(measuringBatch(chosen, network_.size).rgb.to(device_));
            present += nn::presenceOf(out).gt(nn::kPresent).sum().item<double>();
        }
        return present / static_cast<double>(std::max<std::size_t>(1, samples.size()));
    }

    /// PCK: within a fifth of the torso, left shoulder to right hip; and within a twentieth of the picture's height. height stays empty for pictures
    /// that do not state all landmarks, torso for those without the two ends.
    void measure(const Samples& samples, Errors& torso, Errors& height, Errors& seen) {
        for (std::size_t first = 0; first < samples.size(); first += batch_) {
            std::vector<const data::PictureSample*> chosen;
            for (std::size_t i = first; i < std::min(samples.size(), first + batch_); ++i) chosen.push_back(&samples[i]);
            const PictureBatch batch = measuringBatch(chosen, network_.size);
            const auto out = network_.forward(batch.rgb.to(device_));
            const auto found = nn::landmarksOf(out).to(torch::kCPU).contiguous(), visible = out.visible.to(torch::kCPU).contiguous();
            const auto at = found.accessor<float, 3>();
            for (std::size_t b = 0; b < chosen.size(); ++b) {
                const auto& sample = *chosen[b];
                const auto square = measuringSquare(sample);
                const bool all = std::all_of(sample.known.begin(), sample.known.end(), [](auto k) { return k != 0; });
                constexpr std::size_t kShoulder = motion::LeftShoulderMark, kHip = motion::RightHipMark;
                const bool trunk = sample.known[kShoulder] && sample.known[kHip];
                const auto apart = [&](std::size_t i, std::size_t j) {
                    return std::hypot(sample.landmarks[3 * i] - sample.landmarks[3 * j], sample.landmarks[3 * i + 1] - sample.landmarks[3 * j + 1]);
                };
                for (std::size_t i = 0; i < data::kPictureMarks; ++i) {
                    const auto row = static_cast<std::int64_t>(b), mark = static_cast<std::int64_t>(i);
                    if (!sample.known[i]) continue;
                    const float u = sample.landmarks[3 * i], v = sample.landmarks[3 * i + 1];
                    if (u < 0 || v < 0 || u >= static_cast<float>(sample.width) || v >= static_cast<float>(sample.height)) continue;
                    const auto place = square.toPicture(at[row][mark][0], at[row][mark][1]);
                    const float away = std::hypot(place[0] - u, place[1] - v);
                    if (trunk) torso.add(away <= 0.2f * apart(kShoulder, kHip));
                    if (all) height.add(away <= 0.05f * static_cast<float>(sample.height));
                    seen.add((visible[row][mark].item<float>() > 0) == (sample.seen[i] != 0));
                }
            }
        }
    }

    torch::Device device_;
    Share share_;
    Network network_;
    std::optional<RenderedPeople> people_;
    Samples training_, renders_, nobody_;
    std::map<std::string, Samples> validation_;
    std::set<std::string> measureOnly_;
    std::size_t batch_ = 16, fresh_ = 2, pool_ = 1500, oldest_ = 0;
    double renderShare_ = 0, nobodyShare_ = 0;
};

Result<std::unique_ptr<Task>> make(bool basic, const std::vector<std::filesystem::path>& data, const TaskSetting& setting) {
    std::vector<std::filesystem::path> motion, pictures;
    for (const auto& place : data) (holdsMotion(place) ? motion : pictures).push_back(place);
    CHOREIA_ASSIGN(auto photographs, data::loadPictureSamples(pictures));
    std::optional<RenderedPeople> people;
    if (!motion.empty()) {
        CHOREIA_ASSIGN(people, RenderedPeople::load(motion));
    }
    torch::manual_seed(setting.seed);
    auto network = basic ? networkOf<nn::SeVitBasic, nn::SeVitBasicConfig>("se-vit-basic", setting.config, setting.device)
                         : networkOf<nn::SeVit, nn::SeVitConfig>("se-vit", setting.config, setting.device);
    auto task = std::make_unique<SeVitTask>(std::move(network), std::move(photographs), std::move(people), setting);
    if (!task->usable()) return badInput("training data", "too few pictures", "some for training and some for validation");
    return std::unique_ptr<Task>(std::move(task));
}

}  // namespace

Result<std::unique_ptr<Task>> makeSeVitTask(const std::vector<std::filesystem::path>& data, const TaskSetting& setting) { return make(false, data, setting); }

Result<std::unique_ptr<Task>> makeSeVitBasicTask(const std::vector<std::filesystem::path>& data, const TaskSetting& setting) { return make(true, data, setting); }

}  // namespace choreia::train
