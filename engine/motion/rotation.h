/// Rotations: the six-number form of networks, logarithm and exponential, heading, and signs that do not jump.
#pragma once

#include "motion/clip.h"
#include "motion/types.h"

#include <array>
#include <cstddef>
#include <span>

namespace choreia::motion {

/// First two columns of the rotation matrix, one after the other (Zhou et al. 2019): continuous, unlike quaternions and angles.
using Rot6 = std::array<float, 6>;
Rot6 toRot6(const Quat& rotation);
/// Gram-Schmidt on the two columns; any six numbers give a rotation (two parallel or vanishing columns: a fixed choice).
Quat fromRot6(std::span<const float, 6> values);

/// Rotation vector: axis times angle, angle in [0, pi], radians.
Vec3 logMap(const Quat& rotation);
/// Rotation about v by |v| radians.
Quat expMap(const Vec3& v);

/// Turn about +Y, radians in (-pi, pi], that brings a body facing +Z to the pose's facing, by its hip line. positions: 24 joints.
float heading(std::span<const Vec3> positions);
/// Rotation about +Y.
Quat yawRotation(float radians);

/// Chooses among q and -q so that each joint's quaternions follow one another closely in time. rotations: [frames * joints].
void makeSignsContinuous(std::span<Quat> rotations, std::size_t joints);

/// Zero-phase Gaussian over time of quaternion tracks (normalised weighted mean of sign-aligned neighbours). sigma in frames.
void smoothRotations(std::span<Quat> rotations, std::size_t joints, double sigmaFrames);
/// Zero-phase Gaussian over time of a path, ends held. sigma in frames.
void smoothPath(std::span<Vec3> path, double sigmaFrames);

} // namespace choreia::motion
