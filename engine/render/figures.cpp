// Strokes as polylines; a pixel's cover is its distance to the nearest one. Units: a figure's height is 1, y grows downwards.
#include "render/figures.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace choreia::render {

namespace {

struct Point {
    float x = 0, y = 0;
};
using Stroke = std::vector<Point>;
using Glyph = std::vector<Stroke>;

constexpr float kWeight = 0.13f, kHalfWeight = 0.5f * kWeight, kAdvance = 0.68f, kStopAdvance = 0.30f;
constexpr float kTopLine = kHalfWeight, kBaseLine = 1 - kHalfWeight;

/// Part of a rounded oval, a little squarer than an ellipse (Lamé's curve), from one angle to another in degrees, clockwise from the right.
Stroke arc(float x, float y, float rx, float ry, float from, float to) {
    constexpr float kPower = 2 / 2.3f;
    constexpr int kSteps = 40;
    const auto bent = [](float v) { return std::copysign(std::pow(std::abs(v), kPower), v); };
    Stroke out;
    for (int i = 0; i <= kSteps; ++i) {
        const float a = (from + (to - from) * static_cast<float>(i) / kSteps) * std::numbers::pi_v<float> / 180;
        out.push_back({x + rx * bent(std::cos(a)), y + ry * bent(std::sin(a))});
    }
    return out;
}

Stroke joined(Stroke a, const Stroke& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

Glyph six() { return {arc(0.34f, 0.665f, 0.235f, 0.27f, 0, 360), {{0.485f, 0.0f}, {0.145f, 0.53f}}}; }

Glyph turned(Glyph glyph) {
    for (auto& stroke : glyph)
        for (auto& p : stroke) p = {kAdvance - p.x, 1 - p.y};
    return glyph;
}

const std::array<Glyph, 10>& glyphs() {
    static const std::array<Glyph, 10> all = {
        Glyph{arc(0.34f, 0.5f, 0.235f, 0.5f - kHalfWeight, 0, 360)},
        Glyph{{{0.13f, 0.235f}, {0.385f, 0.055f}}, {{0.385f, 0}, {0.385f, 1}}},
        Glyph{joined(arc(0.335f, 0.295f, 0.225f, 0.23f, 190, 395), {{0.125f, kBaseLine}, {0.59f, kBaseLine}})},
        Glyph{arc(0.325f, 0.278f, 0.205f, 0.213f, 200, 448), arc(0.325f, 0.702f, 0.24f, 0.233f, -88, 162), {{0.225f, 0.48f}, {0.34f, 0.48f}}},
        Glyph{{{0.445f, 0}, {0.445f, 1}}, {{0.425f, 0.05f}, {0.10f, 0.735f}, {0.64f, 0.735f}}},
        Glyph{{{0.56f, kTopLine}, {0.165f, kTopLine}, {0.14f, 0.49f}}, arc(0.325f, 0.665f, 0.24f, 0.27f, 218, 517)},
        six(),
        Glyph{{{0.085f, kTopLine}, {0.575f, kTopLine}, {0.235f, 1}}},
        Glyph{arc(0.34f, 0.27f, 0.195f, 0.205f, 0, 360), arc(0.34f, 0.703f, 0.238f, 0.232f, 0, 360)},
        turned(six())};
    return all;
}

/// Distance to a stroke's middle line; a stroke ends straight across where it ends, and its corners are round.
float distanceTo(const Stroke& stroke, Point p) {
    float nearest = 1e9f;
    for (std::size_t i = 0; i + 1 < stroke.size(); ++i) {
        const Point a = stroke[i], b = stroke[i + 1];
        const float dx = b.x - a.x, dy = b.y - a.y, length = std::hypot(dx, dy);
        if (length < 1e-6f) continue;
        const float along = ((p.x - a.x) * dx + (p.y - a.y) * dy) / length, across = std::abs((p.x - a.x) * dy - (p.y - a.y) * dx) / length;
        const float beyond = std::max(-along, along - length);  // of the segment's ends
        const bool end = along < 0 ? i == 0 : i + 2 == stroke.size();
        // Beyond an end the distance grows at once, as if the stroke were half its weight away.
        nearest = std::min(nearest, beyond <= 0 ? across : end ? std::max(across, beyond + kHalfWeight) : std::hypot(across, beyond));
    }
    return nearest;
}

float advanceOf(char c) { return c == '.' ? kStopAdvance : kAdvance; }

}  // namespace

float figureWidth(std::string_view text, float high) {
    float sum = 0;
    for (const char c : text) sum += advanceOf(c);
    return sum * high;
}

FigureMask figureMask(std::string_view text, float high) {
    FigureMask mask{static_cast<int>(std::ceil(figureWidth(text, high))), static_cast<int>(std::ceil(high)), {}};
    mask.cover.assign(static_cast<std::size_t>(mask.width) * static_cast<std::size_t>(mask.height), 0);
    float left = 0;
    for (const char c : text) {
        const float right = left + advanceOf(c);
        const int first = std::max(0, static_cast<int>(left * high)), last = std::min(mask.width, static_cast<int>(std::ceil(right * high)));
        for (int y = 0; y < mask.height; ++y)
            for (int x = first; x < last; ++x) {
                const Point p{(static_cast<float>(x) + 0.5f) / high - left, (static_cast<float>(y) + 0.5f) / high};
                float away = 1e9f;
                if (c >= '0' && c <= '9')
                    for (const auto& stroke : glyphs()[static_cast<std::size_t>(c - '0')]) away = std::min(away, distanceTo(stroke, p) - kHalfWeight);
                else if (c == '.')
                    away = std::hypot(p.x - 0.5f * kStopAdvance, p.y - (1 - 0.085f)) - 0.085f;
                const float cover = std::clamp(0.5f - away * high, 0.0f, 1.0f);
                auto& out = mask.cover[static_cast<std::size_t>(y) * static_cast<std::size_t>(mask.width) + static_cast<std::size_t>(x)];
                out = std::max(out, static_cast<std::uint8_t>(255 * cover + 0.5f));
            }
        left = right;
    }
    return mask;
}

}  // namespace choreia::render
