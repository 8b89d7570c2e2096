/// Poses as values, and a pose changed by hand laid into the motion around it.
#pragma once

#include "motion/clip.h"

#include <array>
#include <cstddef>
#include <span>

namespace choreia::motion {

/// One pose of our body, as a frame of a clip has it.
struct Pose {
    Vec3 root = Vec3::Zero();               ///< pelvis, world, metres
    std::array<Quat, kJoints> rotations{};  ///< parent space, unit
};

Pose poseAt(const Clip& clip, std::size_t frame);
/// Left and right exchanged about the plane through the pelvis that faces the pose's facing: the dancer stays in place and faces where they faced.
Pose mirroredInPlace(const Pose& pose);
/// The pose moved and turned about the vertical so that it stands at another pose's place on the floor and faces where that one faces.
Pose placedAs(const Pose& pose, const Pose& other);

/// Ankles of the legs asked for (left, right) stand in a pose where they stand in `own`, and turned as there: hips and knees give way. rotations: changed in place.
/// ownRoot, root: pelvis, world, metres; own, rotations: 24, parent space.
void keepAnkles(const Skeleton& skeleton, const Vec3& ownRoot, std::span<const Quat> own, const std::array<bool, 2>& legs, const Vec3& root, std::span<Quat> rotations);

/// The clip with `pose` at `frame`, and the difference fading to nothing within `before` and `after` seconds (a raised cosine). Every frame's own movement is kept:
/// what is added is the difference from the frame's old pose, joint by joint in parent space. Ankles that `pose` leaves where they were
/// keep their path and their turn throughout, so that standing feet go on standing. Frames beyond the falloff are the same to the bit.
/// Cost: about 2 us a frame within the falloff, and a copy of the clip (0.9 ms for 3 minutes).
Clip withPose(const Skeleton& skeleton, const Clip& clip, std::size_t frame, const Pose& pose, double before, double after);

/// The clip with the movement of frames [from, to) calmed: joints and path under a Gaussian of `seconds` (standard deviation), coming in and going out within a
/// quarter of a second (a third of a short part). Ankles keep their path and their turn. Frames outside are the same to the bit. Cost: as withPose, for the part.
Clip smoothed(const Skeleton& skeleton, const Clip& clip, std::size_t from, std::size_t to, double seconds);

}  // namespace choreia::motion
