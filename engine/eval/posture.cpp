// Sums along the clip make every window's mean a difference of two.
#include "eval/posture.h"

#include "eval/pose_freshness.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace choreia::eval {

namespace {

constexpr std::array kHeld = {motion::Spine1,        motion::Spine2,    motion::Spine3,     motion::Neck,      motion::LeftCollar, motion::RightCollar, motion::Head,
                              motion::LeftShoulder,  motion::RightShoulder, motion::LeftElbow, motion::RightElbow, motion::LeftWrist, motion::RightWrist};
constexpr double kGeneratedHop = 1, kReferenceHop = 0.25;  // s

using Posture = std::array<motion::Vec3, kHeld.size()>;

std::vector<Posture> posturesOf(const motion::Positions& positions, double hop) {
    using Sums = std::array<Eigen::Vector3d, kHeld.size()>;
    std::vector<Sums> sums(1);
    sums[0].fill(Eigen::Vector3d::Zero());
    for (std::size_t f = 0; f < positions.frames(); ++f) {
        const BodyPose pose = bodyPose(positions.frame(f));
        Sums next = sums.back();
        for (std::size_t k = 0; k < kHeld.size(); ++k) next[k] += (pose[static_cast<std::size_t>(kHeld[k])] - pose[motion::Pelvis]).cast<double>();
        sums.push_back(next);
    }
    const auto length = static_cast<std::size_t>(std::lround(kPostureSeconds * positions.fps));
    std::vector<Posture> out;
    for (double at = 0; static_cast<std::size_t>(at) + length < sums.size(); at += hop * positions.fps) {
        const auto first = static_cast<std::size_t>(at);
        Posture mean;
        for (std::size_t k = 0; k < kHeld.size(); ++k) mean[k] = ((sums[first + length][k] - sums[first][k]) / static_cast<double>(length)).cast<float>();
        out.push_back(mean);
    }
    return out;
}

Posture seenInMirror(const Posture& posture) {
    Posture other;
    for (std::size_t k = 0; k < kHeld.size(); ++k) {
        const auto from = static_cast<std::size_t>(std::find(kHeld.begin(), kHeld.end(), static_cast<motion::Joint>(motion::mirrored(kHeld[k]))) - kHeld.begin());
        other[k] = posture[from].cwiseProduct(motion::Vec3(-1, 1, 1));
    }
    return other;
}

double nearest(const Posture& posture, std::span<const Posture> among) {
    float least = std::numeric_limits<float>::infinity();
    for (const Posture& other : among) {
        float distance = 0;
        for (std::size_t k = 0; k < kHeld.size() && distance < least; ++k) distance += (posture[k] - other[k]).norm();
        least = std::min(least, distance);
    }
    return static_cast<double>(least) / static_cast<double>(kHeld.size());
}

}  // namespace

std::optional<PostureFigures> postureDistance(std::span<const EvaluatedClip> generated, std::span<const EvaluatedClip> reference) {
    std::vector<std::vector<Posture>> recorded;
    for (const auto& clip : reference) recorded.push_back(posturesOf(clip.positions, kReferenceHop));
    const auto recordedIn = [&](const std::string* style) {
        std::vector<Posture> all;
        for (std::size_t i = 0; i < recorded.size(); ++i)
            if (!style || reference[i].style == *style) all.insert(all.end(), recorded[i].begin(), recorded[i].end());
        return all;
    };
    PostureFigures sum;
    std::size_t count = 0;
    for (const auto& clip : generated) {
        std::vector<Posture> among = clip.style.empty() ? std::vector<Posture>{} : recordedIn(&clip.style);
        if (among.empty()) among = recordedIn(nullptr);
        if (among.empty()) return std::nullopt;
        for (const Posture& posture : posturesOf(clip.positions, kGeneratedHop)) {
            const double plain = nearest(posture, among);
            sum.distance += plain;
            sum.eitherSide += std::min(plain, nearest(seenInMirror(posture), among));
            ++count;
        }
    }
    if (count == 0) return std::nullopt;
    return PostureFigures{sum.distance / static_cast<double>(count), sum.eitherSide / static_cast<double>(count)};
}

}  // namespace choreia::eval
