// Straight lines between the places of neighbouring pictures; what is not known of depth the lifting network finds out, or rules where its weights are missing.
#include "seeing/video_motion.h"

#include "core/smoothing.h"
#include "io/models_folder.h"
#include "motion/fit.h"
#include "motion/landmarks.h"
#include "motion/lift_landmarks.h"
#include "seeing/lifter.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <utility>

namespace choreia::seeing {

namespace {

constexpr double kClipFps = 30, kLongestVideo = 20 * 60;  // s
constexpr double kScaleAround = 4, kFloorAround = 0.6, kScaleSmooth = 1, kFloorSmooth = 0.25, kRiseSmooth = 0.05;  // s to either side; spreads, s
constexpr double kPictureHolds = 1, kDepthHolds = 5;        // spreads in time over which the way in the picture, and the first depth, have their say, s
constexpr double kStanding = 0.03, kPlanted = 0.4;          // height in metres and speed in metres a second at which a foot hardly counts as standing any more
constexpr float kAirborne = 0.05f;                          // metres that a foot may waver while it stands
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

/// What the scale is read from: marks in pairs.
constexpr std::array kBones = {std::pair{motion::LeftShoulderMark, motion::RightShoulderMark}, std::pair{motion::LeftHipMark, motion::RightHipMark},
                               std::pair{motion::LeftShoulderMark, motion::LeftHipMark},       std::pair{motion::RightShoulderMark, motion::RightHipMark},
                               std::pair{motion::LeftShoulderMark, motion::LeftElbowMark},     std::pair{motion::RightShoulderMark, motion::RightElbowMark},
                               std::pair{motion::LeftElbowMark, motion::LeftWristMark},        std::pair{motion::RightElbowMark, motion::RightWristMark},
                               std::pair{motion::LeftHipMark, motion::LeftKneeMark},           std::pair{motion::RightHipMark, motion::RightKneeMark},
                               std::pair{motion::LeftKneeMark, motion::LeftAnkleMark},         std::pair{motion::RightKneeMark, motion::RightAnkleMark}};

/// The value below which so large a share of values lies.
double quantile(std::vector<double> values, double share) {
    const auto k = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + k, values.end());
    return values[static_cast<std::size_t>(k)];
}

Result<motion::Clip> clipOf(const Table& flat, const std::string& name, std::stop_token stop, Progress& progress) {
    const double metres = metresAHeight(flat);
    const auto folder = io::findModels();
    std::error_code code;
    if (metres <= 0 || flat.rows < 2 || !folder.ok() || !std::filesystem::exists(*folder / Lifter::kInstalled, code))
        return motion::liftLandmarks(flat, kClipFps, metres, name, std::move(stop), progress);
    CHOREIA_ASSIGN(const Lifter lifter, Lifter::load(*folder / Lifter::kInstalled));
    CHOREIA_ASSIGN(motion::Positions space, lifter.lift(flat, metresAlong(flat, kClipFps)));
    standOnFloor(space);
    walkWithFeet(space);
    CHOREIA_ASSIGN(auto fitted, motion::fitToBody(motion::landmarkNames(), space, name, std::move(stop), progress));
    return std::move(fitted.clip);
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

std::vector<double> metresAlong(const Table& flat, double fps) {
    const std::size_t frames = flat.rows;
    const double whole = metresAHeight(flat);
    std::vector<double> out(frames, whole);
    if (frames == 0 || whole <= 0) return out;
    std::array<std::vector<double>, kBones.size()> seen;
    std::array<double, kBones.size()> longest{};
    for (std::size_t b = 0; b < kBones.size(); ++b) {
        const auto [first, second] = kBones[b];
        const auto i = 2 * static_cast<std::size_t>(first), j = 2 * static_cast<std::size_t>(second);
        for (std::size_t f = 0; f < frames; ++f) seen[b].push_back(static_cast<double>(std::hypot(flat.at(f, i) - flat.at(f, j), flat.at(f, i + 1) - flat.at(f, j + 1))));
        longest[b] = quantile(seen[b], 0.95);
    }
    // A few looks a second are enough for what changes over seconds.
    const auto around = static_cast<std::size_t>(kScaleAround * fps), step = std::max<std::size_t>(1, static_cast<std::size_t>(fps / 4));
    for (std::size_t f = 0; f < frames; f += step) {
        const std::size_t from = f > around ? f - around : 0, to = std::min(frames, f + around + 1);
        std::vector<double> lost;
        for (std::size_t b = 0; b < kBones.size(); ++b) {
            const double here = quantile({seen[b].begin() + static_cast<std::ptrdiff_t>(from), seen[b].begin() + static_cast<std::ptrdiff_t>(to)}, 0.95);
            if (here > 1e-6) lost.push_back(longest[b] / here);
        }
        const double smaller = lost.empty() ? 1.0 : std::clamp(quantile(lost, 0.25), 1.0, 3.0);
        std::fill(out.begin() + static_cast<std::ptrdiff_t>(f), out.begin() + static_cast<std::ptrdiff_t>(std::min(frames, f + step)), whole * smaller);
    }
    return gaussianSmoothed(out, kScaleSmooth * fps);
}

void standOnFloor(motion::Positions& positions) {
    using namespace motion;
    const std::size_t frames = positions.frames();
    if (frames == 0) return;
    std::vector<double> lowest(frames);
    for (std::size_t f = 0; f < frames; ++f) {
        float low = positions.at(f, LeftHeel).y();
        for (const int mark : {RightHeel, LeftToe, RightToe, LeftAnkleMark, RightAnkleMark}) low = std::min(low, positions.at(f, static_cast<std::size_t>(mark)).y());
        lowest[f] = static_cast<double>(low);
    }
    const auto around = static_cast<std::size_t>(kFloorAround * positions.fps);
    std::vector<double> floor(frames);
    for (std::size_t f = 0; f < frames; ++f)
        floor[f] = *std::min_element(lowest.begin() + static_cast<std::ptrdiff_t>(f > around ? f - around : 0), lowest.begin() + static_cast<std::ptrdiff_t>(std::min(frames, f + around + 1)));
    floor = gaussianSmoothed(floor, kFloorSmooth * positions.fps);
    std::vector<double> rise(frames);
    for (std::size_t f = 0; f < frames; ++f) rise[f] = std::max(0.0, lowest[f] - floor[f] - static_cast<double>(kAirborne)) - lowest[f];
    rise = gaussianSmoothed(rise, kRiseSmooth * positions.fps);
    for (std::size_t f = 0; f < frames; ++f)
        for (auto& point : positions.frame(f)) point.y() += static_cast<float>(rise[f]);
}

void walkWithFeet(motion::Positions& positions) {
    using namespace motion;
    const std::size_t frames = positions.frames();
    if (frames < 2) return;
    constexpr std::array<std::array<std::size_t, 3>, 2> kFeet = {{{LeftAnkleMark, LeftHeel, LeftToe}, {RightAnkleMark, RightHeel, RightToe}}};
    const auto hips = [&](std::size_t f) -> Vec3 { return 0.5f * (positions.at(f, LeftHipMark) + positions.at(f, RightHipMark)); };
    std::vector<double> walkedX(frames), walkedZ(frames), pictureX(frames);
    pictureX[0] = static_cast<double>(hips(0).x());
    double stepX = 0, stepZ = 0;
    for (std::size_t f = 1; f < frames; ++f) {
        pictureX[f] = static_cast<double>(hips(f).x());
        double sum = 0, x = 0, z = 0;
        for (const auto& foot : kFeet) {
            Vec3 back = Vec3::Zero();  // under the hips since the frame before
            float low = 1e9f, rise = 0;
            for (const std::size_t mark : foot) {
                back += ((positions.at(f, mark) - hips(f)) - (positions.at(f - 1, mark) - hips(f - 1))) / 3.0f;
                low = std::min(low, positions.at(f, mark).y());
                rise += std::abs(positions.at(f, mark).y() - positions.at(f - 1, mark).y()) / 3.0f;
            }
            const double height = std::max(0.0, static_cast<double>(low)) / kStanding, speed = static_cast<double>(rise) * positions.fps / kPlanted;
            const double weight = std::exp(-height * height - speed * speed);
            sum += weight;
            x -= weight * static_cast<double>(back.x());
            z -= weight * static_cast<double>(back.z());
        }
        // With no foot down a body goes on as it went.
        const double sure = sum / (sum + 0.1);
        stepX = sure * (sum > 0 ? x / sum : 0) + (1 - sure) * stepX;
        stepZ = sure * (sum > 0 ? z / sum : 0) + (1 - sure) * stepZ;
        walkedX[f] = walkedX[f - 1] + stepX;
        walkedZ[f] = walkedZ[f - 1] + stepZ;
    }
    const auto slowly = [&](const std::vector<double>& values, double seconds) { return gaussianSmoothed(values, seconds * positions.fps); };
    const auto picture = slowly(pictureX, kPictureHolds), along = slowly(walkedX, kPictureHolds), away = slowly(walkedZ, kDepthHolds);
    for (std::size_t f = 0; f < frames; ++f) {
        const Vec3 to(static_cast<float>(picture[f] + walkedX[f] - along[f] - pictureX[f]), 0, static_cast<float>(walkedZ[f] - away[f]));
        for (auto& point : positions.frame(f)) point += to;
    }
}

Result<VideoMotion> motionOfVideo(const WatchRequest& request, const PoseFinder& finder, std::stop_token stop, Progress& progress) {
    CHOREIA_ASSIGN(const WatchedDance dance, watchDance(request, finder, stop, progress));
    return motionOfWatched(dance, request.video.string(), std::move(stop), progress);
}

Result<VideoMotion> motionOfWatched(const WatchedDance& dance, const std::string& name, std::stop_token stop, Progress& progress) {
    const EvenLandmarks even = evenLandmarks(dance, kClipFps);
    CHOREIA_ASSIGN(motion::Clip clip, clipOf(even.flat, name, stop, progress));
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
