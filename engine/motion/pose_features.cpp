// The heading frame turns with the pelvis; velocities point to the next frame, so integration gives the path back exactly.
#include "motion/pose_features.h"

#include "motion/contacts.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace choreia::motion {

namespace {

float wrap(float angle) { return std::remainder(angle, 2.0f * std::numbers::pi_v<float>); }

void writeSix(const Quat& rotation, std::span<float> out) {
    const Rot6 six = toRot6(rotation);
    std::copy(six.begin(), six.end(), out.begin());
}

Quat readSix(std::span<const float> six) { return fromRot6(six.first<6>()); }

}  // namespace

float headingOf(const Quat& pelvis) {
    if (std::hypot(pelvis.y(), pelvis.w()) < 1e-6f) return 0.0f;
    return wrap(2.0f * std::atan2(pelvis.y(), pelvis.w()));
}

Table poseFeatures(const Clip& source) {
    const Clip clip = std::abs(source.fps - kPoseFps) < 1e-9 ? source : resample(source, kPoseFps);
    const std::size_t frames = clip.frames();
    Table table(frames, pose::kCount);
    const Positions positions = jointPositions(Skeleton::body(), clip);
    const auto contacts = detectContacts(positions);
    std::vector<float> heading(frames);
    for (std::size_t f = 0; f < frames; ++f) heading[f] = headingOf(clip.pose(f)[Pelvis]);
    for (std::size_t f = 0; f < frames; ++f) {
        auto row = table.row(f);
        const auto rotations = clip.pose(f);
        const Quat unturn = yawRotation(-heading[f]);
        row[pose::kHeight] = clip.root[f].y();
        if (f + 1 < frames) {
            const Vec3 velocity = unturn * ((clip.root[f + 1] - clip.root[f]) * static_cast<float>(kPoseFps));
            row[pose::kVelocity] = velocity.x();
            row[pose::kVelocity + 1] = velocity.z();
            row[pose::kYawRate] = wrap(heading[f + 1] - heading[f]) * static_cast<float>(kPoseFps);
        } else if (f > 0) {
            for (std::size_t k = 0; k < 3; ++k) row[pose::kVelocity + k] = table.at(f - 1, pose::kVelocity + k);
        }
        for (std::size_t k = 0; k < kLowerJoints.size(); ++k) {
            const int joint = kLowerJoints[k];
            const Quat rotation = joint == Pelvis ? Quat(unturn * rotations[Pelvis]) : rotations[static_cast<std::size_t>(joint)];
            writeSix(rotation, row.subspan(pose::kLowerRotations + k * 6, 6));
        }
        for (std::size_t k = 0; k < kUpperJoints.size(); ++k)
            writeSix(rotations[static_cast<std::size_t>(kUpperJoints[k])], row.subspan(pose::kUpperRotations + k * 6, 6));
        for (std::size_t k = 0; k < 4; ++k) row[pose::kContacts + k] = contacts[f][k] ? 1.0f : 0.0f;
        for (std::size_t j = 0; j < kJoints; ++j) {
            Vec3 p = positions.at(f, j);
            p.x() -= clip.root[f].x();
            p.z() -= clip.root[f].z();
            p = unturn * p;
            for (int axis = 0; axis < 3; ++axis) row[pose::kPositions + j * 3 + static_cast<std::size_t>(axis)] = p[axis];
        }
    }
    return table;
}

Clip clipFromFeatures(const Table& features) {
    Clip clip;
    clip.fps = kPoseFps;
    clip.root.resize(features.rows);
    clip.rotations.resize(features.rows * kJoints, Quat::Identity());
    float heading = 0;
    Vec3 place = Vec3::Zero();
    const float step = static_cast<float>(1.0 / kPoseFps);
    for (std::size_t f = 0; f < features.rows; ++f) {
        const auto row = features.row(f);
        const auto rotations = clip.pose(f);
        const Quat turn = yawRotation(heading);
        clip.root[f] = Vec3(place.x(), row[pose::kHeight], place.z());
        for (std::size_t k = 0; k < kLowerJoints.size(); ++k) {
            const Quat rotation = readSix(row.subspan(pose::kLowerRotations + k * 6, 6));
            const int joint = kLowerJoints[k];
            rotations[static_cast<std::size_t>(joint)] = joint == Pelvis ? (turn * rotation).normalized() : rotation;
        }
        for (std::size_t k = 0; k < kUpperJoints.size(); ++k)
            rotations[static_cast<std::size_t>(kUpperJoints[k])] = readSix(row.subspan(pose::kUpperRotations + k * 6, 6));
        place += turn * Vec3(row[pose::kVelocity], 0, row[pose::kVelocity + 1]) * step;
        heading += row[pose::kYawRate] * step;
    }
    return clip;
}

}  // namespace choreia::motion
