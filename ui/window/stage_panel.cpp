// From the dance snapshot and the playhead to poses, ghosts and trail.
#include "window/stage_panel.h"

#include "motion/kinematics.h"
#include "style/theme.h"
#include "timeline/timecode.h"
#include "viewport/viewport.h"
#include "window/busy_bar.h"
#include "window/notice_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

using motion::kJoints;
using motion::Quat;
using motion::Vec3;

StagePanel::StagePanel(Document& document, Player& player, QWidget* parent) : QWidget(parent), document_(document), player_(player) {
    setAttribute(Qt::WA_StyledBackground);
    style::setKind(this, "stage");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* messages = new QVBoxLayout;
    messages->setContentsMargins(12, 0, 12, 0);
    messages->setSpacing(4);
    notice_ = new NoticeBar(this);
    messages->addWidget(notice_);
    messages->addWidget(new BusyBar(document_.loader(), this));
    messages->addWidget(new BusyBar(document_.saver(), this));
    column->addLayout(messages);
    viewport_ = new Viewport(this);
    viewport_->setObjectName(QStringLiteral("Viewport"));
    viewport_->setAccessibleName(tr("Stage"));
    viewport_->setFollow(true);
    viewport_->setSkeleton(motion::Skeleton::body());
    column->addWidget(viewport_, 1);
    auto* footer = new QHBoxLayout;
    footer->setContentsMargins(16, 4, 16, 6);
    frame_ = new QLabel(this);
    frame_->setFont(style::mono(12));
    style::setKind(frame_, "onStage");
    hint_ = new QLabel(this);
    style::setKind(hint_, "onStage");
    footer->addWidget(frame_);
    footer->addSpacing(12);
    footer->addStretch(1);
    footer->addWidget(hint_);
    column->addLayout(footer);

    connect(&document_, &Document::changed, this, &StagePanel::documentChanged);
    connect(&document_, &Document::message, notice_, &NoticeBar::show);
    connect(&player_, &Player::playingChanged, this, [this] { showGhosts(); });
    connect(viewport_, &Viewport::jointSelected, this, [this](int joint) {
        if (joint >= 0) document_.selectJoint(joint);
    });
    buildShaping();
    buildDancers();
    connect(viewport_, &Viewport::cameraChanged, this, [this] { document_.setCamera(viewport_->camera()); });
    documentChanged({Aspect::Everything, {}});
}

void StagePanel::setGhosts(bool on) {
    ghosts_ = on;
    ghostBeat_ = -2;
    showGhosts();
}

void StagePanel::setTrail(bool on) {
    trail_ = on;
    showTrail();
}

void StagePanel::documentChanged(const Change& change) {
    switch (change.aspect) {
    case Aspect::Name:
    case Aspect::Settings:
    case Aspect::Markers:
    case Aspect::Takes:
    case Aspect::Queue:
    case Aspect::View: return;  // nothing of it is on the stage: what is in hand there stays in hand
    default: break;
    }
    if (change.aspect == Aspect::Everything) viewport_->setCamera(document_.view().camera);
    letGo();
    if (shown_.value != 0 && document_.danceId().value != 0 && shown_ != document_.danceId()) viewport_->startAnew();
    shown_ = document_.danceId();
    viewport_->setShaping(document_.dance() != nullptr);
    viewport_->setChosenJoints(document_.joints());
    viewport_->setSelectedJoint(document_.dance() ? document_.joint() : -1);
    ghostBeat_ = -2;
    showPose();
    showGhosts();
    showTrail();
    showFooter();
}

void StagePanel::showTime(double seconds) {
    letGo();
    seconds_ = seconds;
    showPose();
    showGhosts();
    showTrail();
    showFooter();
}

std::size_t StagePanel::frameAt(double seconds) const { return frameOf(*document_.dance(), seconds); }

std::size_t StagePanel::frameOf(const DanceSnapshot& dance, double seconds) {
    const auto last = static_cast<double>(dance.positions.frames() - 1);
    return static_cast<std::size_t>(std::clamp(std::round(seconds * dance.positions.fps), 0.0, last));
}

void StagePanel::showRest() {
    const auto& body = motion::Skeleton::body();
    const std::vector<Quat> rest(kJoints, Quat::Identity());
    std::vector<Vec3> positions(kJoints);
    std::vector<Quat> rotations(kJoints);
    motion::forwardKinematics(body, body.offset(0), rest, positions, rotations);
    viewport_->setPose(positions, rotations, {});
}

