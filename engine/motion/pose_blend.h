/// Poses drawn between others: the animator's breakdown (a pose between its neighbours) and relaxing (a pose towards the mean of the motion around it).
#pragma once

#include "motion/joint_set.h"
#include "motion/pose_edit.h"

namespace choreia::motion {

/// `pose` with these joints as `other` has them; the pelvis's place goes with the pelvis.
Pose withJoints(const Pose& pose, const Pose& other, const JointSet& joints);

/// `now` with these joints between two poses, on the shortest way from one to the other: place -1 is `before`, 0 half way, 1 `after` (cut to that).
/// The pelvis keeps its place.
Pose breakdown(const Pose& now, const Pose& before, const Pose& after, double place, const JointSet& joints);

/// The mean of the poses within `seconds` of a frame on either side; at the ends of the clip, of the side that there is. The pelvis is where it is in the frame.
Pose meanAround(const Clip& clip, std::size_t frame, double seconds);

/// `now` with these joints drawn towards `mean`: amount 1 is the mean, 0 the pose itself, -1 as far again from the mean as it is (cut to that).
/// The pelvis keeps its place.
Pose relaxed(const Pose& now, const Pose& mean, double amount, const JointSet& joints);

/// `pose` with the ankles of the standing legs (left, right) where and turned as they are in `now`: hips and knees give way. A leg too short for it stretches towards it.
Pose withStandingFeet(const Skeleton& skeleton, const Pose& now, const Pose& pose, const std::array<bool, 2>& stands);

}  // namespace choreia::motion
