// Several dancers: who is there, who is chosen, what they are called, where they stand; and their feet and blocks edited in the lanes.
#include "document/commands.h"
#include "document/dance_edits.h"
#include "document/document.h"

#include "choreo/seams.h"
#include "core/units.h"
#include "motion/formation.h"

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {

constexpr float kRoom = 1.2f;          // m that a newcomer wants to the others
constexpr double kCanonBeats = 2;
constexpr double kShortestBlock = 0.1;  // s

/// Formation places of the largest group about its middle front one, the nearest to it first: whoever comes, nobody has to move.
std::vector<motion::StagePlace> placesInOrder() {
    auto all = motion::formation(motion::kMostDancers);
    const auto lead = *std::min_element(all.begin(), all.end(), [](const auto& a, const auto& b) { return std::pair(a.row, std::abs(a.x)) < std::pair(b.row, std::abs(b.x)); });
    std::stable_sort(all.begin(), all.end(), [&](const auto& a, const auto& b) { return std::pair(a.row, std::abs(a.x)) < std::pair(b.row, std::abs(b.x)); });
    std::vector<motion::StagePlace> places;
    for (const auto& place : all) places.push_back({place.x - lead.x, place.z - lead.z, 0});
    return places;
}

motion::StagePlace freePlace(const std::vector<DanceEntry>& dances) {
    const auto free = [&](const motion::StagePlace& place) {
        return std::all_of(dances.begin(), dances.end(), [&](const DanceEntry& entry) {
            return std::hypot(entry.snapshot->dance.place.x - place.x, entry.snapshot->dance.place.z - place.z) >= kRoom;
        });
    };
    const auto places = placesInOrder();
    if (const auto found = std::find_if(places.begin(), places.end(), free); found != places.end()) return *found;
    float right = 0;  // everybody stands elsewhere: beside the outermost
    for (const auto& entry : dances) right = std::max(right, entry.snapshot->dance.place.x);
    return {right + 1.8f, 0, 0};
}

std::string freeName(const std::vector<DanceEntry>& dances) {
    for (std::size_t number = dances.size() + 1;; ++number) {
        const std::string name = Document::tr("Dancer %1").arg(number).toStdString();
        if (std::none_of(dances.begin(), dances.end(), [&](const DanceEntry& entry) { return entry.snapshot->dance.name == name; })) return name;
    }
}

}  // namespace

std::shared_ptr<const DanceSnapshot> Document::dance(DanceId id) const {
    for (const auto& entry : state_.dances)
        if (entry.id == id) return entry.snapshot;
    return nullptr;
}

std::size_t Document::dancerIndex() const {
    const auto at = std::find_if(state_.dances.begin(), state_.dances.end(), [this](const DanceEntry& entry) { return entry.id == chosen_; });
    return static_cast<std::size_t>(at - state_.dances.begin());
}

void Document::choose(DanceId id) {
    if (id == chosen_ || !dance(id)) return;
    chosen_ = id;
    tell(Aspect::Dances, id);
}

void Document::chooseNext(int direction) {
    const auto count = static_cast<int>(state_.dances.size());
    if (count < 2) return;
    const int at = (static_cast<int>(dancerIndex()) + direction % count + count) % count;
    choose(state_.dances[static_cast<std::size_t>(at)].id);
}

bool Document::hasRoomForDancer() {
    if (state_.dances.size() < motion::kMostDancers) return true;
    inform(tr("The stage is full."), tr("%1 dancers are the most; remove one first.").arg(motion::kMostDancers));
    return false;
}

bool Document::addDancer(const DanceSnapshot& dance, const QString& text) {
    if (!hasRoomForDancer()) return false;
    auto added = std::make_shared<DanceSnapshot>(dance);
    added->dance.name = freeName(state_.dances);
    added->dance.place = freePlace(state_.dances);
    return requestDance({}, std::move(added), text);
}

bool Document::requestAddDancer(NewDancer how) {
    const auto now = dance();
    if (!now || now->dance.clip.frames() == 0) {
        inform(tr("There is no dance yet."), tr("Press Generate dance, then add dancers."));
        return false;
    }
    switch (how) {
    case NewDancer::Mirrored: return addDancer(*makeSnapshot(mirroredDance(now->dance)), tr("Add mirrored dancer"));
    case NewDancer::InCanon: {
        const double beat = state_.grid.tempoBpm > 0 ? 60 / state_.grid.tempoBpm : 0.5;
        return addDancer(*makeSnapshot(delayedDance(now->dance, kCanonBeats * beat)), tr("Add dancer in canon"));
    }
    case NewDancer::Copy: break;
    }
    return addDancer(*now, tr("Add dancer"));
}

bool Document::requestRemoveDancer() {
    if (state_.dances.size() < 2) {
        inform(tr("There is one dancer only."), tr("Undo takes a dance back; Generate makes another one."));
        return false;
    }
    const QString name = QString::fromStdString(dance()->dance.name);
    undo_.push(new DanceCommand(*this, chosen_, nullptr, tr("Remove %1").arg(name)));
    return true;
}

