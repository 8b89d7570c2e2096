// The poses that ship, as stances: thought out for our body, taken from nobody's motion.
#include "io/pose_library.h"

#include "motion/stance.h"

namespace choreia::io {

namespace {

using motion::FreeLeg;
using motion::PointingArm;
using motion::ReachingArm;
using motion::Stance;
using motion::StandingLeg;
using motion::Vec3;

constexpr float kDegree = 0.0174533f;

Vec3 degrees(float forward, float turn, float side) { return kDegree * Vec3(forward, turn, side); }

const Vec3 kFront = Vec3::UnitZ(), kUp = Vec3::UnitY();

const StandingLeg kLeftFoot{0.11f, 0.115f, 14 * kDegree, 0}, kRightFoot{-0.11f, 0.115f, 14 * kDegree, 0};
const PointingArm kLeftHanging{Vec3(0.20f, -1, -0.04f), Vec3(0.10f, -1, 0.22f), kFront, Vec3::Zero()};
const PointingArm kRightHanging{Vec3(-0.20f, -1, -0.04f), Vec3(-0.10f, -1, 0.22f), kFront, Vec3::Zero()};

Stance standing() {
    Stance s;
    s.pelvis = Vec3(0, 0.945f, 0);
    s.left = kLeftFoot;
    s.right = kRightFoot;
    s.leftArm = kLeftHanging;
    s.rightArm = kRightHanging;
    return s;
}

/// Second position: feet wide apart, arms rounded to the sides.
Stance armsWide() {
    Stance s = standing();
    s.pelvis = Vec3(0, 0.91f, 0);
    s.left = StandingLeg{0.27f, 0.09f, 35 * kDegree, 0};
    s.right = StandingLeg{-0.27f, 0.09f, 35 * kDegree, 0};
    s.leftArm = PointingArm{Vec3(1, 0.02f, 0.10f), Vec3(1, 0.00f, 0.30f), kFront, Vec3(1, -0.15f, 0.35f)};
    s.rightArm = PointingArm{Vec3(-1, 0.02f, 0.10f), Vec3(-1, 0.00f, 0.30f), kFront, Vec3(-1, -0.15f, 0.35f)};
    return s;
}

Stance armsUp() {
    Stance s = standing();
    s.pelvis = Vec3(0, 0.93f, 0);
    s.left = StandingLeg{0.19f, 0.11f, 20 * kDegree, 0};
    s.right = StandingLeg{-0.19f, 0.11f, 20 * kDegree, 0};
    s.chest = degrees(-8, 0, 0);
    s.head = degrees(-16, 0, 0);
    s.leftArm = PointingArm{Vec3(0.50f, 1, 0.02f), Vec3(0.36f, 1, 0.06f), kFront, Vec3(0.5f, 1, 0)};
    s.rightArm = PointingArm{Vec3(-0.50f, 1, 0.02f), Vec3(-0.36f, 1, 0.06f), kFront, Vec3(-0.5f, 1, 0)};
    return s;
}

/// The weight over the right leg, the left knee loose.
Stance akimbo() {
    Stance s = standing();
    s.pelvis = Vec3(-0.045f, 0.938f, 0);
    s.hips = degrees(0, 0, -5);
    s.chest = degrees(-3, 0, 8);
    s.head = degrees(0, 18, -3);
    s.left = StandingLeg{0.17f, 0.16f, 28 * kDegree, 0};
    s.right = StandingLeg{-0.10f, 0.11f, 12 * kDegree, 0};
    s.leftArm = ReachingArm{Vec3(0.145f, 0.975f, 0.06f), Vec3(1, -0.1f, -0.35f), Vec3(-0.75f, -0.55f, 0.45f)};
    s.rightArm = ReachingArm{Vec3(-0.255f, 0.995f, 0.05f), Vec3(-1, -0.1f, -0.35f), Vec3(0.75f, -0.55f, 0.45f)};
    return s;
}

Stance pointUpRight() {
    Stance s = standing();
    s.pelvis = Vec3(-0.06f, 0.905f, 0);
    s.hips = degrees(0, 0, -6);
    s.chest = degrees(-4, -10, 2);
    s.head = degrees(-16, -28, 4);
    s.left = StandingLeg{0.34f, 0.10f, 30 * kDegree, 0};
    s.right = StandingLeg{-0.17f, 0.12f, 18 * kDegree, 0};
    s.leftArm = ReachingArm{Vec3(0.13f, 0.965f, 0.08f), Vec3(1, -0.1f, -0.35f), Vec3(-0.75f, -0.55f, 0.45f)};
    s.rightArm = PointingArm{Vec3(-0.72f, 1, 0.10f), Vec3(-0.75f, 1, 0.14f), kFront, Vec3::Zero()};
    return s;
}

/// To the dancer's left: the left knee deep, the right leg long, the arms along one line.
Stance lungeLeft() {
    Stance s;
    s.pelvis = Vec3(0.12f, 0.70f, 0.0f);
    s.hips = degrees(6, 0, 0);
    s.chest = degrees(0, 0, -10);
    s.head = degrees(-6, 40, 0);
    s.left = StandingLeg{0.44f, 0.17f, 42 * kDegree, 0};
    s.right = StandingLeg{-0.58f, 0.07f, 20 * kDegree, 0};
    s.leftArm = PointingArm{Vec3(1, 0.42f, 0.12f), Vec3(1, 0.46f, 0.20f), kFront, Vec3::Zero()};
    s.rightArm = PointingArm{Vec3(-1, -0.42f, -0.08f), Vec3(-1, -0.46f, 0.02f), kFront, Vec3::Zero()};
    return s;
}

/// Grand plié in second position.
Stance plie() {
    Stance s;
    s.pelvis = Vec3(0, 0.60f, 0.0f);
    s.left = StandingLeg{0.43f, 0.10f, 58 * kDegree, 0};
    s.right = StandingLeg{-0.43f, 0.10f, 58 * kDegree, 0};
    s.leftArm = PointingArm{Vec3(1, -0.12f, 0.18f), Vec3(1, -0.20f, 0.50f), kFront, Vec3(0.8f, -0.3f, 0.5f)};
    s.rightArm = PointingArm{Vec3(-1, -0.12f, 0.18f), Vec3(-1, -0.20f, 0.50f), kFront, Vec3(-0.8f, -0.3f, 0.5f)};
    return s;
}

/// On the right leg, the left one long behind; the right arm leads.
Stance arabesque() {
    Stance s;
    s.pelvis = Vec3(0, 0.945f, -0.01f);
    s.hips = degrees(34, 0, 8);
    s.chest = degrees(-34, 0, -6);
    s.head = degrees(-14, 0, 0);
    s.left = FreeLeg{Vec3(0.16f, -0.10f, -1), Vec3(0.16f, -0.02f, -1), 1.06f, Vec3(0.5f, -1, 0)};
    s.right = StandingLeg{-0.045f, 0.125f, 25 * kDegree, 0};
    s.rightArm = PointingArm{Vec3(-0.22f, 0.34f, 1), Vec3(-0.14f, 0.36f, 1), kUp, Vec3(-0.1f, 0.15f, 1)};
    s.leftArm = PointingArm{Vec3(1, 0.06f, 0.02f), Vec3(1, 0.02f, 0.16f), kFront, Vec3(1, -0.1f, 0.2f)};
    return s;
}

Stance crouch() {
    Stance s;
    s.pelvis = Vec3(0, 0.40f, -0.13f);
    s.hips = degrees(6, 0, 0);
    s.chest = degrees(46, 0, 0);
    s.head = degrees(-34, 0, 0);
    s.left = StandingLeg{0.17f, 0.12f, 26 * kDegree, 34 * kDegree};
    s.right = StandingLeg{-0.17f, 0.12f, 26 * kDegree, 34 * kDegree};
    s.leftArm = ReachingArm{Vec3(0.13f, 0.16f, 0.42f), Vec3(1, 0, -0.3f), Vec3(0, -1, 0.25f)};
    s.rightArm = ReachingArm{Vec3(-0.13f, 0.16f, 0.42f), Vec3(-1, 0, -0.3f), Vec3(0, -1, 0.25f)};
    return s;
}

/// A hip-hop stop: wide, leaning back, arms crossed before the chest, chin up.
Stance freeze() {
    Stance s;
    s.pelvis = Vec3(-0.07f, 0.865f, -0.03f);
    s.hips = degrees(-10, 0, -5);
    s.chest = degrees(-12, 14, 8);
    s.head = degrees(4, -22, 6);
    s.left = StandingLeg{0.36f, 0.24f, 24 * kDegree, 0};
    s.right = StandingLeg{-0.22f, 0.08f, 30 * kDegree, 0};
    s.leftArm = ReachingArm{Vec3(-0.13f, 1.21f, 0.20f), Vec3(0.7f, -0.9f, 0.1f), Vec3(-0.9f, 0.35f, -0.55f)};
    s.rightArm = ReachingArm{Vec3(0.05f, 1.16f, 0.245f), Vec3(-0.7f, -0.9f, 0.1f), Vec3(0.9f, 0.25f, -0.55f)};
    return s;
}

/// The right leg to the front at the height of the hip, the left arm against it.
Stance kick() {
    Stance s;
    s.pelvis = Vec3(0.02f, 0.935f, 0);
    s.hips = degrees(-16, 0, 4);
    s.chest = degrees(10, -14, -4);
    s.head = degrees(2, 8, 0);
    s.left = StandingLeg{0.06f, 0.10f, 20 * kDegree, 0};
    s.right = FreeLeg{Vec3(-0.10f, 0.10f, 1), Vec3(-0.10f, 0.06f, 1), 1.06f, Vec3(-0.2f, 1, 0)};
    s.leftArm = PointingArm{Vec3(0.34f, 0.02f, 1), Vec3(0.20f, 0.10f, 1), kUp, Vec3::Zero()};
    s.rightArm = PointingArm{Vec3(-1, 0.10f, -0.45f), Vec3(-1, 0.14f, -0.28f), kFront, Vec3::Zero()};
    return s;
}

/// High on the ball of the left foot, the right toes at the knee, the arms a wreath over the head.
Stance passe() {
    Stance s;
    s.pelvis = Vec3(0.02f, 1.015f, 0);
    s.hips = degrees(0, 0, 4);
    s.chest = degrees(-4, 0, -4);
    s.head = degrees(-4, 0, 0);
    s.left = StandingLeg{0.045f, 0.04f, 30 * kDegree, 50 * kDegree};
    s.right = FreeLeg{Vec3(-0.86f, -0.12f, 0.62f), Vec3(0.78f, -0.62f, -0.34f), 1.06f, Vec3(-1, 0, 0.5f)};
    s.leftArm = PointingArm{Vec3(0.62f, 1, 0.22f), Vec3(-0.42f, 1, 0.16f), kFront, Vec3(-1, 0.35f, 0)};
    s.rightArm = PointingArm{Vec3(-0.62f, 1, 0.22f), Vec3(0.42f, 1, 0.16f), kFront, Vec3(1, 0.35f, 0)};
    return s;
}

/// The left foot before, the back round over it, one arm across.
Stance bow() {
    Stance s;
    s.pelvis = Vec3(0, 0.865f, -0.10f);
    s.hips = degrees(34, 0, 0);
    s.chest = degrees(30, 0, 0);
    s.head = degrees(16, 0, 0);
    s.left = StandingLeg{0.12f, 0.26f, 18 * kDegree, 0};
    s.right = StandingLeg{-0.12f, -0.06f, 30 * kDegree, 0};
    s.leftArm = PointingArm{Vec3(1, -0.10f, -0.55f), Vec3(1, 0.05f, -0.75f), kFront, Vec3::Zero()};
    s.rightArm = ReachingArm{Vec3(-0.02f, 0.985f, 0.32f), Vec3(-1, -0.4f, 0.1f), Vec3(1, 0.1f, 0.1f)};
    return s;
}

/// A stride with the arms against the legs.
Stance stride() {
    Stance s;
    s.pelvis = Vec3(0, 0.875f, 0.03f);
    s.hips = degrees(4, 0, 0);
    s.chest = degrees(4, 14, 0);
    s.head = degrees(-4, -10, 0);
    s.left = StandingLeg{0.09f, -0.22f, 8 * kDegree, 42 * kDegree};
    s.right = StandingLeg{-0.09f, 0.42f, 8 * kDegree, 0};
    s.leftArm = PointingArm{Vec3(0.22f, -0.78f, 0.62f), Vec3(0.02f, 0.34f, 1), kUp, Vec3::Zero()};
    s.rightArm = PointingArm{Vec3(-0.30f, -0.80f, -0.62f), Vec3(-0.18f, -0.62f, 0.55f), kFront, Vec3::Zero()};
    return s;
}

}  // namespace

PoseLibrary starterPoses() {
    const auto entry = [](const char* name, const Stance& stance) { return namedPose(name, motion::poseOf(stance)); };
    NamedPose right = entry("Lunge right", lungeLeft());
    right.pose = motion::mirroredInPlace(right.pose);
    return {{entry("Stand", standing()), entry("Arms wide", armsWide()), entry("Arms up", armsUp()), entry("Akimbo", akimbo()),
             entry("Point up", pointUpRight()), entry("Lunge left", lungeLeft()), right, entry("Plié", plie()), entry("Arabesque", arabesque()),
             entry("Passé", passe()), entry("Kick", kick()), entry("Stride", stride()), entry("Freeze", freeze()), entry("Crouch", crouch()), entry("Bow", bow())}};
}

}  // namespace choreia::io
