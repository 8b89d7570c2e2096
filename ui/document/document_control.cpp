// What a person holds on to: the chosen part, pinned poses, the opening.
#include "document/commands.h"
#include "document/dance_edits.h"
#include "document/document.h"

#include "core/units.h"
#include "motion/contacts.h"
#include "motion/kinematics.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace choreia::ui {

namespace {

constexpr double kApart = 1.0 / 30;  // s, as the engine wants pins
constexpr double kSame = 1e-6;
constexpr double kSmoothing = 0.06;  // s: twitches go, accents stay

using Keys = std::vector<io::KeyPose>;  // times rising

/// Two frames apart is far enough, however their times are rounded.
bool tooNear(double a, double b) { return std::abs(a - b) < kApart - kSame; }

Keys::const_iterator firstFrom(const Keys& keys, double seconds) {
    return std::lower_bound(keys.begin(), keys.end(), seconds, [](const io::KeyPose& key, double time) { return key.time < time; });
}

Keys::const_iterator keyAt(const Keys& keys, double seconds) {
    const auto found = firstFrom(keys, seconds - kSame);
    return found != keys.end() && std::abs(found->time - seconds) < kSame ? found : keys.end();
}

bool hasRoom(const Keys& keys, double seconds) {
    const auto after = firstFrom(keys, seconds);
    return (after == keys.end() || !tooNear(after->time, seconds)) && (after == keys.begin() || !tooNear(std::prev(after)->time, seconds));
}

/// Keys of these times, and the others, both rising; nothing where one of them is not there.
std::optional<std::pair<Keys, Keys>> parted(const Keys& keys, std::vector<double> times) {
    std::sort(times.begin(), times.end());
    std::pair<Keys, Keys> found;
    auto time = times.begin();
    for (const io::KeyPose& key : keys) {
        const bool asked = time != times.end() && std::abs(key.time - *time) < kSame;
        if (asked) ++time;
        (asked ? found.first : found.second).push_back(key);
    }
    if (time != times.end()) return {};
    return found;
}

std::size_t frameAt(const motion::Clip& clip, double seconds) {
    return static_cast<std::size_t>(std::clamp<std::int64_t>(nearestFrame({seconds}, clip.fps).value, 0, static_cast<std::int64_t>(clip.frames()) - 1));
}

void sortByTime(std::vector<io::KeyPose>& keys) {
    std::stable_sort(keys.begin(), keys.end(), [](const io::KeyPose& a, const io::KeyPose& b) { return a.time < b.time; });
}

// The snapshot with another motion in frames [from, to): only they are worked out anew, and contacts only where a foot moved.
std::shared_ptr<DanceSnapshot> withMotion(const DanceSnapshot& now, motion::Clip clip, std::size_t from, std::size_t to) {
    constexpr float kMoved = 0.02f;       // m
    constexpr std::size_t kAround = 12;   // frames that tell whether a foot stands
    auto made = std::make_shared<DanceSnapshot>(now);
    auto& dance = made->dance;
    dance.clip = std::move(clip);
    bool feetMoved = false;
    for (std::size_t f = from; f < to; ++f) {
        motion::forwardKinematics(motion::Skeleton::body(), dance.clip.root[f], dance.clip.pose(f), made->positions.frame(f));
        for (const int joint : motion::kContactJoints) {
            const auto j = static_cast<std::size_t>(joint);
            feetMoved = feetMoved || (made->positions.at(f, j) - now.positions.at(f, j)).norm() > kMoved;
        }
    }
    if (feetMoved) {
        const std::size_t first = from - std::min(from, kAround), last = std::min(dance.clip.frames(), to + kAround);
        motion::Positions part{made->positions.fps, motion::kJoints, {made->positions.frame(first).begin(), made->positions.frame(last - 1).end()}};
        const auto contacts = motion::detectContacts(part);
        for (std::size_t f = from; f < to; ++f) dance.contacts[f] = contacts[f - first];
    }
    return made;
}

std::shared_ptr<const DanceSnapshot> withShapedPose(const DanceSnapshot& now, std::size_t frame, const motion::Pose& pose, double falloff) {
    const auto reach = static_cast<std::size_t>(std::lround(falloff * now.dance.clip.fps)) + 1;
    const std::size_t from = frame - std::min(frame, reach), to = std::min(now.dance.clip.frames(), frame + reach + 1);
    auto made = withMotion(now, motion::withPose(motion::Skeleton::body(), now.dance.clip, frame, pose, falloff, falloff), from, to);
    auto& dance = made->dance;
    std::erase_if(dance.keys, [&](const io::KeyPose& key) { return tooNear(key.time, static_cast<double>(frame) / dance.clip.fps); });
    dance.keys.push_back({static_cast<double>(frame) / dance.clip.fps, true, pose.root, {pose.rotations.begin(), pose.rotations.end()}});
    sortByTime(dance.keys);
    return made;
}

}  // namespace

