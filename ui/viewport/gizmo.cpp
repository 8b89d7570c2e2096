// Picking and dragging by rays through the pointer; drawing as ribbons.
#include "viewport/gizmo.h"

#include "viewport/stage_lines.h"

#include <QtMath>

#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace choreia::ui {

namespace {

using motion::Vec3;

constexpr int kRingSteps = 64;
constexpr float kTowardsEye = 0.96f;  // cosine beyond which an arrow is only a dot

/// X coral, Y green, Z teal; under the pointer bright.
constexpr std::array<std::array<float, 3>, 3> kAxisColors = {{{1.0f, 0.478f, 0.349f}, {0.471f, 0.851f, 0.549f}, {0.310f, 0.765f, 0.780f}}};
constexpr std::array<float, 3> kHotColor = {1.0f, 0.93f, 0.70f};

Vec3 ringPoint(int axis, int step) {
    const float a = static_cast<float>(step) / kRingSteps * 2 * std::numbers::pi_v<float>;
    Vec3 p = Vec3::Zero();
    p[(axis + 1) % 3] = std::cos(a);
    p[(axis + 2) % 3] = std::sin(a);
    return p;
}

double distanceTo(QPointF p, QPointF a, QPointF b) {
    const QPointF ab = b - a;
    const double square = QPointF::dotProduct(ab, ab), t = square > 0 ? std::clamp(QPointF::dotProduct(p - a, ab) / square, 0.0, 1.0) : 0.0;
    const QPointF d = p - (a + ab * t);
    return std::hypot(d.x(), d.y());
}

bool turnedAway(const OrbitCamera& camera, const Gizmo& gizmo, const Vec3& point) {
    return (point - gizmo.center).normalized().dot((camera.eye() - gizmo.center).normalized()) < -0.2f;
}

/// Where along the line (through the centre, by the axis) it comes nearest to the pointer's ray, metres.
double along(const Gizmo& gizmo, const Vec3& axis, const Ray& ray) {
    const Vec3 between = ray.from - gizmo.center;
    const double b = static_cast<double>(axis.dot(ray.direction)), d = static_cast<double>(axis.dot(between)), e = static_cast<double>(ray.direction.dot(between));
    return (d - b * e) / std::max(1e-4, 1 - b * b);
}

}  // namespace

Gizmo gizmoAt(const OrbitCamera& camera, QSizeF view, const Vec3& center, const motion::Quat& frame) {
    const float metresPerPixel = 2 * std::tan(qDegreesToRadians(kFieldOfView) / 2) * std::max(0.1f, camera.depth(center)) / static_cast<float>(std::max(1.0, view.height()));
    return {center, frame, kGizmoPixels * metresPerPixel};
}

Vec3 axisOf(const Gizmo& gizmo, int part) {
    const Vec3 unit = Vec3::Unit(part % 3);
    return part < kFirstArrow ? Vec3(gizmo.frame * unit) : unit;
}

int pickGizmo(const OrbitCamera& camera, QSizeF view, const Gizmo& gizmo, QPointF at, double reach) {
    int best = kNoPart;
    float nearest = std::numeric_limits<float>::max();
    const auto consider = [&](int part, const Vec3& a, const Vec3& b) {
        const auto from = camera.project(a, view), to = camera.project(b, view);
        if (!from || !to || distanceTo(at, *from, *to) > reach) return;
        const float depth = camera.depth((a + b) / 2);
        if (depth >= nearest) return;
        nearest = depth;
        best = part;
    };
    for (int axis = 0; axis < 3; ++axis)
        for (int step = 0; step < kRingSteps; step += 2) {
            const Vec3 a = gizmo.center + gizmo.radius * (gizmo.frame * ringPoint(axis, step)), b = gizmo.center + gizmo.radius * (gizmo.frame * ringPoint(axis, step + 2));
            if (!turnedAway(camera, gizmo, a)) consider(axis, a, b);
        }
    for (int axis = 0; axis < 3; ++axis) {
        const Vec3 way = Vec3::Unit(axis);
        if (std::abs(way.dot((camera.eye() - gizmo.center).normalized())) > kTowardsEye) continue;
        consider(kFirstArrow + axis, gizmo.center + way * gizmo.radius * kArrowBegins, gizmo.center + way * gizmo.radius * kArrowEnds);
    }
    return best;
}