bool Document::requestDancerName(const QString& name) {
    const auto now = dance();
    const QString wanted = name.simplified();
    if (!now || wanted.isEmpty() || wanted.toStdString() == now->dance.name) return false;
    undo_.push(new DancersCommand(*this, {{chosen_, {wanted.toStdString(), now->dance.place}}}, tr("Rename dancer")));
    return true;
}

bool Document::requestPlace(const motion::StagePlace& place) {
    const auto now = dance();
    constexpr float kFarthest = 50;  // m
    if (!now || place == now->dance.place || !(std::abs(place.x) <= kFarthest && std::abs(place.z) <= kFarthest && std::isfinite(place.turn))) return false;
    undo_.push(new DancersCommand(*this, {{chosen_, {now->dance.name, place}}}, tr("Move %1").arg(QString::fromStdString(now->dance.name))));
    return true;
}

bool Document::requestFormation() {
    const auto places = motion::formation(state_.dances.size());
    std::vector<std::pair<DanceId, DancersCommand::Identity>> after;
    bool moves = false;
    for (std::size_t i = 0; i < std::min(places.size(), state_.dances.size()); ++i) {
        const io::Dance& who = state_.dances[i].snapshot->dance;
        const motion::StagePlace place{places[i].x, places[i].z, 0};
        moves = moves || place != who.place;
        after.push_back({state_.dances[i].id, {who.name, place}});
    }
    if (!moves) {
        if (!after.empty()) inform(tr("Everybody stands in formation already."), tr("Drag the ring at a dancer's feet to move them."));
        return false;
    }
    undo_.push(new DancersCommand(*this, std::move(after), tr("Into formation")));
    return true;
}

void Document::setIdentity(DanceId id, const std::string& name, const motion::StagePlace& place) {
    for (auto& entry : state_.dances) {
        if (entry.id != id) continue;
        auto changed = std::make_shared<DanceSnapshot>(*entry.snapshot);
        changed->dance.name = name;
        changed->dance.place = place;
        entry.snapshot = std::move(changed);
    }
}

bool Document::requestFoot(int foot, TimeRange range, bool stands) {
    const auto now = dance();
    if (!now || now->dance.clip.frames() == 0) return false;
    auto made = withFoot(*now, foot, range, stands);
    if (made->dance.contacts == now->dance.contacts) return false;
    const QString text = stands ? (foot == 0 ? tr("Plant the left foot") : tr("Plant the right foot")) : (foot == 0 ? tr("Free the left foot") : tr("Free the right foot"));
    constexpr float kUnmoved = 5e-3f;  // m: soles that are set down anew give as much
    bool only = true;
    for (std::size_t f = 0; f < made->positions.frames(); ++f)
        for (const int joint : {foot == 0 ? motion::LeftAnkle : motion::RightAnkle, foot == 0 ? motion::LeftFoot : motion::RightFoot})
            only = only && (made->positions.at(f, static_cast<std::size_t>(joint)) - now->positions.at(f, static_cast<std::size_t>(joint))).norm() < kUnmoved;
    undo_.push(new DanceCommand(*this, chosen_, std::move(made), text));
    if (only && stands)
        inform(foot == 0 ? tr("The left foot stood still there already.") : tr("The right foot stood still there already."), tr("It is marked as standing now; the movement is as it was."));
    else if (only)
        inform(foot == 0 ? tr("The left foot is free, and moves as it did.") : tr("The right foot is free, and moves as it did."),
               tr("Only its mark is gone: the movement itself keeps the foot where it is. Drag it on the stage to move it."));
    return true;
}

bool Document::requestTrim(double from, double to) {
    const auto now = dance();
    if (!now) return false;
    const auto& blocks = now->dance.blocks;
    const auto block = std::find_if(blocks.begin(), blocks.end(), [from](const io::Block& b) { return b.start > 1e-6 && std::abs(b.start - from) < 1e-6; });
    if (block == blocks.end()) return false;
    const auto [least, most] = choreo::trimRoom(now->dance, from);
    const double kept = std::clamp(to, least, std::max(least, std::min(most, state_.duration - kShortestBlock)));
    if (std::abs(kept - from) < 1.0 / kMotionFps) {
        if (std::abs(to - from) >= 1.0 / kMotionFps && choreo::seamAt(now->dance, from))
            inform(tr("The block cannot be drawn out there."), tr("Its movement is known for a second beyond where it was cut, and a part made anew not at all; the other side may give way instead."));
        return false;
    }
    auto place = selection_;  // a block that is selected stays so
    if (place)
        for (double* end : {&place->from, &place->to})
            if (std::abs(*end - from) < 1e-3) *end = kept;
    return keepLaid(*now, choreo::trimmed(now->dance, from, kept), place, tr("Trim block"));
}

}  // namespace choreia::ui