void Document::select(std::optional<TimeRange> range) {
    if (range) {
        range->from = std::clamp(range->from, 0.0, state_.duration);
        range->to = std::clamp(range->to, 0.0, state_.duration);
        if (!(range->to > range->from)) range.reset();
    }
    if (range == selection_) return;
    selection_ = range;
    tell(Aspect::Selection);
}

bool Document::requestPin(double seconds) {
    const auto now = dance();
    if (!now || now->dance.clip.frames() == 0) {
        inform(tr("There is no dance yet."), tr("Press Generate dance, then pin the poses that shall stay."));
        return false;
    }
    const motion::Clip& clip = now->dance.clip;
    const std::size_t frame = frameAt(clip, seconds);
    const double time = static_cast<double>(frame) / clip.fps;
    auto keys = now->dance.keys;
    if (!hasRoom(keys, time)) {
        inform(tr("A pose is pinned here already."), tr("Move the playhead, or choose the diamond and press Delete."));
        return false;
    }
    if (state_.opening && tooNear(time, 0)) {
        inform(tr("The dance begins with another pose."), tr("Pin a later one, or choose Dance > Begin freely first."));
        return false;
    }
    const auto pose = clip.pose(frame);
    keys.push_back({time, true, clip.root[frame], {pose.begin(), pose.end()}});
    sortByTime(keys);
    undo_.push(new KeysCommand(*this, chosen_, std::move(keys), tr("Pin pose")));
    return true;
}

void Document::setFalloff(double seconds) {
    seconds = std::clamp(seconds, 0.0, kLongestFalloff);
    if (seconds == falloff_) return;
    falloff_ = seconds;
    tell(Aspect::Selection);
}

bool Document::requestPose(double seconds, const motion::Pose& pose, const QString& text) {
    const auto now = dance();
    if (!now || now->dance.clip.frames() == 0) {
        inform(tr("There is no dance yet."), tr("Press Generate dance, then shape its poses."));
        return false;
    }
    const std::size_t frame = frameAt(now->dance.clip, seconds);
    const motion::Pose old = motion::poseAt(now->dance.clip, frame);
    const bool same = old.root == pose.root && std::equal(old.rotations.begin(), old.rotations.end(), pose.rotations.begin(), [](auto& a, auto& b) { return a.coeffs() == b.coeffs(); });
    if (same) return false;
    const double time = static_cast<double>(frame) / now->dance.clip.fps;
    if (state_.opening && tooNear(time, 0)) {
        inform(tr("The dance begins with another pose."), tr("Shape a later one, or choose Dance > Begin freely first."));
        return false;
    }
    undo_.push(new DanceCommand(*this, chosen_, withShapedPose(*now, frame, pose, falloff_), text));
    return true;
}

bool Document::requestSmooth() {
    const auto now = dance();
    if (!now || !selection_) {
        inform(tr("Nothing is selected."), tr("Drag over the bars in the timeline, then smooth what is danced there."));
        return false;
    }
    const motion::Clip& clip = now->dance.clip;
    const std::size_t from = frameAt(clip, selection_->from), to = frameAt(clip, selection_->to) + 1;
    auto made = withMotion(*now, motion::smoothed(motion::Skeleton::body(), clip, from, to, kSmoothing), from, to);
    for (io::KeyPose& key : made->dance.keys) {  // what is held is held as it is danced now
        const std::size_t frame = frameAt(made->dance.clip, key.time);
        if (frame < from || frame >= to) continue;
        const auto pose = made->dance.clip.pose(frame);
        key.root = made->dance.clip.root[frame];
        key.rotations.assign(pose.begin(), pose.end());
    }
    undo_.push(new DanceCommand(*this, chosen_, std::move(made), tr("Smooth")));
    return true;
}

bool Document::requestMirror() {
    const auto now = dance();
    if (!now || now->dance.clip.frames() == 0) return false;
    undo_.push(new DanceCommand(*this, chosen_, makeSnapshot(mirroredDance(now->dance)), tr("Mirror dance")));
    return true;
}

