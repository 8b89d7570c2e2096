/// The network `beats`: rows of the beat spectrum in, beat and downbeat activations out, at the same 100 rows a second.
#pragma once

#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include <cstdint>

namespace choreia::nn {

struct BeatNetConfig {
    std::int64_t columns = 100;  ///< of the beat spectrum: bands, flux, pitch classes
    std::int64_t filters = 64;   ///< of the first layer
    std::int64_t width = 48;     ///< channels of the temporal part
    std::int64_t blocks = 9;     ///< dilations 1, 2, 4, ...: 9 blocks of 5 taps see 10.2 s either way
    double dropout = 0.1;

    [[nodiscard]] nlohmann::json toJson() const;
    static BeatNetConfig fromJson(const nlohmann::json& json);
    /// Rows either side that an output row depends on.
    [[nodiscard]] std::int64_t reach() const { return 2 * ((std::int64_t{1} << blocks) - 1) + 3; }
};

/// Two short convolutions that find what begins, then dilated ones in time with residual and skip paths that find where it belongs (compare Davies and
/// Boeck 2019). The spectrum's bands are channels: a two-dimensional front costs four times as much as all else, and pitch is learned from transposed
/// examples instead.
class BeatNetImpl : public torch::nn::Module {
public:
    explicit BeatNetImpl(const BeatNetConfig& config);
    /// spectrum: [batch, rows, columns] as audio::beatSpectrum makes it -> logits [batch, rows, 2]: beat, downbeat.
    torch::Tensor forward(const torch::Tensor& spectrum);
    /// Column means and deviations of the training data.
    void setNormalisation(const torch::Tensor& mean, const torch::Tensor& deviation);
    [[nodiscard]] const BeatNetConfig& config() const { return config_; }

private:
    BeatNetConfig config_;
    torch::Tensor mean_, deviation_;
    torch::nn::Conv1d first_{nullptr}, second_{nullptr}, head_{nullptr};
    torch::nn::ModuleList dilated_, points_;
};
TORCH_MODULE(BeatNet);

}  // namespace choreia::nn
