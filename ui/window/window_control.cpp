// The menu's part that steers the choreographer: remake, takes, likeness, pinned poses, the opening.
#include "window/main_window.h"

#include "choreo/seams.h"
#include "document/pose_tools.h"
#include "generate/control_box.h"
#include "motion/pose_blend.h"
#include "timeline/timeline_view.h"
#include "window/notice_bar.h"
#include "window/stage_panel.h"

#include <QAction>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

void MainWindow::buildControlActions(QMenu* menu) {
    needSelection_.push_back(
        add(menu, tr("&Remake the selection"), QStringLiteral("remakeAction"), QKeySequence(Qt::CTRL | Qt::Key_R), [this] { generate_->control().remake(); }));
    needSong_.push_back(
        add(menu, tr("Make three &takes"), QStringLiteral("takesAction"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_T), [this] { generate_->control().makeTakes(); }));
    needDance_.push_back(add(menu, tr("&More like this"), QStringLiteral("likeAction"), QKeySequence(Qt::CTRL | Qt::Key_M), [this] { generate_->control().moreLikeThis(); }));
    buildStyleMenu(menu->addMenu(tr("From the playhead on in the &style")));
    menu->addSeparator();
    needDance_.push_back(add(menu, tr("&Pin the pose"), QStringLiteral("pinAction"), QKeySequence(Qt::Key_K), [this] { document_.requestPin(player_.position()); }));
    buildShelfActions(menu);
    needSong_.push_back(add(menu, tr("Remove the key poses or the marker"), QStringLiteral("removeKeyAction"), QKeySequence(Qt::Key_Delete), [this] {
        if (!timeline_->removeChosen()) stage_->notice().show({Message::Kind::Info, tr("Nothing to remove is in hand."), tr("Click a key pose, a marker or a point of the energy in the timeline first.")});
    }));
    const auto keys = [this] { return document_.dance() && !document_.dance()->dance.keys.empty(); };
    needThere_.emplace_back(add(menu, tr("Next key pose"), QStringLiteral("nextKeyAction"), QKeySequence(Qt::ALT | Qt::Key_Right), [this] { stepKey(1); }), keys);
    needThere_.emplace_back(add(menu, tr("Previous key pose"), QStringLiteral("previousKeyAction"), QKeySequence(Qt::ALT | Qt::Key_Left), [this] { stepKey(-1); }), keys);
    needDance_.push_back(add(menu, tr("Mirror the dance"), QStringLiteral("mirrorDanceAction"), {}, [this] { document_.requestMirror(); }));
    needDance_.push_back(add(menu, tr("Begin with this pose"), QStringLiteral("openingPoseAction"), QKeySequence(Qt::SHIFT | Qt::Key_K),
                             [this] { document_.requestOpeningFromPose(player_.position()); }));
    needSong_.push_back(add(menu, tr("Begin with a motion file or video ..."), QStringLiteral("openingFileAction"), {}, [this] { openOpening(); }));
    needThere_.emplace_back(add(menu, tr("Begin freely"), QStringLiteral("openingClearAction"), {}, [this] { document_.requestOpening(nullptr, tr("Begin freely")); }),
                            [this] { return document_.state().opening != nullptr; });
    buildHeldPoses(menu);
    needSong_.push_back(add(menu, tr("Take the dance from a video or motion file ..."), QStringLiteral("danceFileAction"), {}, [this] { openDance(); }));
}

void MainWindow::buildHeldPoses(QMenu* menu) {
    struct Held {
        bool io::GenerateSettings::*setting;
        QString name, text, off, tip;
    };
    for (const Held& held : {Held{&io::GenerateSettings::firstPose, QStringLiteral("firstPoseAction"), tr("Begin in a pose"), tr("Begin without a pose"), tr("The next dance waits in a pose for the song's first accent")},
                             Held{&io::GenerateSettings::finalPose, QStringLiteral("finalPoseAction"), tr("End in a pose"), tr("End without a pose"), tr("The next dance comes to rest on the song's last accent")}}) {
        QAction* action = add(menu, held.text, held.name, {}, {});
        action->setCheckable(true);
        action->setToolTip(held.tip);
        const auto follow = [this, action, held] { action->setChecked(document_.state().settings.*held.setting); };
        follow();
        connect(&document_, &Document::changed, action, [follow](const Change& change) {
            if (change.aspect == Aspect::Everything || change.aspect == Aspect::Settings) follow();
        });
        connect(action, &QAction::triggered, this, [this, held](bool on) {
            auto settings = document_.state().settings;
            settings.*held.setting = on;
            document_.requestSettings(settings, on ? held.text : held.off);
        });
    }
}

