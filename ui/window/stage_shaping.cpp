// A pose shaped by hand on the stage: shown while it is in hand, the document's at release, nobody's after Esc.
#include "window/stage_panel.h"

#include "motion/kinematics.h"
#include "motion/reach.h"
#include "motion/rotation.h"
#include "viewport/viewport.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

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
    connect(viewport_, &Viewport::holdToggled, this, [this](int joint) { toggleHeld(joint); });
    connect(viewport_, &Viewport::jointsChosen, &document_, &Document::selectJoints);
    connect(viewport_, &Viewport::boxToggled, this, &StagePanel::shapingChanged);
    connect(viewport_, &Viewport::jointReleased, this, &StagePanel::keepShaped);
}

void StagePanel::toggleHeld(int joint) {
    if (joint < 0 || joint >= kJoints) return;
    if (held_.erase(joint) == 0) held_.insert(joint);
    viewport_->setHeld(std::vector<int>(held_.begin(), held_.end()));
}

void StagePanel::toggleHeld(const motion::JointSet& joints) {
    std::set<int> all = held_;
    for (int j = 0; j < kJoints; ++j)
        if (joints[static_cast<std::size_t>(j)]) all.insert(j);
    if (all == held_)
        std::erase_if(all, [&](int j) { return joints[static_cast<std::size_t>(j)]; });
    held_ = std::move(all);
    viewport_->setHeld(std::vector<int>(held_.begin(), held_.end()));
}

void StagePanel::drawTool(PoseTool tool, double amount) {
    if (!shaped_) player_.pause();
    const auto pose = poseByTool(document_, seconds_, tool, amount);
    if (!pose) return;
    const bool began = !shaped_;
    shaped_ = pose;
    shapedText_ = textOf(tool, amount);
    const int percent = static_cast<int>(std::lround(amount * 100));
    toolText_ = tr("%1 %2%3 %").arg(shapedText_, percent > 0 ? QStringLiteral("+") : percent < 0 ? QStringLiteral("−") : QString()).arg(std::abs(percent));
    showShaped();
    if (began) Q_EMIT shapingChanged();
}

bool StagePanel::takePose(int joint) {
    const auto dance = document_.dance();
    if (!dance || dance->positions.frames() == 0) return false;
    if (shaped_) return true;
    player_.pause();
    taken_ = motion::poseAt(dance->dance.clip, frameAt(seconds_));
    toolText_.clear();
    shapedText_ = tr("Shape %1").arg(QString::fromStdString(motion::Skeleton::body().names()[static_cast<std::size_t>(joint)]));
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
    Q_EMIT inHand(shaped_, placing_);
}

void StagePanel::keepShaped() {
    if (!shaped_) return;
    const motion::Pose pose = *shaped_;
    shaped_.reset();
    Q_EMIT shapingChanged();
    const bool kept = document_.requestPose(seconds_, pose, shapedText_);
    Q_EMIT inHand(shaped_, placing_);  // after the document's change: nobody shows the old pose in between
    if (kept) return;
    showPose();
    showFooter();
}

void StagePanel::letGo() {
    if (!shaping()) return;
    shaped_.reset();
    placing_.reset();
    viewport_->dropJoint();
    Q_EMIT shapingChanged();
    Q_EMIT inHand(shaped_, placing_);
    showPose();
    ghostBeat_ = -2;
    showGhosts();
    showTrail();
    showFooter();
}

}  // namespace choreia::ui
