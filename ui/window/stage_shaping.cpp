// A pose shaped by hand on the stage: shown while it is in hand, the document's at release, nobody's after Esc.
#include "window/stage_panel.h"

#include "motion/kinematics.h"
#include "motion/reach.h"
#include "motion/rotation.h"
#include "viewport/viewport.h"

#include <algorithm>

namespace choreia::ui {

using motion::kJoints;
using motion::Quat;
using motion::Vec3;

void StagePanel::buildShaping() {
    connect(viewport_, &Viewport::jointDragged, this, [this](int joint, const Vec3& target) {
        if (!takePose(joint)) return;
        std::vector<int> held = motion::heldFor(joint);
        for (const int other : held_)
            if (std::ranges::find(held, other) == held.end()) held.push_back(other);
        shaped_ = motion::reach(motion::Skeleton::body(), taken_, joint, motion::offStage(placeNow(), target), held);
        showShaped();
    });
    connect(viewport_, &Viewport::jointTurned, this, [this](int joint, const Vec3& axis, double angle) {
        if (!takePose(joint)) return;
        const auto& body = motion::Skeleton::body();
        std::array<Vec3, kJoints> positions;
        std::array<Quat, kJoints> world;
        motion::forwardKinematics(body, taken_.root, taken_.rotations, positions, world);
        const int parent = body.parent(joint);
        const Quat above = parent < 0 ? Quat::Identity() : world[static_cast<std::size_t>(parent)];
        const Vec3 own = motion::turnOf(placeNow()).conjugate() * axis;
        const Quat turn = motion::expMap(own * static_cast<float>(angle));
        shaped_ = taken_;
        auto& rotation = shaped_->rotations[static_cast<std::size_t>(joint)];
        rotation = (above.conjugate() * turn * above * rotation).normalized();
        showShaped();
    });
    connect(viewport_, &Viewport::holdToggled, this, &StagePanel::toggleHeld);
    connect(viewport_, &Viewport::jointReleased, this, &StagePanel::keepShaped);
}

void StagePanel::toggleHeld(int joint) {
    if (joint < 0 || joint >= kJoints) return;
    if (held_.erase(joint) == 0) held_.insert(joint);
    viewport_->setHeld(std::vector<int>(held_.begin(), held_.end()));
}

bool StagePanel::takePose(int joint) {
    const auto dance = document_.dance();
    if (!dance || dance->positions.frames() == 0) return false;
    if (shaped_) return true;
    player_.pause();
    taken_ = motion::poseAt(dance->dance.clip, frameAt(seconds_));
    shapedJoint_ = joint;
    document_.selectJoint(joint);
    shaped_ = taken_;
    Q_EMIT shapingChanged();
    return true;
}

void StagePanel::showShaped() {
    const auto dance = document_.dance();
    std::array<Vec3, kJoints> positions;
    std::array<Quat, kJoints> rotations;
    motion::forwardKinematics(motion::Skeleton::body(), shaped_->root, shaped_->rotations, positions, rotations);
    ontoStage(positions, rotations);
    viewport_->setPose(positions, rotations, dance->dance.contacts[std::min(frameAt(seconds_), dance->dance.contacts.size() - 1)]);
    showFooter();
}

void StagePanel::keepShaped() {
    if (!shaped_) return;
    const motion::Pose pose = *shaped_;
    shaped_.reset();
    Q_EMIT shapingChanged();
    const QString name = QString::fromStdString(motion::Skeleton::body().names()[static_cast<std::size_t>(shapedJoint_)]);
    if (!document_.requestPose(seconds_, pose, tr("Shape %1").arg(name))) showPose();
}

void StagePanel::letGo() {
    if (!shaping()) return;
    shaped_.reset();
    placing_.reset();
    viewport_->dropJoint();
    Q_EMIT shapingChanged();
    showPose();
    ghostBeat_ = -2;
    showGhosts();
    showTrail();
    showFooter();
}

}  // namespace choreia::ui
