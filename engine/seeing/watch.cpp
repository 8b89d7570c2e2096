// Pictures are looked at one after the other, each where the dancer was in the one before.
#include "seeing/watch.h"

#include "motion/landmarks.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace choreia::seeing {

namespace {

constexpr double kRest = 1.5;        // Hz, the filter's cut-off of a landmark at rest
constexpr double kSlope = 6.0;       // Hz a (body height a second)
constexpr double kLongestGap = 0.5;  // s; the filter begins anew after one
constexpr std::size_t kPlaces = data::kPictureMarks;

/// Whether the picture at this time is the next one wanted; moves on where it is.
bool wanted(double time, double fps, double& next) {
    if (time + 1e-6 < next) return false;
    next = (std::floor(time * fps + 1e-3) + 1) / fps;
    return true;
}

/// Pixels of a region of a picture, at least 16 either way.
struct PixelBox {
    int left = 0, top = 0, width = 0, height = 0;
};
PixelBox boxOf(const PictureRegion& region, int width, int height) {
    const auto at = [](double share, int all) { return static_cast<int>(std::lround(std::clamp(share, 0.0, 1.0) * all)); };
    PixelBox box{std::min(at(region.left, width), width - 1), std::min(at(region.top, height), height - 1), 0, 0};
    box.width = std::clamp(at(region.left + region.width, width) - box.left, std::min(16, width - box.left), width - box.left);
    box.height = std::clamp(at(region.top + region.height, height) - box.top, std::min(16, height - box.top), height - box.top);
    return box;
}

io::RgbPicture cutOut(const io::RgbPicture& picture, const PixelBox& box) {
    io::RgbPicture out{box.width, box.height, {}};
    out.rgb.reserve(3 * static_cast<std::size_t>(box.width) * static_cast<std::size_t>(box.height));
    for (int y = box.top; y < box.top + box.height; ++y) {
        const auto from = picture.rgb.begin() + 3 * (static_cast<std::ptrdiff_t>(y) * picture.width + box.left);
        out.rgb.insert(out.rgb.end(), from, from + 3 * box.width);
    }
    return out;
}

FoundPose moved(FoundPose pose, float x, float y) {
    for (std::size_t i = 0; i < kPlaces; ++i) pose.landmarks[3 * i] += x, pose.landmarks[3 * i + 1] += y;
    pose.square.x += x, pose.square.y += y;
    return pose;
}

Result<WatchedDance> findDancer(const WatchRequest& request, const PoseFinder& finder, std::stop_token stop, Progress& progress) {
    WatchedDance dance;
    dance.fps = request.fps;
    Stage stage(progress, "finding the dancer");
    double next = 0;
    std::optional<FoundPose> before;
    Result<void> trouble;
    const auto sink = [&](const io::RgbPicture& picture, double time) {
        if (!wanted(time, request.fps, next)) return true;
        dance.times.push_back(time);
        dance.width = picture.width, dance.height = picture.height;
        const PixelBox box = boxOf(request.region, picture.width, picture.height);
        const auto found = finder.find(request.region.whole() ? picture : cutOut(picture, box), before ? &*before : nullptr);
        if (!found.ok()) {
            trouble = found.error();
            return false;
        }
        before = *found;
        std::optional<FoundPose> whole;
        if (before) whole = request.region.whole() ? *before : moved(*before, static_cast<float>(box.left), static_cast<float>(box.top));
        if (whole)
            dance.seen.push_back({time, *whole});
        else
            dance.leftOut.push_back(time);
        if (request.preview) request.preview(picture, whole ? &*whole : nullptr, time);
        return dance.times.size() < request.mostPictures;
    };
    CHOREIA_ASSIGN(dance.facts, io::readVideo(request.video, kWatchedSide, sink, stop, stage));
    CHOREIA_TRY(trouble);
    return dance;
}

constexpr double kExchanged = 0.01;  // what a picture with sides exchanged costs, square picture sides of the dancer: by themselves they are more often right
constexpr std::array kArmMarks = {motion::LeftShoulderMark, motion::LeftElbowMark, motion::LeftWristMark, motion::LeftPinky, motion::LeftIndex, motion::LeftThumb};
constexpr std::array kLegMarks = {motion::LeftHipMark, motion::LeftKneeMark, motion::LeftAnkleMark, motion::LeftHeel, motion::LeftToe};

void settlePairs(std::span<SeenPose> seen, std::span<const motion::Landmark> marks) {
    const auto other = [](int mark, bool exchanged) { return static_cast<std::size_t>(exchanged ? motion::mirroredLandmark(mark) : mark); };
    const auto way = [&](std::size_t i, bool before, bool after) {
        const FoundPose &a = seen[i - 1].pose, &b = seen[i].pose;
        const double unit = std::max(8.0, static_cast<double>(b.square.side));
        double sum = 0;
        for (const int left : marks)
            for (const int mark : {left, motion::mirroredLandmark(left)}) {
                const std::size_t from = other(mark, before), to = other(mark, after);
                const double x = static_cast<double>(b.landmarks[3 * to] - a.landmarks[3 * from]) / unit, y = static_cast<double>(b.landmarks[3 * to + 1] - a.landmarks[3 * from + 1]) / unit;
                sum += x * x + y * y;
            }
        return sum;
    };
    // Viterbi over two ways a picture.
    std::vector<std::array<bool, 2>> from(seen.size());
    std::array<double, 2> cost{0, kExchanged};
    for (std::size_t i = 1; i < seen.size(); ++i) {
        std::array<double, 2> next{};
        for (const bool now : {false, true}) {
            const double same = cost[0] + way(i, false, now), swapped = cost[1] + way(i, true, now);
            from[i][now] = swapped < same;
            next[now] = std::min(same, swapped) + (now ? kExchanged : 0);
        }
        cost = next;
    }
    bool now = cost[1] < cost[0];
    for (std::size_t i = seen.size(); i-- > 0;) {
        if (now)
            for (const int left : marks) {
                const auto a = static_cast<std::size_t>(left), b = other(left, true);
                for (std::size_t axis = 0; axis < 3; ++axis) std::swap(seen[i].pose.landmarks[3 * a + axis], seen[i].pose.landmarks[3 * b + axis]);
                std::swap(seen[i].pose.sure[a], seen[i].pose.sure[b]);
            }
        now = from[i][now];
    }
}

/// Every landmark smoothed along time, in body heights.
void smoothPlaces(std::vector<SeenPose>& seen) {
    for (std::size_t first = 0; first < seen.size();) {
        std::size_t end = first + 1;
        while (end < seen.size() && seen[end].time - seen[end - 1].time <= kLongestGap) ++end;
        settleSides(std::span(seen).subspan(first, end - first));
        std::vector<double> times, values(end - first);
        for (std::size_t i = first; i < end; ++i) times.push_back(seen[i].time);
        const double unit = std::max(8.0, static_cast<double>(seen[first].pose.square.side));
        for (std::size_t k = 0; k < 3 * kPlaces; ++k) {
            const double scale = k % 3 == 2 ? 1.7 : unit;  // depths are metres
            for (std::size_t i = first; i < end; ++i) values[i - first] = static_cast<double>(seen[i].pose.landmarks[k]) / scale;
            smoothOneEuro(values, times, kRest, kSlope);
            for (std::size_t i = first; i < end; ++i) seen[i].pose.landmarks[k] = static_cast<float>(values[i - first] * scale);
        }
        first = end;
    }
}

}  // namespace

