// Key poses taken with the mouse, one or several: they jump to beats and marks together, are let go with Esc, and change the document once.
#include "timeline/timeline_view.h"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace choreia::ui {

namespace {

constexpr double kKeyStill = 4;  // pixels that a hand may shake
constexpr double kKeyReach = 9;  // pixels round a diamond
constexpr double kSameKey = 1e-6;  // s

/// The first key at a moment or later; keys by rising times.
auto keyFrom(const std::vector<io::KeyPose>& keys, double seconds) {
    return std::lower_bound(keys.begin(), keys.end(), seconds, [](const io::KeyPose& key, double time) { return key.time < time; });
}

void addTime(std::vector<double>& times, double time) { times.insert(std::upper_bound(times.begin(), times.end(), time), time); }

}  // namespace

bool TimelineView::takeKeys(double x, bool more) {
    if (!scene_.dance || scene_.dance->dance.keys.empty()) return false;
    keysBefore_ = scene_.chosenKeys;
    more_ = more;
    dragStart_ = axis_.seconds(x);
    scene_.energyChosen.reset();
    scene_.chosenMarker.reset();
    std::optional<double> pressed;
    double nearest = kKeyReach;
    for (const auto& key : scene_.dance->dance.keys)
        if (const double away = std::abs(axis_.x(key.time) - x); away <= nearest) {
            nearest = away;
            pressed = key.time;
        }
    pressedAgain_ = pressed && scene_.chose(*pressed);
    if (!more && !pressedAgain_) scene_.chosenKeys.clear();
    drag_ = pressed ? Drag::Keys : Drag::Band;
    if (pressed) {
        pressedKey_ = *pressed;
        if (!pressedAgain_) addTime(scene_.chosenKeys, *pressed);
        if (!more) player_.seek(*pressed);
    }
    contentsChanged();
    return true;
}

void TimelineView::dragKeys(double seconds, bool free) {
    if (!moved_ && std::abs(axis_.x(seconds) - axis_.x(dragStart_)) <= kKeyStill) return;
    moved_ = true;
    if (!scene_.dance || scene_.chosenKeys.empty()) return;  // undone meanwhile
    setCursor(Qt::SizeHorCursor);
    const double wanted = pressedKey_ + seconds - dragStart_;
    const Snapped to = dragged(wanted, free);
    // None leaves the dance, and they keep their distances.
    const auto& clip = scene_.dance->dance.clip;
    const double last = static_cast<double>(clip.frames() - 1) / clip.fps;
    scene_.keyShift = std::clamp(to.seconds - pressedKey_, -scene_.chosenKeys.front(), std::max(0.0, last - scene_.chosenKeys.back()));
    showSnap(to, pressedKey_ + scene_.keyShift);
    contentsChanged();
}

void TimelineView::dropKeys() {
    const double by = std::exchange(scene_.keyShift, 0);
    const auto times = scene_.chosenKeys;
    drag_ = Drag::None;
    if (!moved_) {
        // A click: with Ctrl or Shift it takes out what was in hand, else of several only this one stays.
        if (!more_) scene_.chosenKeys = {pressedKey_};
        else if (pressedAgain_) std::erase(scene_.chosenKeys, pressedKey_);
    } else if (times.size() == 1 ? document_.requestMoveKey(times.front(), times.front() + by) : document_.requestMoveKeys(times, by)) {
        // In hand stay those that were, where they are now.
        scene_.chosenKeys.clear();
        const double frame = 1.0 / scene_.dance->dance.clip.fps;
        const auto& keys = scene_.dance->dance.keys;
        for (const double time : times)
            for (auto key = keyFrom(keys, time + by - frame); key != keys.end() && key->time < time + by + frame; ++key)
                if (std::abs(key->time - time - by) < frame && !scene_.chose(key->time)) {
                    addTime(scene_.chosenKeys, key->time);
                    break;
                }
    }
    forgetWhatIsGone();
    contentsChanged();
}

void TimelineView::dragBand(double seconds) {
    if (!moved_ && std::abs(axis_.x(seconds) - axis_.x(dragStart_)) <= kKeyStill) return;
    moved_ = true;
    if (!scene_.dance) return;
    scene_.keyBand = std::pair{std::min(seconds, dragStart_), std::max(seconds, dragStart_)};
    scene_.chosenKeys = more_ ? keysBefore_ : std::vector<double>();
    const auto& keys = scene_.dance->dance.keys;
    std::vector<double> banded, all;
    for (auto key = keyFrom(keys, scene_.keyBand->first); key != keys.end() && key->time <= scene_.keyBand->second; ++key)
        if (!scene_.chose(key->time)) banded.push_back(key->time);
    std::merge(scene_.chosenKeys.begin(), scene_.chosenKeys.end(), banded.begin(), banded.end(), std::back_inserter(all));
    scene_.chosenKeys = std::move(all);
    contentsChanged();
}

void TimelineView::dropBand() {
    scene_.keyBand.reset();
    drag_ = Drag::None;
    if (!moved_ && !more_) player_.seek(std::clamp(dragStart_, 0.0, document_.state().duration));
    contentsChanged();
}

void TimelineView::letGoOfKeys() {
    if (drag_ == Drag::Band) scene_.chosenKeys = keysBefore_;
    scene_.keyBand.reset();
    scene_.keyShift = 0;
    drag_ = Drag::None;
    unsetCursor();
}

bool TimelineView::removeChosen() {
    if (drag_ != Drag::None) return false;  // what is being dragged is dropped or let go of first
    if (scene_.energyChosen) return removeEnergy(scene_.energyChosen);
    if (scene_.chosenMarker) return document_.requestRemoveMarker(*scene_.chosenMarker);
    if (!scene_.chosenKeys.empty()) return document_.requestRemoveKeys(std::vector<double>(scene_.chosenKeys));
    if (!scene_.dance) return false;
    const double now = player_.position(), frame = 0.5 / scene_.dance->dance.clip.fps;
    for (const auto& key : scene_.dance->dance.keys)
        if (std::abs(key.time - now) <= frame + kSameKey) return document_.requestRemoveKey(key.time);
    return false;
}

void TimelineView::chooseNothing() {
    scene_.chosenKeys.clear();
    scene_.chosenMarker.reset();
    scene_.energyChosen.reset();
}

void TimelineView::forgetWhatIsGone() {
    if (drag_ != Drag::Keys && drag_ != Drag::Band && !scene_.chosenKeys.empty()) {
        const std::vector<io::KeyPose>* keys = scene_.dance ? &scene_.dance->dance.keys : nullptr;
        std::erase_if(scene_.chosenKeys, [keys](double time) {
            if (!keys) return true;
            const auto key = keyFrom(*keys, time - kSameKey);
            return key == keys->end() || key->time >= time + kSameKey;
        });
    }
    const auto& markers = document_.state().markers;
    if (drag_ != Drag::Marker && scene_.chosenMarker &&
        std::none_of(markers.begin(), markers.end(), [this](const io::Marker& marker) { return std::abs(marker.time - *scene_.chosenMarker) < kSameKey; }))
        scene_.chosenMarker.reset();
}

}  // namespace choreia::ui
