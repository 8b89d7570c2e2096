// Every clip is encoded and decoded whole; sums by style, by codebook and by code.
#include "train/code_report.h"

#include "motion/pose_features.h"
#include "nn/threads.h"
#include "nn/vq_vae.h"
#include "core/parallel.h"
#include "train/quantiser_check.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <set>

namespace choreia::train {

namespace pose = motion::pose;

std::vector<HeldMotion> heldMotions(const std::vector<data::TrainingClip>& clips, bool validationOnly) {
    std::vector<const data::TrainingClip*> used;
    std::set<std::string> seen;
    for (const auto& clip : clips)
        if ((clip.validation || !validationOnly) && seen.insert(clip.name.substr(0, clip.name.find('~'))).second) used.push_back(&clip);
    std::vector<HeldMotion> held(used.size());
    parallelFor(used.size(), [&](std::size_t i) {
        const Table features = motion::poseFeatures(used[i]->clip);
        const auto rows = static_cast<std::int64_t>(features.rows) / nn::Quantiser::kStride * nn::Quantiser::kStride;
        held[i] = {used[i]->name, used[i]->style, used[i]->validation, toTensor(features).narrow(0, 0, rows)};
    });
    std::erase_if(held, [](const HeldMotion& m) { return m.rows.size(0) < 2 * nn::Quantiser::kStride; });
    return held;
}

namespace {

class Gatherer {
public:
    Gatherer(nn::Quantiser& quantiser, torch::Device device, bool looks) : quantiser_(quantiser), device_(device), looks_(looks) {
        for (std::int64_t s = 0; s < quantiser.streams(); ++s) counts_.push_back(torch::zeros({quantiser.codes()}, torch::kFloat32));
        for (int part = 0; part < 2; ++part) {
            sums_[part] = torch::zeros({quantiser.codes(), nn::Quantiser::kStride, static_cast<std::int64_t>(pose::kDecoded)});
            uses_[part] = torch::zeros({quantiser.codes()});
        }
    }

    void add(const HeldMotion& motion) {
        const auto frames = motion.rows.size(0);
        const auto target = motion.rows.unsqueeze(0).to(device_);
        const auto tokens = quantiser_.encode(target);
        const auto decoded = quantiser_.decode(tokens);
        if (looks_) addLooks(tokens[0].to(torch::kCPU), decoded[0].to(torch::kCPU));
        if (!motion.validation) return;
        const auto wanted = target.narrow(2, static_cast<std::int64_t>(pose::kPositions), 72).view({1, frames, motion::kJoints, 3});
        const auto positions = nn::decodedPositions(decoded);
        const auto errorOf = [&](const torch::Tensor& p) { return ((p - p.narrow(2, 0, 1)) - (wanted - wanted.narrow(2, 0, 1))).norm(2, -1).mean().item<double>() * 100; };
        const double cm = errorOf(positions);
        const bool finer = quantiser_.dancedStreams() < quantiser_.streams();
        const double danced = finer ? errorOf(nn::decodedPositions(quantiser_.decode(tokens.narrow(1, 0, quantiser_.dancedStreams())))) : cm;
        danced_ += danced * (static_cast<double>(frames) / motion::kPoseFps);
        const auto turns = (nn::decodedRotations(decoded) - nn::decodedRotations(target)).flatten(3).norm(2, -1);
        const double degrees = (2 * (turns / (2 * std::sqrt(2.0))).clamp(0, 1).asin()).mean().item<double>() * 180 / std::numbers::pi;
        for (auto* style : {&styles_[motion.style], &all_}) {
            const double seconds = static_cast<double>(frames) / motion::kPoseFps;
            style->seconds += seconds;
            style->jointErrorCm += cm * seconds;
            style->rotationErrorDeg += degrees * seconds;
            if (cm > style->worstClipCm) {
                style->worstClipCm = cm;
                style->worstClip = motion.name;
            }
        }
        const auto moved = [&](const torch::Tensor& p) { return (p.narrow(1, 1, frames - 1) - p.narrow(1, 0, frames - 1)).norm(2, -1).sum().item<double>(); };
        speed_ += moved(positions);
        speedWanted_ += moved(wanted);
        for (std::size_t s = 0; s < counts_.size(); ++s)
            counts_[s] += torch::bincount(tokens[0][static_cast<std::int64_t>(s)].to(torch::kCPU), {}, quantiser_.codes()).to(torch::kFloat32);
    }

