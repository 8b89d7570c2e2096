/// The network `beats`: rows of the beat spectrum in, beat and downbeat activations out, at the same 100 rows a second.
#pragma once

#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include <cstdint>

namespace choreia::nn {

struct BeatNetConfig {
    std::int64_t bands = 73, extras = 27;  ///< columns that lie along the spectrum, and those that do not (flux, pitch classes)
    std::int64_t width = 48;               ///< channels of the temporal part
    std::int64_t blocks = 9;               ///< dilations 1, 2, 4, ...: 9 blocks of 5 taps see 10.2 s either way
    std::int64_t filters = 16;             ///< of the first layer on the spectrum
    double dropout = 0.1;

    [[nodiscard]] nlohmann::json toJson() const;
    static BeatNetConfig fromJson(const nlohmann::json& json);
    /// Rows either side that an output row depends on.
    [[nodiscard]] std::int64_t reach() const { return 2 * ((std::int64_t{1} << blocks) - 1) + 3; }
};

/// Convolutions over the spectrum (as Boeck and Davies 2020), then dilated convolutions in time with residual and skip paths.
/// Dilated convolution is a sum over rows far apart: it stays linear in length and needs no recurrence.
class BeatNetImpl : public torch::nn::Module {
public:
    explicit BeatNetImpl(const BeatNetConfig& config);
    /// spectrum: [batch, rows, bands + extras] as audio::beatSpectrum makes it -> logits [batch, rows, 2]: beat, downbeat.
    torch::Tensor forward(const torch::Tensor& spectrum);
    /// Column means and deviations of the training data.
    void setNormalisation(const torch::Tensor& mean, const torch::Tensor& deviation);
    [[nodiscard]] const BeatNetConfig& config() const { return config_; }

private:
    BeatNetConfig config_;
    torch::Tensor mean_, deviation_;
    torch::nn::Conv2d first_{nullptr}, second_{nullptr}, fold_{nullptr};
    torch::nn::Conv1d join_{nullptr}, head_{nullptr};
    torch::nn::ModuleList dilated_, points_;
};
TORCH_MODULE(BeatNet);

}  // namespace choreia::nn