void MainWindow::buildStyleMenu(QMenu* menu) {
    menu->setObjectName(QStringLiteral("styleMenu"));
    const auto choose = [this](const QString& style) {
        auto settings = document_.state().settings;
        const double at = timeline_->snappedMoment(player_.position());
        auto& course = settings.styleCourse;
        std::erase_if(course, [at](const io::StyleChange& change) { return std::abs(change.time - at) < 0.1; });
        if (!style.isEmpty()) {
            const auto after = std::find_if(course.begin(), course.end(), [at](const io::StyleChange& change) { return change.time > at; });
            course.insert(after, {at, style.toStdString()});
        } else if (const auto after = std::find_if(course.rbegin(), course.rend(), [at](const io::StyleChange& change) { return change.time <= at; }); after != course.rend()) {
            course.erase(std::next(after).base());
        }
        if (settings != document_.state().settings) document_.requestSettings(settings, style.isEmpty() ? tr("Remove style change") : tr("Change style along the song"));
    };
    // The weights' styles are known later than the menu.
    connect(menu, &QMenu::aboutToShow, this, [this, menu, choose] {
        menu->clear();
        for (const auto& [name, text] : generate_->styles()) menu->addAction(text, this, [choose, name = name] { choose(name); })->setEnabled(document_.hasSong());
        menu->addSeparator();
        menu->addAction(tr("as before (the last change goes)"), this, [choose] { choose({}); })->setEnabled(!document_.state().settings.styleCourse.empty());
    });
}

std::optional<motion::Pose> MainWindow::poseNow() const {
    const auto dance = document_.dance();
    if (!dance || dance->dance.clip.frames() == 0) return {};
    const auto last = static_cast<double>(dance->dance.clip.frames() - 1);
    return motion::poseAt(dance->dance.clip, static_cast<std::size_t>(std::clamp(std::round(player_.position() * dance->dance.clip.fps), 0.0, last)));
}

void MainWindow::stepKey(int direction) {
    const auto dance = document_.dance();
    if (!dance) return;
    const double now = player_.position(), frame = 0.5 / dance->dance.clip.fps;
    std::optional<double> found;
    for (const io::KeyPose& key : dance->dance.keys)
        if (direction > 0 ? key.time > now + frame && !found : key.time < now - frame) found = key.time;  // in order of time
    if (!found) return;
    player_.pause();
    player_.seek(*found);
}

void MainWindow::buildPoseActions(QMenu* menu) {
    const auto shape = [this](const QString& text, const std::function<motion::Pose(const motion::Pose& now)>& make) {
        player_.pause();
        if (const auto now = poseNow()) document_.requestPose(player_.position(), make(*now), text);
    };
    copy_ = add(menu, tr("&Copy the pose"), QStringLiteral("copyPoseAction"), QKeySequence::Copy, [this] { copy(); });
    needDance_.push_back(copy_);
    needCopied_.push_back(add(menu, tr("&Paste at the playhead"), QStringLiteral("pastePoseAction"), QKeySequence::Paste, [this] { paste(false); }));
    needCopied_.push_back(add(menu, tr("Paste &mirrored"), QStringLiteral("pasteMirroredAction"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_V), [this] { paste(true); }));
    needCopied_.push_back(add(menu, tr("Paste and p&ush the rest later"), QStringLiteral("pasteBetweenAction"), QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_V), [this] { pasteBetween(); }));
    needDance_.push_back(add(menu, tr("&Hold the joint, or no longer"), QStringLiteral("holdJointAction"), QKeySequence(Qt::Key_H), [this] {
        if (document_.joints().any()) stage_->toggleHeld(document_.joints());
        else stage_->toggleHeld(document_.joint());
    }));
    buildPoseTools(menu->addMenu(tr("&Breakdown and relax")));
    needSelection_.push_back(
        add(menu, tr("&Smooth the selection"), QStringLiteral("smoothAction"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E), [this] { document_.requestSmooth(); }));
    needDance_.push_back(add(menu, tr("M&irror the pose"), QStringLiteral("mirrorPoseAction"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_M),
                             [shape] { shape(tr("Mirror pose"), [](const motion::Pose& now) { return motion::mirroredInPlace(now); }); }));
}