double WatchedDance::confidence() const {
    double sum = 0;
    for (const auto& [time, pose] : seen) sum += static_cast<double>(pose.confidence) / static_cast<double>(seen.size());
    return sum;
}

void settleSides(std::span<SeenPose> seen) {
    if (seen.size() < 2) return;
    settlePairs(seen, kArmMarks);
    settlePairs(seen, kLegMarks);
}

void smoothOneEuro(std::span<double> values, std::span<const double> times, double minimum, double slope) {
    const std::size_t n = values.size();
    if (n < 2) return;
    const auto share = [](double cutOff, double step) { return 1 / (1 + 1 / (2 * std::numbers::pi * cutOff * step)); };
    const auto run = [&](bool backwards) {
        std::vector<double> out(n);
        double speed = 0;
        for (std::size_t k = 0; k < n; ++k) {
            const std::size_t i = backwards ? n - 1 - k : k, before = backwards ? i + 1 : i - 1;
            if (k == 0) {
                out[i] = values[i];
                continue;
            }
            const double step = std::max(1e-4, std::abs(times[i] - times[before]));
            speed += share(1.0, step) * ((values[i] - values[before]) / step - speed);
            out[i] = out[before] + share(minimum + slope * std::abs(speed), step) * (values[i] - out[before]);
        }
        return out;
    };
    const auto there = run(false), back = run(true);
    for (std::size_t i = 0; i < n; ++i) values[i] = 0.5 * (there[i] + back[i]);
}

Result<WatchedDance> watchDance(const WatchRequest& request, const PoseFinder& finder, std::stop_token stop, Progress& progress) {
    if (!(request.fps >= 1 && request.fps <= 60)) return usageError("fps", "out of range", "1 to 60", std::to_string(request.fps));
    const auto& region = request.region;
    if (!(region.left >= 0 && region.top >= 0 && region.width > 0 && region.height > 0 && region.left + region.width <= 1 + 1e-9 && region.top + region.height <= 1 + 1e-9))
        return usageError("region", "is no part of a picture", "left, top, width and height in shares of it, together at most 1",
                          std::to_string(region.left) + "," + std::to_string(region.top) + "," + std::to_string(region.width) + "," + std::to_string(region.height));
    CHOREIA_ASSIGN(WatchedDance dance, findDancer(request, finder, std::move(stop), progress));
    if (dance.times.size() < kLeastPictures)
        return badInput(request.video.string(), "is too short", "at least " + std::to_string(kLeastPictures) + " pictures", std::to_string(dance.times.size()));
    if (dance.seen.size() < kLeastPictures)
        return badInput(request.video.string(), "nobody is found in it", "a person in at least " + std::to_string(kLeastPictures) + " pictures",
                        std::to_string(dance.seen.size()) + " of " + std::to_string(dance.times.size()));
    smoothPlaces(dance.seen);
    return dance;
}

}  // namespace choreia::seeing
