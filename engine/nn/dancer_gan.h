/// The dancer GAN: maps of a pose in, a picture of the dancer out; and the discriminator that it learns against.
#pragma once

#include "nn/spectral_conv.h"

#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace choreia::nn {

struct DancerGanConfig {
    std::int64_t size = 128;       ///< of the picture, square: a multiple of 8 * unshuffle
    std::int64_t unshuffle = 2;    ///< the network works at size / unshuffle; 0 in JSON: so that it works at 64 pixels, and at 128 from 512 on
    std::int64_t maps = 33;        ///< channels of a pose, drawn at size / unshuffle
    std::int64_t noise = 8;        ///< channels of noise outside the person, at the working size
    std::vector<std::int64_t> widths = {32, 64, 96, 128};  ///< channels at the working size, its half, quarter and eighth
    std::int64_t deepBlocks = 2;   ///< residual blocks at the eighth, each followed by attention
    std::int64_t canvas = 16;      ///< channels of the learned background, 32x32
    std::int64_t fine = 8;         ///< channels at the size of the picture, where two convolutions smooth what pixel-shuffle leaves in rows; 0: none
    std::int64_t middle = 0;       ///< channels at twice the working size, where a residual block refines before what is finer comes out; 0: straight to the size of the picture
    bool previous = false;         ///< the picture before is a second input
    bool layered = false;          ///< the picture comes as layers: colour, coverage and what the dancer leaves of the light on what stands behind (see overBackdrop)
    std::int64_t frame = 0;        ///< layered: side of the picture that the dancer is usually set into; `size` is then of the square around the person. 0: as size
    std::vector<std::int64_t> critic = {48, 96, 128};      ///< channels of the discriminator

    [[nodiscard]] std::int64_t working() const { return size / unshuffle; }
    [[nodiscard]] std::int64_t outputs() const { return layered ? 5 : 3; }
    [[nodiscard]] nlohmann::json toJson() const;
    static DancerGanConfig fromJson(const nlohmann::json& json);
};

/// What a picture is made from. w is the working size.
struct DancerInput {
    torch::Tensor maps;      ///< [batch, maps, w, w], 0..1; w: config.working(), or a smaller multiple of 8 for a picture smaller by as much
    torch::Tensor outside;   ///< [batch, 1, w, w]: 1 where the person surely is not; undefined: no noise
    torch::Tensor noise;     ///< [batch or 1, noise, w, w], standard normal; undefined: none
    torch::Tensor previous;  ///< [batch, 3, size, size], -1..1, or undefined: zeros
};

/// Group normalisation, SiLU, 3x3 convolution, twice, beside the input; [batch, channels, h, w].
class ResidualBlock2dImpl : public torch::nn::Module {
public:
    explicit ResidualBlock2dImpl(std::int64_t channels);
    torch::Tensor forward(const torch::Tensor& x);

private:
    torch::nn::GroupNorm norm1_{nullptr}, norm2_{nullptr};
    torch::nn::Conv2d conv1_{nullptr}, conv2_{nullptr};
};
TORCH_MODULE(ResidualBlock2d);

/// Every place looks at every other (one head, half the channels for keys): what is far apart in the picture but one in the body, agrees.
class Attention2dImpl : public torch::nn::Module {
public:
    explicit Attention2dImpl(std::int64_t channels);
    torch::Tensor forward(const torch::Tensor& x);

private:
    torch::nn::GroupNorm norm_{nullptr};
    torch::nn::Conv2d query_{nullptr}, key_{nullptr}, value_{nullptr}, out_{nullptr};
};
TORCH_MODULE(Attention2d);

