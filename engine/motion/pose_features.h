/// A clip as the numbers that the networks see, and back: heading-free pose of the upper and lower body, root velocity, contacts.
///
/// One row a frame at kPoseFps. The heading is the twist of the pelvis about +Y (swing-twist), so that a dance means the same in every direction.
/// Columns: lower body [height, velocity x, velocity z, yaw rate, 6D rotations of kLowerJoints, 4 contacts], then
/// upper body [6D rotations of kUpperJoints], then (encoder input only) joint positions relative to the root on the floor, heading frame.
#pragma once

#include "core/matrix.h"
#include "motion/clip.h"
#include "motion/skeleton.h"

#include <array>
#include <vector>

namespace choreia::motion {

inline constexpr double kPoseFps = 30.0;

inline constexpr std::array<int, 9> kLowerJoints = {Pelvis, LeftHip, RightHip, LeftKnee, RightKnee, LeftAnkle, RightAnkle, LeftFoot, RightFoot};
inline constexpr std::array<int, 15> kUpperJoints = {Spine1, Spine2, Spine3, Neck, LeftCollar, RightCollar, Head, LeftShoulder, RightShoulder,
                                                     LeftElbow, RightElbow, LeftWrist, RightWrist, LeftHand, RightHand};

namespace pose {
inline constexpr std::size_t kHeight = 0;                              ///< pelvis height, metres
inline constexpr std::size_t kVelocity = 1;                            ///< x, z of the root in the heading frame, m/s
inline constexpr std::size_t kYawRate = 3;                             ///< rad/s
inline constexpr std::size_t kLowerRotations = 4;                      ///< 9 * 6; the pelvis without its heading
inline constexpr std::size_t kContacts = kLowerRotations + 9 * 6;      ///< order of kContactJoints, 0 or 1
inline constexpr std::size_t kUpperRotations = kContacts + 4;          ///< 15 * 6
inline constexpr std::size_t kDecoded = kUpperRotations + 15 * 6;      ///< what a decoder gives
inline constexpr std::size_t kPositions = kDecoded;                    ///< 24 * 3: x, z relative to the root, y absolute; heading frame; metres
inline constexpr std::size_t kCount = kPositions + 24 * 3;             ///< what an encoder sees
}  // namespace pose

/// Heading of a pelvis rotation: its twist about +Y, radians.
float headingOf(const Quat& pelvis);

/// clip at any rate -> rows at kPoseFps, [frames, pose::kCount].
Table poseFeatures(const Clip& clip);

/// Rows of at least pose::kDecoded columns -> clip at kPoseFps, from the origin with heading 0. Rotations are re-orthonormalised (Zhou 2019).
Clip clipFromFeatures(const Table& features);

}  // namespace choreia::motion
