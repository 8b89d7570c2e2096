// Beats are counted: a frame's place among the song's beats says which moment of the movement it shows.
#include "choreo/movement.h"

#include "choreo/part.h"
#include "choreo/seams.h"
#include "core/units.h"
#include "motion/beat_match.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace choreia::choreo {

namespace {

constexpr double kBlockEdge = 1e-3;  // s: nearer starts are one
constexpr double kLeastPart = 0.5;   // s, see partOf()
constexpr std::size_t kBeyond = 90;  // frames that a movement knows beyond its ends: a seam's reach, and somewhat more where it is danced faster

std::size_t nearest(double seconds) { return static_cast<std::size_t>(std::max<std::int64_t>(0, nearestFrame({seconds}, kMotionFps).value)); }

double meanGap(std::span<const double> beats) { return (beats.back() - beats.front()) / static_cast<double>(beats.size() - 1); }

/// Moments of a movement by moments of the song: seconds since it was laid in -> seconds of the movement.
class Reading {
public:
    Reading(const Movement& movement, double at, std::span<const double> beats, double speed) : speed_(speed) {
        if (movement.beats.size() < 2 || beats.size() < 2) return;
        // An octave between the tempi is no difference in how one dances to them.
        const double ratio = meanGap(movement.beats) / meanGap(beats);
        for (; ratio * speed_ / speed > 1.5; speed_ /= 2) {}
        for (; ratio * speed_ / speed < 0.67; speed_ *= 2) {}
        std::vector<double> there, counts, here(movement.beats), ownCounts;
        for (const double beat : beats) there.push_back(beat - at);
        for (std::size_t i = 0; i < there.size(); ++i) counts.push_back(static_cast<double>(i));
        for (std::size_t i = 0; i < here.size(); ++i) ownCounts.push_back(static_cast<double>(i));
        count_ = motion::TimeMap(there, counts);
        moment_ = motion::TimeMap(ownCounts, here);
        first_ = motion::TimeMap(here, ownCounts)(0) - speed_ * (*count_)(0);
    }
    [[nodiscard]] double operator()(double seconds) const { return count_ ? (*moment_)(first_ + speed_ * (*count_)(seconds)) : speed_ * seconds; }

private:
    double speed_, first_ = 0;
    std::optional<motion::TimeMap> count_, moment_;
};

/// The movement as it is read about frame `centre` of the dance, beyond its ends too; {} where it is not known so far.
motion::Clip readAbout(const Movement& movement, const Reading& reading, const Part& part, std::size_t centre) {
    const auto reach = static_cast<std::ptrdiff_t>(kSeamReach * kMotionFps);
    motion::Clip whole = movement.lead;
    whole.fps = kMotionFps;
    for (const motion::Clip* clip : {&movement.clip, &movement.tail}) {
        whole.root.insert(whole.root.end(), clip->root.begin(), clip->root.end());
        whole.rotations.insert(whole.rotations.end(), clip->rotations.begin(), clip->rotations.end());
    }
    constexpr double kHeld = 0.1;  // s for which a last pose may stand
    const double before = static_cast<double>(movement.lead.frames()) / kMotionFps, length = static_cast<double>(whole.frames() - 1) / kMotionFps;
    std::vector<double> moments;
    for (std::ptrdiff_t k = -reach; k <= reach; ++k) {
        moments.push_back(before + reading(static_cast<double>(static_cast<std::ptrdiff_t>(centre) + k - static_cast<std::ptrdiff_t>(part.first)) / kMotionFps));
        if (moments.back() < -kHeld || moments.back() > length + kHeld) return {};
    }
    return motion::sampleAt(whole, moments, kMotionFps);
}

}  // namespace

