// Every function returns a new value.
#include "document/dance_edits.h"

#include "choreo/foot_contacts.h"
#include "choreo/foot_placement.h"
#include "core/units.h"
#include "motion/contacts.h"
#include "motion/kinematics.h"

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {

constexpr std::size_t kComing = 20;   // frames within which a changed foot comes in and goes out
constexpr double kFootSoft = 2;       // frames: a foot comes to stand softly

motion::Quat between(const motion::Quat& a, const motion::Quat& b, float part) { return a.slerp(part, b); }

/// The contacts of a dance that waits so many frames in its first pose; none where the dance's are not one a frame. What a person marked goes along with the rest.
std::vector<std::array<bool, 4>> contactsLater(const io::Dance& dance, std::size_t wait) {
    const std::size_t frames = dance.clip.frames(), still = std::min(wait, frames);
    if (dance.contacts.size() != frames) return {};
    auto later = dance.contacts;
    for (std::size_t f = frames; f-- > 0;) later[f] = later[f - std::min(f, wait)];
    if (still == 0) return later;
    // A foot that sets out in the first frame stands until then.
    const auto found = motion::detectContacts(motion::jointPositions(motion::Skeleton::body(), motion::slice(dance.clip, 0, 1)));
    for (std::size_t f = 0; f < still; ++f)
        for (std::size_t k = 0; k < 4; ++k) later[f][k] = later[f][k] || found[0][k];
    return later;
}

}  // namespace

io::Dance mirroredDance(io::Dance dance) {
    dance.clip = motion::mirror(dance.clip);
    for (io::KeyPose& key : dance.keys) {
        const motion::Clip one = motion::mirror({60, {key.root}, key.rotations});
        key.root = one.root[0];
        key.rotations = one.rotations;
    }
    for (auto& contact : dance.contacts) contact = {contact[2], contact[3], contact[0], contact[1]};
    for (io::Seam& seam : dance.seams) {
        for (auto* clip : {&seam.earlier, &seam.later, &seam.unblended, &seam.blended})
            if (*clip) *clip = std::make_shared<const motion::Clip>(motion::mirror(**clip));
        for (auto& contact : seam.contacts) contact = {contact[2], contact[3], contact[0], contact[1]};
    }
    return dance;
}

io::Dance delayedDance(const io::Dance& dance, double delay) {
    io::Dance later = dance;
    const double end = dance.clip.seconds();
    // By whole frames, so that what a seam remembers is danced to the bit.
    const auto wait = static_cast<std::size_t>(std::max(0L, std::lround(delay * dance.clip.fps)));
    delay = static_cast<double>(wait) / dance.clip.fps;
    const auto frameOf = [&](double seconds) { return nearestFrame({seconds}, dance.clip.fps).value; };
    const auto movedOn = [&](double seconds) {  // its frame as many later, too, where it lies half way between two
        const double to = seconds + delay;
        const auto off = frameOf(seconds) + static_cast<std::int64_t>(wait) - frameOf(to);
        return off == 0 ? to : to + (off > 0 ? 1e-9 : -1e-9);
    };
    for (std::size_t f = 0; f < dance.clip.frames(); ++f) {
        const std::size_t from = f - std::min(f, wait);
        later.clip.root[f] = dance.clip.root[from];
        std::ranges::copy(dance.clip.pose(from), later.clip.pose(f).begin());
    }
    later.contacts = contactsLater(dance, wait);
    for (io::KeyPose& key : later.keys) {
        const double frame = std::round((key.time + delay) * dance.clip.fps);
        key.time = frame / dance.clip.fps;
    }
    std::erase_if(later.keys, [end](const io::KeyPose& key) { return key.time > end - 1e-6; });
    for (io::KeyPose& key : later.keys) {  // what is held is what is danced there, to the bit
        const auto frame = std::min(static_cast<std::size_t>(std::lround(key.time * later.clip.fps)), later.clip.frames() - 1);
        const auto pose = later.clip.pose(frame);
        key.root = later.clip.root[frame];
        key.rotations.assign(pose.begin(), pose.end());
    }
    for (io::Block& block : later.blocks)
        if (block.start > 1e-6) block.start = movedOn(block.start);
    std::erase_if(later.blocks, [end](const io::Block& block) { return block.start >= end - 1e-3; });
    if (later.blocks.size() == 1) later.blocks.clear();
    for (io::Seam& seam : later.seams) {
        seam.at = movedOn(seam.at);
        if (!seam.blended || static_cast<std::size_t>(frameOf(seam.at)) + seam.blended->frames() / 2 < later.clip.frames()) continue;
        seam.fade = 0;
        seam.unblended = seam.blended = nullptr;
        seam.contacts.clear();
    }
    std::erase_if(later.seams, [&later](const io::Seam& seam) {
        return std::none_of(later.blocks.begin(), later.blocks.end(), [&seam](const io::Block& block) { return std::abs(block.start - seam.at) < 1e-3; });
    });
    auto& tokens = later.tokens;
    for (double& time : tokens.times) time += delay;
    while (!tokens.times.empty() && tokens.times.back() >= end) {
        tokens.times.pop_back();
        tokens.upper.pop_back();
        tokens.lower.pop_back();
    }
    return later;
}

