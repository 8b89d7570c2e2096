/// Which joint lies under the pointer, by projecting positions to the screen.
#pragma once

#include "motion/joint_set.h"
#include "motion/skeleton.h"
#include "viewport/orbit_camera.h"

#include <QRectF>

#include <span>

namespace choreia::ui {

/// The joint whose mark is nearest within `reach` logical pixels, or -1: what a drag takes hold of.
int pickMark(const OrbitCamera& camera, QSizeF view, std::span<const motion::Vec3> positions, QPointF at, double reach = 12);

/// The joint whose mark is nearest within `reach` logical pixels (of near equals the one nearer to the eye); else the joint of the limb
/// under the pointer (limbs have thickness); else -1. positions: one pose of `skeleton`.
int pickJoint(const OrbitCamera& camera, QSizeF view, const motion::Skeleton& skeleton, std::span<const motion::Vec3> positions, QPointF at,
              double reach = 12);

/// The joints whose marks lie in a rectangle of the screen (logical pixels) and before the eye. positions: 24.
motion::JointSet jointsIn(const OrbitCamera& camera, QSizeF view, std::span<const motion::Vec3> positions, const QRectF& box);

}  // namespace choreia::ui
