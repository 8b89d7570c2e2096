// Screen-space picking of joints: marks first, then limbs.
#include "viewport/joint_picking.h"

#include <QtMath>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace choreia::ui {

namespace {

double length(QPointF p) { return std::hypot(p.x(), p.y()); }

/// Distance of p from the segment ab.
double distanceToSegment(QPointF p, QPointF a, QPointF b) {
    const QPointF ab = b - a;
    const double square = QPointF::dotProduct(ab, ab);
    const double t = square > 0 ? std::clamp(QPointF::dotProduct(p - a, ab) / square, 0.0, 1.0) : 0.0;
    return length(p - (a + ab * t));
}

}  // namespace

int pickMark(const OrbitCamera& camera, QSizeF view, std::span<const motion::Vec3> positions, QPointF at, double reach) {
    int best = -1;
    double bestScore = std::numeric_limits<double>::max();
    for (std::size_t j = 0; j < positions.size(); ++j) {
        const auto point = camera.project(positions[j], view);
        if (!point) continue;
        const double away = length(at - *point);
        // Five centimetres of depth weigh as much as a pixel: of two marks on each other the front one is meant.
        const double score = away + 20.0 * static_cast<double>(camera.depth(positions[j]));
        if (away <= reach && score < bestScore) {
            best = static_cast<int>(j);
            bestScore = score;
        }
    }
    return best;
}

int pickJoint(const OrbitCamera& camera, QSizeF view, const motion::Skeleton& skeleton, std::span<const motion::Vec3> positions, QPointF at,
              double reach) {
    const std::size_t count = std::min(positions.size(), static_cast<std::size_t>(skeleton.size()));
    if (const int mark = pickMark(camera, view, positions.first(count), at, reach); mark >= 0) return mark;
    std::vector<std::optional<QPointF>> points(count);
    for (std::size_t j = 0; j < count; ++j) points[j] = camera.project(positions[j], view);
    int best = -1;
    double bestScore = std::numeric_limits<double>::max();

    constexpr double limbRadius = 0.05;  // metres
    for (std::size_t j = 1; j < count; ++j) {
        const auto parent = static_cast<std::size_t>(skeleton.parent(static_cast<int>(j)));
        if (!points[j] || !points[parent]) continue;
        const auto depth = static_cast<double>(camera.depth((positions[j] + positions[parent]) / 2));
        const double pixels = limbRadius * view.height() / (2 * depth * std::tan(static_cast<double>(qDegreesToRadians(kFieldOfView)) / 2));
        if (distanceToSegment(at, *points[parent], *points[j]) > pixels || depth >= bestScore) continue;
        best = static_cast<int>(parent);  // a limb turns about its upper joint
        bestScore = depth;
    }
    return best;
}

motion::JointSet jointsIn(const OrbitCamera& camera, QSizeF view, std::span<const motion::Vec3> positions, const QRectF& box) {
    motion::JointSet joints;
    for (std::size_t j = 0; j < std::min(positions.size(), joints.size()); ++j) {
        const auto point = camera.project(positions[j], view);
        joints[j] = point && box.contains(*point);
    }
    return joints;
}

}  // namespace choreia::ui