void MainWindow::buildPoseTools(QMenu* menu) {
    const auto tool = [&](const QString& text, const char* name, const QKeySequence& keys, PoseTool kind, double amount, const QString& tip) {
        QAction* action = add(menu, text, QString::fromLatin1(name), keys, [this, kind, amount] {
            player_.pause();
            applyPoseTool(document_, player_.position(), kind, amount);
        });
        action->setStatusTip(tip);
        action->setToolTip(tip);
        needDance_.push_back(action);
    };
    const QString between = tr("The chosen joints, or all, between the beat or key pose before and the one after");
    tool(tr("Breakdown nearer the pose &before"), "breakdownBeforeAction", QKeySequence(Qt::CTRL | Qt::Key_Comma), PoseTool::Breakdown, -0.5, between);
    tool(tr("Breakdown &half way"), "breakdownAction", QKeySequence(Qt::Key_I), PoseTool::Breakdown, 0, between);
    tool(tr("Breakdown nearer the pose &after"), "breakdownAfterAction", QKeySequence(Qt::CTRL | Qt::Key_Period), PoseTool::Breakdown, 0.5, between);
    tool(tr("&Relax the pose"), "relaxAction", QKeySequence(Qt::Key_R), PoseTool::Relax, 0.5, tr("The chosen joints, or all, half way to the mean of the motion around"));
    tool(tr("&Exaggerate the pose"), "exaggerateAction", QKeySequence(Qt::SHIFT | Qt::Key_R), PoseTool::Relax, -0.5, tr("The chosen joints, or all, half as far again from the mean of the motion around"));
}

void MainWindow::copy() {
    if (document_.selection()) {
        if (auto movement = document_.movementOfSelection()) {
            copiedMovement_ = std::move(movement);
            copiedPose_.reset();
        }
    } else if (const auto pose = poseNow()) {
        copiedPose_ = pose;
        copiedJoints_ = chosenOrAll(document_.joints());
        copiedMovement_.reset();
    }
    refreshActions();
}

void MainWindow::paste(bool mirror) {
    player_.pause();
    if (copiedMovement_) {
        // Where it was copied from a beat on, it goes to a beat (or what else View > Snap to says).
        const double at = timeline_->snappedMoment(player_.position());
        if (document_.requestMovement(mirror ? choreo::mirrored(*copiedMovement_) : *copiedMovement_, at, mirror ? tr("Paste movement mirrored") : tr("Paste movement"))) player_.seek(at);
        return;
    }
    const auto now = poseNow();
    if (!now || !copiedPose_) return;
    motion::JointSet joints = mirror ? motion::mirrored(copiedJoints_) : copiedJoints_;
    if (document_.joints().any()) joints &= document_.joints();
    if (joints.none()) {
        stage_->notice().show({Message::Kind::Info, tr("None of the chosen joints was copied."), tr("Choose others, or press Esc and paste all that was copied.")});
        return;
    }
    const motion::Pose pasted = motion::placedAs(mirror ? motion::mirroredInPlace(*copiedPose_) : *copiedPose_, *now);
    const QString text = mirror ? tr("Paste pose mirrored") : tr("Paste pose");
    document_.requestPose(player_.position(), joints.all() ? pasted : motion::withJoints(*now, pasted, joints), joints.all() ? text : joints.count() == 1 ? tr("%1, 1 joint").arg(text) : tr("%1, %2 joints").arg(text).arg(joints.count()));
}

void MainWindow::pasteBetween() {
    player_.pause();
    if (!copiedMovement_) return paste(false);  // a pose pushes nothing
    const double at = timeline_->snappedMoment(player_.position());
    if (document_.requestPutIn(*copiedMovement_, at, tr("Put movement in"))) player_.seek(at);
}

