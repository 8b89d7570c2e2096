// Several dancers on the stage: everybody at their place, and the chosen one moved by the ring on the floor.
#include "window/stage_panel.h"

#include "motion/formation.h"
#include "motion/kinematics.h"
#include "style/dancer_color.h"
#include "viewport/viewport.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace choreia::ui {

using motion::kJoints;
using motion::Quat;
using motion::Vec3;

motion::StagePlace StagePanel::placeNow() const {
    if (placing_) return *placing_;
    const auto dance = document_.dance();
    return dance ? dance->dance.place : motion::StagePlace{};
}

void StagePanel::ontoStage(std::span<Vec3> positions, std::span<Quat> rotations) const {
    const motion::StagePlace place = placeNow();
    if (place == motion::StagePlace{}) return;
    const Quat turn = motion::turnOf(place);
    for (Vec3& position : positions) position = motion::onStage(place, position);
    for (Quat& rotation : rotations) rotation = turn * rotation;
}

void StagePanel::buildDancers() {
    const auto begin = [this] {
        const auto dance = document_.dance();
        if (!dance || dance->positions.frames() == 0) return false;
        if (placing_) return true;
        player_.pause();
        placing_ = dance->dance.place;
        Q_EMIT shapingChanged();
        return true;
    };
    const auto show = [this] {
        showPose();
        ghostBeat_ = -2;
        showGhosts();
        showTrail();
        showFooter();
        Q_EMIT inHand(shaped_, placing_);
    };
    connect(viewport_, &Viewport::dancerDragged, this, [this, begin, show](const Vec3& way) {
        if (!begin()) return;
        placing_ = document_.dance()->dance.place;
        placing_->x += way.x();
        placing_->z += way.z();
        show();
    });
    connect(viewport_, &Viewport::dancerTurned, this, [this, begin, show](float angle) {
        if (!begin()) return;
        // About where the dancer stands now, not about where the dance has its origin.
        const motion::StagePlace before = document_.dance()->dance.place;
        const Vec3 own = document_.dance()->positions.at(frameAt(seconds_), motion::Pelvis), stood = motion::onStage(before, own);
        motion::StagePlace after{0, 0, std::remainder(before.turn + angle, 2 * std::numbers::pi_v<float>)};
        const Vec3 stands = motion::onStage(after, own);
        after.x = stood.x() - stands.x();
        after.z = stood.z() - stands.z();
        placing_ = after;
        show();
    });
    connect(viewport_, &Viewport::dancerReleased, this, &StagePanel::keepPlace);
    connect(viewport_, &Viewport::dancerPicked, this, [this](int other) {
        // Everybody but the chosen one, in order.
        const auto& dances = document_.state().dances;
        const auto chosen = document_.dancerIndex();
        const auto index = static_cast<std::size_t>(other) + (static_cast<std::size_t>(other) >= chosen ? 1 : 0);
        if (index < dances.size()) document_.choose(dances[index].id);
    });
}

void StagePanel::keepPlace() {
    if (!placing_) return;
    const motion::StagePlace place = *placing_;
    placing_.reset();
    Q_EMIT shapingChanged();
    if (!document_.requestPlace(place)) showPose();
    Q_EMIT inHand(shaped_, placing_);
    showFooter();
}

void StagePanel::showOthers() {
    const auto& dances = document_.state().dances;
    const auto mark = [&](std::size_t index, float turn) { return StageMark{static_cast<int>(index) + 1, style::dancerColor(index), turn}; };
    std::vector<StageFigure> others;
    for (std::size_t i = 0; i < std::min(dances.size(), motion::kMostDancers); ++i) {
        const DanceSnapshot& dance = *dances[i].snapshot;
        if (dances[i].id == document_.danceId() || dance.positions.frames() == 0) continue;
        const std::size_t frame = frameOf(dance, seconds_);
        const motion::StagePlace& place = dance.dance.place;
        StageFigure figure{mark(i, place.turn), {}, {}};
        motion::forwardKinematics(motion::Skeleton::body(), dance.dance.clip.root[frame], dance.dance.clip.pose(frame), figure.positions, figure.rotations);
        const Quat turn = motion::turnOf(place);
        for (Vec3& position : figure.positions) position = motion::onStage(place, position);
        for (Quat& rotation : figure.rotations) rotation = turn * rotation;
        others.push_back(std::move(figure));
    }
    viewport_->setOwnMark(others.empty() ? std::nullopt : std::optional(mark(document_.dancerIndex(), placeNow().turn)));
    viewport_->setOthers(std::move(others));
}

}  // namespace choreia::ui
