// Figures are seven segments, as the dancers' numbers have them; a strip joins its strokes unseen.
#include "viewport/stage_edge.h"

#include "viewport/stage_lines.h"

#include <QtMath>

#include <cmath>
#include <numbers>
#include <string>

namespace choreia::ui {

namespace {

using motion::Vec3;

struct Stroke {
    float ax, ay, bx, by;
};

constexpr float kFigureWide = 0.55f, kFigureGap = 0.32f;
/// Top, upper right, lower right, bottom, lower left, upper left, middle; of a figure one high.
constexpr Stroke kSegments[7] = {{0, 1, kFigureWide, 1}, {kFigureWide, 1, kFigureWide, 0.5f}, {kFigureWide, 0.5f, kFigureWide, 0}, {0, 0, kFigureWide, 0},
                                 {0, 0.5f, 0, 0},        {0, 1, 0, 0.5f},                       {0, 0.5f, kFigureWide, 0.5f}};
constexpr int kLitSegments[10] = {63, 6, 91, 79, 102, 109, 125, 7, 127, 111};

struct Sign {
    std::vector<Stroke> strokes;
    float wide = 0;
};

Sign signOf(char c) {
    if (c == 'x') return {{{0, 0.1f, 0.5f, 0.6f}, {0, 0.6f, 0.5f, 0.1f}}, 0.5f};
    if (c == 'm') return {{{0, 0, 0, 0.65f}, {0, 0.65f, 0.8f, 0.65f}, {0.4f, 0.65f, 0.4f, 0}, {0.8f, 0.65f, 0.8f, 0}}, 0.8f};
    Sign sign;
    if (c < '0' || c > '9') return sign;
    sign.wide = kFigureWide;
    for (int i = 0; i < 7; ++i)
        if (kLitSegments[c - '0'] >> i & 1) sign.strokes.push_back(kSegments[i]);
    if (c == '1') {  // is as narrow as it looks
        for (Stroke& stroke : sign.strokes) stroke.ax = stroke.bx = 0;
        sign.wide = 0;
    }
    return sign;
}

std::string textOf(const StageSize& size) { return std::to_string(size.width) + " x " + std::to_string(size.depth) + " m"; }

}  // namespace

std::vector<float> stageLabel(const StageSize& size) {
    std::vector<float> out;
    float x = 0;
    for (const char c : textOf(size)) {
        const Sign sign = signOf(c);
        for (const Stroke& stroke : sign.strokes) {
            const Vec3 a(x + stroke.ax, stroke.ay, 0), b(x + stroke.bx, stroke.by, 0), way = (b - a).normalized() * 0.07f;  // square ends close the corners
            const auto add = [&](const Vec3& here, float alpha) { addRibbonPoint(out, here, a - way, b + way, {0.851f, 0.867f, 0.902f, alpha}); };
            add(a - way, 0);
            add(a - way, 1);
            add(b + way, 1);
            add(b + way, 0);
        }
        x += sign.wide + kFigureGap;
    }
    return out;
}

float stageLabelLength(const StageSize& size) {
    float x = -kFigureGap;
    for (const char c : textOf(size)) x += signOf(c).wide + kFigureGap;
    return x;
}

Vec3 stageLabelPlace(const OrbitCamera& camera, QSizeF view, const StageSize& size) {
    // The edge across the view that is behind the middle, walked along from its left end.
    constexpr double quarter = std::numbers::pi / 2;
    const int side = static_cast<int>(std::lround(camera.value().yaw / quarter));
    const auto turn = static_cast<float>(side * quarter);
    const Vec3 towards(std::sin(turn), 0, std::cos(turn)), right(std::cos(turn), 0, -std::sin(turn));
    const bool sideways = side % 2 != 0;
    const float back = 0.5f * static_cast<float>(sideways ? size.width : size.depth), half = 0.5f * static_cast<float>(sideways ? size.depth : size.width);
    const Vec3 left = -towards * back - right * half;
    constexpr float kStep = 0.1f;
    const double room = static_cast<double>(kStageLabelPixels), margin = 1.6 * room, length = static_cast<double>(stageLabelLength(size)) * room;
    constexpr double kDancer = 0.16;  // of the picture's width to either side of its middle, where a dancer would hide it
    std::optional<Vec3> hidden;
    for (float along = 0; along < 2 * half; along += kStep) {
        const Vec3 here = left + right * along;
        const auto shown = camera.project(here, view);
        if (!shown || shown->x() < margin || shown->x() + length + margin > view.width() || shown->y() < 3 * room || shown->y() > view.height() - margin) continue;
        if (shown->x() + length < (0.5 - kDancer) * view.width() || shown->x() > (0.5 + kDancer) * view.width()) return here;
        if (!hidden) hidden = here;
    }
    return hidden.value_or(left);
}

}  // namespace choreia::ui