/// A residual U-Net with skips that add, nearest up-sampling and attention at its lowest level. It knows where it is in the picture by two channels of
/// coordinates and a learned canvas, and what does not belong to the person may follow noise, so that grass need not be an average of grass.
class DancerGeneratorImpl : public torch::nn::Module {
public:
    explicit DancerGeneratorImpl(const DancerGanConfig& config);
    /// -> [batch, 3 or, layered, 5, size, size], -1..1.
    torch::Tensor forward(const DancerInput& input);
    [[nodiscard]] const DancerGanConfig& config() const { return config_; }

private:
    DancerGanConfig config_;
    torch::Tensor canvas_;
    torch::nn::Conv2d stem_{nullptr}, down1_{nullptr}, down2_{nullptr}, down3_{nullptr}, scene_{nullptr}, up3_{nullptr}, up2_{nullptr}, up1_{nullptr}, raise_{nullptr}, head_{nullptr}, fine_{nullptr}, colours_{nullptr};
    torch::nn::GroupNorm last_{nullptr};
    ResidualBlock2d in1_{nullptr}, in2_{nullptr}, out2_{nullptr}, out1_{nullptr}, out0_{nullptr}, refine_{nullptr};
    torch::nn::ModuleList deep_, attention_;
};
TORCH_MODULE(DancerGenerator);

/// Layers before a backdrop (Porter and Duff 1984): coverage times the colour, and behind it the backdrop in the light that is left, as far as it is not covered.
/// layers: [batch, 5, h, w] as a layered DancerGenerator gives them; backdrop: [batch, 3, h, w], -1..1 -> [batch, 3, h, w], -1..1.
torch::Tensor overBackdrop(const torch::Tensor& layers, const torch::Tensor& backdrop);
/// Of layers: how much of each pixel is the dancer, 0..1; [batch, 1, h, w].
torch::Tensor coverageOf(const torch::Tensor& layers);

/// What a discriminator says of one scale.
struct Verdict {
    torch::Tensor scores;                 ///< [batch, 1, h, w], larger is more real
    std::vector<torch::Tensor> features;  ///< what it saw on the way, for feature matching
};

/// Patches at two scales (Wang et al. 2018), spectrally normalised. It sees the pose, the picture and what of the picture is finer than 5 pixels,
/// eight times as strong: without that it hardly learns.
class DancerDiscriminatorImpl : public torch::nn::Module {
public:
    explicit DancerDiscriminatorImpl(const DancerGanConfig& config);
    /// maps: [batch, maps, w, w]; picture: [batch, 3, size, size].
    std::vector<Verdict> forward(const torch::Tensor& maps, const torch::Tensor& picture);

private:
    Verdict judge(std::size_t scale, torch::Tensor x);
    std::int64_t unshuffle_;
    std::vector<std::vector<SpectralConv2d>> scales_;
};
TORCH_MODULE(DancerDiscriminator);

/// Hinge losses (Lim and Ye 2017), means over patches and scales.
torch::Tensor hingeOfDiscriminator(const std::vector<Verdict>& real, const std::vector<Verdict>& generated);
torch::Tensor hingeOfGenerator(const std::vector<Verdict>& generated);
/// Mean absolute difference of the features, mean over layers and scales; no gradient into the real ones.
torch::Tensor featureMatching(const std::vector<Verdict>& real, const std::vector<Verdict>& generated);
/// Mean of (1 + extra * mask) |a - b|. mask: [batch, 1, h, w], 0..1.
torch::Tensor maskedL1(const torch::Tensor& a, const torch::Tensor& b, const torch::Tensor& mask, double extra);
/// The same of the contrast: in windows of 8 pixels, half over one another, the root of the mean squared difference of neighbouring pixels, whose square over the true picture's is the
/// sharpness that is measured. Says how much detail there is, not where; what is too smooth costs, and so do specks that the true picture does not have.
torch::Tensor maskedContrast(const torch::Tensor& a, const torch::Tensor& b, const torch::Tensor& mask, double extra);
/// The same of the second differences (along both axes and mixed: the norm of the Hessian). A weave or stripes of single pixels, by which a network makes up contrast that it cannot place, have several times as
/// much of these beside their contrast as true edges.
torch::Tensor maskedCurvature(const torch::Tensor& a, const torch::Tensor& b, const torch::Tensor& mask, double extra);

/// Whether gradients flow into the parameters of a module.
void setTrainable(torch::nn::Module& module, bool trainable);

}  // namespace choreia::nn
