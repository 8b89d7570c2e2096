// Poses dropped from the shelf: while one hangs over the lanes it shows what it would land on; let go, it is laid there.
#include "timeline/timeline_view.h"

#include "document/laid_pose.h"
#include "timeline/timecode.h"

#include <QDragEnterEvent>
#include <QMimeData>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

void TimelineView::dragEnterEvent(QDragEnterEvent* event) {
    // Songs go on to the window.
    if (document_.dance() && event->mimeData()->hasFormat(QLatin1String(kPoseMime))) event->accept();
    else event->ignore();
}

void TimelineView::dragMoveEvent(QDragMoveEvent* event) {
    const double x = event->position().x();
    if (!document_.dance() || x < kHeader) {
        poseLanding_.reset();
        event->ignore();
    } else {
        const double seconds = std::clamp(axis_.seconds(x), 0.0, document_.state().duration);
        const Snapped to = dragged(seconds, suspendsSnap(event->modifiers()));
        poseLanding_ = to.seconds;
        poseLandsOn_ = to.label;
        event->acceptProposedAction();
    }
    update();
}

void TimelineView::dragLeaveEvent(QDragLeaveEvent*) {
    poseLanding_.reset();
    update();
}

void TimelineView::dropEvent(QDropEvent* event) {
    QDragMoveEvent at(event->position().toPoint(), event->possibleActions(), event->mimeData(), event->buttons(), event->modifiers());
    dragMoveEvent(&at);  // a drop need not come where the last move was
    const auto landing = std::exchange(poseLanding_, {});
    update();
    const auto pose = poseIn(*event->mimeData());
    if (!landing || !pose) return event->ignore();
    event->acceptProposedAction();
    player_.pause();
    player_.seek(*landing);
    layPose(document_, *landing, *pose, false);
}

void TimelineView::paintPoseLanding(QPainter& painter) const {
    if (!poseLanding_) return;
    const auto areas = laneAreas();
    const auto& colors = style::colors();
    const double x = axis_.x(*poseLanding_), reach = document_.falloff() * axis_.pixelsPerSecond();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setClipRect(QRectF(kHeader, 0, width() - kHeader, height()));
    QColor none = colors.gold, some = none;
    none.setAlphaF(0.0f);
    some.setAlphaF(0.16f);
    if (reach > 0) {  // how far the movement around takes the pose up
        QLinearGradient fade(x - reach, 0, x + reach, 0);
        fade.setColorAt(0, none);
        fade.setColorAt(0.5, some);
        fade.setColorAt(1, none);
        painter.fillRect(QRectF(QPointF(x - reach, areas[1].top()), QPointF(x + reach, height())), fade);
    }
    painter.fillRect(QRectF(std::round(x) - 1, areas[1].top(), 2, height() - areas[1].top()), colors.gold);
    const auto keys = std::find_if(lanes_.begin(), lanes_.end(), [](const auto& lane) { return lane->grip() == Lane::Grip::Key; });
    const double y = areas[static_cast<std::size_t>(keys - lanes_.begin())].center().y();
    painter.setPen(QPen(colors.text, 2));
    painter.setBrush(colors.gold);
    painter.drawPolygon(QPolygonF{{x, y - 9}, {x + 8.5, y}, {x, y + 9}, {x - 8.5, y}});
    // Where it is, in words, beside the line.
    const QString beat = barBeatText(document_.state().grid, *poseLanding_ + 1e-6);
    paintPlaceLabel(painter, x, !poseLandsOn_.isEmpty() ? poseLandsOn_ : beat.isEmpty() ? timeText(*poseLanding_) : beat);
    painter.restore();
}

}  // namespace choreia::ui
