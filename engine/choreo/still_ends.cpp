// A time warp: what stands keeps standing, so feet need no second look.
#include "choreo/still_ends.h"

#include "choreo/dance_steps.h"
#include "core/units.h"
#include "eval/beat_alignment.h"
#include "motion/kinematics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace choreia::choreo {

namespace {

constexpr double kShortest = 6;                       // s: of songs that get poses
constexpr double kStrong = 0.3;                       // onset strength of an accent
constexpr double kSeen = 0.8, kSeenAtMost = 2.0;      // s that the pose is held where the song is cut off
constexpr double kHeldAtMost = 4;                     // s
constexpr double kWaited = 1.0 / 6;                   // of the song, that is waited at most
constexpr double kApproach = 1.5, kLeastApproach = 0.5;  // s over which the dance is led into the pose
constexpr double kNear = 0.5;                         // s between a pose and the accent that it may be shown at
constexpr double kBraked = 0.6, kAlive = 0.04;        // speeds of time at the accent, and in the pose
constexpr double kBrake = 0.15;                       // s: time constant of the braking
constexpr double kFar = 2, kFoot = 0.4;               // prices of a second's distance, and of each foot that does not stand, in mean speeds
constexpr float kJump = 0.12f;                        // m: nothing of the body is lower in a jump; who stands on the hands has them there

float lowest(const motion::Positions& positions, std::size_t frame) {
    float low = positions.at(frame, 0).y();
    for (std::size_t j = 1; j < motion::kJoints; ++j) low = std::min(low, positions.at(frame, j).y());
    return low;
}

std::optional<double> firstIn(const std::vector<double>& moments, double from, double to) {
    const auto at = std::lower_bound(moments.begin(), moments.end(), from);
    return at == moments.end() || *at > to ? std::nullopt : std::optional(*at);
}
std::optional<double> lastIn(const std::vector<double>& moments, double from, double to) {
    const auto after = std::upper_bound(moments.begin(), moments.end(), to);
    return after == moments.begin() || *std::prev(after) < from ? std::nullopt : std::optional(*std::prev(after));
}

// The dance as it is at other times.
void show(motion::Clip& clip, std::vector<std::array<bool, 4>>& contacts, std::vector<double>& warp, const std::vector<double>& times) {
    clip = motion::sampleAt(clip, times, clip.fps);
    contacts = contactsAlong(contacts, times);
    std::vector<double> moved(warp.size());
    for (std::size_t f = 0; f < moved.size(); ++f) {
        const double at = std::clamp(times[f] * clip.fps, 0.0, static_cast<double>(warp.size() - 1));
        const auto base = std::min(static_cast<std::size_t>(at), warp.size() - 2);
        moved[f] = std::lerp(warp[base], warp[base + 1], at - static_cast<double>(base));
    }
    warp = std::move(moved);
}

}  // namespace

std::optional<double> firstAccent(const audio::Analysis& analysis) {
    if (analysis.duration < kShortest) return {};
    const double most = std::min(kHeldAtMost, kWaited * analysis.duration);
    double strong = 0;
    for (std::size_t row = 0; row < analysis.features.rows; ++row)
        if (analysis.features.at(row, audio::columns::kOnset) >= static_cast<float>(kStrong)) {
            strong = static_cast<double>(row) / kMotionFps;
            break;
        }
    if (strong >= kSeen) return std::min(strong, most);
    if (const auto downbeat = firstIn(analysis.grid.downbeats, kSeen, kSeenAtMost)) return std::min(*downbeat, most);
    if (const auto beat = firstIn(analysis.grid.beats, kSeen, kSeenAtMost)) return std::min(*beat, most);
    return std::min(0.5 * (kSeen + kSeenAtMost), most);
}

std::optional<double> lastAccent(const audio::Analysis& analysis) {
    const double end = analysis.duration;
    if (end < kShortest) return {};
    double strong = end;
    for (std::size_t row = analysis.features.rows; row-- > 0;)
        if (analysis.features.at(row, audio::columns::kOnset) >= static_cast<float>(kStrong)) {
            strong = static_cast<double>(row) / kMotionFps;
            break;
        }
    if (strong <= end - kSeen) return std::max(strong, end - kHeldAtMost);
    if (const auto downbeat = lastIn(analysis.grid.downbeats, end - kSeenAtMost, end - kSeen)) return downbeat;
    if (const auto beat = lastIn(analysis.grid.beats, end - kSeenAtMost, end - kSeen)) return beat;
    return end - 0.5 * (kSeen + kSeenAtMost);
}