void MainWindow::buildMovementActions(QMenu* menu) {
    const auto selected = [&](const QString& text, const char* name, const QKeySequence& keys, std::function<void()> run) {
        needSelection_.push_back(add(menu, text, QString::fromLatin1(name), keys, std::move(run)));
    };
    selected(tr("&Duplicate the selection"), "duplicateAction", QKeySequence(Qt::CTRL | Qt::Key_D), [this] { document_.requestDuplicate(); });
    selected(tr("Ta&ke it out, the rest moves up"), "takeOutAction", QKeySequence(Qt::CTRL | Qt::Key_Delete), [this] { document_.requestTakeOut(); });
    selected(tr("Dance it in &half time"), "halfTimeAction", QKeySequence(Qt::CTRL | Qt::Key_BracketLeft), [this] { document_.requestOtherTime(0.5); });
    selected(tr("Dance it in d&ouble time"), "doubleTimeAction", QKeySequence(Qt::CTRL | Qt::Key_BracketRight), [this] { document_.requestOtherTime(2); });
    selected(tr("Move it a bar &earlier"), "earlierAction", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Left), [this] { moveByBar(-1); });
    selected(tr("Move it a bar &later"), "laterAction", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Right), [this] { moveByBar(1); });
    QMenu* takes = menu->addMenu(tr("Dance it as in &take"));
    for (int take = 0; take < 3; ++take)
        needThere_.emplace_back(add(takes, tr("Take %1").arg(take + 1), QStringLiteral("partOfTake%1Action").arg(take + 1), QKeySequence(Qt::CTRL | Qt::ALT | static_cast<Qt::Key>(Qt::Key_1 + take)),
                                    [this, take] { document_.requestPartOfTake(take); }),
                                [this, take = static_cast<std::size_t>(take)] {
                                    const auto& made = document_.takes();
                                    return document_.dance() && document_.selection() && take < made.size() && made[take];
                                });
    menu->addSeparator();
    needDance_.push_back(add(menu, tr("Split the &block at the playhead"), QStringLiteral("splitAction"), QKeySequence(Qt::Key_S), [this] {
        document_.requestSplit(timeline_->snappedMoment(player_.position()));
    }));
    needDance_.push_back(add(menu, tr("&Join the blocks at the playhead"), QStringLiteral("joinAction"), QKeySequence(Qt::Key_J), [this] { document_.requestJoin(player_.position()); }));
    needDance_.push_back(add(menu, tr("Cross-&fade the blocks, or no longer"), QStringLiteral("crossFadeAction"), QKeySequence(Qt::Key_X), [this] { crossFade(0); }));
    needDance_.push_back(add(menu, tr("Cross-fade longer"), QStringLiteral("longerFadeAction"), QKeySequence(Qt::SHIFT | Qt::Key_X), [this] { crossFade(1); }));
    needDance_.push_back(add(menu, tr("Cross-fade shorter"), QStringLiteral("shorterFadeAction"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_X), [this] { crossFade(-1); }));
    needDance_.push_back(add(menu, tr("Select the block at the playhead"), QStringLiteral("selectBlockAction"), QKeySequence(Qt::Key_B), [this] { document_.selectBlock(player_.position()); }));
}

void MainWindow::crossFade(int longer) {
    player_.pause();
    const auto cut = document_.cutNear(player_.position());
    const double beat = beatAt(document_.state().grid, cut ? cut->at : 0);
    // A beat, or as many as last three quarters of a second: a shorter one is more sudden than the join that is there anyway.
    double fade = cut && cut->fade > 0 ? 0 : beat * std::ceil(0.75 / beat - 1e-6);
    if (longer != 0) fade = std::max(0.0, (cut ? cut->fade : 0) + 0.5 * longer * beat);
    document_.requestCrossFade(cut ? cut->at : 0, fade < choreo::kShortestFade - 1e-9 ? 0 : fade);
}

void MainWindow::moveByBar(int direction) {
    const auto& part = document_.selection();
    const auto& lines = document_.state().grid.downbeats;
    if (!part) return;
    // The bar line next to the edge that goes ahead; without bars two seconds.
    const double edge = direction < 0 ? part->from : part->to;
    double to = edge + direction * 2.0;
    if (direction < 0) {
        const auto after = std::lower_bound(lines.begin(), lines.end(), edge - 0.05);
        to = after == lines.begin() ? (lines.empty() ? to : 0.0) : *std::prev(after);
    } else {
        const auto after = std::upper_bound(lines.begin(), lines.end(), edge + 0.05);
        to = after == lines.end() ? (lines.empty() ? to : document_.state().duration) : *after;
    }
    document_.requestExchange(to);
}

namespace {

QString chosenMotion(QWidget* parent, const QString& title, const QString& beside) {
    return QFileDialog::getOpenFileName(parent, title, QFileInfo(beside).path(),
                                        QObject::tr("Motions and videos (*.bvh *.gltf *.glb *.csv *.h5 *.pkl *.mp4 *.webm *.mkv *.mov *.avi *.m4v);;All files (*)"));
}

}  // namespace

void MainWindow::openOpening() {
    if (const QString path = chosenMotion(this, tr("A motion to begin with"), document_.path()); !path.isEmpty()) document_.openOpening(path);
}

void MainWindow::openDance() {
    if (const QString path = chosenMotion(this, tr("A dance"), document_.path()); !path.isEmpty()) document_.openDance(path);
}

}  // namespace choreia::ui
