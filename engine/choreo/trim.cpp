// A cut between two movements is moved: the one that gains room goes on (or begins) as it would have by itself, as far as the seam has kept it.
#include "choreo/seams.h"

#include "choreo/part.h"
#include "motion/pose_features.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>

namespace choreia::choreo {

namespace {

constexpr std::size_t kKeptFrames = static_cast<std::size_t>(kSeamReach * kMotionFps);
constexpr double kLeastLaid = 0.5;   // s, see partOf()
constexpr double kLeastBlock = 0.1;  // s that a neighbour keeps

std::size_t frameAt(double seconds) { return static_cast<std::size_t>(std::max(0.0, std::round(seconds * kMotionFps))); }
double secondsOf(std::size_t frames) { return static_cast<double>(frames) / kMotionFps; }
std::size_t keptBeside(const std::shared_ptr<const motion::Clip>& clip) { return clip && clip->frames() > kKeptFrames ? clip->frames() - 1 - kKeptFrames : 0; }

void addFrames(motion::Clip& clip, const motion::Clip& more) {
    clip.root.insert(clip.root.end(), more.root.begin(), more.root.end());
    clip.rotations.insert(clip.rotations.end(), more.rotations.begin(), more.rotations.end());
}

/// Two stretches of one movement, the last frame of the first being the first of the second; where they stand the second says (or, not `behind`, the first).
motion::Clip oneAfter(motion::Clip first, motion::Clip second, bool behind) {
    if (behind) standAs(first, first.frames() - 1, second, 0);
    else standAs(second, 0, first, first.frames() - 1);
    addFrames(first, motion::slice(second, 1, second.frames() - 1));
    return first;
}

std::shared_ptr<const motion::Clip> keptClip(motion::Clip clip) { return std::make_shared<const motion::Clip>(std::move(clip)); }

/// The seam's movements about its new place `to`: by so much less is known of the one that gained, and of the other what the dance showed of it. The one that gained is known so far.
io::Seam movedSeam(const io::Dance& was, const io::Seam& seam, std::size_t from, std::size_t to) {
    io::Seam moved;
    moved.at = secondsOf(to);
    if (to > from) {
        const motion::Clip& earlier = *seam.earlier;
        const std::size_t by = to - from;
        moved.earlier = keptClip(motion::slice(earlier, by, earlier.frames() - by));
        if (seam.later && from + kKeptFrames + by < was.clip.frames()) {
            const motion::Clip& later = *seam.later;
            const std::size_t centre = later.frames() - 1 - kKeptFrames;
            const std::size_t begin = centre - std::min(centre, kKeptFrames - std::min(kKeptFrames, by));
            motion::Clip whole = oneAfter(motion::slice(later, begin, later.frames() - begin), motion::slice(was.clip, from + kKeptFrames, by + 1), false);
            moved.later = keptClip(std::move(whole));
        }
    } else {
        const motion::Clip& later = *seam.later;
        const std::size_t by = from - to;
        moved.later = keptClip(motion::slice(later, 0, later.frames() - by));
        if (seam.earlier && from >= kKeptFrames + by) {
            const motion::Clip& earlier = *seam.earlier;
            const std::size_t end = std::min(earlier.frames(), kKeptFrames + kKeptFrames + 1 - std::min(kKeptFrames, by));
            moved.earlier = keptClip(oneAfter(motion::slice(was.clip, from - kKeptFrames - by, by + 1), motion::slice(earlier, 0, end), true));
        }
    }
    return moved;
}

struct Neighbours {
    double before, after, beforeFade, afterFade;  ///< where the blocks beside a cut begin and end, s; half of the fades there
};

std::optional<Neighbours> neighbours(const io::Dance& dance, double at) {
    const auto block = std::find_if(dance.blocks.begin(), dance.blocks.end(), [at](const io::Block& b) { return b.start > 1e-6 && std::abs(b.start - at) < 1e-3; });
    if (block == dance.blocks.end()) return {};
    const auto halfFade = [&](double start) {
        const io::Seam* seam = seamAt(dance, start);
        return seam ? 0.5 * seam->fade : 0;
    };
    Neighbours beside{0, secondsOf(dance.clip.frames() - 1), 0, 0};
    if (block != dance.blocks.begin()) beside.before = std::prev(block)->start, beside.beforeFade = halfFade(beside.before);
    if (std::next(block) != dance.blocks.end()) beside.after = std::next(block)->start, beside.afterFade = halfFade(beside.after);
    return beside;
}

}  // namespace

std::pair<double, double> trimRoom(const io::Dance& dance, double at) {
    const auto beside = neighbours(dance, at);
    if (!beside) return {at, at};
    const auto& [before, after, beforeFade, afterFade] = *beside;
    double low = before + kLeastBlock, high = after - kLeastBlock;
    if (const io::Seam* seam = seamAt(dance, at)) {
        low = std::max({low, before + beforeFade, at - secondsOf(keptBeside(seam->later))});
        high = std::min({high, after - afterFade, at + secondsOf(keptBeside(seam->earlier))});
        // What is laid anew is half a second long or more: it begins before the cut where this goes onwards, and ends behind it where it goes back.
        if (at - before - beforeFade < kLeastLaid) high = at;
        if (after - afterFade - at < kLeastLaid) low = at;
    }
    return {std::min(low, at), std::max(high, at)};
}

Result<Laid> trimmed(const io::Dance& dance, double at, double to) {
    const auto [least, most] = trimRoom(dance, at);
    if (!(to >= least - 1e-9 && to <= most + 1e-9) || frameAt(to) == frameAt(at))
        return usageError("to", "is out of range", std::to_string(least) + " to " + std::to_string(most) + " s, a frame or more from the cut", std::to_string(to));
    const io::Seam* seam = seamAt(dance, at);
    if (!seam) {  // only split: the movement runs through, and the mark alone is moved
        Laid laid{dance};
        for (io::Block& block : laid.dance.blocks)
            if (std::abs(block.start - at) < 1e-3) block.start = to;
        laid.middle = to;
        return laid;
    }
    const double fade = seam->fade;
    io::Dance was = dance;
    std::size_t first = was.clip.frames(), end = 0;
    if (fade > 0) {
        CHOREIA_ASSIGN(Laid back, crossFaded(dance, at, 0));
        was = std::move(back.dance);
        if (back.end > 0) first = back.first, end = back.end;
        seam = seamAt(was, at);
    }
    const std::size_t from = frameAt(seam->at), cut = frameAt(to);
    const bool onwards = cut > from;
    const auto& gains = onwards ? seam->earlier : seam->later;
    // So long that its ends can be bent over half a second each: what the movement that gains has danced before (or will dance after) its new room comes with it.
    double low = secondsOf(std::min(from, cut)), high = secondsOf(std::max(from, cut));
    const Neighbours beside = *neighbours(dance, at);
    if (onwards) low = std::min(low, std::max({high - kSeamReach, beside.before + beside.beforeFade, 0.0}));
    else high = std::max(high, std::min(low + kSeamReach, beside.after - beside.afterFade));
    low = secondsOf(static_cast<std::size_t>(std::ceil(low * kMotionFps - 1e-6)));
    high = secondsOf(static_cast<std::size_t>(std::floor(high * kMotionFps + 1e-6)));
    Movement movement;
    const std::size_t centre = onwards ? kKeptFrames : gains->frames() - 1 - kKeptFrames, count = frameAt(high) - frameAt(low) + 1;
    movement.clip = motion::slice(*gains, centre + frameAt(low) - from, count);
    for (io::KeyPose key : was.keys) {  // of what it danced there already
        if (onwards ? key.time < low || key.time > seam->at : key.time < seam->at || key.time > high) continue;
        key.time -= low;
        movement.keys.push_back(std::move(key));
    }
    io::Seam moved = movedSeam(was, *seam, from, cut);
    moved.at = to;
    CHOREIA_ASSIGN(Laid laid, lay(was, low, high, movement, {}));
    laid.dance.seams = was.seams;
    std::erase_if(laid.dance.seams, [&](const io::Seam& other) { return std::abs(other.at - at) < 1.0 / kMotionFps; });
    const auto after = std::find_if(laid.dance.seams.begin(), laid.dance.seams.end(), [to](const io::Seam& other) { return other.at > to; });
    laid.dance.seams.insert(after, std::move(moved));
    for (io::Block& block : laid.dance.blocks)
        if (std::abs(block.start - at) < 1e-3) block.start = to;
    first = std::min(first, laid.first);
    end = std::max(end, laid.end);
    if (const double room = longestFade(laid.dance, to); fade > 0 && room > 0) {
        CHOREIA_ASSIGN(laid, crossFaded(laid.dance, to, std::min(fade, room)));
        first = std::min(first, laid.first);
        end = std::max(end, laid.end);
    }
    laid.first = first;
    laid.end = end;
    laid.middle = to;
    return laid;
}

}  // namespace choreia::choreo
