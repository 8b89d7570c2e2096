/// The ring on the floor by which the chosen dancer is moved and turned.
#pragma once

#include "viewport/orbit_camera.h"

#include <QPointF>
#include <QSizeF>

namespace choreia::ui {

inline constexpr float kRingRadius = 0.5f;    ///< metres
inline constexpr float kKnobReaches = 0.66f;  ///< how far from the middle the arrowhead reaches that turns it

struct FloorRing {
    float x = 0, z = 0;  ///< where the dancer's pelvis is over the floor
    float turn = 0;      ///< of the dancer's place: where the arrowhead points, radians from +Z towards +X
};

enum class RingPart { None, Ring, Knob };
/// reach: logical pixels.
RingPart pickRing(const OrbitCamera& camera, QSizeF view, const FloorRing& ring, QPointF at, double reach = 8);
/// From where it was taken to where the pointer is, over the floor; nothing where one of them points at no floor within 60 m.
std::optional<motion::Vec3> ringWay(const OrbitCamera& camera, QSizeF view, QPointF taken, QPointF at);
/// The turn about the ring's middle, radians, -pi..pi.
std::optional<float> ringTurn(const OrbitCamera& camera, QSizeF view, const FloorRing& ring, QPointF taken, QPointF at);

}  // namespace choreia::ui
