// Gravity and muscles set the scale: accelerations go with the square of the frame rate, so that a wrong one shows there first.
#include "data/frame_rate.h"

#include "core/smoothing.h"
#include "motion/kinematics.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <vector>

namespace choreia::data {

namespace {

constexpr double kQuickest = 13, kHardest = 25, kSoftest = .3;  // m/s, m/s^2
constexpr double kHandsMove = .08;                              // m, spread of a hand about its mean from the pelvis
constexpr double kSmooth = .04;                                 // s

double percentile(std::vector<double>& values, double share) {
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at;
}

std::string told(const char* what, const char* expected, double found) {
    std::array<char, 200> line{};
    std::snprintf(line.data(), line.size(), "%s: is its frame rate right? (expected %s, found %.3g)", what, expected, found);
    return line.data();
}

}  // namespace

std::optional<std::string> doubtOfFrameRate(const motion::Clip& clip) {
    const std::size_t frames = clip.frames();
    if (static_cast<double>(frames) < 2 * clip.fps || frames < 8) return std::nullopt;
    const motion::Positions positions = motion::jointPositions(motion::Skeleton::body(), clip);
    std::vector<double> speeds, heights(frames);
    speeds.reserve((frames - 1) * motion::kJoints);
    for (std::size_t f = 0; f < frames; ++f)
        for (std::size_t j = 0; j < motion::kJoints; ++j) {
            const auto& here = positions.values[f * motion::kJoints + j];
            heights[f] += static_cast<double>(here.y()) / motion::kJoints;
            if (f > 0) speeds.push_back(static_cast<double>((here - positions.values[(f - 1) * motion::kJoints + j]).norm()) * clip.fps);
        }
    if (const double quickest = percentile(speeds, .999); quickest > kQuickest) return told("moves faster than dancers do", "joints of at most 13 m/s", quickest);
    const auto calm = gaussianSmoothed(heights, std::max(kSmooth * clip.fps, .5));
    std::vector<double> accelerations;
    for (std::size_t f = 1; f + 1 < frames; ++f) accelerations.push_back(std::abs(calm[f + 1] - 2 * calm[f] + calm[f - 1]) * clip.fps * clip.fps);
    const double hardest = percentile(accelerations, .95);
    if (hardest > kHardest) return told("rises and falls faster than dancers do", "at most 25 m/s^2", hardest);
    if (hardest >= kSoftest) return std::nullopt;
    for (const auto hand : {motion::LeftWrist, motion::RightWrist}) {
        motion::Vec3 mean = motion::Vec3::Zero(), square = motion::Vec3::Zero();
        for (std::size_t f = 0; f < frames; ++f) {
            const motion::Vec3 away = positions.values[f * motion::kJoints + static_cast<std::size_t>(hand)] - positions.values[f * motion::kJoints + static_cast<std::size_t>(motion::Pelvis)];
            mean += away;
            square += away.cwiseAbs2();
        }
        mean /= static_cast<float>(frames);
        const motion::Vec3 variance = square / static_cast<float>(frames) - mean.cwiseAbs2();
        if (static_cast<double>(variance.maxCoeff()) > kHandsMove * kHandsMove) return told("moves more slowly than dancers do", "rises and falls of at least 0.3 m/s^2", hardest);
    }
    return std::nullopt;
}

}  // namespace choreia::data
