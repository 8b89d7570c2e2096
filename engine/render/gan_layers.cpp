// Lines first, then columns; only what lies inside the picture.
#include "render/gan_layers.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace choreia::render {

namespace {

constexpr float kFade = 0.04f;  // of the square's side
constexpr float kSharpening = 0.07f;

/// Cubic convolution (Keys 1981, a = -1/2) of what a slight unsharp mask has gone over; three pixels to either side.
float tap(float t, float sharpening) {
    const auto cubic = [](float u) {
        u = std::fabs(u);
        if (u < 1) return (1.5f * u - 2.5f) * u * u + 1;
        return u < 2 ? ((-0.5f * u + 2.5f) * u - 4) * u + 2 : 0.0f;
    };
    return (1 + 2 * sharpening) * cubic(t) - sharpening * (cubic(t - 1) + cubic(t + 1));
}

/// Of so many pixels of the layers to one of the picture: near their own size they lose a tenth of their contrast by being moved between pixels, and the painter is a little
/// smoother than what it learned from, which this gives back; drawn much larger it would show their pixels.
float sharpeningFor(float step) { return kSharpening * std::clamp((step - 0.35f) / 0.35f, 0.0f, 1.0f); }

/// Pixels first to last of a line of a picture, and what each takes of the layers' line.
struct Line {
    int first = 0, last = 0;
    std::vector<int> from, begin;  ///< of each: the first of the layers' pixels, and where its shares begin
    std::vector<float> shares;
};

Line lineOf(int small, float start, float side, int pixels) {
    Line line;
    line.first = std::clamp(static_cast<int>(std::floor(std::clamp(start, -1e6f, 1e6f))), 0, pixels);
    line.last = std::clamp(static_cast<int>(std::ceil(std::clamp(start + side, -1e6f, 1e6f))), line.first, pixels);
    const float step = static_cast<float>(small) / side, wide = std::max(1.0f, step), sharp = sharpeningFor(step);
    for (int i = line.first; i < line.last; ++i) {
        const float middle = (static_cast<float>(i) + 0.5f - start) * step - 0.5f;
        const int low = std::max(0, static_cast<int>(std::ceil(middle - 3 * wide))), high = std::min(small - 1, static_cast<int>(std::floor(middle + 3 * wide)));
        line.from.push_back(low);
        line.begin.push_back(static_cast<int>(line.shares.size()));
        float sum = 0;
        for (int k = low; k <= high; ++k) {
            line.shares.push_back(tap((static_cast<float>(k) - middle) / wide, sharp));
            sum += line.shares.back();
        }
        for (std::size_t k = static_cast<std::size_t>(line.begin.back()); k < line.shares.size(); ++k) line.shares[k] /= std::fabs(sum) > 1e-6f ? sum : 1.0f;
    }
    line.begin.push_back(static_cast<int>(line.shares.size()));
    return line;
}

/// 0 at the edge of the layers, 1 from kFade inwards.
std::vector<float> fadeOf(int size) {
    std::vector<float> fade(static_cast<std::size_t>(size));
    for (int i = 0; i < size; ++i) fade[static_cast<std::size_t>(i)] = std::clamp(static_cast<float>(std::min(i, size - 1 - i)) / (kFade * static_cast<float>(size)), 0.0f, 1.0f);
    return fade;
}

}  // namespace

void LayerSetter::set(std::span<const LayerPixel> layers, int size, const PictureSquare& square, Picture& out) {
    const auto side = static_cast<std::size_t>(size), width = static_cast<std::size_t>(out.width);
    assert(layers.size() >= side * side && out.rgba.size() >= 4 * width * static_cast<std::size_t>(out.height));
    if (!(square.side >= 1.0f)) return;
    const Line across = lineOf(size, square.left, square.side, out.width), down = lineOf(size, square.top, square.side, out.height);
    const auto columns = static_cast<std::size_t>(across.last - across.first);
    if (columns == 0 || down.first == down.last) return;

    const auto fade = fadeOf(size);
    small_.resize(side * side);
    for (std::size_t y = 0; y < side; ++y)
        for (std::size_t x = 0; x < side; ++x) {
            const LayerPixel& layer = layers[y * side + x];
            const float inside = fade[x] * fade[y], coverage = 0.5f * (layer[3] + 1) * inside, light = 1 - (0.5f - 0.5f * layer[4]) * inside;
            const float shown = 127.5f * coverage;
            small_[y * side + x] = {shown * (layer[0] + 1), shown * (layer[1] + 1), shown * (layer[2] + 1), (1 - coverage) * light};
        }
    wide_.resize(side * columns);
    for (std::size_t y = 0; y < side; ++y)
        for (std::size_t x = 0; x < columns; ++x) {
            Veil sum{};
            const Veil* from = small_.data() + y * side + static_cast<std::size_t>(across.from[x]);
            for (int k = across.begin[x]; k < across.begin[x + 1]; ++k, ++from)
                for (std::size_t c = 0; c < 4; ++c) sum[c] += across.shares[static_cast<std::size_t>(k)] * (*from)[c];
            wide_[y * columns + x] = sum;
        }
    row_.resize(columns);
    for (int y = down.first; y < down.last; ++y) {
        const auto i = static_cast<std::size_t>(y - down.first);
        std::fill(row_.begin(), row_.end(), Veil{});
        const Veil* from = wide_.data() + static_cast<std::size_t>(down.from[i]) * columns;
        for (int k = down.begin[i]; k < down.begin[i + 1]; ++k, from += columns)
            for (std::size_t x = 0; x < columns; ++x)
                for (std::size_t c = 0; c < 4; ++c) row_[x][c] += down.shares[static_cast<std::size_t>(k)] * from[x][c];
        std::uint8_t* pixel = out.rgba.data() + 4 * (static_cast<std::size_t>(y) * width + static_cast<std::size_t>(across.first));
        for (std::size_t x = 0; x < columns; ++x, pixel += 4) {
            const float through = std::clamp(row_[x][3], 0.0f, 1.0f);
            const float opacity = 255.0f - through * (255.0f - static_cast<float>(pixel[3]));
            for (std::size_t c = 0; c < 3; ++c) pixel[c] = static_cast<std::uint8_t>(std::clamp(row_[x][c] + through * static_cast<float>(pixel[c]) + 0.5f, 0.0f, opacity));
            pixel[3] = static_cast<std::uint8_t>(opacity + 0.5f);
        }
    }
}

}  // namespace choreia::render
