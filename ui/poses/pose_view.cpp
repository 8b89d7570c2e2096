// Tiles painted by a delegate; keys taken before the window's shortcuts.
#include "poses/pose_view.h"

#include "poses/pose_model.h"
#include "style/theme.h"

#include <QContextMenuEvent>
#include <QDrag>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QPainter>
#include <QPainterPath>
#include <QStyledItemDelegate>

namespace choreia::ui {

namespace {

/// Delete and F2 mean the chosen pose by themselves only: with Ctrl and the like they are the window's.
bool alone(const QKeyEvent& event) { return !(event.modifiers() & (Qt::ControlModifier | Qt::ShiftModifier | Qt::AltModifier | Qt::MetaModifier)); }

constexpr int kNameHeight = 20;  // pixels
constexpr int kGap = 6;

QRectF pictureOf(const QRect& tile) { return QRectF(tile.topLeft() + QPoint(1, 1), QSizeF(PoseModel::kPicture)); }
QRect nameOf(const QRect& tile) { return {tile.left(), tile.top() + PoseModel::kPicture.height() + 2, PoseModel::kPicture.width() + 2, kNameHeight}; }

void paintPicture(QPainter& painter, const QRectF& box, const QImage& picture, const QPen& edge) {
    QPainterPath shape;
    shape.addRoundedRect(box, style::kRadius, style::kRadius);
    painter.save();
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    painter.setClipPath(shape);
    painter.drawImage(box, picture);
    painter.setClipping(false);
    painter.setPen(edge);
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(shape);
    painter.restore();
}

class PoseTile final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
        return PoseModel::kPicture + QSize(kGap + 2, kNameHeight + 4);
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const auto& colors = style::colors();
        const bool chosen = option.state & QStyle::State_Selected, focused = option.state & QStyle::State_HasFocus, under = option.state & QStyle::State_MouseOver;
        const QPen edge(chosen ? (focused ? colors.accent : colors.dim) : under ? colors.faint : colors.line, chosen ? 2 : 1);
        paintPicture(*painter, pictureOf(option.rect), index.data(Qt::DecorationRole).value<QImage>(), edge);
        painter->setFont(style::text(11));
        painter->setPen(chosen || under ? colors.text : colors.dim);
        const QRect name = nameOf(option.rect);
        painter->drawText(name, Qt::AlignHCenter | Qt::AlignVCenter, painter->fontMetrics().elidedText(index.data().toString(), Qt::ElideRight, name.width()));
    }
    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem&, const QModelIndex&) const override {
        auto* editor = new QLineEdit(parent);
        editor->setObjectName(QStringLiteral("poseName"));
        editor->setAccessibleName(PoseView::tr("Name of the pose"));
        editor->setFont(style::text(11));
        editor->setMaxLength(80);
        editor->setStyleSheet(QStringLiteral("padding: 0 2px; min-height: 0; border-radius: 4px;"));
        return editor;
    }
    void updateEditorGeometry(QWidget* editor, const QStyleOptionViewItem& option, const QModelIndex&) const override { editor->setGeometry(nameOf(option.rect)); }
};

}  // namespace

PoseView::PoseView(PoseModel& model, QWidget* parent) : QListView(parent), poses_(model) {
    setObjectName(QStringLiteral("poseList"));
    setAccessibleName(tr("Kept poses"));
    setModel(&model);
    setItemDelegate(new PoseTile(this));
    setViewMode(IconMode);
    setMovement(Static);
    setResizeMode(Adjust);
    setUniformItemSizes(true);
    setSelectionMode(SingleSelection);
    setEditTriggers(NoEditTriggers);
    setDragEnabled(true);
    setDragDropMode(DragOnly);
    setVerticalScrollMode(ScrollPerPixel);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(NoFrame);
    setDropIndicatorShown(false);
    setMouseTracking(true);
    viewport()->setBackgroundRole(QPalette::Window);
    viewport()->setAttribute(Qt::WA_Hover);
}

int PoseView::chosen() const { return selectionModel()->hasSelection() ? currentIndex().row() : -1; }

void PoseView::choose(int row) {
    setCurrentIndex(poses_.index(row));
    scrollTo(poses_.index(row));
}

void PoseView::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QListView::currentChanged(current, previous);
    Q_EMIT chosenChanged(current.row());
}

bool PoseView::event(QEvent* event) {
    // Delete takes a pose from the shelf here, and not a key pose from the dance.
    if (event->type() == QEvent::ShortcutOverride && state() != EditingState) {
        const auto* press = static_cast<QKeyEvent*>(event);
        const int key = press->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter || ((key == Qt::Key_Delete || key == Qt::Key_F2) && alone(*press))) {
            event->accept();
            return true;
        }
    }
    return QListView::event(event);
}

void PoseView::keyPressEvent(QKeyEvent* event) {
    const int row = chosen();
    if (row >= 0 && state() != EditingState) {
        switch (event->key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter: Q_EMIT laid(row, event->modifiers() & Qt::ShiftModifier); return;
        case Qt::Key_Delete:
            if (!alone(*event)) break;
            Q_EMIT removed(row);
            return;
        case Qt::Key_F2:
            if (!alone(*event)) break;
            edit(currentIndex());
            return;
        default: break;
        }
    }
    QListView::keyPressEvent(event);
}

void PoseView::mouseDoubleClickEvent(QMouseEvent* event) {
    const QModelIndex index = indexAt(event->position().toPoint());
    if (event->button() != Qt::LeftButton || !index.isValid()) return;
    choose(index.row());
    Q_EMIT laid(index.row(), event->modifiers() & Qt::ShiftModifier);
}

void PoseView::contextMenuEvent(QContextMenuEvent* event) {
    const QModelIndex index = event->reason() == QContextMenuEvent::Mouse ? indexAt(event->pos()) : currentIndex();
    if (index.isValid()) choose(index.row());
    Q_EMIT menuAsked(index.row(), event->reason() == QContextMenuEvent::Mouse || !index.isValid() ? event->globalPos() : viewport()->mapToGlobal(visualRect(index).center()));
}

void PoseView::startDrag(Qt::DropActions) {
    const QModelIndex index = currentIndex();
    if (!index.isValid()) return;
    const qreal ratio = devicePixelRatioF();
    const QSize size = PoseModel::kPicture + QSize(2, 2);
    QPixmap picture(size * ratio);
    picture.setDevicePixelRatio(ratio);
    picture.fill(Qt::transparent);
    {
        QPainter painter(&picture);
        painter.setOpacity(0.85);
        paintPicture(painter, pictureOf({{0, 0}, size}), index.data(Qt::DecorationRole).value<QImage>(), QPen(style::colors().gold, 2));
    }
    auto* drag = new QDrag(this);
    drag->setMimeData(poses_.mimeData({index}));
    drag->setPixmap(picture);
    drag->setHotSpot({size.width() / 2, size.height() + 6});  // above the hand, which points at the beat
    drag->exec(Qt::CopyAction);
}

void PoseView::paintEvent(QPaintEvent* event) {
    QListView::paintEvent(event);
    if (poses_.rowCount() > 0) return;
    QPainter painter(viewport());
    painter.setFont(style::text(12));
    painter.setPen(style::colors().dim);
    painter.drawText(viewport()->rect().adjusted(8, 8, -8, -8), Qt::AlignCenter | Qt::TextWordWrap,
                     tr("No poses here. \"Keep this pose\" adds the one at the playhead; a right click brings back those that ship."));
}

}  // namespace choreia::ui
