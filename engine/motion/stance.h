/// A pose as a person says it: where the feet stand, where arms and legs point, how the trunk leans.
#pragma once

#include "motion/pose_edit.h"

#include <variant>

namespace choreia::motion {

/// A foot on the floor by its ball.
struct StandingLeg {
    float x = 0, z = 0;  ///< of the ball of the foot, metres
    float out = 0;       ///< how far the toes look outwards, radians; the knee looks the same way
    float heel = 0;      ///< how far the heel is lifted, radians
};
/// A leg in the air. thigh, shin: directions, of any length.
struct FreeLeg {
    Vec3 thigh = -Vec3::UnitY(), shin = -Vec3::UnitY();
    float point = 0.8f;           ///< how far the foot is stretched, radians
    Vec3 knee = Vec3::UnitZ();    ///< where the knee of a straight leg looks
};
using LegStance = std::variant<StandingLeg, FreeLeg>;

/// An arm by where it points. upper, fore: directions, of any length.
struct PointingArm {
    Vec3 upper = -Vec3::UnitY(), fore = -Vec3::UnitY();
    Vec3 inside = Vec3::UnitZ();  ///< where the inside of a straight elbow looks
    Vec3 hand = Vec3::Zero();     ///< where the hand points; zero: on from the forearm
};
/// An arm by where the wrist is; elbow: the direction the elbow gives way to.
struct ReachingArm {
    Vec3 wrist = Vec3::Zero();
    Vec3 elbow = -Vec3::UnitZ();
    Vec3 hand = Vec3::Zero();
};
using ArmStance = std::variant<PointingArm, ReachingArm>;

/// In the world of a dancer who stands over the origin and looks along +Z, left hand at +X: metres; turns are rotation vectors, radians.
struct Stance {
    Vec3 pelvis = Vec3(0, 0.95f, 0);
    Vec3 hips = Vec3::Zero();   ///< turn of the pelvis
    Vec3 chest = Vec3::Zero();  ///< of the chest against the pelvis, over the whole spine
    Vec3 head = Vec3::Zero();   ///< of the head against the chest
    LegStance left, right;
    ArmStance leftArm, rightArm;
};

/// The body in this stance. Elbows and knees bend about their own axes only. A place out of reach is approached: the limb is straight then, and a foot not there.
Pose poseOf(const Stance& stance);

}  // namespace choreia::motion
