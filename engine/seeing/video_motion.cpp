// Straight lines between the places of neighbouring pictures; what is not known of depth the lifting finds out.
#include "seeing/video_motion.h"

#include "motion/landmarks.h"
#include "motion/lift_landmarks.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <utility>

namespace choreia::seeing {

namespace {

constexpr double kClipFps = 30, kLongestVideo = 20 * 60;  // s
constexpr float kTrunk = 0.9f;  // of its length at rest: what a dancer's trunk, which bends, is at its longest

/// First and one past the last of the longest part without a long gap.
std::pair<std::size_t, std::size_t> longestPart(const std::vector<SeenPose>& seen) {
    std::pair<std::size_t, std::size_t> best{0, 1};
    for (std::size_t first = 0, end = 1; first < seen.size(); first = end++) {
        while (end < seen.size() && seen[end].time - seen[end - 1].time <= kLongestBridge) ++end;
        if (seen[end - 1].time - seen[first].time > seen[best.second - 1].time - seen[best.first].time) best = {first, end};
    }
    return best;
}

}  // namespace

bool isVideo(const std::filesystem::path& path) {
    std::string extension = path.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    constexpr std::array known = {".mp4", ".webm", ".mkv", ".mov", ".avi", ".m4v"};
    return std::find(known.begin(), known.end(), extension) != known.end();
}

EvenLandmarks evenLandmarks(const WatchedDance& dance, double fps) {
    const auto [first, end] = longestPart(dance.seen);
    EvenLandmarks out;
    out.start = dance.seen[first].time;
    const double length = dance.seen[end - 1].time - out.start;
    const auto frames = static_cast<std::size_t>(std::floor(length * fps + 1e-6)) + 1;
    out.flat = Table(frames, 2 * data::kPictureMarks);
    const auto height = static_cast<float>(std::max(1, dance.height));
    std::size_t i = first;
    for (std::size_t f = 0; f < frames; ++f) {
        const double time = out.start + static_cast<double>(f) / fps;
        while (i + 2 < end && dance.seen[i + 1].time <= time) ++i;
        const SeenPose &before = dance.seen[i], &after = dance.seen[std::min(i + 1, end - 1)];
        const double apart = after.time - before.time;
        const auto share = static_cast<float>(apart > 0 ? std::clamp((time - before.time) / apart, 0.0, 1.0) : 0.0);
        for (std::size_t k = 0; k < data::kPictureMarks; ++k)
            for (std::size_t axis = 0; axis < 2; ++axis)
                out.flat.at(f, 2 * k + axis) = (before.pose.landmarks[3 * k + axis] * (1 - share) + after.pose.landmarks[3 * k + axis] * share) / height;
    }
    return out;
}

double metresAHeight(const Table& flat) {
    using namespace motion;
    constexpr std::array kLegs = {std::pair{LeftHipMark, LeftKneeMark}, std::pair{RightHipMark, RightKneeMark}, std::pair{LeftKneeMark, LeftAnkleMark}, std::pair{RightKneeMark, RightAnkleMark}};
    const auto lengthOf = [&](float trunkShare, const auto& at) {
        float length = trunkShare * (at(LeftShoulderMark) + at(RightShoulderMark) - at(LeftHipMark) - at(RightHipMark)).norm();
        for (const auto& [a, b] : kLegs) length += (at(a) - at(b)).norm();
        return length;  // of trunk and one leg, twice
    };
    std::array<Vec3, kLandmarks> rest;
    landmarkPositions(Skeleton::body().offset(Pelvis), std::vector<Quat>(kJoints, Quat::Identity()), rest);
    std::vector<float> seen(flat.rows);
    for (std::size_t f = 0; f < flat.rows; ++f)
        seen[f] = lengthOf(1, [&](int mark) -> Eigen::Vector2f { return {flat.at(f, 2 * static_cast<std::size_t>(mark)), flat.at(f, 2 * static_cast<std::size_t>(mark) + 1)}; });
    if (seen.empty()) return 0;
    const auto k = static_cast<std::ptrdiff_t>(0.95 * static_cast<double>(flat.rows - 1));
    std::nth_element(seen.begin(), seen.begin() + k, seen.end());
    const float longest = seen[static_cast<std::size_t>(k)];
    return longest > 1e-6f ? static_cast<double>(lengthOf(kTrunk, [&](int mark) -> Vec3 { return rest[static_cast<std::size_t>(mark)]; }) / longest) : 0.0;
}

Result<VideoMotion> motionOfVideo(const WatchRequest& request, const PoseFinder& finder, std::stop_token stop, Progress& progress) {
    CHOREIA_ASSIGN(const WatchedDance dance, watchDance(request, finder, stop, progress));
    return motionOfWatched(dance, request.video.string(), std::move(stop), progress);
}

Result<VideoMotion> motionOfWatched(const WatchedDance& dance, const std::string& name, std::stop_token stop, Progress& progress) {
    const EvenLandmarks even = evenLandmarks(dance, kClipFps);
    CHOREIA_ASSIGN(motion::Clip clip, motion::liftLandmarks(even.flat, kClipFps, metresAHeight(even.flat), name, stop, progress));
    return VideoMotion{std::move(clip), even.start, dance.seen.size(), dance.leftOut.size(), dance.confidence(), dance.facts.faults};
}

Result<VideoMotion> motionOfVideo(const std::filesystem::path& video, const PoseFinder& finder, std::stop_token stop, Progress& progress) {
    WatchRequest request;
    request.video = video;
    request.fps = kClipFps;
    request.mostPictures = static_cast<std::size_t>(kLongestVideo * kClipFps);
    return motionOfVideo(request, finder, std::move(stop), progress);
}

}  // namespace choreia::seeing
