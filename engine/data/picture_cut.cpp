// Squares of pictures: where they lie, and their pixels.
#include "data/picture_samples.h"

#include <algorithm>
#include <cmath>

namespace choreia::data {

std::array<float, 2> CutSquare::toSquare(float px, float py) const {
    const float dx = px - x, dy = py - y, c = std::cos(angle), s = std::sin(angle);
    const float u = (c * dx - s * dy) / side, v = (s * dx + c * dy) / side;
    return {0.5f + (mirrored ? -u : u), 0.5f + v};
}

std::array<float, 2> CutSquare::toPicture(float u, float v) const {
    const float du = (mirrored ? 0.5f - u : u - 0.5f) * side, dv = (v - 0.5f) * side, c = std::cos(angle), s = std::sin(angle);
    return {x + c * du + s * dv, y - s * du + c * dv};
}

void cutPlanes(std::span<const std::uint8_t> rgb, int width, int height, const CutSquare& square, int side, std::span<std::uint8_t> out) {
    const auto plane = static_cast<std::size_t>(side) * static_cast<std::size_t>(side);
    const int taps = std::clamp(static_cast<int>(std::lround(square.side / static_cast<float>(side))), 1, 8);
    const float unit = 1.0f / static_cast<float>(side * taps);
    const auto origin = square.toPicture(0.5f * unit, 0.5f * unit), right = square.toPicture(1.5f * unit, 0.5f * unit), down = square.toPicture(0.5f * unit, 1.5f * unit);
    const float rx = right[0] - origin[0], ry = right[1] - origin[1], dx = down[0] - origin[0], dy = down[1] - origin[1];
    const auto column = [&](int x) { return 3 * static_cast<std::size_t>(std::clamp(x, 0, width - 1)); };
    const auto row = [&](int y) { return rgb.data() + 3 * static_cast<std::size_t>(std::clamp(y, 0, height - 1)) * static_cast<std::size_t>(width); };
    const float share = 1.0f / static_cast<float>(taps * taps);
    for (int v = 0; v < side; ++v)
        for (int u = 0; u < side; ++u) {
            float sum[3] = {0, 0, 0};
            for (int j = 0; j < taps; ++j)
                for (int i = 0; i < taps; ++i) {
                    const auto a = static_cast<float>(u * taps + i), b = static_cast<float>(v * taps + j);
                    // Far outside the edge goes on; bounded, so that the whole numbers below are sound.
                    const float px = std::clamp(origin[0] + a * rx + b * dx - 0.5f, -1.0f, static_cast<float>(width));
                    const float py = std::clamp(origin[1] + a * ry + b * dy - 0.5f, -1.0f, static_cast<float>(height));
                    const int x = static_cast<int>(px + 1) - 1, y = static_cast<int>(py + 1) - 1;
                    const float fx = px - static_cast<float>(x), fy = py - static_cast<float>(y);
                    const std::uint8_t *above = row(y), *below = row(y + 1);
                    const std::size_t left = column(x), next = column(x + 1);
                    for (std::size_t k = 0; k < 3; ++k)
                        sum[k] += (static_cast<float>(above[left + k]) * (1 - fx) + static_cast<float>(above[next + k]) * fx) * (1 - fy) +
                                  (static_cast<float>(below[left + k]) * (1 - fx) + static_cast<float>(below[next + k]) * fx) * fy;
                }
            const auto at = static_cast<std::size_t>(v) * static_cast<std::size_t>(side) + static_cast<std::size_t>(u);
            for (std::size_t k = 0; k < 3; ++k) out[k * plane + at] = static_cast<std::uint8_t>(sum[k] * share + 0.5f);
        }
}

CutSquare squareRound(std::span<const std::array<float, 2>> points) {
    float x0 = 1e9f, x1 = -1e9f, y0 = 1e9f, y1 = -1e9f;
    for (const auto& [x, y] : points) {
        x0 = std::min(x0, x), x1 = std::max(x1, x);
        y0 = std::min(y0, y), y1 = std::max(y1, y);
    }
    if (points.empty()) return {0, 0, 8, 0, false};
    return {0.5f * (x0 + x1), 0.5f * (y0 + y1), std::max(8.0f, std::max(x1 - x0, y1 - y0)), 0, false};
}

}  // namespace choreia::data
