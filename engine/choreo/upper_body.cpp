// Orientations in the world, not in the parent's space: an arm that stays where it is while the trunk sways is to stay there.
#include "choreo/upper_body.h"

#include "motion/kinematics.h"
#include "motion/rotation.h"

#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace choreia::choreo {

namespace {

using motion::Quat;

constexpr std::array kTrunk = {motion::Spine1, motion::Spine2, motion::Spine3, motion::Neck, motion::Head};
constexpr std::array kArms = {motion::LeftCollar, motion::RightCollar, motion::LeftShoulder, motion::RightShoulder, motion::LeftElbow,
                              motion::RightElbow, motion::LeftWrist,   motion::RightWrist,   motion::LeftHand,     motion::RightHand};

/// Smooths these joints of [frames * 24] orientations along time.
void smoothSome(std::vector<Quat>& world, std::span<const motion::Joint> joints, double sigmaFrames) {
    const std::size_t frames = world.size() / motion::kJoints;
    std::vector<Quat> tracks;
    for (std::size_t f = 0; f < frames; ++f)
        for (const auto joint : joints) tracks.push_back(world[f * motion::kJoints + static_cast<std::size_t>(joint)]);
    motion::smoothRotations(tracks, joints.size(), sigmaFrames);
    auto track = tracks.begin();
    for (std::size_t f = 0; f < frames; ++f)
        for (const auto joint : joints) world[f * motion::kJoints + static_cast<std::size_t>(joint)] = *track++;
}

}  // namespace

void calmUpperBody(motion::Clip& clip) {
    if (clip.frames() == 0) return;
    const auto& body = motion::Skeleton::body();
    std::vector<Quat> world(clip.rotations.size());
    std::array<motion::Vec3, motion::kJoints> positions;
    const auto poseOf = [&world](std::size_t f) { return std::span(world).subspan(f * motion::kJoints, motion::kJoints); };
    for (std::size_t f = 0; f < clip.frames(); ++f) motion::forwardKinematics(body, clip.root[f], clip.pose(f), positions, poseOf(f));
    smoothSome(world, kTrunk, kTrunkCalm * clip.fps);
    smoothSome(world, kArms, kArmsCalm * clip.fps);
    for (std::size_t f = 0; f < clip.frames(); ++f)
        for (const std::span<const motion::Joint> joints : {std::span<const motion::Joint>(kTrunk), std::span<const motion::Joint>(kArms)})
            for (const auto joint : joints) {
                const auto parent = static_cast<std::size_t>(body.parent(joint));
                clip.pose(f)[static_cast<std::size_t>(joint)] = (poseOf(f)[parent].conjugate() * poseOf(f)[static_cast<std::size_t>(joint)]).normalized();
            }
}

}  // namespace choreia::choreo