Movement movementOf(const io::Dance& dance, double from, double to, std::span<const double> beats) {
    Movement movement;
    const std::size_t frames = dance.clip.frames(), first = std::min(nearest(from), frames - 1), last = std::clamp(nearest(to), first, frames - 1);
    movement.clip = motion::slice(dance.clip, first, last - first + 1);
    movement.lead = motion::slice(dance.clip, first - std::min(first, kBeyond), std::min(first, kBeyond));
    movement.tail = motion::slice(dance.clip, last + 1, std::min(frames - 1 - last, kBeyond));
    const double start = static_cast<double>(first) / kMotionFps, end = static_cast<double>(last) / kMotionFps;
    constexpr double kAround = 3;  // s: a few beats more say how the tempo goes on
    for (const double beat : beats)
        if (beat >= start - kAround && beat <= end + kAround) movement.beats.push_back(beat - start);
    movement.tokens.tokensPerSecond = dance.tokens.tokensPerSecond;
    for (std::size_t i = 0; i < dance.tokens.times.size(); ++i) {
        if (dance.tokens.times[i] < start - 0.5 / dance.tokens.tokensPerSecond || dance.tokens.times[i] >= end) continue;
        movement.tokens.times.push_back(dance.tokens.times[i] - start);
        movement.tokens.upper.push_back(dance.tokens.upper[i]);
        movement.tokens.lower.push_back(dance.tokens.lower[i]);
    }
    for (io::KeyPose key : dance.keys) {
        if (key.time < start || key.time > end) continue;
        key.time -= start;
        movement.keys.push_back(std::move(key));
    }
    const auto block = std::find_if(dance.blocks.rbegin(), dance.blocks.rend(), [start](const io::Block& b) { return b.start <= start + kBlockEdge; });
    if (block != dance.blocks.rend()) movement.name = block->name;
    return movement;
}

Movement mirrored(Movement movement) {
    for (motion::Clip* clip : {&movement.clip, &movement.lead, &movement.tail}) *clip = motion::mirror(*clip);
    for (io::KeyPose& key : movement.keys) {
        const motion::Clip one = motion::mirror({kMotionFps, {key.root}, key.rotations});
        key.root = one.root[0];
        key.rotations = one.rotations;
    }
    return movement;
}

double endOf(const Movement& movement, double at, std::span<const double> beats, double speed) {
    const Reading reading(movement, at, beats, speed);
    const double length = movement.seconds();
    double low = 0, high = 1;
    while (reading(high) < length && high < 1e5) high *= 2;
    for (int i = 0; i < 60; ++i) {
        const double middle = 0.5 * (low + high);
        (reading(middle) < length ? low : high) = middle;
    }
    return at + high;
}

