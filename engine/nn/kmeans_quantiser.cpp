// Keys hold what is decoded (rotations, root, contacts) and, for the distance alone, where the joints are. A centroid read backwards is a word.
#include "nn/kmeans_quantiser.h"

#include "motion/pose_features.h"
#include "nn/layers.h"

#include <algorithm>

namespace choreia::nn {

namespace pose = motion::pose;

nlohmann::json KMeansConfig::toJson() const { return {{"codes", codes}, {"mode", poses ? "poses" : "words"}, {"blend", blend}, {"code_size", codeSize}}; }

KMeansConfig KMeansConfig::fromJson(const nlohmann::json& json) {
    KMeansConfig config;
    config.codes = json.value("codes", config.codes);
    config.poses = json.value("mode", std::string("words")) == "poses";
    config.blend = std::clamp<std::int64_t>(json.value("blend", config.blend), 0, kMostBlend);
    config.codeSize = json.value("code_size", config.codeSize);
    return config;
}

namespace {

constexpr auto kUpper = static_cast<std::int64_t>(pose::kUpperRotations);
constexpr std::int64_t kUpperCount = 90;
constexpr std::int64_t kDecodedColumns[2] = {kUpper, kUpperCount};

// Columns of one kind in a stream's keys, and its share in the distance: chosen for small errors of joint positions on held-out clips.
struct Kind {
    std::int64_t first, count;
    double weight;
    bool centred;
};
const std::vector<Kind>& kindsOf(std::int64_t stream) {
    constexpr auto kContacts = static_cast<std::int64_t>(pose::kContacts), kRotations = static_cast<std::int64_t>(pose::kLowerRotations);
    static const std::vector<Kind> lower = {{0, 1, 0.3, true},  {1, 2, 0.3, true}, {3, 1, 0.2, true}, {kRotations, 6, 0.5, true}, {kRotations + 6, 48, 0.3, true},
                                            {kContacts, 4, 0.1, false}, {kUpper, 27, 1.0, true}};
    static const std::vector<Kind> upper = {{0, kUpperCount, 0.3, true}, {kUpperCount, 45, 1.0, true}};
    return stream == 0 ? lower : upper;
}

std::int64_t columnsOf(std::int64_t stream) { return stream == 0 ? kUpper + 27 : kUpperCount + 45; }

torch::Tensor indexOf(std::span<const int> joints, torch::Device device) {
    return torch::tensor(std::vector<std::int64_t>(joints.begin(), joints.end()), torch::TensorOptions().dtype(torch::kInt64).device(device));
}

}  // namespace

KMeansQuantiserImpl::KMeansQuantiserImpl(const KMeansConfig& config) : config_(config) {
    for (std::int64_t s = 0; s < 2; ++s) {
        const std::string part = s == 0 ? "lower_" : "upper_";
        mean_.push_back(register_buffer(part + "mean", torch::zeros({columnsOf(s)})));
        scale_.push_back(register_buffer(part + "scale", torch::ones({columnsOf(s)})));
        centroids_.push_back(register_buffer(part + "centroids", torch::zeros({config.codes, wordFrames() * columnsOf(s)})));
    }
    vectors_ = register_buffer("vectors", torch::zeros({2, config.codes, config.codeSize}));
}

// Lower: its decoded columns and its joints as seen from the pelvis. Upper: the same, in the frame of the pelvis, whose tilt is the lower body's word.
torch::Tensor KMeansQuantiserImpl::frameKeys(const torch::Tensor& features, std::int64_t stream) const {
    TORCH_CHECK(features.dim() == 3 && features.size(2) == static_cast<std::int64_t>(pose::kCount), "KMeansQuantiser: expected [batch, frames, ", pose::kCount, "]");
    const auto n = features.size(0), frames = features.size(1);
    const auto all = features.narrow(2, static_cast<std::int64_t>(pose::kPositions), motion::kJoints * 3).view({n, frames, motion::kJoints, 3});
    auto joints = all.index_select(2, indexOf(stream == 0 ? std::span<const int>(motion::kLowerJoints) : motion::kUpperJoints, features.device()));
    joints = joints - all.narrow(2, motion::Pelvis, 1);
    if (stream == 0) return torch::cat({features.narrow(2, 0, kUpper), joints.flatten(2)}, 2);
    const auto turn = rotationMatrices(features.narrow(2, static_cast<std::int64_t>(pose::kLowerRotations), 6));
    return torch::cat({features.narrow(2, kUpper, kUpperCount), torch::matmul(joints, turn).flatten(2)}, 2);
}

// How much of each of a word's frames is heard: 1 in its middle, fading where the neighbours' frames lie under it.
torch::Tensor KMeansQuantiserImpl::wordShare() const {
    std::vector<float> share(static_cast<std::size_t>(wordFrames()), 1.0f);
    const auto fade = static_cast<std::size_t>(2 * config_.blend);
    for (std::size_t k = 0; !config_.poses && k < fade; ++k)
        share[k] = share[share.size() - 1 - k] = (static_cast<float>(k) + 0.5f) / static_cast<float>(fade);
    return torch::tensor(share).to(vectors_.device());
}

torch::Tensor KMeansQuantiserImpl::keys(const torch::Tensor& features, std::int64_t stream) const {
    const auto s = static_cast<std::size_t>(stream);
    auto frames = (frameKeys(features, stream) - mean_[s]) * scale_[s];
    const auto n = frames.size(0), steps = frames.size(1) / kStride, columns = frames.size(2);
    if (config_.poses) return frames.narrow(1, 0, steps * kStride).view({n, steps, kStride, columns}).mean(2).view({n * steps, columns});
    const auto blend = config_.blend, length = frames.size(1);
    if (blend > 0) frames = torch::cat({frames.narrow(1, 0, 1).expand({n, blend, columns}), frames, frames.narrow(1, length - 1, 1).expand({n, blend, columns})}, 1);
    const auto words = frames.unfold(1, wordFrames(), kStride).permute({0, 1, 3, 2}) * wordShare().sqrt().unsqueeze(1);
    return words.reshape({n * steps, wordFrames() * columns});
}

void KMeansQuantiserImpl::setNormalisation(const torch::Tensor& rows) {
    torch::NoGradGuard noGrad;
    for (std::int64_t stream = 0; stream < 2; ++stream) {
        const auto s = static_cast<std::size_t>(stream);
        const auto x = frameKeys(rows.unsqueeze(0), stream).squeeze(0);
        mean_[s].copy_(x.mean(0));
        const auto deviation = x.std(0);
        for (const Kind& kind : kindsOf(stream)) {
            const auto spread = deviation.narrow(0, kind.first, kind.count).pow(2).sum().sqrt().clamp_min(1e-3).item<double>();
            scale_[s].narrow(0, kind.first, kind.count).fill_(kind.weight / spread);
            if (!kind.centred) mean_[s].narrow(0, kind.first, kind.count).zero_();
        }
    }
}

void KMeansQuantiserImpl::setCentroids(std::int64_t stream, const Table& centroids) {
    torch::NoGradGuard noGrad;
    const auto rows = torch::from_blob(const_cast<float*>(centroids.values.data()), {static_cast<std::int64_t>(centroids.rows), static_cast<std::int64_t>(centroids.columns)},
                                       torch::kFloat32);
    centroids_[static_cast<std::size_t>(stream)].copy_(rows);
    const auto directions = std::get<2>(torch::svd(rows - rows.mean(0)));
    const auto count = std::min(config_.codeSize, directions.size(1));
    vectors_[stream].zero_();
    vectors_[stream].narrow(1, 0, count).copy_(torch::matmul(rows - rows.mean(0), directions.narrow(1, 0, count)));
}

torch::Tensor KMeansQuantiserImpl::encode(const torch::Tensor& features) {
    torch::NoGradGuard noGrad;
    std::vector<torch::Tensor> streams;
    for (std::int64_t s = 0; s < 2; ++s) {
        const auto x = keys(features, s);
        const auto& book = centroids_[static_cast<std::size_t>(s)];
        streams.push_back((book.pow(2).sum(1).unsqueeze(0) - 2 * torch::matmul(x, book.t())).argmin(1).view({features.size(0), -1}));
    }
    return torch::stack(streams, 1);
}

torch::Tensor KMeansQuantiserImpl::decode(const torch::Tensor& tokens) {
    TORCH_CHECK(tokens.dim() == 3 && tokens.size(1) == 2, "KMeansQuantiser::decode: expected [batch, 2, time]");
    torch::NoGradGuard noGrad;
    const auto n = tokens.size(0), steps = tokens.size(2);
    const auto share = wordShare();
    std::vector<torch::Tensor> parts;
    for (std::int64_t stream = 0; stream < 2; ++stream) {
        const auto s = static_cast<std::size_t>(stream);
        auto words = centroids_[s].index_select(0, tokens.select(1, stream).reshape(-1)).view({n, steps, wordFrames(), columnsOf(stream)});
        words = words / share.sqrt().unsqueeze(1) / scale_[s] + mean_[s];
        words = words.narrow(3, 0, kDecodedColumns[stream]);
        if (config_.poses) {
            const auto points = words.squeeze(2);
            const auto held = torch::cat({points.narrow(1, 0, 1).expand({n, 2, points.size(2)}), points, points.narrow(1, steps - 1, 1).expand({n, 2, points.size(2)})}, 1);
            std::vector<torch::Tensor> frames;
            for (int k = 0; k < kStride; ++k) {  // a pose stands in the middle of its four frames
                const double at = (k - 1.5) / kStride, u = at < 0 ? at + 1 : at;
                const std::int64_t first = at < 0 ? 0 : 1;
                const double w[4] = {0.5 * (-u + 2 * u * u - u * u * u), 0.5 * (2 - 5 * u * u + 3 * u * u * u), 0.5 * (u + 4 * u * u - 3 * u * u * u), 0.5 * (u * u * u - u * u)};
                auto sum = w[0] * held.narrow(1, first, steps);
                for (int p = 1; p < 4; ++p) sum = sum + w[p] * held.narrow(1, first + p, steps);
                frames.push_back(sum);
            }
            parts.push_back(torch::stack(frames, 2).view({n, steps * kStride, -1}));
            continue;
        }
        const auto blend = config_.blend, length = steps * kStride;
        auto sum = torch::zeros({n, length + 2 * blend, words.size(3)}, words.options());
        auto heard = torch::zeros({1, length + 2 * blend, 1}, words.options());
        for (std::int64_t k = 0; k < wordFrames(); ++k) {
            sum.slice(1, k, k + length, kStride).add_(words.select(2, k) * share[k]);
            heard.slice(1, k, k + length, kStride).add_(share[k]);
        }
        parts.push_back((sum / heard).narrow(1, blend, length));
    }
    auto& lower = parts[0];
    lower.narrow(2, static_cast<std::int64_t>(pose::kContacts), 4).clamp_(0, 1);
    return torch::cat(parts, 2);
}

}  // namespace choreia::nn
