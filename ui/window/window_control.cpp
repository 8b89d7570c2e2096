// The menu's part that steers the choreographer: remake, takes, likeness, pinned poses, the opening.
#include "window/main_window.h"

#include "generate/control_box.h"
#include "timeline/timeline_view.h"
#include "window/stage_panel.h"

#include <QAction>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

void MainWindow::buildControlActions(QMenu* menu) {
    remake_ = add(menu, tr("&Remake the selection"), QStringLiteral("remakeAction"), QKeySequence(Qt::CTRL | Qt::Key_R), [this] { generate_->control().remake(); });
    needSong_.push_back(
        add(menu, tr("Make three &takes"), QStringLiteral("takesAction"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_T), [this] { generate_->control().makeTakes(); }));
    needDance_.push_back(add(menu, tr("&More like this"), QStringLiteral("likeAction"), QKeySequence(Qt::CTRL | Qt::Key_M), [this] { generate_->control().moreLikeThis(); }));
    menu->addSeparator();
    needDance_.push_back(add(menu, tr("&Pin the pose"), QStringLiteral("pinAction"), QKeySequence(Qt::Key_K), [this] { document_.requestPin(player_.position()); }));
    needDance_.push_back(add(menu, tr("Remove the key pose"), QStringLiteral("removeKeyAction"), QKeySequence(Qt::Key_Delete), [this] { timeline_->removeKey(); }));
    needDance_.push_back(add(menu, tr("Next key pose"), QStringLiteral("nextKeyAction"), QKeySequence(Qt::ALT | Qt::Key_Right), [this] { stepKey(1); }));
    needDance_.push_back(add(menu, tr("Previous key pose"), QStringLiteral("previousKeyAction"), QKeySequence(Qt::ALT | Qt::Key_Left), [this] { stepKey(-1); }));
    needDance_.push_back(add(menu, tr("Mirror the dance"), QStringLiteral("mirrorDanceAction"), {}, [this] { document_.requestMirror(); }));
    needDance_.push_back(add(menu, tr("Begin with this pose"), QStringLiteral("openingPoseAction"), QKeySequence(Qt::SHIFT | Qt::Key_K),
                             [this] { document_.requestOpeningFromPose(player_.position()); }));
    needSong_.push_back(add(menu, tr("Begin with a motion file or video ..."), QStringLiteral("openingFileAction"), {}, [this] { openOpening(); }));
    needSong_.push_back(add(menu, tr("Begin freely"), QStringLiteral("openingClearAction"), {}, [this] { document_.requestOpening(nullptr, tr("Begin freely")); }));
    needSong_.push_back(add(menu, tr("Take the dance from a video or motion file ..."), QStringLiteral("danceFileAction"), {}, [this] { openDance(); }));
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
    needDance_.push_back(add(menu, tr("&Copy the pose"), QStringLiteral("copyPoseAction"), QKeySequence::Copy, [this] {
        copiedPose_ = poseNow();
        refreshActions();
    }));
    needPose_.push_back(add(menu, tr("&Paste the pose"), QStringLiteral("pastePoseAction"), QKeySequence::Paste,
                            [this, shape] { shape(tr("Paste pose"), [this](const motion::Pose& now) { return motion::placedAs(*copiedPose_, now); }); }));
    needPose_.push_back(add(menu, tr("Paste the pose &mirrored"), QStringLiteral("pasteMirroredAction"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_V), [this, shape] {
        shape(tr("Paste pose mirrored"), [this](const motion::Pose& now) { return motion::placedAs(motion::mirroredInPlace(*copiedPose_), now); });
    }));
    needDance_.push_back(add(menu, tr("&Hold the joint, or no longer"), QStringLiteral("holdJointAction"), QKeySequence(Qt::Key_H), [this] { stage_->toggleHeld(document_.joint()); }));
    smooth_ = add(menu, tr("&Smooth the selection"), QStringLiteral("smoothAction"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E), [this] { document_.requestSmooth(); });
    needDance_.push_back(add(menu, tr("M&irror the pose"), QStringLiteral("mirrorPoseAction"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_M),
                             [shape] { shape(tr("Mirror pose"), [](const motion::Pose& now) { return motion::mirroredInPlace(now); }); }));
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
