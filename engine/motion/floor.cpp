// Feet to the floor: after a body of other proportions has lent its rotations, soles are neither flat nor at y = 0.
#include "motion/fit.h"
#include "motion/kinematics.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace choreia::motion {

namespace {

/// A foot that stands should be flat on our body, however the source's foot is built: one constant pitch for both feet.
void levelFeet(Clip& clip) {
    const Skeleton& body = Skeleton::body();
    const Positions at = jointPositions(body, clip);
    std::vector<float> pitches;
    const auto elevation = [](const Vec3& v) { return std::atan2(v.y(), std::hypot(v.x(), v.z())); };
    for (const auto& [ankle, foot] : {std::pair<std::size_t, std::size_t>{LeftAnkle, LeftFoot}, {RightAnkle, RightFoot}}) {
        std::vector<float> heights;
        for (std::size_t f = 0; f < at.frames(); ++f) heights.push_back(at.at(f, ankle).y());
        std::vector<float> sorted = heights;
        const auto low = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 3);
        std::nth_element(sorted.begin(), low, sorted.end());
        for (std::size_t f = 1; f < at.frames(); ++f) {
            const float speed = (at.at(f, ankle) - at.at(f - 1, ankle)).norm() * static_cast<float>(clip.fps);
            if (heights[f] <= *low && speed < 0.3f) pitches.push_back(elevation(at.at(f, foot) - at.at(f, ankle)));
        }
    }
    if (pitches.size() < 10) return;
    const auto middle = pitches.begin() + static_cast<std::ptrdiff_t>(pitches.size() / 2);
    std::nth_element(pitches.begin(), middle, pitches.end());
    const float turn = std::clamp(*middle - elevation(body.offset(LeftFoot)), -0.45f, 0.45f);
    const Quat level(Eigen::AngleAxisf(turn, Vec3::UnitX()));
    for (std::size_t f = 0; f < clip.frames(); ++f) {
        for (const int ankle : {LeftAnkle, RightAnkle}) {
            auto& q = clip.pose(f)[static_cast<std::size_t>(ankle)];
            q = (q * level).normalized();
        }
    }
}

/// Standing height: the low percentile of the lowest foot point, each less its height at rest, comes to the floor.
void putOnFloor(Clip& clip) {
    const Skeleton& body = Skeleton::body();
    const Positions at = jointPositions(body, clip);
    std::vector<Vec3> rest(kJoints);
    const std::vector<Quat> identity(kJoints, Quat::Identity());
    forwardKinematics(body, body.offset(Pelvis), identity, rest);
    std::vector<float> lowest;
    for (std::size_t f = 0; f < at.frames(); ++f) {
        float low = std::numeric_limits<float>::max();
        for (const std::size_t j : {LeftAnkle, LeftFoot, RightAnkle, RightFoot})
            low = std::min(low, at.at(f, j).y() - rest[j].y());
        lowest.push_back(low);
    }
    const auto at3 = lowest.begin() + static_cast<std::ptrdiff_t>(lowest.size() * 5 / 100);
    std::nth_element(lowest.begin(), at3, lowest.end());
    const Vec3 shift(-clip.root[0].x(), -*at3, -clip.root[0].z());
    for (auto& p : clip.root) p += shift;
}

} // namespace

void settleOnFloor(Clip& clip) {
    if (clip.frames() == 0) return;
    levelFeet(clip);
    putOnFloor(clip);
}

} // namespace choreia::motion
