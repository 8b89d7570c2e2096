/// K-means as a quantiser: one codebook for the lower body (with the root's velocities) and one for the upper, of short motion words or of poses.
///
/// A word is four frames and `blend` frames on either side; words are laid end to end and fade into one another over those. A pose is the mean
/// of four frames; poses are joined by a smooth curve (Catmull and Rom 1974).
#pragma once

#include "core/matrix.h"
#include "nn/quantiser.h"

#include <nlohmann/json.hpp>

namespace choreia::nn {

struct KMeansConfig {
    std::int64_t codes = 256;
    bool poses = false;          ///< poses instead of words
    std::int64_t blend = 2;      ///< 0 to 2 frames on either side of a word
    std::int64_t codeSize = 64;  ///< numbers of a code vector: principal components of the centroids

    [[nodiscard]] nlohmann::json toJson() const;
    static constexpr std::int64_t kMostBlend = 2;
    static KMeansConfig fromJson(const nlohmann::json& json);  ///< throws nlohmann errors; callers translate
};

class KMeansQuantiserImpl : public torch::nn::Module, public Quantiser {
public:
    explicit KMeansQuantiserImpl(const KMeansConfig& config);

    [[nodiscard]] std::string kind() const override { return "kmeans"; }
    [[nodiscard]] std::int64_t streams() const override { return 2; }
    [[nodiscard]] std::int64_t codes() const override { return config_.codes; }
    [[nodiscard]] std::int64_t codeSize() const override { return config_.codeSize; }
    torch::Tensor encode(const torch::Tensor& features) override;
    torch::Tensor decode(const torch::Tensor& tokens) override;
    torch::Tensor codebook(std::int64_t stream) const override { return vectors_[stream]; }
    torch::nn::Module& module() override { return *this; }
    [[nodiscard]] const KMeansConfig& config() const { return config_; }

    /// Mean and scale of each column from training rows [n, pose::kCount]: columns of one kind share a spread, so that a nearly still joint is not
    /// blown up, and every kind has its weight in the distance.
    void setNormalisation(const torch::Tensor& rows);
    /// What is clustered: features [batch, frames, pose::kCount] -> [batch * (frames / 4), columns] of a stream, normalised.
    torch::Tensor keys(const torch::Tensor& features, std::int64_t stream) const;
    /// centroids: [codes, columns of keys].
    void setCentroids(std::int64_t stream, const Table& centroids);

private:
    torch::Tensor frameKeys(const torch::Tensor& features, std::int64_t stream) const;
    torch::Tensor wordShare() const;
    [[nodiscard]] std::int64_t wordFrames() const { return config_.poses ? 1 : kStride + 2 * config_.blend; }

    KMeansConfig config_;
    std::vector<torch::Tensor> mean_, scale_, centroids_;  ///< a stream each
    torch::Tensor vectors_;
};
TORCH_MODULE(KMeansQuantiser);

}  // namespace choreia::nn
