// Feet to the floor: after a body of other proportions has lent its rotations, soles are neither flat nor at y = 0.
#include "motion/fit.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"

#include <algorithm>
#include <array>
#include <cmath>

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

constexpr std::array<std::size_t, 4> kFootPoints = {LeftAnkle, LeftFoot, RightAnkle, RightFoot};

/// Of each frame: the lowest foot point's height above its height at rest, metres, and the speed of that point, m/s.
struct Footing {
    std::vector<float> height, speed;
};

Footing footing(const Clip& clip) {
    const Skeleton& body = Skeleton::body();
    const Positions at = jointPositions(body, clip);
    std::vector<Vec3> rest(kJoints);
    const std::vector<Quat> identity(kJoints, Quat::Identity());
    forwardKinematics(body, body.offset(Pelvis), identity, rest);
    Footing footing;
    for (std::size_t f = 0; f < at.frames(); ++f) {
        const auto above = [&](std::size_t j) { return at.at(f, j).y() - rest[j].y(); };
        const std::size_t lowest = *std::min_element(kFootPoints.begin(), kFootPoints.end(), [&](auto a, auto b) { return above(a) < above(b); });
        const std::size_t before = f > 0 ? f - 1 : f, after = std::min(f + 1, at.frames() - 1);
        footing.height.push_back(above(lowest));
        footing.speed.push_back(after == before ? 0.0f
                                                : (at.at(after, lowest) - at.at(before, lowest)).norm() * static_cast<float>(clip.fps) /
                                                      static_cast<float>(after - before));
    }
    return footing;
}

/// Standing height: the low percentile of the lowest foot point, each less its height at rest, comes to the floor.
void putOnFloor(Clip& clip) {
    std::vector<float> lowest = footing(clip).height;
    const auto at3 = lowest.begin() + static_cast<std::ptrdiff_t>(lowest.size() * 5 / 100);
    std::nth_element(lowest.begin(), at3, lowest.end());
    const Vec3 shift(-clip.root[0].x(), -*at3, -clip.root[0].z());
    for (auto& p : clip.root) p += shift;
}

/// A body of other proportions, or a capture whose floor is not level, leaves the standing foot some centimetres over or under the floor,
/// more here and less there: wherever a foot stands the body moves up or down by what is missing, gently between.
void followFloor(Clip& clip) {
    constexpr float kStands = 0.4f, kNear = 0.10f;  // m/s and metres: faster or higher is a step or a jump
    constexpr double kSmooth = 0.12;                // s, sigma
    const Footing feet = footing(clip);
    const std::size_t n = clip.frames();
    std::vector<Vec3> lift(n, Vec3::Zero());
    std::size_t last = n;  // the frame that stood before this one
    for (std::size_t f = 0; f < n; ++f) {
        if (feet.speed[f] > kStands || std::abs(feet.height[f]) > kNear) continue;
        lift[f].y() = feet.height[f];
        for (std::size_t i = last == n ? 0 : last + 1; i < f; ++i) {
            const float share = last == n ? 1.0f : static_cast<float>(i - last) / static_cast<float>(f - last);
            lift[i].y() = last == n ? lift[f].y() : lift[last].y() + (lift[f].y() - lift[last].y()) * share;
        }
        last = f;
    }
    if (last == n) return;
    for (std::size_t i = last + 1; i < n; ++i) lift[i] = lift[last];
    // A swinging foot is not pushed through the floor either.
    for (int pass = 0; pass < 3; ++pass) {
        for (std::size_t f = 0; f < n; ++f) lift[f].y() = std::min(lift[f].y(), feet.height[f]);
        smoothPath(lift, kSmooth * clip.fps / (1 + pass));
    }
    for (std::size_t f = 0; f < n; ++f) clip.root[f] -= lift[f];
}

} // namespace

void settleOnFloor(Clip& clip) {
    if (clip.frames() == 0) return;
    levelFeet(clip);
    putOnFloor(clip);
    followFloor(clip);
}

} // namespace choreia::motion