    CodeReport finish() {
        CodeReport report;
        report.kind = quantiser_.kind();
        const auto closed = [](CodeReport::Style style, const std::string& name) {
            style.name = name;
            style.jointErrorCm /= std::max(1e-9, style.seconds);
            style.rotationErrorDeg /= std::max(1e-9, style.seconds);
            return style;
        };
        for (const auto& [name, style] : styles_) report.styles.push_back(closed(style, name));
        report.all = closed(all_, "all");
        report.dancedErrorCm = danced_ / std::max(1e-9, report.all.seconds);
        report.speedRatio = speed_ / std::max(1e-9, speedWanted_);
        for (std::size_t s = 0; s < counts_.size(); ++s) {
            const auto p = counts_[s] / counts_[s].sum().clamp_min(1.0);
            report.codebooks.push_back({std::string(s % 2 ? "upper " : "lower ") + std::to_string(s / 2 + 1), quantiser_.codes(), (counts_[s] > 0).sum().item<std::int64_t>(),
                                        (-(p * (p + 1e-10).log()).sum()).exp().item<double>()});
        }
        if (looks_)
            for (int part = 0; part < 2; ++part) addLooksOf(part, report);
        return report;
    }

private:
    void addLooks(const torch::Tensor& tokens, const torch::Tensor& decoded) {
        const auto words = decoded.view({tokens.size(1), nn::Quantiser::kStride, decoded.size(1)});
        for (int part = 0; part < 2; ++part) {
            sums_[part].index_add_(0, tokens[part], words);
            uses_[part].index_add_(0, tokens[part], torch::ones({tokens.size(1)}));
        }
    }

    void addLooksOf(int part, CodeReport& report) {
        const auto order = uses_[part].argsort(-1, true);
        const auto total = std::max(1.0f, uses_[part].sum().item<float>());
        const auto means = sums_[part] / uses_[part].clamp_min(1.0f).unsqueeze(1).unsqueeze(2);
        const auto positions = nn::decodedPositions(means).contiguous();
        const auto joints = positions.accessor<float, 4>();
        for (std::int64_t i = 0; i < order.size(0); ++i) {
            CodeReport::Look look;
            look.code = order[i].item<std::int64_t>();
            look.upper = part == 1;
            look.share = static_cast<double>(uses_[part][look.code].item<float>() / total);
            if (look.share <= 0) break;
            const auto pointOf = [&](std::int64_t frame, int j) {
                return motion::Vec3(joints[look.code][frame][j][0], joints[look.code][frame][j][1], joints[look.code][frame][j][2]);
            };
            for (int j = 0; j < motion::kJoints; ++j) {
                look.poses[0].push_back(pointOf(0, j));
                look.poses[1].push_back(0.5f * (pointOf(1, j) + pointOf(2, j)));
                look.poses[2].push_back(pointOf(3, j));
            }
            const auto velocity = means[look.code].mean(0);
            look.velocity = motion::Vec3(velocity[1].item<float>(), 0, velocity[2].item<float>());
            report.looks.push_back(std::move(look));
        }
    }

    nn::Quantiser& quantiser_;
    torch::Device device_;
    bool looks_;
    std::map<std::string, CodeReport::Style> styles_;
    CodeReport::Style all_;
    double danced_ = 0, speed_ = 0, speedWanted_ = 0;
    std::vector<torch::Tensor> counts_;
    torch::Tensor sums_[2], uses_[2];  ///< lower, upper: decoded rows by code of the first codebook
};

}  // namespace

Result<CodeReport> checkQuantiser(nn::Quantiser& quantiser, const std::vector<HeldMotion>& motions, torch::Device device, bool looks, std::stop_token stop,
                                  Progress& progress) {
    torch::NoGradGuard noGrad;
    Gatherer gatherer(quantiser, device, looks);
    Stage stage(progress, "reading codes");
    std::size_t done = 0;
    for (const auto& motion : motions) {
        if (stop.stop_requested()) return cancelled("codes");
        gatherer.add(motion);
        stage.update(static_cast<double>(++done), static_cast<double>(motions.size()));
    }
    return gatherer.finish();
}

Result<CodeReport> reportCodes(const std::filesystem::path& weights, const std::vector<std::filesystem::path>& data, bool looks, std::stop_token stop,
                               Progress& progress) {
    try {
        nn::setComputeThreads(threadCount());
        CHOREIA_ASSIGN(const auto quantiser, loadQuantiser(weights, torch::kCPU));
        CHOREIA_ASSIGN(const auto clips, data::loadClips(data));
        const auto motions = heldMotions(clips, !looks);
        if (std::none_of(motions.begin(), motions.end(), [](const HeldMotion& m) { return m.validation; }))
            return badInput(data.empty() ? "codes" : data.front().string(), "no validation clips to measure on", "clips with set \"val\"");
        return checkQuantiser(*quantiser, motions, torch::kCPU, looks, stop, progress);
    } catch (const c10::Error& error) {
        return failed(weights.string(), error.what_without_backtrace());
    } catch (const std::exception& error) {
        return failed(weights.string(), error.what());
    }
}

}  // namespace choreia::train
