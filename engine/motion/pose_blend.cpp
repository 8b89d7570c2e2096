// Rotations between others, joint by joint in parent space.
#include "motion/pose_blend.h"

#include "motion/kinematics.h"
#include "motion/rotation.h"

#include <algorithm>
#include <cmath>

namespace choreia::motion {

namespace {

template <class Make>
Pose changed(const Pose& now, const JointSet& joints, const Make& make) {
    Pose pose = now;
    for (std::size_t j = 0; j < pose.rotations.size(); ++j)
        if (joints[j]) pose.rotations[j] = make(j);
    return pose;
}

}  // namespace

Pose withJoints(const Pose& pose, const Pose& other, const JointSet& joints) {
    Pose made = changed(pose, joints, [&](std::size_t j) { return other.rotations[j]; });
    if (joints[Pelvis]) made.root = other.root;
    return made;
}

Pose breakdown(const Pose& now, const Pose& before, const Pose& after, double place, const JointSet& joints) {
    const auto part = static_cast<float>(0.5 + 0.5 * std::clamp(place, -1.0, 1.0));
    return changed(now, joints, [&](std::size_t j) -> Quat {
        if (part <= 0) return before.rotations[j];  // to the bit
        if (part >= 1) return after.rotations[j];
        return before.rotations[j].slerp(part, after.rotations[j]).normalized();
    });
}

Pose meanAround(const Clip& clip, std::size_t frame, double seconds) {
    Pose mean = poseAt(clip, frame);
    const auto asked = static_cast<std::size_t>(std::lround(std::max(0.0, seconds) * clip.fps));
    const std::size_t first = frame - std::min(frame, asked), last = std::min(frame + asked, clip.frames() - 1);
    if (first == last) return mean;
    for (std::size_t j = 0; j < mean.rotations.size(); ++j) {
        const Quat own = mean.rotations[j];
        Eigen::Vector4f sum = Eigen::Vector4f::Zero();
        for (std::size_t f = first; f <= last; ++f) {
            const Quat& q = clip.pose(f)[j];
            sum += q.dot(own) < 0 ? -q.coeffs() : q.coeffs();
        }
        if (sum.norm() > 1e-6f) mean.rotations[j].coeffs() = sum.normalized();
    }
    return mean;
}

Pose relaxed(const Pose& now, const Pose& mean, double amount, const JointSet& joints) {
    const auto kept = static_cast<float>(1 - std::clamp(amount, -1.0, 1.0));
    return changed(now, joints, [&](std::size_t j) -> Quat {
        if (kept <= 0) return mean.rotations[j];  // to the bit
        if (kept == 1) return now.rotations[j];
        const Vec3 away = logMap((now.rotations[j] * mean.rotations[j].conjugate()).normalized());
        return (expMap(kept * away) * mean.rotations[j]).normalized();
    });
}

Pose withStandingFeet(const Skeleton& skeleton, const Pose& now, const Pose& pose, const std::array<bool, 2>& stands) {
    constexpr float kUnmoved = 1e-4f;  // m, rad: a foot that has not moved is left as it is
    std::array<Vec3, kJoints> was, is;
    std::array<Quat, kJoints> wasTurned, isTurned;
    forwardKinematics(skeleton, now.root, now.rotations, was, wasTurned);
    forwardKinematics(skeleton, pose.root, pose.rotations, is, isTurned);
    std::array<bool, 2> moved{};
    for (std::size_t leg = 0; leg < 2; ++leg) {
        const auto ankle = static_cast<std::size_t>(leg == 0 ? LeftAnkle : RightAnkle);
        moved[leg] = stands[leg] && ((is[ankle] - was[ankle]).norm() > kUnmoved || isTurned[ankle].angularDistance(wasTurned[ankle]) > 10 * kUnmoved);
    }
    Pose standing = pose;
    keepAnkles(skeleton, now.root, now.rotations, moved, standing.root, standing.rotations);
    return standing;
}

}  // namespace choreia::motion
