/// The network `beats`: rows of the beat spectrum in, beat and downbeat activations out, at the same 100 rows a second.
#pragma once

#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include <cstdint>

namespace choreia::nn {

struct BeatNetConfig {
    std::int64_t columns = 100;   ///< of the beat spectrum: bands, flux, pitch classes
    std::int64_t filters = 64;    ///< of the first layer
    std::int64_t width = 48;      ///< channels at 100 rows a second
    std::int64_t coarse = 96;     ///< channels at 25 rows a second, where metre is found
    std::int64_t blocks = 8;      ///< dilations 1, 2, 4, ... at 25 rows a second: 8 blocks of 5 taps see 20 s either way
    std::int64_t tempoBins = 56;  ///< of the tempo of each second; see audio::tempoOfBin
    double dropout = 0.1;

    [[nodiscard]] nlohmann::json toJson() const;
    static BeatNetConfig fromJson(const nlohmann::json& json);
    /// Rows either side that an output row depends on; whole seconds, so that stretches of a song meet at whole coarse rows.
    [[nodiscard]] std::int64_t reach() const;
};

/// What the network says of a stretch of sound.
struct BeatNetOutput {
    torch::Tensor logits;  ///< [batch, rows, 2]: beat, downbeat
    torch::Tensor tempo;   ///< [batch, ceil(rows / 100), tempoBins]: logits of the tempo of each second
};

/// Two short convolutions find what begins; a row of four is taken together, and dilated convolutions with residual and skip paths find where it belongs
/// (compare Davies and Boeck 2019); back at 100 rows a second both meet. A second head names the tempo (compare Boeck, Davies and Knees 2019): what it
/// must know for that, the octave above all, the beats then know too. The spectrum's bands are channels: a two-dimensional front costs four times as much
/// as all else, and pitch is learned from transposed examples instead.
class BeatNetImpl : public torch::nn::Module {
public:
    static constexpr std::int64_t kStride = 4;           ///< rows taken together
    static constexpr std::int64_t kRowsPerTempo = 100;

    explicit BeatNetImpl(const BeatNetConfig& config);
    /// spectrum: [batch, rows, columns] as audio::beatSpectrum makes it.
    BeatNetOutput forward(const torch::Tensor& spectrum);
    /// Column means and deviations of the training data.
    void setNormalisation(const torch::Tensor& mean, const torch::Tensor& deviation);
    [[nodiscard]] const BeatNetConfig& config() const { return config_; }

private:
    BeatNetConfig config_;
    torch::Tensor mean_, deviation_;
    torch::nn::Conv1d first_{nullptr}, second_{nullptr}, down_{nullptr}, up_{nullptr}, meet_{nullptr}, head_{nullptr}, tempo1_{nullptr}, tempo2_{nullptr};
    torch::nn::ModuleList dilated_, points_;
};
TORCH_MODULE(BeatNet);

}  // namespace choreia::nn
