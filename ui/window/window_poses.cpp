// The shelf of poses in the window: a tab beside the inspector, its shortcuts, and poses dropped on the 3D stage.
#include "window/main_window.h"

#include "document/laid_pose.h"
#include "inspector/inspector.h"
#include "poses/pose_shelf.h"
#include "style/theme.h"
#include "window/notice_bar.h"
#include "window/stage_panel.h"

#include <QAction>
#include <QDockWidget>
#include <QDropEvent>
#include <QMenu>
#include <QMimeData>
#include <QTabBar>
#include <QTimer>

#include <algorithm>

namespace choreia::ui {

void MainWindow::makePoses() {
    poses_ = new PoseShelf(document_, services_.posesFile, this);
    connect(poses_, &PoseShelf::poseTaken, &player_, &Player::pause);
    connect(poses_, &PoseShelf::message, this, [this](const Message& message) { stage_->notice().show(message); });
    poses_->load();
}

void MainWindow::tabPoses(QDockWidget* inspector, QDockWidget* poses) {
    inspectorDock_ = inspector;
    posesDock_ = poses;
    setTabPosition(Qt::RightDockWidgetArea, QTabWidget::North);
    tabifyDockWidget(inspector, poses);
    inspector->raise();
    inspector_->showHeading(false);  // before the panels' heights are shared out
    poses_->showHeading(false);
    for (auto* dock : {inspector, poses}) {
        connect(dock, &QDockWidget::visibilityChanged, this, &MainWindow::tabsMoved);
        connect(dock, &QDockWidget::dockLocationChanged, this, &MainWindow::tabsMoved);
        connect(dock, &QDockWidget::topLevelChanged, this, &MainWindow::tabsMoved);
    }
    tabsMoved();
}

void MainWindow::tabsMoved() {
    // Once the window has laid itself out: only then are there tabs.
    QTimer::singleShot(0, this, [this] {
        QFont font = style::heading();
        font.setCapitalization(QFont::AllUppercase);
        for (auto* bar : findChildren<QTabBar*>(QString(), Qt::FindDirectChildrenOnly)) {
            bar->setFont(font);
            bar->setExpanding(false);
            bar->setDrawBase(false);
            bar->setFocusPolicy(Qt::NoFocus);
        }
        // A tab says what the panel's heading says.
        const auto beside = tabifiedDockWidgets(inspectorDock_);
        const bool tabbed = !inspectorDock_->isHidden() && std::any_of(beside.begin(), beside.end(), [](const QDockWidget* dock) { return !dock->isHidden(); });
        inspector_->showHeading(!tabbed);
        poses_->showHeading(!tabbed || !beside.contains(posesDock_));
    });
}

void MainWindow::buildShelfActions(QMenu* menu) {
    add(menu, tr("Show the kept p&oses"), QStringLiteral("posesAction"), QKeySequence(Qt::Key_P), [this] {
        const bool seen = posesDock_->isVisible() && !posesDock_->visibleRegion().isEmpty();
        QDockWidget* dock = seen ? inspectorDock_ : posesDock_;  // pressed again, back
        dock->show();
        dock->raise();
    });
    needDance_.push_back(add(menu, tr("&Keep this pose"), QStringLiteral("keepPoseAction"), QKeySequence(Qt::SHIFT | Qt::Key_P), [this] {
        posesDock_->show();
        posesDock_->raise();
        poses_->keep();
    }));
}

bool MainWindow::poseOverStage(QEvent* event) {
    if (event->type() != QEvent::DragEnter && event->type() != QEvent::DragMove && event->type() != QEvent::Drop) return false;
    auto* drop = static_cast<QDropEvent*>(event);
    if (!drop->mimeData()->hasFormat(QLatin1String(kPoseMime))) return false;
    const bool here = document_.dance() != nullptr;
    here ? drop->acceptProposedAction() : drop->ignore();
    if (event->type() != QEvent::Drop || !here) return true;
    player_.pause();
    if (const auto pose = poseIn(*drop->mimeData())) layPose(document_, player_.position(), *pose, drop->modifiers() & Qt::ShiftModifier);
    return true;
}

}  // namespace choreia::ui
