/// SE-ViT, picture to pose: `SeVit`, the product's (convolution stem with squeeze-and-excitation, transformer, heat-map head), and `SeVitBasic`, the seed's
/// (patches of 16 at 384 x 384, squeeze-and-excitation, transformer with 8 heads, 512 features), as the named baseline with regression on top.
#pragma once

#include "motion/landmarks.h"

#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

namespace choreia::nn {

/// x times a gate of each channel, made from the channels' means (Hu, Shen and Sun 2018). channels last or in second place.
class SqueezeExciteImpl : public torch::nn::Module {
public:
    explicit SqueezeExciteImpl(std::int64_t channels);
    /// x: [batch, channels, height, width] -> the same.
    torch::Tensor forward(const torch::Tensor& x);
    /// What forward multiplies by, [batch, channels].
    torch::Tensor gate(const torch::Tensor& x);
    /// x: [batch, tokens, channels] -> the same.
    torch::Tensor tokens(const torch::Tensor& x);

private:
    torch::nn::Linear squeeze_{nullptr}, excite_{nullptr};
};
TORCH_MODULE(SqueezeExcite);

/// A transformer encoder's block, normalised before each half (Xiong et al. 2020); gated: what the second half adds goes through squeeze-and-excitation.
class VisionBlockImpl : public torch::nn::Module {
public:
    VisionBlockImpl(std::int64_t width, std::int64_t heads, bool gated, double dropout);
    /// x: [batch, tokens, width] -> the same.
    torch::Tensor forward(const torch::Tensor& x);

private:
    std::int64_t heads_;
    double dropout_;
    torch::nn::LayerNorm norm1_{nullptr}, norm2_{nullptr};
    torch::nn::Linear qkv_{nullptr}, out_{nullptr}, wide_{nullptr}, narrow_{nullptr};
    SqueezeExcite gate_{nullptr};
};
TORCH_MODULE(VisionBlock);

struct SeVitConfig {
    std::int64_t size = 128;      ///< side of the pictures it was trained on, pixels; others work, see SeVitImpl::forward
    std::int64_t width = 192;     ///< of a token
    std::int64_t layers = 6;
    std::int64_t heads = 6;
    std::int64_t stem = 24;       ///< channels at half size; twice and four times as many at a quarter and an eighth
    std::int64_t features = 512;  ///< of the pose feature
    double dropout = 0.0;

    [[nodiscard]] nlohmann::json toJson() const;
    static SeVitConfig fromJson(const nlohmann::json& json);
};

/// What a network says of pictures. x and y in 0..1 of the picture, right and down.
struct PoseOutput {
    torch::Tensor heat;      ///< [batch, 33, height / 4, width / 4]: logits of where each landmark is; undefined where the network regresses
    torch::Tensor coarse;    ///< [batch, 33, 2]: x, y straight from the features
    torch::Tensor visible;   ///< [batch, 33]: logits of being seen
    torch::Tensor depth;     ///< [batch, 33]: metres from the pelvis, nearer is smaller
    torch::Tensor features;  ///< [batch, features]: the pose as numbers, for perceptual losses
};

class SeVitImpl : public torch::nn::Module {
public:
    explicit SeVitImpl(const SeVitConfig& config);
    /// rgb: [batch, 3, height, width] in 0..1, both sides multiples of 16 from 64 to 512.
    PoseOutput forward(const torch::Tensor& rgb);
    /// Feature maps on the way, from fine to coarse: [batch, 2 stem, height / 4, width / 4], [batch, 4 stem, / 8], [batch, width, / 16]. As forward.
    std::vector<torch::Tensor> levels(const torch::Tensor& rgb);
    /// The convolutions' maps alone, for perceptual losses: [batch, stem, height / 2, width / 2] and the first of levels. As forward.
    std::vector<torch::Tensor> early(const torch::Tensor& rgb);
    [[nodiscard]] const SeVitConfig& config() const { return config_; }

private:
    SeVitConfig config_;
    torch::nn::Sequential stem2_, stem4_, stem8_, stem16_, up8_, up4_;
    torch::nn::Conv2d raise8_{nullptr}, raise4_{nullptr}, head_{nullptr};
    torch::nn::ModuleList blocks_;
    torch::nn::LayerNorm norm_{nullptr};
    torch::nn::Linear features_{nullptr}, coarse_{nullptr};
    torch::Tensor place_;
};
TORCH_MODULE(SeVit);

struct SeVitBasicConfig {
    std::int64_t size = 384, patch = 16, width = 512, layers = 6, heads = 8;

    [[nodiscard]] nlohmann::json toJson() const;
    static SeVitBasicConfig fromJson(const nlohmann::json& json);
};

class SeVitBasicImpl : public torch::nn::Module {
public:
    explicit SeVitBasicImpl(const SeVitBasicConfig& config);
    /// rgb: [batch, 3, size, size] in 0..1. heat stays undefined.
    PoseOutput forward(const torch::Tensor& rgb);
    [[nodiscard]] const SeVitBasicConfig& config() const { return config_; }

private:
    SeVitBasicConfig config_;
    torch::nn::Conv2d patches_{nullptr};
    SqueezeExcite gate_{nullptr};
    torch::nn::ModuleList blocks_;
    torch::nn::LayerNorm norm_{nullptr};
    torch::nn::Linear head_{nullptr};
    torch::Tensor place_;
};
TORCH_MODULE(SeVitBasic);

/// Where each map's peak is, finer than its cells: the mean place over the 5 x 5 cells round the highest, weighted by exp(logits); beyond the edge there is
/// nothing. heat: [batch, n, height, width] -> [batch, n, 3]: x, y in 0..1 (cell i's middle is (i + 0.5) / cells), and the share of the whole map's weight in
/// those cells, 0..1.
torch::Tensor decodeHeat(const torch::Tensor& heat);

/// Landmarks of an output by its best means: [batch, 33, 3] as decodeHeat's; of a network that regresses, the share is the chance of being seen.
torch::Tensor landmarksOf(const PoseOutput& output);

/// Shoulders, hips, elbows, knees, wrists and ankles: what a body is known by.
inline constexpr std::array<int, 12> kBodyMarks = {motion::LeftShoulderMark, motion::RightShoulderMark, motion::LeftElbowMark, motion::RightElbowMark, motion::LeftWristMark, motion::RightWristMark,
                                                   motion::LeftHipMark,      motion::RightHipMark,      motion::LeftKneeMark,  motion::RightKneeMark,  motion::LeftAnkleMark, motion::RightAnkleMark};
/// How far there is somebody, [batch], 0..1: the mean chance of kBodyMarks being seen. Learned where the training showed pictures without people (`nobody_share`).
torch::Tensor presenceOf(const PoseOutput& output);
/// Below this there is nobody.
inline constexpr float kPresent = 0.4f;

/// The mean of what a network says of pictures and of their mirror images, left and right exchanged back: exact under mirroring, at twice the work.
/// -> an output of which heat or coarse, visible and depth are so averaged; features are the pictures' own.
PoseOutput bothWays(const std::function<PoseOutput(const torch::Tensor&)>& net, const torch::Tensor& rgb);

/// Heat maps, depths or visibilities [batch, 33, ...] with the left landmarks in the right ones' places.
torch::Tensor swapSides(const torch::Tensor& landmarks);

}  // namespace choreia::nn
