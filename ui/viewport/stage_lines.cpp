// Builds the vertex arrays of trail, floor and marks.
#include "viewport/stage_lines.h"

#include "motion/skeleton.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace choreia::ui {

namespace {

using motion::Vec3;

void addQuad(std::vector<float>& out, const Vec3& place, float kind, float number) {
    static constexpr float corners[6][2] = {{-1, -1}, {1, -1}, {-1, 1}, {1, -1}, {1, 1}, {-1, 1}};
    for (const auto& corner : corners) out.insert(out.end(), {place.x(), place.y(), place.z(), corner[0], corner[1], kind, number});
}

}  // namespace

void addRibbonPoint(std::vector<float>& out, const Vec3& here, const Vec3& previous, const Vec3& next, const std::array<float, 4>& tint, float width) {
    for (const float side : {-width, width}) {
        for (const Vec3& p : {here, previous, next}) out.insert(out.end(), {p.x(), p.y(), p.z()});
        out.insert(out.end(), tint.begin(), tint.end());
        out.push_back(side);
    }
}

void addLabel(std::vector<float>& out, const Vec3& place, int number) { addQuad(out, place, 3, static_cast<float>(number)); }

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

std::vector<float> floorSquare() {
    constexpr float kHalf = 0.8f;
    static constexpr float corners[6][2] = {{-1, -1}, {-1, 1}, {1, -1}, {1, -1}, {-1, 1}, {1, 1}};
    std::vector<float> out;
    for (const auto& corner : corners) out.insert(out.end(), {kHalf * corner[0], 0, kHalf * corner[1]});
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
