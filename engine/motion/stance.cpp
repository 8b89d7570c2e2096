// Limb by limb: the two bones are laid in the world first, and the rotations that bring them there are read off.
#include "motion/stance.h"

#include "motion/kinematics.h"
#include "motion/rotation.h"

#include <algorithm>
#include <cmath>

namespace choreia::motion {

namespace {

constexpr float kBallHeight = 0.02f;  // m: of the ball of a standing foot
constexpr float kStraight = 0.06f;    // sine of the bend under which a limb shows no plane of its own

struct Limb {
    int upper, lower, end;  // hip, knee, ankle; shoulder, elbow, wrist
    Vec3 hinge;             // at rest: about which the limb folds
};
const Limb kLimbs[4] = {{LeftHip, LeftKnee, LeftAnkle, Vec3::UnitX()},
                        {RightHip, RightKnee, RightAnkle, Vec3::UnitX()},
                        {LeftShoulder, LeftElbow, LeftWrist, -Vec3::UnitY()},
                        {RightShoulder, RightElbow, RightWrist, Vec3::UnitY()}};

std::size_t index(int joint) { return static_cast<std::size_t>(joint); }

/// The turn that brings bone and hinge of the rest pose (nearly at right angles) to these.
Quat turnTo(const Vec3& restBone, const Vec3& restHinge, const Vec3& bone, const Vec3& hinge) {
    const auto frame = [](const Vec3& along, const Vec3& about) {
        Mat3 m;
        m.col(0) = along.normalized();
        m.col(1) = (about - m.col(0) * m.col(0).dot(about)).normalized();
        m.col(2) = m.col(0).cross(m.col(1));
        return m;
    };
    return Quat(Mat3(frame(bone, hinge) * frame(restBone, restHinge).transpose())).normalized();
}

/// From one direction to another (unit), without a twist.
Quat shortestTurn(const Vec3& from, const Vec3& to) {
    const Vec3 axis = from.cross(to);
    const float sine = axis.norm();
    return sine < 1e-6f ? Quat::Identity() : expMap(axis * (std::atan2(sine, from.dot(to)) / sine));
}

class Builder {
public:
    explicit Builder(const Stance& stance) : body_(Skeleton::body()) {
        pose_.root = stance.pelvis;
        pose_.rotations.fill(Quat::Identity());
        pose_.rotations[Pelvis] = expMap(stance.hips);
        for (const int joint : {Spine1, Spine2, Spine3}) pose_.rotations[index(joint)] = expMap(stance.chest / 3.0f);
        for (const int joint : {Neck, Head}) pose_.rotations[index(joint)] = expMap(stance.head / 2.0f);
        leg(kLimbs[0], stance.left, 1);
        leg(kLimbs[1], stance.right, -1);
        arm(kLimbs[2], stance.leftArm, LeftCollar, 1);
        arm(kLimbs[3], stance.rightArm, RightCollar, -1);
    }
    [[nodiscard]] const Pose& pose() const { return pose_; }

private:
    void look() { forwardKinematics(body_, pose_.root, pose_.rotations, positions_, world_); }

    /// Turns a joint so that it is turned so in the world.
    void turn(int joint, const Quat& world) {
        look();
        pose_.rotations[index(joint)] = (world_[index(body_.parent(joint))].conjugate() * world).normalized();
    }

    /// folds: where the end of the limb goes when a straight one begins to bend.
    void lay(const Limb& limb, const Vec3& upper, const Vec3& lower, const Vec3& folds) {
        const Vec3 u = upper.normalized(), l = lower.normalized();
        const Vec3 own = u.cross(l), hinge = own.norm() > kStraight ? own : u.cross(folds);
        turn(limb.upper, turnTo(body_.offset(limb.lower), limb.hinge, u, hinge));
        turn(limb.lower, turnTo(body_.offset(limb.end), limb.hinge, l, hinge));
    }

    /// The limb's end at a place, the joint between giving way to `middle`.
    void layTo(const Limb& limb, const Vec3& place, const Vec3& middle) {
        look();
        const float a = body_.offset(limb.lower).norm(), b = body_.offset(limb.end).norm();
        const Vec3 from = positions_[index(limb.upper)], way = place - from;
        const float d = std::clamp(way.norm(), std::abs(a - b) + 1e-3f, 0.9998f * (a + b));
        const Vec3 along = way.normalized(), side = (middle - along * along.dot(middle)).normalized();
        const float cosine = (a * a + d * d - b * b) / (2 * a * d);
        const Vec3 upper = along * cosine + side * std::sqrt(std::max(0.0f, 1 - cosine * cosine));
        lay(limb, upper, along * d - a * upper, -middle);
    }

    void leg(const Limb& limb, const LegStance& stance, float outwards) {
        if (const auto* standing = std::get_if<StandingLeg>(&stance)) {
            const Quat yaw = yawRotation(outwards * standing->out), foot = yaw * expMap(Vec3(standing->heel, 0, 0));
            const Vec3 ball(standing->x, kBallHeight, standing->z);
            layTo(limb, ball - foot * body_.offset(limb.end == LeftAnkle ? LeftFoot : RightFoot), yaw * Vec3::UnitZ());
            turn(limb.end, foot);
        } else {
            const auto& free = std::get<FreeLeg>(stance);
            lay(limb, free.thigh, free.shin, -free.knee);
            pose_.rotations[index(limb.end)] = expMap(Vec3(free.point, 0, 0));
        }
    }

    void arm(const Limb& limb, const ArmStance& stance, int collar, float outwards) {
        look();
        const auto* pointing = std::get_if<PointingArm>(&stance);
        const auto* reaching = std::get_if<ReachingArm>(&stance);
        const Vec3 way = pointing ? pointing->upper : Vec3(reaching->wrist - positions_[index(limb.upper)]);
        // The shoulder goes along with an arm that is lifted or reaches to the front.
        const Vec3 n = world_[Spine3].conjugate() * way.normalized();
        const float lift = 0.40f * std::max(0.0f, n.y()), front = 0.20f * std::max(0.0f, n.z());
        pose_.rotations[index(collar)] = expMap(Vec3(0, -outwards * front, outwards * lift));
        if (pointing) lay(limb, pointing->upper, pointing->fore, pointing->inside);
        else layTo(limb, reaching->wrist, reaching->elbow);
        const Vec3 hand = pointing ? pointing->hand : reaching->hand;
        if (hand.isZero()) return;
        look();
        const Vec3 fore = world_[index(limb.lower)] * body_.offset(limb.end).normalized();
        turn(limb.end, shortestTurn(fore, hand.normalized()) * world_[index(limb.lower)]);
    }

    const Skeleton& body_;
    Pose pose_;
    std::array<Vec3, kJoints> positions_;
    std::array<Quat, kJoints> world_;
};

}  // namespace

Pose poseOf(const Stance& stance) { return Builder(stance).pose(); }

}  // namespace choreia::motion
