/// Forward kinematics, and the two-bone inverse kinematics of arms and legs.
#pragma once

#include "motion/clip.h"
#include "motion/skeleton.h"

#include <span>
#include <vector>

namespace choreia::motion {

/// Local rotations to world positions of one pose. rotations: [joints] unit, parent space; out: [joints] metres.
/// The root stands at `root` (its offset is not added).
void forwardKinematics(const Skeleton& skeleton, const Vec3& root, std::span<const Quat> rotations, std::span<Vec3> positions);
/// The same, and world rotations too.
void forwardKinematics(const Skeleton& skeleton, const Vec3& root, std::span<const Quat> rotations, std::span<Vec3> positions,
                       std::span<Quat> worldRotations);
/// A whole clip: [frames, 24] world positions. skeleton must have 24 joints.
Positions jointPositions(const Skeleton& skeleton, const Clip& clip);

/// Turns hip and knee (shoulder and elbow) so that the end of the chain reaches target; the knee keeps its bending plane.
/// upper, middle: joints of the chain (for example LeftHip, LeftKnee); end: the joint that must reach target (LeftAnkle).
/// The end joint's world rotation is kept. A target out of reach is approached without fully straightening (softness near full length,
/// so knees do not pop). rotations: one pose, changed in place.
void solveTwoBone(const Skeleton& skeleton, const Vec3& root, std::span<Quat> rotations, int upper, int middle, int end, const Vec3& target);

}  // namespace choreia::motion
