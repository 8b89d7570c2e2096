// Dresses positions with rotations: frames for pelvis and chest, least turns for limbs.
#include "viewport/ghost_pose.h"

namespace choreia::ui {

namespace {

using motion::Mat3;
using motion::Quat;
using motion::Vec3;

/// The frame with Y along `up` and X near `side`.
Mat3 frameOf(const Vec3& up, const Vec3& side) {
    Mat3 m;
    m.col(1) = up.normalized();
    m.col(2) = side.cross(up).normalized();
    m.col(0) = m.col(1).cross(m.col(2));
    return m;
}

}  // namespace

void rotationsFromPositions(const motion::Skeleton& skeleton, std::span<const Vec3> positions, std::span<Quat> rotations) {
    using namespace motion;
    const auto at = [&](int joint) { return positions[static_cast<std::size_t>(joint)]; };
    const auto byFrame = [&](int joint, int upChild, int left, int right) {
        const Mat3 rest = frameOf(skeleton.offset(upChild), skeleton.offset(left) - skeleton.offset(right));
        const Mat3 now = frameOf(at(upChild) - at(joint), at(left) - at(right));
        return Quat(now * rest.transpose()).normalized();
    };
    // The child along which each joint's bone runs; -1: the joint follows its parent.
    static constexpr std::array<int, kJoints> along = {-1,        LeftKnee,   RightKnee,  Spine2,       LeftAnkle,     RightAnkle, Spine3,    LeftFoot,
                                                       RightFoot, -1,         -1,         -1,           Head,          LeftShoulder, RightShoulder, -1,
                                                       LeftElbow, RightElbow, LeftWrist,  RightWrist,   LeftHand,      RightHand,  -1,        -1};
    for (int j = 0; j < kJoints; ++j) {
        auto& rotation = rotations[static_cast<std::size_t>(j)];
        if (j == Pelvis) {
            rotation = byFrame(Pelvis, Spine1, LeftHip, RightHip);
        } else if (j == Spine3) {
            rotation = byFrame(Spine3, Neck, LeftCollar, RightCollar);
        } else {
            rotation = rotations[static_cast<std::size_t>(skeleton.parent(j))];
            const int child = along[static_cast<std::size_t>(j)];
            if (child >= 0)
                rotation = (Quat::FromTwoVectors(rotation * skeleton.offset(child), at(child) - at(j)) * rotation).normalized();
        }
    }
}

}  // namespace choreia::ui
