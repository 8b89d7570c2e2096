/// The gizmo of the chosen joint as geometry: three rings about its own axes and three arrows along the stage's, of the same size on the screen wherever they are.
#pragma once

#include "motion/types.h"
#include "viewport/orbit_camera.h"

#include <vector>

namespace choreia::ui {

/// Parts: 0, 1, 2 the rings about X, Y, Z of the joint; 3, 4, 5 the arrows along X, Y, Z of the stage; -1 none.
inline constexpr int kNoPart = -1, kFirstArrow = 3;
inline constexpr float kGizmoPixels = 40;                    ///< radius of the rings, logical
inline constexpr float kArrowBegins = 1.25f, kArrowEnds = 1.95f;  ///< radii from the centre

struct Gizmo {
    motion::Vec3 center = motion::Vec3::Zero();
    motion::Quat frame = motion::Quat::Identity();  ///< of the rings: the joint's world rotation
    float radius = 0.1f;                            ///< metres
};

Gizmo gizmoAt(const OrbitCamera& camera, QSizeF view, const motion::Vec3& center, const motion::Quat& frame);
/// World, unit: what a part turns about or moves along.
motion::Vec3 axisOf(const Gizmo& gizmo, int part);
/// The part under the pointer; of several the one nearest to the eye. Arrows that point at the eye, and halves of rings behind the joint, are not to be taken.
int pickGizmo(const OrbitCamera& camera, QSizeF view, const Gizmo& gizmo, QPointF at, double reach = 6);
/// How far a ring is turned when it was taken at one point and the pointer is at another: radians about axisOf(), -pi..pi. In the ring's plane; where that is seen
/// from its edge, along the line it is seen as.
double ringAngle(const OrbitCamera& camera, QSizeF view, const Gizmo& gizmo, int part, QPointF taken, QPointF at);
/// How far an arrow is drawn along its axis, metres.
double arrowWay(const OrbitCamera& camera, QSizeF view, const Gizmo& gizmo, int part, QPointF taken, QPointF at);

/// Vertices of the rings (unit circles about X, Y, Z) and of the arrows for the ribbon shader, each one strip; the part under the pointer is bright and wide.
std::vector<float> gizmoRings(int hot);
std::vector<float> gizmoArrows(int hot);

}  // namespace choreia::ui