void StagePanel::showPose() {
    const auto dance = document_.dance();
    showOthers();
    if (!dance || dance->positions.frames() == 0) return showRest();
    const std::size_t frame = frameAt(seconds_);
    std::array<Vec3, kJoints> positions;
    std::array<Quat, kJoints> rotations;
    motion::forwardKinematics(motion::Skeleton::body(), dance->dance.clip.root[frame], dance->dance.clip.pose(frame), positions, rotations);
    ontoStage(positions, rotations);
    viewport_->setPose(positions, rotations, dance->dance.contacts[std::min(frame, dance->dance.contacts.size() - 1)]);
}

void StagePanel::showGhosts() {
    const auto dance = document_.dance();
    const auto& beats = document_.state().grid.beats;
    // While it plays they would flicker from beat to beat.
    if (!ghosts_ || !dance || player_.playing() || beats.empty() || dance->positions.frames() == 0) {
        if (ghostBeat_ != -1) viewport_->setGhosts({}, {});
        ghostBeat_ = -1;
        return;
    }
    const auto next = std::upper_bound(beats.begin(), beats.end(), seconds_ + 0.02);
    const auto beat = next - beats.begin();
    if (beat == ghostBeat_) return;
    ghostBeat_ = beat;
    const auto pose = [&](double seconds) {
        const auto frame = dance->positions.frame(frameAt(seconds));
        std::vector<Vec3> shown(frame.begin(), frame.end());
        ontoStage(shown, {});
        return shown;
    };
    std::vector<std::vector<Vec3>> past, future;
    if (beat >= 2) past.push_back(pose(*(next - 2)));
    if (next != beats.end()) future.push_back(pose(*next));
    viewport_->setGhosts(std::move(past), std::move(future));
}

void StagePanel::showTrail() {
    const auto dance = document_.dance();
    if (!trail_ || !dance || dance->positions.frames() < 2) return viewport_->setTrail(-1, {}, {});
    constexpr double kReach = 0.75;  // seconds either side
    const auto joint = static_cast<std::size_t>(document_.joint());
    const std::size_t from = frameAt(seconds_ - kReach), to = frameAt(seconds_ + kReach);
    std::vector<Vec3> points, beatPoints;
    for (std::size_t f = from; f <= to; f += 2) points.push_back(dance->positions.at(f, joint));
    const auto& beats = document_.state().grid.beats;
    for (auto beat = std::lower_bound(beats.begin(), beats.end(), seconds_ - kReach); beat != beats.end() && *beat <= seconds_ + kReach; ++beat)
        beatPoints.push_back(dance->positions.at(frameAt(*beat), joint));
    ontoStage(points, {});
    ontoStage(beatPoints, {});
    viewport_->setTrail(document_.joint(), std::move(points), std::move(beatPoints));
}

void StagePanel::showFooter() {
    const auto dance = document_.dance();
    if (!dance || dance->positions.frames() == 0) {
        frame_->clear();
        hint_->setText(document_.hasSong() ? tr("Press Generate dance") : tr("Drop a song on the window"));
        return;
    }
    const auto number = [](std::size_t value) { return QLocale(QLocale::English).toString(static_cast<qulonglong>(value)).replace(QLatin1Char(','), QChar(0x2009)); };
    const QString bar = barBeatText(document_.state().grid, seconds_);
    frame_->setText(tr("frame %1 / %2").arg(number(frameAt(seconds_)), number(dance->positions.frames())) +
                    (bar.isEmpty() ? QString() : tr("   bar %1").arg(bar)));
    const auto count = document_.state().dances.size();
    const auto joints = document_.joints().count();
    hint_->setText(placing_  ? tr("Release to let the dancer stand here, Esc to leave it")
                   : shaped_ && !toolText_.isEmpty() ? tr("%1: release to keep it, Esc to leave it").arg(toolText_)
                   : shaped_ ? tr("Release to keep the pose, Esc to leave it")
                   : joints == 1 ? tr("1 joint chosen, Esc clears")
                   : joints > 1 ? tr("%1 joints chosen, Esc clears").arg(joints)
                   : count > 1 ? tr("Dancer %1 of %2: click another, drag the floor ring").arg(document_.dancerIndex() + 1).arg(count)
                               : tr("Drag a joint, an arrow or a ring to shape the pose"));
}

}  // namespace choreia::ui
