// Everything on the floor's plane, except the reach, which is the screen's.
#include "viewport/floor_ring.h"

#include <cmath>
#include <numbers>

namespace choreia::ui {

namespace {

QPointF flat(const FloorRing& ring, const motion::Vec3& p) { return {static_cast<double>(p.x() - ring.x), static_cast<double>(p.z() - ring.z)}; }

}  // namespace

RingPart pickRing(const OrbitCamera& camera, QSizeF view, const FloorRing& ring, QPointF at, double reach) {
    const auto near = [&](float radius, float angle, double slack) {
        const auto shown = camera.project({ring.x + radius * std::sin(angle), 0, ring.z + radius * std::cos(angle)}, view);
        return shown && std::hypot(shown->x() - at.x(), shown->y() - at.y()) <= slack;
    };
    if (near(0.5f * (kRingRadius + kKnobReaches), ring.turn, reach + 3)) return RingPart::Knob;
    constexpr int kSteps = 72;
    for (int step = 0; step < kSteps; ++step)
        if (near(kRingRadius, static_cast<float>(step) / kSteps * 2 * std::numbers::pi_v<float>, reach)) return RingPart::Ring;
    return RingPart::None;
}

std::optional<motion::Vec3> ringWay(const OrbitCamera& camera, QSizeF view, QPointF taken, QPointF at) {
    const auto from = camera.onFloor(taken, view), to = camera.onFloor(at, view);
    if (!from || !to) return {};
    return *to - *from;
}

std::optional<float> ringTurn(const OrbitCamera& camera, QSizeF view, const FloorRing& ring, QPointF taken, QPointF at) {
    const auto from = camera.onFloor(taken, view), to = camera.onFloor(at, view);
    if (!from || !to) return {};
    const QPointF a = flat(ring, *from), b = flat(ring, *to);
    // From +Z towards +X.
    return static_cast<float>(std::remainder(std::atan2(b.x(), b.y()) - std::atan2(a.x(), a.y()), 2 * std::numbers::pi));
}

}  // namespace choreia::ui
