// Three buttons beside the tiles.
#include "poses/pose_shelf.h"

#include "core/units.h"
#include "document/laid_pose.h"
#include "poses/pose_model.h"
#include "poses/pose_view.h"
#include "style/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QStandardPaths>
#include <QVBoxLayout>

#include <algorithm>

namespace choreia::ui {

QString PoseShelf::installedFile() { return QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) + QStringLiteral("/poses.json"); }

PoseShelf::PoseShelf(Document& document, const QString& file, QWidget* parent) : QWidget(parent), document_(document), poses_(new PoseModel(file, this)) {
    setObjectName(QStringLiteral("PoseShelf"));
    setAccessibleName(tr("Poses"));
    view_ = new PoseView(*poses_, this);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(16, 8, 8, 8);
    row->setSpacing(12);
    auto* column = new QVBoxLayout;
    column->setSpacing(8);
    heading_ = new QLabel(tr("POSES"), this);
    heading_->setFont(style::heading());
    style::setKind(heading_, "heading");
    column->addWidget(heading_);
    const auto button = [&](const QString& text, const char* name, const QString& tip) {
        auto* made = new QPushButton(text, this);
        made->setObjectName(QString::fromLatin1(name));
        made->setToolTip(tip);
        made->setAccessibleDescription(tip);
        made->setFocusPolicy(Qt::TabFocus);
        column->addWidget(made);
        return made;
    };
    keep_ = button(tr("Keep this pose"), "keepPoseButton", tr("The pose at the playhead joins the shelf, under a name you give it"));
    lay_ = button(tr("Lay here"), "layPoseButton", tr("The dancer takes the chosen pose at the playhead, and the movement around takes it up (Enter, or double-click the pose)"));
    mirror_ = button(tr("Lay mirrored"), "mirrorPoseButton", tr("The same with left and right exchanged (Shift+Enter, or Shift and double-click)"));
    column->addStretch(1);
    row->addLayout(column);
    row->addWidget(view_, 1);

    connect(keep_, &QPushButton::clicked, this, &PoseShelf::keep);
    connect(lay_, &QPushButton::clicked, this, [this] { lay(view_->chosen(), false); });
    connect(mirror_, &QPushButton::clicked, this, [this] { lay(view_->chosen(), true); });
    connect(view_, &PoseView::laid, this, &PoseShelf::lay);
    connect(view_, &PoseView::removed, this, &PoseShelf::remove);
    connect(view_, &PoseView::menuAsked, this, &PoseShelf::showMenu);
    connect(view_, &PoseView::chosenChanged, this, &PoseShelf::refresh);
    connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this, &PoseShelf::refresh);
    connect(poses_, &PoseModel::message, this, &PoseShelf::message);
    connect(&document_, &Document::changed, this, [this](const Change& change) {
        if (change.aspect == Aspect::Everything || change.aspect == Aspect::Dances) refresh();
    });
    refresh();
}

void PoseShelf::load() {
    poses_->load();
    refresh();
}

void PoseShelf::showHeading(bool show) { heading_->setVisible(show); }

void PoseShelf::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) poses_->forgetPictures();
    QWidget::changeEvent(event);
}

void PoseShelf::refresh() {
    const bool danced = document_.dance() && document_.dance()->dance.clip.frames() > 0;
    keep_->setEnabled(danced);
    for (auto* button : {lay_, mirror_}) button->setEnabled(danced && view_->chosen() >= 0);
}

bool PoseShelf::keep() {
    Q_EMIT poseTaken();
    const auto dance = document_.dance();
    if (!dance || dance->dance.clip.frames() == 0) return false;
    const motion::Clip& clip = dance->dance.clip;
    const auto frame = std::clamp<std::int64_t>(nearestFrame({document_.view().playhead}, clip.fps).value, 0, static_cast<std::int64_t>(clip.frames()) - 1);
    const int row = poses_->add(io::namedPose(poses_->freshName().toStdString(), motion::poseAt(clip, static_cast<std::size_t>(frame))));
    view_->choose(row);
    view_->setFocus();
    view_->edit(poses_->index(row));
    return true;
}

void PoseShelf::lay(int row, bool mirrored) {
    if (row < 0) return;
    Q_EMIT poseTaken();
    layPose(document_, document_.view().playhead, poses_->pose(row), mirrored);
}

void PoseShelf::remove(int row) {
    poses_->remove(row);
    if (poses_->rowCount() > 0) view_->choose(std::min(row, poses_->rowCount() - 1));
    refresh();
}

void PoseShelf::showMenu(int row, const QPoint& global) {
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("poseMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    if (row >= 0) {
        menu->addAction(tr("Lay here"), this, [this, row] { lay(row, false); })->setEnabled(lay_->isEnabled());
        menu->addAction(tr("Lay mirrored"), this, [this, row] { lay(row, true); })->setEnabled(mirror_->isEnabled());
        menu->addSeparator();
        menu->addAction(tr("Rename"), this, [this, row] { view_->edit(poses_->index(row)); });
        menu->addAction(tr("Remove from the shelf"), this, [this, row] { remove(row); });
        menu->addSeparator();
    }
    menu->addAction(tr("Bring back the poses that ship"), poses_, &PoseModel::addStarters);
    menu->popup(global);
}

}  // namespace choreia::ui