bool Document::requestMoveKey(double from, double to) {
    const auto now = dance();
    if (!now) return false;
    auto keys = now->dance.keys;
    const auto key = keyAt(keys, from);
    to = static_cast<double>(frameAt(now->dance.clip, to)) / now->dance.clip.fps;
    if (key == keys.end() || std::abs(to - from) < kSame) return false;
    io::KeyPose moved = *key;
    keys.erase(key);
    if (!hasRoom(keys, to) || (state_.opening && moved.pinned && tooNear(to, 0))) {
        inform(tr("Another pose is held there."), tr("The key pose stays where it was."));
        return false;
    }
    moved.time = to;
    keys.push_back(std::move(moved));
    sortByTime(keys);
    undo_.push(new KeysCommand(*this, chosen_, std::move(keys), tr("Move key pose")));
    return true;
}

bool Document::requestRemoveKey(double seconds) {
    const auto now = dance();
    if (!now) return false;
    auto keys = now->dance.keys;
    const auto key = keyAt(keys, seconds);
    if (key == keys.end()) return false;
    keys.erase(key);
    undo_.push(new KeysCommand(*this, chosen_, std::move(keys), tr("Remove key pose")));
    return true;
}

bool Document::requestMoveKeys(const std::vector<double>& times, double seconds) {
    const auto now = dance();
    if (!now || times.empty() || now->dance.clip.frames() == 0) return false;
    const motion::Clip& clip = now->dance.clip;
    const double by = std::round(seconds * clip.fps) / clip.fps;
    if (std::abs(by) < kSame) return false;
    auto asked = parted(now->dance.keys, times);
    if (!asked) return false;
    auto& [moved, others] = *asked;
    const double last = static_cast<double>(clip.frames() - 1) / clip.fps;
    double before = -1;  // of those that are moved
    for (io::KeyPose& key : moved) {
        key.time = std::round((key.time + by) * clip.fps) / clip.fps;
        if (key.time < 0 || key.time > last + kSame) {
            inform(tr("The dance ends there."), tr("The key poses stay where they were."));
            return false;
        }
        if (!hasRoom(others, key.time) || tooNear(before, key.time) || (state_.opening && key.pinned && tooNear(key.time, 0))) {
            inform(tr("Another pose is held there."), tr("The key poses stay where they were."));
            return false;
        }
        before = key.time;
    }
    Keys keys;
    std::merge(moved.begin(), moved.end(), others.begin(), others.end(), std::back_inserter(keys), [](const io::KeyPose& a, const io::KeyPose& b) { return a.time < b.time; });
    undo_.push(new KeysCommand(*this, chosen_, std::move(keys), times.size() == 1 ? tr("Move key pose") : tr("Move %1 key poses").arg(times.size())));
    return true;
}

bool Document::requestRemoveKeys(const std::vector<double>& times) {
    const auto now = dance();
    if (!now || times.empty()) return false;
    auto asked = parted(now->dance.keys, times);
    if (!asked) return false;
    undo_.push(new KeysCommand(*this, chosen_, std::move(asked->second), times.size() == 1 ? tr("Remove key pose") : tr("Remove %1 key poses").arg(times.size())));
    return true;
}

void Document::setKeys(DanceId id, const std::vector<io::KeyPose>& keys) {
    for (auto& entry : state_.dances) {
        if (entry.id != id) continue;
        auto changed = std::make_shared<DanceSnapshot>(*entry.snapshot);
        changed->dance.keys = keys;
        entry.snapshot = std::move(changed);
    }
    tell(Aspect::Dances, id);
}

bool Document::requestOpening(std::shared_ptr<const motion::Clip> opening, const QString& text) {
    if (!opening && !state_.opening) return false;
    const auto now = dance();
    if (opening && now && std::any_of(now->dance.keys.begin(), now->dance.keys.end(), [](const io::KeyPose& key) { return key.pinned && tooNear(key.time, 0); })) {
        inform(tr("A pose is pinned at the very beginning."), tr("Remove it first: the dance cannot begin with both."));
        return false;
    }
    undo_.push(new OpeningCommand(*this, std::move(opening), text));
    return true;
}

bool Document::requestOpeningFromPose(double seconds) {
    const auto now = dance();
    if (!now || now->dance.clip.frames() == 0) {
        inform(tr("There is no dance yet."), tr("Choose Dance > Begin with a motion file, or generate a dance to take a pose from."));
        return false;
    }
    const motion::Clip& clip = now->dance.clip;
    return requestOpening(std::make_shared<const motion::Clip>(motion::slice(clip, frameAt(clip, seconds), 1)), tr("Begin with this pose"));
}

}  // namespace choreia::ui
