// Plain sums in double; SSIM's windows are separable.
#include "eval/picture_quality.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <vector>

namespace choreia::eval {

namespace {

std::vector<double> luminance(const PictureView& p) {
    const std::size_t n = p.width * p.height;
    assert(p.planes.size() >= 3 * n);
    std::vector<double> out(n);
    for (std::size_t i = 0; i < n; ++i) out[i] = 0.299 * static_cast<double>(p.planes[i]) + 0.587 * static_cast<double>(p.planes[n + i]) + 0.114 * static_cast<double>(p.planes[2 * n + i]);
    return out;
}

constexpr std::size_t kWindow = 11;

/// Gaussian means over all windows that lie wholly inside.
std::vector<double> smoothed(const std::vector<double>& x, std::size_t width, std::size_t height) {
    std::array<double, kWindow> kernel{};
    double sum = 0;
    for (std::size_t i = 0; i < kWindow; ++i) sum += kernel[i] = std::exp(-0.5 * std::pow((static_cast<double>(i) - 5.0) / 1.5, 2));
    for (double& k : kernel) k /= sum;
    const std::size_t w = width - kWindow + 1, h = height - kWindow + 1;
    std::vector<double> rows(w * height), out(w * h);
    for (std::size_t y = 0; y < height; ++y)
        for (std::size_t c = 0; c < w; ++c)
            for (std::size_t i = 0; i < kWindow; ++i) rows[y * w + c] += kernel[i] * x[y * width + c + i];
    for (std::size_t y = 0; y < h; ++y)
        for (std::size_t c = 0; c < w; ++c)
            for (std::size_t i = 0; i < kWindow; ++i) out[y * w + c] += kernel[i] * rows[(y + i) * w + c];
    return out;
}

}  // namespace

double meanSquaredError(const PictureView& a, const PictureView& b, std::span<const float> mask) {
    const std::size_t n = a.width * a.height;
    assert(a.planes.size() >= 3 * n && b.planes.size() >= 3 * n && (mask.empty() || mask.size() >= n));
    double sum = 0, weight = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const double m = mask.empty() ? 1.0 : static_cast<double>(mask[i]);
        for (std::size_t c = 0; c < 3; ++c) sum += m * std::pow(static_cast<double>(a.planes[c * n + i]) - static_cast<double>(b.planes[c * n + i]), 2);
        weight += 3 * m;
    }
    return weight > 0 ? sum / weight : 0.0;
}

double psnr(double meanSquaredError) { return std::min(100.0, -10 * std::log10(std::max(meanSquaredError, 1e-12))); }

double ssim(const PictureView& a, const PictureView& b) {
    const auto x = luminance(a), y = luminance(b);
    const std::size_t n = x.size();
    std::vector<double> xx(n), yy(n), xy(n);
    for (std::size_t i = 0; i < n; ++i) {
        xx[i] = x[i] * x[i];
        yy[i] = y[i] * y[i];
        xy[i] = x[i] * y[i];
    }
    const bool small = a.width < kWindow || a.height < kWindow;
    const auto means = [&](const std::vector<double>& v) {
        if (!small) return smoothed(v, a.width, a.height);
        double sum = 0;
        for (const double value : v) sum += value;
        return std::vector<double>{sum / static_cast<double>(std::max<std::size_t>(1, n))};
    };
    const auto mx = means(x), my = means(y), mxx = means(xx), myy = means(yy), mxy = means(xy);
    constexpr double kC1 = 0.01 * 0.01, kC2 = 0.03 * 0.03;
    double sum = 0;
    for (std::size_t i = 0; i < mx.size(); ++i) {
        const double vx = mxx[i] - mx[i] * mx[i], vy = myy[i] - my[i] * my[i], cov = mxy[i] - mx[i] * my[i];
        sum += (2 * mx[i] * my[i] + kC1) * (2 * cov + kC2) / ((mx[i] * mx[i] + my[i] * my[i] + kC1) * (vx + vy + kC2));
    }
    return sum / static_cast<double>(mx.size());
}

double gradientEnergy(const PictureView& picture) {
    const auto x = luminance(picture);
    double sum = 0;
    std::size_t count = 0;
    for (std::size_t r = 0; r < picture.height; ++r)
        for (std::size_t c = 0; c < picture.width; ++c) {
            const std::size_t i = r * picture.width + c;
            if (c + 1 < picture.width) sum += std::pow(x[i + 1] - x[i], 2), ++count;
            if (r + 1 < picture.height) sum += std::pow(x[i + picture.width] - x[i], 2), ++count;
        }
    return count > 0 ? sum / static_cast<double>(count) : 0.0;
}

}  // namespace choreia::eval
