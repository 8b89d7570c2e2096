// Builds the vertex arrays of trail, gizmo and marks.
#include "viewport/stage_lines.h"

#include "motion/skeleton.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace choreia::ui {

namespace {

using motion::Vec3;

void addRibbonPoint(std::vector<float>& out, const Vec3& here, const Vec3& previous, const Vec3& next, const std::array<float, 4>& tint) {
    for (const float side : {-1.0f, 1.0f}) {
        for (const Vec3& p : {here, previous, next}) out.insert(out.end(), {p.x(), p.y(), p.z()});
        out.insert(out.end(), tint.begin(), tint.end());
        out.push_back(side);
    }
}

void addQuad(std::vector<float>& out, const Vec3& place, float kind, float number) {
    static constexpr float corners[6][2] = {{-1, -1}, {1, -1}, {-1, 1}, {1, -1}, {1, 1}, {-1, 1}};
    for (const auto& corner : corners) out.insert(out.end(), {place.x(), place.y(), place.z(), corner[0], corner[1], kind, number});
}

}  // namespace

std::vector<float> trailRibbon(std::span<const Vec3> points) {
    std::vector<float> out;
    const std::size_t n = points.size();
    out.reserve(n * 28);
    for (std::size_t i = 0; i < n; ++i) {
        const auto toEnd = static_cast<float>(std::min(i, n - 1 - i)) / (0.35f * static_cast<float>(n));
        addRibbonPoint(out, points[i], points[i == 0 ? 0 : i - 1], points[std::min(i + 1, n - 1)],
                       {0.949f, 0.757f, 0.306f, 0.95f * std::min(1.0f, 0.15f + toEnd)});
    }
    return out;
}

std::vector<float> gizmoRings() {
    static constexpr std::array<std::array<float, 3>, 3> colors = {{{1.0f, 0.478f, 0.349f}, {0.471f, 0.851f, 0.549f}, {0.310f, 0.765f, 0.780f}}};
    constexpr int steps = 64;
    std::vector<float> out;
    for (int axis = 0; axis < 3; ++axis) {
        const auto point = [axis](int step) {
            const float a = static_cast<float>(step) / steps * 2 * std::numbers::pi_v<float>;
            Vec3 p = Vec3::Zero();
            p[(axis + 1) % 3] = std::cos(a);
            p[(axis + 2) % 3] = std::sin(a);
            return p;
        };
        const auto& c = colors[static_cast<std::size_t>(axis)];
        const auto add = [&](int step, float alpha) {
            addRibbonPoint(out, point(step), point(step - 1), point(step + 1), {c[0], c[1], c[2], alpha});
        };
        add(0, 0);  // joins the rings of one strip unseen
        for (int step = 0; step <= steps; ++step) add(step, 1);
        add(steps, 0);
    }
    return out;
}

std::vector<float> jointAndContactMarks() {
    std::vector<float> out;
    for (int k = 0; k < 4; ++k) addQuad(out, Vec3::Zero(), 1, static_cast<float>(k));
    for (int j = 0; j < motion::kJoints; ++j) addQuad(out, Vec3::Zero(), 0, static_cast<float>(j));
    return out;
}

std::vector<float> beatMarks(std::span<const Vec3> points) {
    std::vector<float> out;
    for (const Vec3& p : points) addQuad(out, p, 2, 0);
    return out;
}

}  // namespace choreia::ui
