// What a person holds on to: the chosen part, pinned poses, the opening.
#include "document/commands.h"
#include "document/document.h"

#include "core/units.h"

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {

constexpr double kApart = 1.0 / 30;  // s, as the engine wants pins
constexpr double kSame = 1e-6;

std::vector<io::KeyPose>::iterator keyAt(std::vector<io::KeyPose>& keys, double seconds) {
    return std::find_if(keys.begin(), keys.end(), [seconds](const io::KeyPose& key) { return std::abs(key.time - seconds) < kSame; });
}

bool hasRoom(const std::vector<io::KeyPose>& keys, double seconds) {
    return std::none_of(keys.begin(), keys.end(), [seconds](const io::KeyPose& key) { return std::abs(key.time - seconds) < kApart; });
}

std::size_t frameAt(const motion::Clip& clip, double seconds) {
    return static_cast<std::size_t>(std::clamp<std::int64_t>(nearestFrame({seconds}, clip.fps).value, 0, static_cast<std::int64_t>(clip.frames()) - 1));
}

void sortByTime(std::vector<io::KeyPose>& keys) {
    std::stable_sort(keys.begin(), keys.end(), [](const io::KeyPose& a, const io::KeyPose& b) { return a.time < b.time; });
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
    if (state_.opening && time < kApart) {
        inform(tr("The dance begins with another pose."), tr("Pin a later one, or choose Dance > Begin freely first."));
        return false;
    }
    const auto pose = clip.pose(frame);
    keys.push_back({time, true, clip.root[frame], {pose.begin(), pose.end()}});
    sortByTime(keys);
    undo_.push(new KeysCommand(*this, chosen_, std::move(keys), tr("Pin pose")));
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
    if (!hasRoom(keys, to) || (state_.opening && moved.pinned && to < kApart)) {
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
    if (opening && now && std::any_of(now->dance.keys.begin(), now->dance.keys.end(), [](const io::KeyPose& key) { return key.pinned && key.time < kApart; })) {
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
