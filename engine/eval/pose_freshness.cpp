// Ten poses a second are enough: nearer ones are alike.
#include "eval/pose_freshness.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace choreia::eval {

namespace {

constexpr double kPoses = 10;                                             // a second
constexpr std::size_t kWindow = 20, kPast = 160, kJustNow = 20, kStep = 10;  // poses
constexpr std::size_t kEveryOther = 2;                                    // of the window's

}  // namespace

BodyPose bodyPose(std::span<const motion::Vec3> joints) {
    const motion::Vec3 across = joints[motion::LeftHip] - joints[motion::RightHip], root = joints[motion::Pelvis];
    const float length = std::hypot(across.x(), across.z()), c = length > 1e-6f ? across.x() / length : 1.0f, s = length > 1e-6f ? -across.z() / length : 0.0f;
    BodyPose pose;
    for (std::size_t j = 0; j < pose.size(); ++j) {
        const float x = joints[j].x() - root.x(), z = joints[j].z() - root.z();
        pose[j] = {x * c - z * s, joints[j].y(), x * s + z * c};
    }
    return pose;
}

double freshness(std::span<const BodyPose> now, std::span<const BodyPose> past) {
    double sum = 0;
    for (const BodyPose& pose : now) {
        float nearest = std::numeric_limits<float>::infinity();
        for (const BodyPose& other : past) {
            float distance = 0;
            for (std::size_t j = 0; j < pose.size() && distance < nearest; ++j) distance += (pose[j] - other[j]).norm();
            nearest = std::min(nearest, distance);
        }
        sum += static_cast<double>(nearest) / static_cast<double>(motion::kJoints);
    }
    return sum / static_cast<double>(std::max<std::size_t>(1, now.size()));
}

std::vector<double> poseFreshness(const motion::Positions& positions) {
    std::vector<BodyPose> poses;
    for (double f = 0; f < static_cast<double>(positions.frames()); f += positions.fps / kPoses) poses.push_back(bodyPose(positions.frame(static_cast<std::size_t>(f))));
    std::vector<double> out;
    for (std::size_t first = kPast; first + kWindow <= poses.size(); first += kStep) {
        std::vector<BodyPose> now;
        for (std::size_t i = first; i < first + kWindow; i += kEveryOther) now.push_back(poses[i]);
        out.push_back(freshness(now, std::span(poses).subspan(first - kPast, kPast - kJustNow + 1)));
    }
    return out;
}

}  // namespace choreia::eval
