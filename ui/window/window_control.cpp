// The menu's part that steers the choreographer: remake, takes, likeness, pinned poses, the opening.
#include "window/main_window.h"

#include "generate/control_box.h"
#include "timeline/timeline_view.h"

#include <QAction>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>

namespace choreia::ui {

void MainWindow::buildControlActions(QMenu* menu) {
    remake_ = add(menu, tr("&Remake the selection"), QStringLiteral("remakeAction"), QKeySequence(Qt::CTRL | Qt::Key_R), [this] { generate_->control().remake(); });
    needSong_.push_back(
        add(menu, tr("Make three &takes"), QStringLiteral("takesAction"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_T), [this] { generate_->control().makeTakes(); }));
    needDance_.push_back(add(menu, tr("&More like this"), QStringLiteral("likeAction"), QKeySequence(Qt::CTRL | Qt::Key_M), [this] { generate_->control().moreLikeThis(); }));
    menu->addSeparator();
    needDance_.push_back(add(menu, tr("&Pin the pose"), QStringLiteral("pinAction"), QKeySequence(Qt::Key_K), [this] { document_.requestPin(player_.position()); }));
    needDance_.push_back(add(menu, tr("Remove the key pose"), QStringLiteral("removeKeyAction"), QKeySequence(Qt::Key_Delete), [this] { timeline_->removeKey(); }));
    needDance_.push_back(add(menu, tr("Begin with this pose"), QStringLiteral("openingPoseAction"), QKeySequence(Qt::SHIFT | Qt::Key_K),
                             [this] { document_.requestOpeningFromPose(player_.position()); }));
    needSong_.push_back(add(menu, tr("Begin with a motion file ..."), QStringLiteral("openingFileAction"), {}, [this] { openOpening(); }));
    needSong_.push_back(add(menu, tr("Begin freely"), QStringLiteral("openingClearAction"), {}, [this] { document_.requestOpening(nullptr, tr("Begin freely")); }));
}

void MainWindow::openOpening() {
    const QString path = QFileDialog::getOpenFileName(this, tr("A motion to begin with"), QFileInfo(document_.path()).path(),
                                                      tr("Motions (*.bvh *.gltf *.glb *.csv *.h5 *.pkl);;All files (*)"));
    if (!path.isEmpty()) document_.openOpening(path);
}

}  // namespace choreia::ui
