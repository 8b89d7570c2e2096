// Offsets are rotation vectors in each joint's parent space, scaled by curves whose value, slope and bend end at zero.
#include "choreo/control.h"

#include "choreo/foot_contacts.h"
#include "choreo/smooth_offsets.h"
#include "core/units.h"
#include "motion/kinematics.h"
#include "motion/pose_features.h"
#include "motion/rotation.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <string>
#include <tuple>

namespace choreia::choreo {

namespace {

using motion::Quat;
using motion::Vec3;

constexpr double kOpeningBlend = 0.5;  // s
constexpr double kPinsApart = 1.0 / 30 - 1e-6;  // s: two frames, however their times are rounded

// 1 at 0, 0 at 1, flat and straight at both.
double fading(double x) {
    x = std::clamp(x, 0.0, 1.0);
    return 1 - x * x * x * (x * (6 * x - 15) + 10);
}

// Quintic that starts with slope 1 (per unit) from 0 and ends at rest at 0.
double slowing(double x) {
    x = std::clamp(x, 0.0, 1.0);
    return x - x * x * x * (6 - x * (8 - 3 * x));
}

Vec3 between(const Quat& from, const Quat& to) { return motion::logMap(to * from.conjugate()); }

void turnBy(Quat& rotation, const Vec3& by) { rotation = (motion::expMap(by) * rotation).normalized(); }

motion::Clip reversed(motion::Clip clip) {
    std::reverse(clip.root.begin(), clip.root.end());
    motion::Clip out = clip;
    for (std::size_t f = 0; f < clip.frames(); ++f) std::ranges::copy(clip.pose(clip.frames() - 1 - f), out.pose(f).begin());
    return out;
}

}  // namespace

PinnedPose pinFrom(const motion::Clip& clip, double second, double time) {
    const std::array at = {second};
    const motion::Clip pose = motion::sampleAt(clip, at, clip.fps);
    PinnedPose pin;
    pin.time = time;
    pin.rotations = pose.rotations;
    pin.height = pose.root[0].y();
    return pin;
}

Result<std::vector<PinnedPose>> orderedPins(const Constraints& constraints, double from, double to) {
    std::vector<PinnedPose> pins = constraints.pins;
    std::stable_sort(pins.begin(), pins.end(), [](const PinnedPose& a, const PinnedPose& b) { return a.time < b.time; });
    for (std::size_t i = 0; i < pins.size(); ++i) {
        const PinnedPose& pin = pins[i];
        const std::string where = "pin at " + std::to_string(pin.time) + " s";
        if (!(pin.time >= from && pin.time <= to))
            return usageError(where, "lies outside", std::to_string(from) + " to " + std::to_string(to) + " s", std::to_string(pin.time));
        if (i > 0 && pin.time - pins[i - 1].time < kPinsApart) return usageError(where, "has another one at its moment", "pins at least 1/30 s apart");
        if (pin.rotations.size() != motion::kJoints) return usageError(where, "is not a pose", "24 rotations", std::to_string(pin.rotations.size()));
        if (!(pin.weight >= 0 && pin.weight <= 1)) return usageError(where, "weight out of range", "0 to 1", std::to_string(pin.weight));
        if (!(pin.falloff > 0 && std::isfinite(pin.falloff))) return usageError(where, "falloff out of range", "above 0 s", std::to_string(pin.falloff));
    }
    if (constraints.opening) {
        if (constraints.opening->frames() == 0) return badInput("opening", "has no frame");
        if (!pins.empty() && pins[0].time < kPinsApart) return usageError("pin at " + std::to_string(pins[0].time) + " s", "the dance opens with another pose there", "a later pin");
    }
    return pins;
}

std::array<Vec3, motion::kJoints> bodyPositions(std::span<const Quat> rotations, float height) {
    std::vector<Quat> pose(rotations.begin(), rotations.end());
    pose[motion::Pelvis] = motion::yawRotation(-motion::headingOf(pose[motion::Pelvis])) * pose[motion::Pelvis];
    std::array<Vec3, motion::kJoints> joints;
    motion::forwardKinematics(motion::Skeleton::body(), Vec3(0, height, 0), pose, joints);
    return joints;
}

double poseDistance(std::span<const Vec3> a, std::span<const Vec3> b) {
    double sum = 0;
    for (std::size_t j = 0; j < a.size(); ++j) sum += static_cast<double>((a[j] - b[j]).norm());
    return sum / static_cast<double>(a.size());
}

std::vector<std::size_t> pinFrames(std::span<const PinnedPose> pins, std::size_t frames) {
    std::vector<std::size_t> at;
    for (const PinnedPose& pin : pins) at.push_back(std::min(static_cast<std::size_t>(std::max<std::int64_t>(0, nearestFrame({pin.time}, kMotionFps).value)), frames - 1));
    return at;
}

namespace {

// An offset that straightens a bent knee bends a straight one to the wrong side, and planting the foot would then snap it back. Flexion is about +X; under kLeastBend it is led towards nothing, smoothly.
void keepKneeForward(Quat& knee, float share) {
    constexpr float kLeastBend = 0.12f;  // radians
    const float bend = 2 * std::atan2(knee.x(), knee.w());
    const float wrapped = std::remainder(bend, 2 * std::numbers::pi_v<float>);
    if (wrapped >= kLeastBend) return;
    const float wanted = kLeastBend * std::exp((wrapped - kLeastBend) / kLeastBend);
    knee = (knee * Quat(Eigen::AngleAxisf(share * (wanted - wrapped), Vec3::UnitX()))).normalized();
}

}  // namespace

std::vector<double> meetPins(motion::Clip& clip, std::span<const PinnedPose> pins, bool heldFirst, bool heldLast) {
    const auto frames = pinFrames(pins, clip.frames());
    std::vector<double> distances;
    // Offsets are taken off the clip as it was: where two overlap, they add up to one at neither pin.
    const motion::Clip was = clip;
    std::vector<float> shares(clip.frames(), 0.0f);  // of the pins in each frame
    for (std::size_t i = 0; i < pins.size(); ++i) {
        const auto at = static_cast<std::ptrdiff_t>(frames[i]);
        const auto there = was.pose(frames[i]);
        const float height = was.root[frames[i]].y();
        distances.push_back(poseDistance(bodyPositions(there, height), bodyPositions(pins[i].rotations, pins[i].height)));
        std::array<Vec3, motion::kJoints> offset;
        for (std::size_t j = 0; j < motion::kJoints; ++j) offset[j] = between(there[j], pins[i].rotations[j]);
        const Quat& pelvis = pins[i].rotations[motion::Pelvis];
        offset[motion::Pelvis] = between(there[motion::Pelvis], motion::yawRotation(motion::headingOf(there[motion::Pelvis]) - motion::headingOf(pelvis)) * pelvis);

        double before = pins[i].falloff * clip.fps, after = before;
        if (i > 0) before = std::min(before, static_cast<double>(frames[i] - frames[i - 1]));
        else if (heldFirst) before = std::min(before, static_cast<double>(at));
        if (i + 1 < pins.size()) after = std::min(after, static_cast<double>(frames[i + 1] - frames[i]));
        else if (heldLast) after = std::min(after, static_cast<double>(clip.frames() - 1 - frames[i]));
        const auto last = static_cast<std::ptrdiff_t>(clip.frames()) - 1;
        for (std::ptrdiff_t f = std::max<std::ptrdiff_t>(0, at - static_cast<std::ptrdiff_t>(before)); f <= std::min(last, at + static_cast<std::ptrdiff_t>(after)); ++f) {
            const double reach = f < at ? before : after;
            const double share = f == at ? 1 : fading(static_cast<double>(std::abs(f - at)) / reach);
            const auto w = static_cast<float>(pins[i].weight * share);
            const auto frame = static_cast<std::size_t>(f);
            const auto pose = clip.pose(frame);
            for (std::size_t j = 0; j < motion::kJoints; ++j) turnBy(pose[j], offset[j] * w);
            clip.root[frame].y() += w * (pins[i].height - height);
            shares[frame] = std::max(shares[frame], w);
        }
    }
    for (std::size_t f = 0; f < clip.frames(); ++f)
        if (shares[f] > 0 && shares[f] < 1)
            for (const int knee : {motion::LeftKnee, motion::RightKnee}) keepKneeForward(clip.pose(f)[static_cast<std::size_t>(knee)], std::min(1.0f, 6 * shares[f] * (1 - shares[f])));
    return distances;
}

void continueFrom(motion::Clip& clip, const motion::Clip& before, double seconds) {
    if (clip.frames() < 2 || before.frames() == 0) return;
    const std::size_t end = before.frames() - 1;
    const auto last = before.pose(end);
    const auto fps = static_cast<float>(clip.fps), beforeFps = static_cast<float>(before.fps);
    const std::size_t reach = std::min(clip.frames() - 1, static_cast<std::size_t>(std::max(1.0, seconds * clip.fps)));
    const float length = static_cast<float>(reach) / fps;
    const motion::Clip start = motion::slice(clip, 0, 2);
    // An offset and its speed: where the motion was going less where this one goes.
    const Vec3 place = before.root[end] - start.root[0];
    Vec3 drift = (start.root[0] - start.root[1]) * fps;
    if (end > 0) drift += (before.root[end] - before.root[end - 1]) * beforeFps;
    std::array<Vec3, motion::kJoints> turn, spin;
    for (std::size_t j = 0; j < motion::kJoints; ++j) {
        turn[j] = between(start.pose(0)[j], last[j]);
        spin[j] = -between(start.pose(0)[j], start.pose(1)[j]) * fps;
        if (end > 0) spin[j] += between(before.pose(end - 1)[j], last[j]) * beforeFps;
    }
    for (std::size_t f = 0; f <= reach; ++f) {
        const double x = static_cast<double>(f) / static_cast<double>(reach);
        const auto value = static_cast<float>(fading(x)), slope = static_cast<float>(slowing(x)) * length;
        clip.root[f] += place * value + drift * slope;
        const auto pose = clip.pose(f);
        for (std::size_t j = 0; j < motion::kJoints; ++j) turnBy(pose[j], turn[j] * value + spin[j] * slope);
    }
}

void leadInto(motion::Clip& clip, const motion::Clip& after, double seconds) {
    motion::Clip backwards = reversed(clip);
    continueFrom(backwards, reversed(motion::slice(after, 0, 2)), seconds);
    clip = reversed(std::move(backwards));
}

void turnClip(motion::Clip& clip, float radians) {
    if (clip.frames() == 0) return;
    const Quat turn = motion::yawRotation(radians);
    const Vec3 middle = clip.root[0];
    for (std::size_t f = 0; f < clip.frames(); ++f) {
        clip.root[f] = middle + turn * (clip.root[f] - middle);
        clip.pose(f)[motion::Pelvis] = turn * clip.pose(f)[motion::Pelvis];
    }
}

void openWith(motion::Clip& clip, const motion::Clip& opening) {
    motion::Clip before = motion::slice(opening, opening.frames() - std::min<std::size_t>(2, opening.frames()), 2);
    turnClip(clip, motion::headingOf(before.pose(before.frames() - 1)[motion::Pelvis]) - motion::headingOf(clip.pose(0)[motion::Pelvis]));
    Vec3 shift = clip.root[0] - before.root.back();
    shift.y() = 0;
    for (Vec3& root : before.root) root += shift;
    continueFrom(clip, before, kOpeningBlend);
}

void keepAboveFloor(motion::Clip& clip, std::span<const std::size_t> frames) {
    constexpr std::ptrdiff_t kReach = 36;                    // frames on both sides
    constexpr std::array<double, 4> kGive = {.01, .004, .01, .004};  // as in the foot clean-up
    if (frames.empty()) return;
    const auto n = static_cast<std::ptrdiff_t>(clip.frames());
    std::vector<bool> free(clip.frames(), false);
    for (const std::size_t frame : frames)
        for (std::ptrdiff_t f = -kReach; f <= kReach; ++f)
            if (const auto at = static_cast<std::ptrdiff_t>(frame) + f; at >= 0 && at < n) free[static_cast<std::size_t>(at)] = true;
    for (const std::size_t frame : frames) free[frame] = false;
    const auto& body = motion::Skeleton::body();
    const std::array<double, 4> rest = restHeights();
    const motion::Positions positions = motion::jointPositions(body, clip);
    for (const auto& [hip, knee, ankle, toe, k] : {std::tuple(motion::LeftHip, motion::LeftKnee, motion::LeftAnkle, motion::LeftFoot, std::size_t{0}),
                                                   std::tuple(motion::RightHip, motion::RightKnee, motion::RightAnkle, motion::RightFoot, std::size_t{2})}) {
        OffsetProblem lift(clip.frames(), clip.fps, .05);
        bool any = false;
        for (std::size_t f = 0; f < clip.frames(); ++f) {
            const double under = std::max(rest[k] - kGive[k] - static_cast<double>(positions.at(f, ankle).y()), rest[k + 1] - kGive[k + 1] - static_cast<double>(positions.at(f, toe).y()));
            if (!free[f]) lift.pullTo(f, 1e4, 0);
            else if (under > 0) lift.pullTo(f, 5, under);
            any = any || (free[f] && under > 1e-3);
        }
        if (!any) continue;
        lift.bend(2e-6);
        const std::vector<double> by = lift.solve();
        for (std::size_t f = 0; f < clip.frames(); ++f)
            if (free[f] && by[f] > 1e-4) motion::solveTwoBone(body, clip.root[f], clip.pose(f), hip, knee, ankle, positions.at(f, ankle) + Vec3(0, static_cast<float>(by[f]), 0));
    }
}

}  // namespace choreia::choreo
