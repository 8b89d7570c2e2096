// Both movements are kept on both sides of a seam when it is made, so that a fade is of two dances and not of one with itself.
#include "choreo/seams.h"

#include "choreo/control.h"
#include "choreo/foot_contacts.h"
#include "choreo/foot_placement.h"
#include "choreo/part.h"
#include "core/units.h"
#include "motion/pose_features.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

namespace choreia::choreo {

namespace {

constexpr double kSameSeam = 1.0 / 60;  // s
constexpr std::size_t kReach = static_cast<std::size_t>(kSeamReach * kMotionFps);

std::size_t seamFrame(double seconds) { return static_cast<std::size_t>(std::max<std::int64_t>(0, nearestFrame({seconds}, kMotionFps).value)); }

using Shared = std::shared_ptr<const motion::Clip>;
Shared shared(motion::Clip clip) { return clip.frames() == 0 ? nullptr : std::make_shared<const motion::Clip>(std::move(clip)); }

bool sameMotion(const motion::Clip& a, std::size_t first, const motion::Clip& b) {
    if (b.frames() == 0 || first + b.frames() > a.frames()) return false;
    for (std::size_t f = 0; f < b.frames(); ++f) {
        if (a.root[first + f] != b.root[f]) return false;
        for (std::size_t j = 0; j < motion::kJoints; ++j)
            if (a.pose(first + f)[j].coeffs() != b.pose(f)[j].coeffs()) return false;
    }
    return true;
}

/// The dance from one end of the part to its middle, spread over the whole part: at full speed where it is met, at rest in the middle's pose.
motion::Clip eased(const motion::Clip& dance, const Part& part, bool out) {
    const double length = static_cast<double>(part.frames() - 1);
    std::vector<double> moments(part.frames());
    for (std::size_t f = 0; f < moments.size(); ++f) {
        const double u = out ? static_cast<double>(f) : length - static_cast<double>(f), gone = u - u * u / (2 * length);
        moments[f] = (out ? static_cast<double>(part.first) + gone : static_cast<double>(part.last) - gone) / kMotionFps;
    }
    return motion::sampleAt(dance, moments, kMotionFps);
}

motion::Clip blendOf(const motion::Clip& earlier, const motion::Clip& later) {
    motion::Clip blend = earlier;
    for (std::size_t f = 0; f < blend.frames(); ++f) {
        const float x = static_cast<float>(f) / static_cast<float>(blend.frames() - 1), share = x * x * x * (x * (6 * x - 15) + 10);
        blend.root[f] += share * (later.root[f] - earlier.root[f]);
        for (std::size_t j = 0; j < motion::kJoints; ++j) blend.pose(f)[j] = earlier.pose(f)[j].slerp(share, later.pose(f)[j]);
    }
    return blend;
}

/// What is held is held as it is danced now.
void keysFollow(io::Dance& dance, std::size_t first, std::size_t end) {
    for (io::KeyPose& key : dance.keys) {
        const std::size_t frame = seamFrame(key.time);
        if (frame < first || frame >= end) continue;
        const auto pose = dance.clip.pose(frame);
        key.root = dance.clip.root[frame];
        key.rotations.assign(pose.begin(), pose.end());
    }
}

/// The feet once more where they stand, now that both ends are met; outside the part nothing changes, and at its ends the change comes in and goes out.
void plantAgain(io::Dance& dance, const Part& part) {
    constexpr std::size_t kSeenAround = 60;
    constexpr float kIn = 6;  // frames
    if (dance.contacts.size() != dance.clip.frames()) return;
    const std::size_t first = part.first - std::min(part.first, kSeenAround), last = std::min(dance.clip.frames(), part.last + 1 + kSeenAround);
    motion::Clip stretch = motion::slice(dance.clip, first, last - first);
    const ContactRuns runs(dance.contacts.begin() + static_cast<std::ptrdiff_t>(first), dance.contacts.begin() + static_cast<std::ptrdiff_t>(last));
    placeFeet(stretch, softened(runs, 2));
    for (std::size_t f = part.first + 1; f < part.last; ++f) {
        const float x = std::min(1.0f, static_cast<float>(std::min(f - part.first, part.last - f)) / kIn), share = x * x * (3 - 2 * x);
        dance.clip.root[f] += share * (stretch.root[f - first] - dance.clip.root[f]);
        for (std::size_t j = 0; j < motion::kJoints; ++j) dance.clip.pose(f)[j] = dance.clip.pose(f)[j].slerp(share, stretch.pose(f - first)[j]);
    }
}

std::vector<PinnedPose> pinsWithin(const io::Dance& dance, const Part& part) {
    constexpr double kClear = 0.1;  // s: nearer to the ends a pose is as good as met
    std::vector<PinnedPose> pins;
    for (const io::KeyPose& key : dance.keys) {
        const double time = key.time - part.start();
        if (!key.pinned || time < kClear || time > static_cast<double>(part.frames() - 1) / kMotionFps - kClear) continue;
        pins.push_back({.time = time, .rotations = key.rotations, .height = key.root.y()});
    }
    return pins;
}

/// Takes a fade back; the frames that changed, or none.
std::pair<std::size_t, std::size_t> takeBack(io::Dance& dance, io::Seam& seam) {
    const std::size_t count = seam.blended ? seam.blended->frames() : 0, first = seamFrame(seam.at) - std::min(seamFrame(seam.at), count / 2);
    std::pair<std::size_t, std::size_t> changed{0, 0};
    if (count > 0 && seam.unblended && seam.unblended->frames() == count && sameMotion(dance.clip, first, *seam.blended)) {
        std::copy(seam.unblended->root.begin(), seam.unblended->root.end(), dance.clip.root.begin() + static_cast<std::ptrdiff_t>(first));
        std::copy(seam.unblended->rotations.begin(), seam.unblended->rotations.end(), dance.clip.rotations.begin() + static_cast<std::ptrdiff_t>(first * motion::kJoints));
        if (seam.contacts.size() == count && dance.contacts.size() == dance.clip.frames())
            std::copy(seam.contacts.begin(), seam.contacts.end(), dance.contacts.begin() + static_cast<std::ptrdiff_t>(first));
        keysFollow(dance, first, first + count);
        changed = {first, first + count};
    }
    seam.fade = 0;
    seam.unblended = seam.blended = nullptr;
    seam.contacts.clear();
    return changed;
}

io::Seam& seamFor(io::Dance& dance, double at) {
    const auto found = std::find_if(dance.seams.begin(), dance.seams.end(), [at](const io::Seam& seam) { return std::abs(seam.at - at) < kSameSeam; });
    if (found != dance.seams.end()) return *found;
    const auto after = std::find_if(dance.seams.begin(), dance.seams.end(), [at](const io::Seam& seam) { return seam.at > at; });
    io::Seam seam;
    seam.at = at;
    return *dance.seams.insert(after, std::move(seam));
}

std::vector<io::Block>::const_iterator blockFrom(const io::Dance& dance, double at) {
    return std::find_if(dance.blocks.begin(), dance.blocks.end(), [at](const io::Block& block) { return block.start > 1e-6 && std::abs(block.start - at) < kSameSeam / 2; });
}

}  // namespace

const io::Seam* seamAt(const io::Dance& dance, double at) {
    const auto found = std::find_if(dance.seams.begin(), dance.seams.end(), [at](const io::Seam& seam) { return std::abs(seam.at - at) < kSameSeam; });
    return found == dance.seams.end() ? nullptr : &*found;
}

double longestFade(const io::Dance& dance, double at) {
    const auto block = blockFrom(dance, at);
    if (block == dance.blocks.end() || dance.clip.frames() < 3) return 0;
    const auto fadeOf = [&](double start) {
        const io::Seam* seam = seamAt(dance, start);
        return seam ? 0.5 * seam->fade : 0;
    };
    // A frame stays at either end, which says how fast the fade is entered and left.
    double low = 1 / kMotionFps, high = static_cast<double>(dance.clip.frames() - 2) / kMotionFps;
    if (block != dance.blocks.begin() && std::prev(block)->start > 1e-6) low = std::max(low, std::prev(block)->start + fadeOf(std::prev(block)->start));
    if (std::next(block) != dance.blocks.end()) high = std::min(high, std::next(block)->start - fadeOf(std::next(block)->start));
    const double room = 2 * std::min(at - low, high - at);
    return room < kShortestFade ? 0 : std::min(kLongestFade, room);
}

bool isSeam(const io::Dance& dance, double at) {
    const auto block = blockFrom(dance, at);
    if (block == dance.blocks.end()) return false;
    return seamAt(dance, at) || block == dance.blocks.begin() || std::prev(block)->name != block->name;
}

Result<Laid> crossFaded(const io::Dance& dance, double at, double fade) {
    const double most = longestFade(dance, at);
    // What is there is taken back however little room is left.
    if (fade == 0 ? blockFrom(dance, at) == dance.blocks.end() : most <= 0) return usageError("at", "no block begins there, or it has no room", "where a block begins", std::to_string(at));
    if (fade != 0 && !(fade >= kShortestFade && fade <= most + 1e-9)) return usageError("fade", "is out of range", "0, or " + std::to_string(kShortestFade) + " to " + std::to_string(most), std::to_string(fade));
    Laid laid{dance};
    io::Seam& seam = seamFor(laid.dance, at);
    const auto [oldFirst, oldEnd] = takeBack(laid.dance, seam);
    laid.first = oldFirst;
    laid.end = oldEnd;
    laid.middle = at;
    if (fade == 0) return laid;

    const std::size_t centre = seamFrame(at), half = std::max<std::size_t>(6, static_cast<std::size_t>(std::floor(0.5 * fade * kMotionFps + 1e-6)));
    const Part part{centre - std::min(centre, half), std::min(centre + half, laid.dance.clip.frames() - 1), true, true};
    // The earlier one's clip begins kSeamReach before the seam, the later one's ends so far behind it; a seam that was moved knows less on the other side.
    const auto known = [&](const Shared& clip) { return clip && clip->frames() > kReach + half && part.frames() == 2 * half + 1; };
    const motion::Clip& was = laid.dance.clip;
    motion::Clip earlier = known(seam.earlier) ? motion::slice(*seam.earlier, kReach - half, part.frames()) : eased(was, part, true);
    motion::Clip later = known(seam.later) ? motion::slice(*seam.later, seam.later->frames() - 1 - kReach - half, part.frames()) : eased(was, part, false);
    standAs(earlier, 0, was, part.first);
    standAs(later, part.frames() - 1, was, part.last);
    continueFrom(earlier, motion::slice(was, part.first - 1, 2), part.bend());
    leadInto(later, motion::slice(was, part.last, 2), part.bend());
    const std::vector<PinnedPose> pins = pinsWithin(laid.dance, part);
    Settled settled = settle(blendOf(earlier, later), was, part, pins, stageOf(laid.dance.settings));

    seam.fade = fade;
    seam.unblended = shared(motion::slice(was, part.first, part.frames()));
    if (laid.dance.contacts.size() == was.frames())
        seam.contacts.assign(laid.dance.contacts.begin() + static_cast<std::ptrdiff_t>(part.first), laid.dance.contacts.begin() + static_cast<std::ptrdiff_t>(part.last + 1));
    layInto(laid.dance, part, std::move(settled.clip), settled.contacts, pins);
    if (pins.empty()) plantAgain(laid.dance, part);  // a held pose has its feet where they are held
    seam.blended = shared(motion::slice(laid.dance.clip, part.first, part.frames()));
    keysFollow(laid.dance, part.first, part.last + 1);
    laid.first = oldEnd > 0 ? std::min(oldFirst, part.first) : part.first;
    laid.end = std::max(oldEnd, part.last + 1);
    return laid;
}

void keepSeams(io::Dance& dance, const io::Dance& was, double from, double to, motion::Clip begins, motion::Clip ends) {
    const io::Seam *first = seamAt(was, from), *last = seamAt(was, to);
    dance.seams.clear();
    for (const io::Seam& seam : was.seams)
        if (seam.at + 0.5 * seam.fade < from - kSameSeam || seam.at - 0.5 * seam.fade > to + kSameSeam) dance.seams.push_back(seam);
    const double end = static_cast<double>(was.clip.frames()) / kMotionFps;
    if (from > kSameSeam) {
        io::Seam& seam = seamFor(dance, from);
        seam.earlier = first && first->earlier ? first->earlier : shared(aboutSeam(was.clip, from));
        seam.later = shared(std::move(begins));
    }
    if (to < end - 2 * kSameSeam) {
        io::Seam& seam = seamFor(dance, to);
        seam.earlier = shared(std::move(ends));
        seam.later = last && last->later ? last->later : shared(aboutSeam(was.clip, to));
    }
}

motion::Clip aboutSeam(const motion::Clip& clip, double at) {
    const std::size_t centre = seamFrame(at);
    if (centre < kReach || centre + kReach >= clip.frames()) return {};
    return motion::slice(clip, centre - kReach, 2 * kReach + 1);
}

}  // namespace choreia::choreo