std::vector<Stand> standsOf(const std::vector<std::array<bool, 4>>& contacts, int foot) {
    const std::size_t heel = foot == 0 ? 0 : 2;
    std::vector<Stand> stands;
    for (std::size_t f = 0; f < contacts.size(); ++f) {
        if (!contacts[f][heel] && !contacts[f][heel + 1]) continue;
        if (!stands.empty() && stands.back().end == f) ++stands.back().end;
        else stands.push_back({f, f + 1});
    }
    return stands;
}

std::shared_ptr<const DanceSnapshot> withFoot(const DanceSnapshot& now, int foot, TimeRange range, bool stands) {
    auto made = std::make_shared<DanceSnapshot>(now);
    io::Dance& dance = made->dance;
    const auto frames = static_cast<std::int64_t>(dance.clip.frames());
    const auto begin = static_cast<std::size_t>(std::clamp<std::int64_t>(nearestFrame({range.from}, dance.clip.fps).value, 0, frames));
    const auto end = static_cast<std::size_t>(std::clamp<std::int64_t>(nearestFrame({range.to}, dance.clip.fps).value, 0, frames));
    if (begin >= end) return made;
    const std::size_t heel = foot == 0 ? 0 : 2;
    for (std::size_t f = begin; f < end; ++f) dance.contacts[f][heel] = dance.contacts[f][heel + 1] = stands;

    // The feet of a stretch with room on either side are placed anew; outside the part the old motion takes over again.
    const std::size_t first = begin - std::min(begin, 2 * kComing), last = std::min(dance.clip.frames(), end + 2 * kComing);
    motion::Clip stretch = motion::slice(dance.clip, first, last - first);
    const std::vector<std::array<bool, 4>> runs(dance.contacts.begin() + static_cast<std::ptrdiff_t>(first), dance.contacts.begin() + static_cast<std::ptrdiff_t>(last));
    choreo::placeFeet(stretch, choreo::softened(runs, kFootSoft));
    const std::size_t from = begin - std::min(begin, kComing), to = std::min(dance.clip.frames(), end + kComing);
    for (std::size_t f = from; f < to; ++f) {
        const std::size_t away = f < begin ? begin - f : f >= end ? f - end + 1 : 0;
        const float x = 1 - static_cast<float>(away) / static_cast<float>(kComing + 1), part = x * x * (3 - 2 * x);
        const auto fresh = stretch.pose(f - first);
        const auto pose = dance.clip.pose(f);
        dance.clip.root[f] += part * (stretch.root[f - first] - dance.clip.root[f]);
        for (std::size_t j = 0; j < motion::kJoints; ++j) pose[j] = between(pose[j], fresh[j], part);
        motion::forwardKinematics(motion::Skeleton::body(), dance.clip.root[f], pose, made->positions.frame(f));
    }
    for (io::KeyPose& key : dance.keys) {
        const auto frame = static_cast<std::size_t>(std::max<std::int64_t>(0, nearestFrame({key.time}, dance.clip.fps).value));
        if (frame < from || frame >= to) continue;
        const auto pose = dance.clip.pose(frame);
        key.root = dance.clip.root[frame];
        key.rotations.assign(pose.begin(), pose.end());
    }
    return made;
}

}  // namespace choreia::ui
