/// VQ-VAE of motion (van den Oord et al. 2017) with residual codebooks for the upper and the lower body apart, and a root-velocity head.
/// 30 frames a second in, 7.5 tokens a second; codebooks by exponential moving averages, dead codes reseeded from the batch.
#pragma once

#include "nn/layers.h"
#include "nn/quantiser.h"

#include <nlohmann/json.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace choreia::nn {

struct VqVaeConfig {
    std::int64_t width = 160;      ///< channels of the convolutions
    std::int64_t codeSize = 64;    ///< numbers a code
    std::int64_t codes = 256;      ///< entries a codebook
    std::int64_t levels = 2;       ///< residual levels (1 = plain)
    std::int64_t dancedLevels = 0; ///< the first ones, that a predictor speaks; 0: all
    static constexpr std::int64_t kStride = Quantiser::kStride;  ///< frames a token

    [[nodiscard]] nlohmann::json toJson() const;
    static VqVaeConfig fromJson(const nlohmann::json& json);  ///< throws nlohmann errors; callers translate
};

/// Streams of tokens in their order: lower 1, upper 1, lower 2, upper 2, ...
/// Residual quantiser (Lee et al. 2022, RQ-VAE): each level codes what the last left over.
class ResidualQuantiserImpl : public torch::nn::Module {
public:
    ResidualQuantiserImpl(std::int64_t levels, std::int64_t codes, std::int64_t size);
    struct Output {
        torch::Tensor quantised;   ///< [batch, size, time], straight-through
        torch::Tensor tokens;      ///< [batch, levels, time] int64
        torch::Tensor commitment;  ///< scalar
    };
    /// x: [batch, size, time]. In training the codebooks follow the data; levelsUsed (0 = all) drops later levels for the batch;
    /// kUnquantised passes x on as it is and leaves the codebooks alone.
    static constexpr std::int64_t kUnquantised = -1;
    Output forward(const torch::Tensor& x, std::int64_t levelsUsed = 0);
    /// tokens: [batch, the first levels or all, time] -> [batch, size, time].
    torch::Tensor lookUp(const torch::Tensor& tokens) const;
    torch::Tensor codebook(std::int64_t level) const { return codebooks_[level]; }
    /// Training goes on from the codes of the first levels as they are, instead of seeding them from the first batch.
    void keepCodes(std::int64_t levels);
    /// The codes follow the data no longer.
    void keepAllCodes() { kept_ = true; }
    /// Several processes train: the codebooks follow what all of them saw. forward() then only counts; the counts, in the same shapes everywhere, are to be added up over the
    /// processes, in place, before followCounts(). speaks: this process is the one whose rows take the places of codes that nobody uses.
    void countTogether(bool speaks) { together_ = true, speaks_ = speaks; }
    [[nodiscard]] std::vector<torch::Tensor> counts() const;
    void followCounts();

private:
    /// Of a level: how often each code was taken and the sum of what took it, [codes, 1 + size], and rows of the batch for codes that are dead; of a level not begun, its first
    /// codes instead.
    struct Counts {
        std::int64_t level = 0;
        torch::Tensor sums, rows;
    };
    [[nodiscard]] Counts count(std::int64_t level, const torch::Tensor& flat, const torch::Tensor& tokens) const;
    void follow(const Counts& counts);
    std::int64_t levels_, codes_, size_;
    bool kept_ = false, together_ = false, speaks_ = true;
    std::vector<Counts> counted_;
    torch::Tensor codebooks_, emaCount_, emaSum_, started_;
};
TORCH_MODULE(ResidualQuantiser);

class VqVaeImpl : public torch::nn::Module, public Quantiser {
public:
    explicit VqVaeImpl(const VqVaeConfig& config);

    struct Output {
        torch::Tensor decoded;     ///< [batch, frames, pose::kDecoded] in natural units; contacts as logits
        torch::Tensor tokens;      ///< [batch, streams, time]
        torch::Tensor commitment;  ///< scalar
    };
    /// features: [batch, frames, pose::kCount], natural units; frames a multiple of 4.
    Output forward(const torch::Tensor& features, std::int64_t levelsUsed = 0);
    /// -> [batch, streams, frames / 4] int64.
    torch::Tensor encode(const torch::Tensor& features) override;
    /// tokens [batch, streams or fewer, an even number, time] -> [batch, time * 4, pose::kDecoded]; contacts as probabilities.
    torch::Tensor decode(const torch::Tensor& tokens) override;
    /// Mean and spread of the training features, [pose::kCount] each.
    void setNormalisation(const torch::Tensor& mean, const torch::Tensor& deviation);
    [[nodiscard]] const VqVaeConfig& config() const { return config_; }
    [[nodiscard]] std::string kind() const override { return "vq-vae"; }
    [[nodiscard]] std::int64_t streams() const override { return 2 * config_.levels; }
    [[nodiscard]] std::int64_t dancedStreams() const override { return config_.dancedLevels > 0 ? 2 * config_.dancedLevels : streams(); }
    [[nodiscard]] std::int64_t codes() const override { return config_.codes; }
    [[nodiscard]] std::int64_t codeSize() const override { return config_.codeSize; }
    torch::nn::Module& module() override { return *this; }
    /// Only the decoder learns from now on: encoders and codes stay, and tokens keep their meaning to a predictor that knows them.
    void keepTokens();
    /// As ResidualQuantiser's, for both bodies.
    void keepCodes(std::int64_t levels);
    void countTogether(bool speaks);
    [[nodiscard]] std::vector<torch::Tensor> counts() const;
    void followCounts();
    /// Code vectors of a stream, [codes, codeSize].
    torch::Tensor codebook(std::int64_t stream) const override;

private:
    torch::Tensor decodeLatent(const torch::Tensor& latent);
    std::pair<torch::Tensor, torch::Tensor> encodeLatent(const torch::Tensor& features);

    VqVaeConfig config_;
    torch::nn::Sequential lowerEncoder_{nullptr}, upperEncoder_{nullptr}, trunk_{nullptr}, lowerHead_{nullptr}, upperHead_{nullptr}, rootHead_{nullptr};
    ResidualQuantiser lowerCodes_{nullptr}, upperCodes_{nullptr};
    torch::Tensor mean_, deviation_, lowerInput_, upperInput_;
};
TORCH_MODULE(VqVae);

/// Training losses of a batch; every term is a mean in normalised or metric units, weights inside.
struct VqVaeLosses {
    torch::Tensor total;
    std::vector<std::pair<std::string, torch::Tensor>> parts;
};
/// Rotation, position (through forward kinematics), velocity, speed, acceleration, root (velocity and integrated path), contacts, foot speed in contact,
/// commitment. target: [batch, frames, pose::kCount]. divisor: what the speed of standing feet, summed, is divided by; null: the number of standingFeet. Where several processes
/// share a batch, theirs together (train::Share::divisor).
VqVaeLosses vqVaeLosses(const VqVaeImpl::Output& output, const torch::Tensor& target, const std::function<torch::Tensor()>& divisor = {});
/// Which joints of the feet stand from each frame to the next, [batch, frames - 1, 4], of features [batch, frames, pose::kCount].
torch::Tensor standingFeet(const torch::Tensor& target);

/// The 24 local rotations in joint order, [batch, frames, 24, 3, 3], of decoded rows (or of features).
torch::Tensor decodedRotations(const torch::Tensor& decoded);
/// Root-relative joint positions [batch, frames, 24, 3] of decoded rows (heading frame, height included), metres.
torch::Tensor decodedPositions(const torch::Tensor& decoded);

}  // namespace choreia::nn
