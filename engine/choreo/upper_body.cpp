// Orientations in the world, not in the parent's space: an arm that stays where it is while the trunk sways is to stay there.
#include "choreo/upper_body.h"

#include "core/smoothing.h"
#include "motion/pose_features.h"
#include "motion/skeleton.h"

#include <array>
#include <vector>

namespace choreia::choreo {

namespace {

using motion::Quat;

/// Spread of a joint's mean, seconds; 0: it stays.
constexpr std::array<double, motion::kJoints> calmOfJoints() {
    std::array<double, motion::kJoints> calm{};
    for (const int joint : motion::kUpperJoints) calm[static_cast<std::size_t>(joint)] = kArmsCalm;
    for (const int joint : {motion::Spine1, motion::Spine2, motion::Spine3, motion::Neck, motion::Head}) calm[static_cast<std::size_t>(joint)] = kTrunkCalm;
    return calm;
}

/// The mean along time of one joint's orientations: of the four numbers, whose signs go on from frame to frame.
void smoothOrientations(std::vector<Quat>& world, std::size_t joint, double sigma) {
    const std::size_t frames = world.size() / motion::kJoints;
    std::array<std::vector<double>, 4> parts;
    Eigen::Vector4f before = Eigen::Vector4f::Zero();
    for (std::size_t f = 0; f < frames; ++f) {
        Eigen::Vector4f q = world[f * motion::kJoints + joint].coeffs();
        if (q.dot(before) < 0) q = -q;
        for (int k = 0; k < 4; ++k) parts[static_cast<std::size_t>(k)].push_back(static_cast<double>(q[k]));
        before = q;
    }
    for (auto& part : parts) part = gaussianSmoothed(part, sigma);
    for (std::size_t f = 0; f < frames; ++f) {
        const Eigen::Vector4d mean(parts[0][f], parts[1][f], parts[2][f], parts[3][f]);
        // Halves of a turn within the spread would cancel out; such a frame stays as it is.
        if (mean.norm() > 0.1) world[f * motion::kJoints + joint].coeffs() = mean.normalized().cast<float>();
    }
}

}  // namespace

void calmUpperBody(motion::Clip& clip) {
    static constexpr auto calm = calmOfJoints();
    const auto parents = motion::Skeleton::body().parents();
    std::vector<Quat> world(clip.rotations.size());
    for (std::size_t f = 0; f < clip.frames(); ++f)
        for (std::size_t j = 0; j < motion::kJoints; ++j) {
            const Quat& local = clip.pose(f)[j];
            world[f * motion::kJoints + j] = parents[j] < 0 ? local : world[f * motion::kJoints + static_cast<std::size_t>(parents[j])] * local;
        }
    for (std::size_t j = 0; j < motion::kJoints; ++j)
        if (calm[j] > 0) smoothOrientations(world, j, calm[j] * clip.fps);
    for (std::size_t f = 0; f < clip.frames(); ++f)
        for (std::size_t j = 0; j < motion::kJoints; ++j)
            if (calm[j] > 0) clip.pose(f)[j] = (world[f * motion::kJoints + static_cast<std::size_t>(parents[j])].conjugate() * world[f * motion::kJoints + j]).normalized();
}

}  // namespace choreia::choreo
