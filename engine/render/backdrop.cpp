// Photographs are made smaller by means over areas and larger by straight lines between pixels.
#include "render/backdrop.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace choreia::render {

namespace {

/// A pixel's share of a line of the photograph: from which pixel on, and with which weights.
struct Span {
    int first = 0;
    std::vector<float> weights;
};

/// Pixel i covers [start + i * step, start + (i + 1) * step) of a line of so many pixels; at least one pixel wide.
std::vector<Span> spansOf(int count, int pixels, double start, double step) {
    std::vector<Span> spans(static_cast<std::size_t>(count));
    const double half = 0.5 * std::max(1.0, step);
    for (int i = 0; i < count; ++i) {
        const double middle = start + (i + 0.5) * step, from = std::clamp(middle - half, 0.0, pixels - 1.0), to = std::clamp(middle + half, from + 1e-3, static_cast<double>(pixels));
        auto& span = spans[static_cast<std::size_t>(i)];
        span.first = static_cast<int>(from);
        for (int p = span.first; p < pixels && p < to; ++p) span.weights.push_back(static_cast<float>((std::min(to, p + 1.0) - std::max(from, static_cast<double>(p))) / (to - from)));
    }
    return spans;
}

Picture photographIn(const io::RgbPicture& from, int width, int height) {
    const double step = std::min(static_cast<double>(from.width) / width, static_cast<double>(from.height) / height);
    const auto columns = spansOf(width, from.width, 0.5 * (from.width - step * width), step), rows = spansOf(height, from.height, 0.5 * (from.height - step * height), step);
    Picture out{width, height, std::vector<std::uint8_t>(4 * static_cast<std::size_t>(width) * static_cast<std::size_t>(height), 255)};
    // One line of the photograph's columns at a time, as the mean of its rows; then along it.
    std::vector<float> line(3 * static_cast<std::size_t>(from.width));
    for (int y = 0; y < height; ++y) {
        std::fill(line.begin(), line.end(), 0.0f);
        const auto& row = rows[static_cast<std::size_t>(y)];
        for (std::size_t k = 0; k < row.weights.size(); ++k) {
            const std::uint8_t* pixels = from.rgb.data() + line.size() * (static_cast<std::size_t>(row.first) + k);
            for (std::size_t i = 0; i < line.size(); ++i) line[i] += row.weights[k] * static_cast<float>(pixels[i]);
        }
        for (int x = 0; x < width; ++x) {
            const auto& column = columns[static_cast<std::size_t>(x)];
            std::uint8_t* pixel = out.rgba.data() + 4 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x));
            for (std::size_t c = 0; c < 3; ++c) {
                float sum = 0;
                for (std::size_t k = 0; k < column.weights.size(); ++k) sum += column.weights[k] * line[3 * (static_cast<std::size_t>(column.first) + k) + c];
                pixel[c] = static_cast<std::uint8_t>(std::clamp(sum + 0.5f, 0.0f, 255.0f));
            }
        }
    }
    return out;
}

}  // namespace

Result<Backdrop> backdropNamed(const std::string& name) {
    if (name.empty() || name == "stage") return Backdrop{};
    Backdrop backdrop;
    if (name == "transparent") {
        backdrop.kind = Backdrop::Kind::Nothing;
        return backdrop;
    }
    if (name.front() == '#') {
        std::uint32_t value = 0;
        const auto [end, fault] = std::from_chars(name.data() + 1, name.data() + name.size(), value, 16);
        if (name.size() != 7 || fault != std::errc() || end != name.data() + name.size()) return usageError("background", "is no colour", "#rrggbb", name);
        backdrop.kind = Backdrop::Kind::Colour;
        backdrop.colour = {static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)};
        return backdrop;
    }
    CHOREIA_ASSIGN(auto photograph, io::readPicture(name));
    backdrop.kind = Backdrop::Kind::Photograph;
    backdrop.photograph = std::make_shared<const io::RgbPicture>(std::move(photograph));
    return backdrop;
}

std::optional<Picture> pictureOf(const Backdrop& backdrop, int width, int height) {
    if (backdrop.kind == Backdrop::Kind::Stage || width < 1 || height < 1) return std::nullopt;
    if (backdrop.kind == Backdrop::Kind::Photograph) return photographIn(*backdrop.photograph, width, height);
    const bool nothing = backdrop.kind == Backdrop::Kind::Nothing;
    Picture out{width, height, std::vector<std::uint8_t>(4 * static_cast<std::size_t>(width) * static_cast<std::size_t>(height), nothing ? 0 : 255)};
    if (nothing) return out;
    for (std::size_t i = 0; i < out.rgba.size(); ++i)
        if (i % 4 < 3) out.rgba[i] = backdrop.colour[i % 4];
    return out;
}

void toStraight(Picture& picture) {
    const auto width = static_cast<std::size_t>(picture.width), height = static_cast<std::size_t>(picture.height);
    for (std::size_t top = 0; top < height; top += 2)
        for (std::size_t left = 0; left < width; left += 2) {
            std::array<std::uint8_t*, 4> pixels{};
            std::size_t count = 0;
            std::array<int, 4> sum{};
            bool clear = false;
            for (std::size_t y = top; y < std::min(top + 2, height); ++y)
                for (std::size_t x = left; x < std::min(left + 2, width); ++x) {
                    std::uint8_t* pixel = pixels[count++] = picture.rgba.data() + 4 * (y * width + x);
                    for (std::size_t c = 0; c < 4; ++c) sum[c] += pixel[c];
                    clear |= pixel[3] == 0;
                    if (const int opacity = pixel[3]; opacity > 0 && opacity < 255)
                        for (std::size_t c = 0; c < 3; ++c) pixel[c] = static_cast<std::uint8_t>(std::min(255, (255 * pixel[c] + opacity / 2) / opacity));
                }
            if (!clear || sum[3] == 0) continue;
            for (std::size_t k = 0; k < count; ++k)
                if (pixels[k][3] == 0)
                    for (std::size_t c = 0; c < 3; ++c) pixels[k][c] = static_cast<std::uint8_t>(std::min(255, (255 * sum[c] + sum[3] / 2) / sum[3]));
        }
}

}  // namespace choreia::render