double ringAngle(const OrbitCamera& camera, QSizeF view, const Gizmo& gizmo, int part, QPointF taken, QPointF at) {
    const Vec3 axis = axisOf(gizmo, part);
    const auto onPlane = [&](QPointF point) -> Vec3 {
        const Ray ray = camera.ray(point, view);
        return ray.from + ray.direction * ((gizmo.center - ray.from).dot(axis) / ray.direction.dot(axis)) - gizmo.center;
    };
    constexpr float kEdgeOn = 0.25f;
    if (std::abs(axis.dot((camera.eye() - gizmo.center).normalized())) > kEdgeOn) {
        const Vec3 a = onPlane(taken), b = onPlane(at);
        return std::atan2(static_cast<double>(axis.dot(a.cross(b))), static_cast<double>(a.dot(b)));
    }
    // The ring's nearest point in front, and the way it goes there on the screen.
    Vec3 point = gizmo.center;
    double nearest = std::numeric_limits<double>::max();
    for (int step = 0; step < kRingSteps; ++step) {
        const Vec3 p = gizmo.center + gizmo.radius * (gizmo.frame * ringPoint(part, step));
        const auto shown = camera.project(p, view);
        if (!shown || turnedAway(camera, gizmo, p)) continue;
        const double away = std::hypot(shown->x() - taken.x(), shown->y() - taken.y());
        if (away >= nearest) continue;
        nearest = away;
        point = p;
    }
    constexpr float kStep = 0.1f;  // radians
    const auto here = camera.project(point, view), there = camera.project(point + axis.cross(point - gizmo.center) * kStep, view);
    if (!here || !there) return 0;
    const QPointF way = *there - *here;
    const double square = QPointF::dotProduct(way, way);
    return square < 1e-6 ? 0 : std::remainder(static_cast<double>(kStep) * QPointF::dotProduct(at - taken, way) / square, 2 * std::numbers::pi);
}

double arrowWay(const OrbitCamera& camera, QSizeF view, const Gizmo& gizmo, int part, QPointF taken, QPointF at) {
    const Vec3 axis = axisOf(gizmo, part);
    return along(gizmo, axis, camera.ray(at, view)) - along(gizmo, axis, camera.ray(taken, view));
}

std::vector<float> gizmoRings(int hot) {
    std::vector<float> out;
    for (int axis = 0; axis < 3; ++axis) {
        const auto& c = axis == hot ? kHotColor : kAxisColors[static_cast<std::size_t>(axis)];
        const float width = axis == hot ? 1.8f : 1;
        const auto add = [&](int step, float alpha) { addRibbonPoint(out, ringPoint(axis, step), ringPoint(axis, step - 1), ringPoint(axis, step + 1), {c[0], c[1], c[2], alpha}, width); };
        add(0, 0);  // joins the rings of one strip unseen
        for (int step = 0; step <= kRingSteps; ++step) add(step, 1);
        add(kRingSteps, 0);
    }
    return out;
}

std::vector<float> gizmoArrows(int hot) {
    constexpr float kHead = 0.30f;  // of the radius
    std::vector<float> out;
    for (int axis = 0; axis < 3; ++axis) {
        const bool bright = axis + kFirstArrow == hot;
        const auto& c = bright ? kHotColor : kAxisColors[static_cast<std::size_t>(axis)];
        const Vec3 way = Vec3::Unit(axis);
        const auto add = [&](float radius, float width, float alpha) {
            addRibbonPoint(out, way * radius, way * (radius - 0.1f), way * (radius + 0.1f), {c[0], c[1], c[2], alpha}, width);
        };
        const float width = bright ? 1.6f : 1;
        add(kArrowBegins, width, 0);
        add(kArrowBegins, width, 1);
        add(kArrowEnds - kHead, width, 1);
        add(kArrowEnds - kHead, bright ? 6.5f : 5.0f, 1);
        add(kArrowEnds, 0.05f, 1);
        add(kArrowEnds, 0.05f, 0);
    }
    return out;
}

}  // namespace choreia::ui
