/// A joint's rotation in three angles that a person can read.
#pragma once

#include "motion/skeleton.h"
#include "motion/types.h"

namespace choreia::ui {

/// Degrees. twist: about the bone's own axis; bend: of the bone forwards (positive) or back; swing: of the bone sideways or up.
struct JointAngles {
    double bend = 0, twist = 0, swing = 0;
};

/// The bone of a joint: from it to its (first) child at rest, unit; up for joints at the end of a chain.
[[nodiscard]] motion::Vec3 boneAxis(const motion::Skeleton& skeleton, int joint);

/// Swing-twist split of a local rotation: rotation = swing * twist with the twist about axis; the swing's rotation vector is then read
/// along the two directions across the bone. axis: unit.
[[nodiscard]] JointAngles jointAngles(const motion::Quat& rotation, const motion::Vec3& axis);

/// The rotation that jointAngles() reads so: the inverse.
[[nodiscard]] motion::Quat rotationOf(const JointAngles& angles, const motion::Vec3& axis);

}  // namespace choreia::ui
