// What is kept is never touched; what is laid gives way, most where no foot stands.
#include "choreo/part.h"

#include "choreo/foot_cleanup.h"
#include "choreo/foot_contacts.h"
#include "choreo/foot_placement.h"
#include "choreo/joins.h"
#include "eval/dance_habits.h"
#include "motion/pose_features.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace choreia::choreo {

namespace {

using motion::Clip;

constexpr std::size_t kAround = 60;  // kept frames that the clean-up sees on each side

constexpr int kRounds = 3;          // of cleaning, where a part goes off its stage
constexpr double kOver = .05;       // m

/// Metres from the middle of the stage, of frames [first, end).
double furthest(const Clip& clip, std::size_t first, std::size_t end) {
    double most = 0;
    for (std::size_t f = first; f < end; ++f) most = std::max(most, std::hypot(static_cast<double>(clip.root[f].x()), static_cast<double>(clip.root[f].z())));
    return most;
}

/// Frames of the dance on both sides of the part, with `inside` between them.
Clip amongKept(const Clip& dance, const Part& part, const Clip& inside, std::size_t before) {
    const std::size_t after = std::min(kAround, dance.frames() - 1 - part.last);
    Clip whole = motion::slice(dance, part.first - before, before);
    const auto append = [&](const Clip& clip) {
        whole.root.insert(whole.root.end(), clip.root.begin(), clip.root.end());
        whole.rotations.insert(whole.rotations.end(), clip.rotations.begin(), clip.rotations.end());
    };
    append(inside);
    append(motion::slice(dance, part.last + 1, after));
    return whole;
}

}  // namespace

Result<Part> partOf(const io::Dance& dance, double from, double to) {
    const double end = static_cast<double>(dance.clip.frames()) / kMotionFps;
    if (std::abs(dance.clip.fps - kMotionFps) > 1e-9) return badInput("dance", "has another frame rate", "60", std::to_string(dance.clip.fps));
    if (!std::isfinite(from) || !std::isfinite(to) || from < 0 || from >= end)
        return usageError("from", "lies outside the dance", "0 to " + std::to_string(end) + " s", std::to_string(from));
    if (to > end + 0.05) return usageError("to", "lies outside the dance", "at most " + std::to_string(end) + " s", std::to_string(to));
    if (to - from < 0.5 - 1e-9) return usageError("part", "is too short to be made anew", "0.5 s or more from its start to its end", std::to_string(to - from));
    Part part{};
    part.first = static_cast<std::size_t>(std::ceil(from * kMotionFps - 1e-6));
    part.last = std::min(static_cast<std::size_t>(std::floor(to * kMotionFps + 1e-6)), dance.clip.frames() - 1);
    part.joinsBefore = part.first > 0;
    part.joinsAfter = part.last + 1 < dance.clip.frames();
    if (part.last < part.first + 8) return usageError("part", "is too short to be made anew", "0.5 s or more of the dance", std::to_string(to - from));
    return part;
}

void standAs(Clip& clip, std::size_t here, const Clip& other, std::size_t there) {
    turnClip(clip, motion::headingOf(other.pose(there)[motion::Pelvis]) - motion::headingOf(clip.pose(here)[motion::Pelvis]));
    motion::Vec3 shift = other.root[there] - clip.root[here];
    shift.y() = 0;
    for (auto& root : clip.root) root += shift;
}

void standAt(Clip& inside, const Clip& dance, const Part& part) {
    const bool byEnd = !part.joinsBefore && part.joinsAfter;
    standAs(inside, byEnd ? inside.frames() - 1 : 0, dance, byEnd ? part.last : part.first);
}

void meetKept(Clip& inside, const Clip& dance, const Part& part) {
    if (part.joinsBefore) continueFrom(inside, motion::slice(dance, part.first - 1, 2), part.bend());
    if (part.joinsAfter) leadInto(inside, motion::slice(dance, part.last, 2), part.bend());
}

double stageOf(const io::GenerateSettings& settings) { return settings.stage > 0 ? settings.stage : eval::kLeastStage; }

Settled settle(Clip inside, const Clip& dance, const Part& part, std::span<const PinnedPose> pins, double stage) {
    Settled settled;
    const Clip keptEnd = part.joinsAfter ? motion::slice(dance, part.last, 2) : Clip{};
    const ContactScores walking(part.frames(), {0, 0, 0, 0});
    if (part.joinsBefore && part.joinsAfter) {
        spreadTurn(inside, keptEnd);
        spreadPlace(inside, dance.root[part.first], keptEnd.root[0], walking);
    }
    meetKept(inside, dance, part);
    settled.pinDistances = meetPins(inside, pins, part.joinsBefore, part.joinsAfter);
    const std::size_t before = std::min(kAround, part.first);
    stage = std::max({stage, furthest(dance, 0, part.first + 1), furthest(dance, part.last, dance.frames())});
    const auto first = static_cast<std::ptrdiff_t>(before), end = first + static_cast<std::ptrdiff_t>(part.frames());
    CleanedClip cleaned;
    settled.clip = std::move(inside);
    for (int round = 0; round < kRounds; ++round) {
        // A decoder's word on contacts would hold inside alone; without it the feet are judged by how they move.
        cleaned = cleanFeet(amongKept(dance, part, settled.clip, before), {}, stage);
        // Standing feet have led the path away from the kept places: it is brought back while they are in the air, and the feet are held again.
        const ContactScores stands = softened(cleaned.contacts, 3);
        settled.clip = motion::slice(cleaned.clip, before, part.frames());
        spreadPlace(settled.clip, part.joinsBefore ? dance.root[part.first] : settled.clip.root.front(), part.joinsAfter ? keptEnd.root[0] : settled.clip.root.back(),
                    {stands.begin() + first, stands.begin() + end});
        Clip among = amongKept(dance, part, settled.clip, before);
        placeFeet(among, stands);
        settled.clip = motion::slice(among, before, part.frames());
        // What was brought back may lie off the stage again.
        if (furthest(settled.clip, 0, settled.clip.frames()) <= stage + kOver) break;
    }
    settled.contacts.assign(cleaned.contacts.begin() + first, cleaned.contacts.begin() + end);
    return settled;
}

void layInto(io::Dance& dance, const Part& part, Clip inside, std::span<const std::array<bool, 4>> contacts, std::span<const PinnedPose> pins) {
    auto& clip = dance.clip;
    meetKept(inside, clip, part);
    meetPins(inside, pins, part.joinsBefore, part.joinsAfter);
    keepAboveFloor(inside, pinFrames(pins, part.frames()));
    // They are met already, but for rounding.
    for (std::size_t f = 0; f < part.frames(); ++f) {
        if ((f == 0 && part.joinsBefore) || (f + 1 == part.frames() && part.joinsAfter)) continue;
        const std::size_t at = part.first + f;
        clip.root[at] = inside.root[f];
        for (std::size_t j = 0; j < motion::kJoints; ++j) {
            motion::Quat rotation = inside.pose(f)[j];
            if (at > 0 && rotation.dot(clip.pose(at - 1)[j]) < 0) rotation.coeffs() = -rotation.coeffs();
            clip.pose(at)[j] = rotation;
        }
        if (dance.contacts.size() > at) dance.contacts[at] = contacts[f];
    }
}

}  // namespace choreia::choreo
