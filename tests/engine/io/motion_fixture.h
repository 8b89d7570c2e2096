/// A clip of our body for the format tests: every joint turns, some far, the root travels.
#pragma once

#include "motion/clip.h"
#include "motion/kinematics.h"
#include "motion/skeleton.h"

#include <cmath>
#include <cstddef>

namespace choreia::testing {

inline motion::Clip turningClip(std::size_t frames, double fps = 60) {
    motion::Clip clip;
    clip.fps = fps;
    for (std::size_t f = 0; f < frames; ++f) {
        const float t = static_cast<float>(f) / static_cast<float>(fps);
        clip.root.emplace_back(std::sin(t), 0.95f + 0.05f * std::cos(3 * t), 0.4f * t);
        for (int j = 0; j < motion::kJoints; ++j) {
            const float k = static_cast<float>(j);
            const motion::Vec3 axis = motion::Vec3(std::sin(k), std::cos(2 * k), std::sin(3 * k + 1)).normalized();
            const float angle = j == 0 ? 4.0f * t : 1.4f * std::sin(2 * t + k);
            clip.rotations.emplace_back(Eigen::AngleAxisf(angle, axis));
        }
    }
    return clip;
}

/// Largest distance between the joints of two clips, metres.
inline double worstDistance(const motion::Clip& a, const motion::Clip& b) {
    const auto p = motion::jointPositions(motion::Skeleton::body(), a), q = motion::jointPositions(motion::Skeleton::body(), b);
    if (p.values.size() != q.values.size()) return 1e9;
    double worst = 0;
    for (std::size_t i = 0; i < p.values.size(); ++i) worst = std::max<double>(worst, (p.values[i] - q.values[i]).norm());
    return worst;
}

/// Largest angle between the local rotations of two clips, radians.
inline double worstAngle(const motion::Clip& a, const motion::Clip& b) {
    double worst = a.rotations.size() == b.rotations.size() ? 0 : 1e9;
    for (std::size_t i = 0; worst < 1e9 && i < a.rotations.size(); ++i) worst = std::max<double>(worst, a.rotations[i].angularDistance(b.rotations[i]));
    return worst;
}

}  // namespace choreia::testing
