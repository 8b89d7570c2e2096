// Rotations are pairs of columns (Zhou et al. 2019), so that a turn from the left turns both.
#include "train/pose_variety.h"

#include "motion/pose_features.h"
#include "nn/vq_vae.h"

#include <Eigen/Geometry>

#include <numbers>
#include <span>

namespace choreia::train {

namespace {

namespace pose = motion::pose;

/// Spread of a joint's turn, radians: what a body can take without looking broken.
float spreadOf(int joint) {
    switch (joint) {
        case motion::LeftShoulder:
        case motion::RightShoulder: return 0.45f;
        case motion::LeftElbow:
        case motion::RightElbow: return 0.35f;
        case motion::LeftWrist:
        case motion::RightWrist:
        case motion::LeftHip:
        case motion::RightHip:
        case motion::LeftKnee:
        case motion::RightKnee: return 0.2f;
        case motion::Neck:
        case motion::Head:
        case motion::LeftAnkle:
        case motion::RightAnkle: return 0.15f;
        case motion::Pelvis: return 0;  // its heading is not in the rows
        default: return 0.1f;
    }
}

constexpr float kSwing = 0.35f;       // of the spread: the slow curves
constexpr float kSteadyLegs = 0.25f;  // of a leg's spread, where it is to go on standing: 2 cm at the foot

void turn(torch::Tensor& rows, std::size_t column, float spread, float swinging, Random& random) {
    if (spread == 0) return;
    const auto draw = [&] { return motion::Vec3(static_cast<float>(random.normal()), static_cast<float>(random.normal()), static_cast<float>(random.normal())); };
    const motion::Vec3 steady = 0.5f * spread * draw(), swing = swinging * spread * draw();
    const double hertz = random.uniform(0.1, 1.0), phase = random.uniform(0, 2 * std::numbers::pi);
    auto at = rows.accessor<float, 2>();
    const auto first = static_cast<std::int64_t>(column);
    for (std::int64_t frame = 0; frame < rows.size(0); ++frame) {
        const motion::Vec3 vector = steady + static_cast<float>(std::sin(2 * std::numbers::pi * hertz * static_cast<double>(frame) / motion::kPoseFps + phase)) * swing;
        const float angle = vector.norm();
        if (angle < 1e-6f) continue;
        const Eigen::AngleAxisf by(angle, vector / angle);
        for (const std::int64_t k : {std::int64_t{0}, std::int64_t{3}}) {
            const motion::Vec3 turned = by * motion::Vec3(at[frame][first + k], at[frame][first + k + 1], at[frame][first + k + 2]);
            for (int i = 0; i < 3; ++i) at[frame][first + k + i] = turned[i];
        }
    }
}

void turnAll(torch::Tensor& rows, std::size_t first, std::span<const int> joints, float share, float swinging, Random& random) {
    for (std::size_t k = 0; k < joints.size(); ++k) turn(rows, first + 6 * k, share * spreadOf(joints[k]), swinging, random);
}

}  // namespace

void mixBodies(torch::Tensor& rows, const torch::Tensor& other) {
    const auto first = static_cast<std::int64_t>(pose::kUpperRotations), count = static_cast<std::int64_t>(6 * motion::kUpperJoints.size());
    rows.narrow(1, first, count).copy_(other.narrow(1, first, count));
}

void turnJoints(torch::Tensor& rows, bool legs, Random& random) {
    turnAll(rows, pose::kUpperRotations, motion::kUpperJoints, 1, kSwing, random);
    if (!legs) return;
    turnAll(rows, pose::kLowerRotations, motion::kLowerJoints, 1, kSwing, random);
    rows.narrow(1, static_cast<std::int64_t>(pose::kContacts), 4).zero_();
}

void anotherBearing(torch::Tensor& rows, Random& random) {
    turnAll(rows, pose::kUpperRotations, motion::kUpperJoints, 1, 0, random);
    turnAll(rows, pose::kLowerRotations, motion::kLowerJoints, kSteadyLegs, 0, random);
}

void restorePositions(torch::Tensor& rows) {
    const torch::NoGradGuard noGrad;
    rows.narrow(2, static_cast<std::int64_t>(pose::kPositions), 72).copy_(nn::decodedPositions(rows).flatten(2));
}

}  // namespace choreia::train