Result<Laid> lay(const io::Dance& dance, double from, double to, const Movement& movement, std::span<const double> beats, double speed) {
    if (movement.clip.frames() == 0) return usageError("movement", "has no frames", "one or more", "0");
    if (!(speed > 0) || !std::isfinite(speed)) return usageError("speed", "is out of range", "above 0", std::to_string(speed));
    CHOREIA_ASSIGN(const Part part, partOf(dance, from, to));
    const Reading reading(movement, part.start(), beats, speed);
    std::vector<double> moments(part.frames());
    for (std::size_t f = 0; f < moments.size(); ++f) moments[f] = std::clamp(reading(static_cast<double>(f) / kMotionFps), 0.0, movement.seconds());
    motion::Clip inside = motion::sampleAt(movement.clip, moments, kMotionFps);
    standAt(inside, dance.clip, part);
    Settled settled = settle(std::move(inside), dance.clip, part, {}, stageOf(dance.settings));
    Laid laid{dance, part.first, part.last + 1};
    layInto(laid.dance, part, std::move(settled.clip), settled.contacts, {});
    keepSeams(laid.dance, dance, from, to, readAbout(movement, reading, part, nearest(from)), readAbout(movement, reading, part, nearest(to)));

    auto& track = laid.dance.tokens;
    for (std::size_t i = 0; i < std::min({track.times.size(), track.upper.size(), track.lower.size()}) && !movement.tokens.times.empty(); ++i) {
        const double middle = track.times[i] + 0.5 / track.tokensPerSecond - part.start();
        if (middle < 0 || middle >= static_cast<double>(part.frames() - 1) / kMotionFps) continue;
        const auto& begins = movement.tokens.times;
        const auto after = std::upper_bound(begins.begin(), begins.end(), std::clamp(reading(middle), 0.0, movement.seconds()));
        const auto k = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, after - begins.begin() - 1));
        track.upper[i] = movement.tokens.upper[k];
        track.lower[i] = movement.tokens.lower[k];
    }

    auto& keys = laid.dance.keys;
    const double start = part.start(), end = static_cast<double>(part.last) / kMotionFps;
    const auto inPart = [&](const io::KeyPose& key) { return (key.time > start + kBlockEdge || !part.joinsBefore) && (key.time < end - kBlockEdge || !part.joinsAfter) && key.time >= start && key.time <= end; };
    std::erase_if(keys, inPart);
    for (const io::KeyPose& key : movement.keys) {
        const auto shown = std::lower_bound(moments.begin(), moments.end(), key.time - 1e-6);
        if (shown == moments.end()) continue;
        const std::size_t frame = part.first + static_cast<std::size_t>(shown - moments.begin());
        const double time = static_cast<double>(frame) / kMotionFps;
        const bool room = std::none_of(keys.begin(), keys.end(), [time](const io::KeyPose& other) { return std::abs(other.time - time) < 2.0 / kMotionFps - 1e-9; });
        if (!room || (frame == part.first && part.joinsBefore) || (frame == part.last && part.joinsAfter)) continue;
        const auto pose = laid.dance.clip.pose(frame);
        keys.push_back({time, key.pinned, laid.dance.clip.root[frame], {pose.begin(), pose.end()}});
    }
    std::stable_sort(keys.begin(), keys.end(), [](const io::KeyPose& a, const io::KeyPose& b) { return a.time < b.time; });
    return laid;
}

Result<Laid> exchange(const io::Dance& dance, double from, double to, double at, std::span<const double> beats) {
    if (at > from + 1e-9 && at < to - 1e-9) return usageError("at", "lies inside the part", "before or after it", std::to_string(at));
    const double begin = std::min(from, at), end = std::max(to, at);
    // What is danced first and second, before the exchange.
    const double cut = at < from ? from : to;
    const Movement first = movementOf(dance, begin, cut, beats), second = movementOf(dance, cut, end, beats);
    const double middle = std::min(endOf(second, begin, beats), end - 0.5);
    CHOREIA_ASSIGN(Laid early, lay(dance, begin, middle, second, beats));
    CHOREIA_ASSIGN(Laid late, lay(early.dance, middle, end, first, beats));
    late.first = std::min(early.first, late.first);
    late.middle = middle;
    return late;
}

Result<Laid> takenOut(const io::Dance& dance, double from, double to, std::span<const double> beats) {
    const double end = dance.clip.frames() < 2 ? 0 : static_cast<double>(dance.clip.frames() - 1) / kMotionFps;
    if (!(to < end)) return usageError("part", "nothing follows it", "an end before " + std::to_string(end), std::to_string(to));
    const Movement rest = movementOf(dance, to, end, beats);
    const double middle = std::min(endOf(rest, from, beats), end);
    CHOREIA_ASSIGN(Laid laid, lay(dance, from, middle, rest, beats));
    laid.middle = middle;
    return laid;
}

Result<Laid> putIn(const io::Dance& dance, double at, const Movement& movement, std::span<const double> beats) {
    const double end = dance.clip.frames() < 2 ? 0 : static_cast<double>(dance.clip.frames() - 1) / kMotionFps;
    const Movement rest = movementOf(dance, at, end, beats);
    double middle = std::min(endOf(movement, at, beats), end);
    if (end - middle < kLeastPart) middle = end;  // too little room for what followed
    CHOREIA_ASSIGN(Laid laid, lay(dance, at, middle, movement, beats));
    if (middle < end) {
        CHOREIA_ASSIGN(Laid late, lay(laid.dance, middle, end, rest, beats));
        late.first = std::min(laid.first, late.first);
        laid = std::move(late);
    }
    laid.middle = middle;
    return laid;
}

}  // namespace choreia::choreo