std::optional<std::vector<double>> restAt(const motion::Clip& clip, const std::vector<std::array<bool, 4>>& contacts, double accent) {
    const std::size_t frames = clip.frames();
    if (frames < 8 || contacts.size() != frames) return {};
    const double begin = std::max(0.0, accent - kApproach), length = accent - begin, near = std::min(kNear, length / 3);
    if (length < kLeastApproach || accent >= static_cast<double>(frames - 1) / clip.fps) return {};
    const auto positions = motion::jointPositions(motion::Skeleton::body(), clip);
    const auto speed = eval::gaussianSmooth(eval::jointSpeedCurve(positions), eval::kBeatSmoothingFrames);
    const double mean = std::max(1e-9, std::accumulate(speed.begin(), speed.end(), 0.0) / static_cast<double>(speed.size()));
    std::optional<double> pose;
    double least = 0;
    for (std::size_t f = 0; f < speed.size(); ++f) {
        const double time = static_cast<double>(f) / clip.fps, away = std::abs(time - accent);
        if (away > near || lowest(positions, f) > kJump) continue;
        const int feet = (contacts[f][0] || contacts[f][1]) + (contacts[f][2] || contacts[f][3]);
        const double cost = speed[f] / mean + kFar * away + kFoot * (2 - feet);
        if (pose && cost >= least) continue;
        least = cost;
        pose = time;
    }
    if (!pose) return {};
    // Cubic from `begin`, where time runs as it did, to the accent; behind it speed falls off and the pose is reached.
    const double reached = *pose - (kBraked - kAlive) * kBrake;
    std::vector<double> times(frames);
    for (std::size_t f = 0; f < frames; ++f) {
        const double t = static_cast<double>(f) / clip.fps;
        if (t <= begin) {
            times[f] = t;
        } else if (t < accent) {
            const double u = (t - begin) / length, v = 1 - u;
            times[f] = begin * v * v * (1 + 2 * u) + reached * u * u * (3 - 2 * u) + length * u * v * (v - kBraked * u);
        } else {
            const double held = t - accent;
            times[f] = reached + kAlive * held + (kBraked - kAlive) * kBrake * (1 - std::exp(-held / kBrake));
        }
    }
    return times;
}

std::optional<std::vector<double>> wakeAt(const motion::Clip& clip, const std::vector<std::array<bool, 4>>& contacts, double accent) {
    const std::size_t frames = clip.frames();
    if (frames < 2 || contacts.size() != frames) return {};
    motion::Clip backwards;
    backwards.fps = clip.fps;
    backwards.root.assign(clip.root.rbegin(), clip.root.rend());
    for (std::size_t f = frames; f-- > 0;) {
        const auto pose = clip.pose(f);
        backwards.rotations.insert(backwards.rotations.end(), pose.begin(), pose.end());
    }
    const double end = static_cast<double>(frames - 1) / clip.fps;
    auto times = restAt(backwards, {contacts.rbegin(), contacts.rend()}, end - accent);
    if (!times) return {};
    std::reverse(times->begin(), times->end());
    for (double& time : *times) time = end - time;
    return times;
}

void beginInPose(motion::Clip& clip, std::vector<std::array<bool, 4>>& contacts, std::vector<double>& warp, const audio::Analysis& analysis, double start, std::span<const std::size_t> held) {
    const auto accent = firstAccent(analysis);
    if (!accent || contacts.size() != clip.frames() || warp.size() != clip.frames()) return;
    for (const std::size_t frame : held)
        if (static_cast<double>(frame) / clip.fps < *accent - start + kApproach) return;
    if (const auto times = wakeAt(clip, contacts, *accent - start)) show(clip, contacts, warp, *times);
}

void endInPose(motion::Clip& clip, std::vector<std::array<bool, 4>>& contacts, std::vector<double>& warp, const audio::Analysis& analysis, double start, std::span<const std::size_t> held) {
    const auto accent = lastAccent(analysis);
    if (!accent || contacts.size() != clip.frames() || warp.size() != clip.frames()) return;
    const auto times = restAt(clip, contacts, *accent - start);
    if (!times) return;
    for (const std::size_t frame : held)
        if (static_cast<double>(frame) / clip.fps > *accent - start - kApproach) return;
    show(clip, contacts, warp, *times);
}

}  // namespace choreia::choreo
