/// How near a generated picture is to the true one: PSNR, inside the person too, SSIM, sharpness.
#pragma once

#include <cstddef>
#include <span>

namespace choreia::eval {

/// A picture's numbers, 0..1: three planes (red, green, blue), each [height, width].
struct PictureView {
    std::span<const float> planes;
    std::size_t width = 0, height = 0;
};

/// Mean squared error over all channels, weighted by mask [height, width] where it is not empty (0..1); 0 where the mask is.
double meanSquaredError(const PictureView& a, const PictureView& b, std::span<const float> mask = {});
/// 10 log10(1 / mse); at most 100 dB.
double psnr(double meanSquaredError);
/// Mean structural similarity of the luminance (Wang et al. 2004): Gaussian windows of 11 pixels and sigma 1.5, K1 0.01, K2 0.03, windows wholly inside.
/// A picture smaller than a window counts as one window, evenly weighted.
double ssim(const PictureView& a, const PictureView& b);
/// Mean of the squared differences of neighbouring pixels' luminance, right and down. Sharpness is its ratio, generated over true.
double gradientEnergy(const PictureView& picture);

}  // namespace choreia::eval
