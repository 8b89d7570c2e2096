/// Full-body inverse kinematics: a joint is taken by hand to another place and the body goes along as little as it must.
#pragma once

#include "motion/pose_edit.h"
#include "motion/skeleton.h"

#include <span>
#include <vector>

namespace choreia::motion {

/// The pose near `start` in which `joint` stands at `target` (world, metres) and each of `held` where it stood in `start`.
///
/// Damped least squares (Levenberg-Marquardt; Buss 2004, "Introduction to inverse kinematics with Jacobian transpose, pseudoinverse and damped least squares
/// methods") over turns of all joints and the pelvis's place. Limbs turn easily, the spine less, the pelvis moves last; the centre of mass is drawn towards where
/// it stood over the floor. Elbows and knees are hinges that neither overstretch nor fold beyond 150 degrees; other joints keep within cones
/// (or where `start` had them, if that is further). Held feet end in their places (a nearly straight leg: to 3 mm), turned in the world as they were; a target out of reach is approached.
///
/// skeleton: 24 joints. joint: not in held (it is ignored there). The same input gives the same pose. Cost: 0.1 to 0.5 ms.
Pose reach(const Skeleton& skeleton, const Pose& start, int joint, const Vec3& target, std::span<const int> held);

/// What a person expects to stay when this joint is taken: both ankles, less the one of the joint's own leg.
std::vector<int> heldFor(int joint);

}  // namespace choreia::motion
