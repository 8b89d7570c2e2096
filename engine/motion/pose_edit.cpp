// Differences of poses, faded and added.
#include "motion/pose_edit.h"

#include "motion/kinematics.h"
#include "motion/rotation.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace choreia::motion {

namespace {

constexpr float kStill = 5e-3f;  // m: an ankle moved less was not moved (a nearly straight leg gives way by a few millimetres)

constexpr double kRamp = 0.25;   // s
constexpr float kThere = 1e-4f;  // m: nothing to solve

struct Leg {
    int hip, knee, ankle;
};
constexpr std::array<Leg, 2> kLegs = {{{LeftHip, LeftKnee, LeftAnkle}, {RightHip, RightKnee, RightAnkle}}};

struct World {
    std::array<Vec3, kJoints> positions;
    std::array<Quat, kJoints> rotations;
};

World worldOf(const Skeleton& skeleton, const Vec3& root, std::span<const Quat> rotations) {
    World world;
    forwardKinematics(skeleton, root, rotations, world.positions, world.rotations);
    return world;
}

}  // namespace

void keepAnkles(const Skeleton& skeleton, const Vec3& ownRoot, std::span<const Quat> own, const std::array<bool, 2>& legs, const Vec3& root, std::span<Quat> rotations) {
    const World old = worldOf(skeleton, ownRoot, own);
    for (std::size_t leg = 0; leg < 2; ++leg) {
        if (!legs[leg]) continue;
        const auto& [hip, knee, ankle] = kLegs[leg];
        const auto a = static_cast<std::size_t>(ankle);
        if ((worldOf(skeleton, root, rotations).positions[a] - old.positions[a]).norm() > kThere) solveTwoBone(skeleton, root, rotations, hip, knee, ankle, old.positions[a]);
        const World now = worldOf(skeleton, root, rotations);
        rotations[a] = (now.rotations[static_cast<std::size_t>(knee)].conjugate() * old.rotations[a]).normalized();
    }
}

Pose poseAt(const Clip& clip, std::size_t frame) {
    Pose pose;
    pose.root = clip.root[frame];
    std::ranges::copy(clip.pose(frame), pose.rotations.begin());
    return pose;
}

Pose placedAs(const Pose& pose, const Pose& other) {
    const auto& body = Skeleton::body();
    const float turn = heading(worldOf(body, other.root, other.rotations).positions) - heading(worldOf(body, pose.root, pose.rotations).positions);
    Pose placed = pose;
    placed.root.x() = other.root.x();
    placed.root.z() = other.root.z();
    placed.rotations[Pelvis] = (yawRotation(turn) * pose.rotations[Pelvis]).normalized();
    return placed;
}

Pose mirroredInPlace(const Pose& pose) {
    return placedAs(poseAt(mirror({60, {pose.root}, {pose.rotations.begin(), pose.rotations.end()}}), 0), pose);
}

Clip withPose(const Skeleton& skeleton, const Clip& clip, std::size_t frame, const Pose& pose, double before, double after) {
    Clip edited = clip;
    const Pose old = poseAt(clip, frame);
    const World was = worldOf(skeleton, old.root, old.rotations), is = worldOf(skeleton, pose.root, pose.rotations);
    std::array<bool, 2> keeps{};
    for (std::size_t leg = 0; leg < 2; ++leg) {
        const auto ankle = static_cast<std::size_t>(kLegs[leg].ankle);
        keeps[leg] = (is.positions[ankle] - was.positions[ankle]).norm() < kStill;
    }
    const Vec3 shift = pose.root - old.root;
    std::array<Vec3, kJoints> turns;
    for (std::size_t j = 0; j < turns.size(); ++j) turns[j] = logMap((pose.rotations[j] * old.rotations[j].conjugate()).normalized());

    const auto reachOf = [&](double seconds) { return static_cast<std::size_t>(std::lround(std::max(0.0, seconds) * clip.fps)); };
    const std::size_t back = std::min(frame, reachOf(before)), ahead = std::min(clip.frames() - 1 - frame, reachOf(after));
    for (std::size_t f = frame - back; f <= frame + ahead; ++f) {
        const double away = f < frame ? static_cast<double>(frame - f) / static_cast<double>(reachOf(before) + 1) : static_cast<double>(f - frame) / static_cast<double>(reachOf(after) + 1);
        const auto weight = static_cast<float>(0.5 * (1 + std::cos(std::numbers::pi * std::min(1.0, away))));
        auto rotations = edited.pose(f);
        if (f == frame) {
            edited.root[f] = pose.root;
            std::ranges::copy(pose.rotations, rotations.begin());
            continue;
        }
        edited.root[f] += weight * shift;
        for (std::size_t j = 0; j < turns.size(); ++j) rotations[j] = (expMap(weight * turns[j]) * rotations[j]).normalized();
        keepAnkles(skeleton, clip.root[f], clip.pose(f), keeps, edited.root[f], edited.pose(f));
    }
    return edited;
}

Clip smoothed(const Skeleton& skeleton, const Clip& clip, std::size_t from, std::size_t to, double seconds) {
    Clip edited = clip;
    to = std::min(to, clip.frames());
    const double sigma = seconds * clip.fps;
    if (from + 2 >= to || sigma <= 0) return edited;
    const auto reach = static_cast<std::size_t>(std::ceil(4 * sigma));
    const std::size_t first = from - std::min(from, reach);
    Clip calm = slice(clip, first, std::min(clip.frames(), to + reach) - first);
    makeSignsContinuous(calm.rotations, kJoints);
    smoothRotations(calm.rotations, kJoints, sigma);
    smoothPath(calm.root, sigma);
    const double ramp = std::min(kRamp * clip.fps, static_cast<double>(to - from) / 3);
    for (std::size_t f = from; f < to; ++f) {
        const double inside = std::min({1.0, static_cast<double>(f - from + 1) / (ramp + 1), static_cast<double>(to - f) / (ramp + 1)});
        const auto weight = static_cast<float>(0.5 * (1 - std::cos(std::numbers::pi * inside)));
        edited.root[f] += weight * (calm.root[f - first] - clip.root[f]);
        auto rotations = edited.pose(f);
        for (std::size_t j = 0; j < kJoints; ++j) rotations[j] = rotations[j].slerp(weight, calm.pose(f - first)[j]).normalized();
        keepAnkles(skeleton, clip.root[f], clip.pose(f), {true, true}, edited.root[f], edited.pose(f));
    }
    return edited;
}

}  // namespace choreia::motion
