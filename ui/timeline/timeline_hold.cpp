// Parts of the song and their movement taken hold of with the mouse: they jump to beats and marks, are let go with Esc, and change the document once.
#include "timeline/timeline_view.h"

#include <QHelpEvent>
#include <QKeyEvent>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {
constexpr double kStill = 4;   // pixels that a hand may shake
constexpr double kPartEdge = 5;    // pixels round a selection's edge
}  // namespace

Lane::Grip TimelineView::gripAt(const QPointF& point) const {
    const auto areas = laneAreas();
    for (std::size_t i = 0; i < areas.size(); ++i)
        if (point.y() >= areas[i].top() && point.y() < areas[i].bottom()) return lanes_[i]->grip();
    return Lane::Grip::Playhead;
}

void TimelineView::takeRange(const QPointF& point, Qt::KeyboardModifiers keys) {
    const double x = point.x();
    const bool aside = keys & (Qt::ShiftModifier | Qt::AltModifier | Qt::ControlModifier);  // what is added to a part does not move the playhead
    drag_ = Drag::Range;
    selectionBefore_ = document_.selection();
    dragStart_ = axis_.seconds(x);
    fixedStart_ = false;
    if (!selectionBefore_) {
        if (!aside) player_.seek(std::clamp(dragStart_, 0.0, document_.state().duration));
        return;
    }
    for (const auto& [edge, other] : {std::pair{selectionBefore_->from, selectionBefore_->to}, std::pair{selectionBefore_->to, selectionBefore_->from}})
        if (!fixedStart_ && std::abs(axis_.x(edge) - x) <= kPartEdge) {
            dragStart_ = other;
            fixedStart_ = true;
            setCursor(Qt::SplitHCursor);
        }
    if (!fixedStart_ && document_.dance() && dragStart_ > selectionBefore_->from && dragStart_ < selectionBefore_->to) {
        drag_ = Drag::Movement;
        setCursor(Qt::OpenHandCursor);
    }
}

void TimelineView::dragMovement(double seconds, Qt::KeyboardModifiers keys) {
    if (!moved_ && std::abs(axis_.x(seconds) - pressX_) <= kStill) return;
    moved_ = true;
    copies_ = keys & Qt::ControlModifier;
    setCursor(copies_ ? Qt::DragCopyCursor : Qt::ClosedHandCursor);
    const auto part = document_.selection();
    if (!part) return;
    const double duration = document_.state().duration, wanted = part->from + seconds - dragStart_;
    const Snapped from = dragged(wanted, suspendsSnap(keys));
    landing_ = TimeRange{std::clamp(from.seconds, 0.0, duration), std::clamp(from.seconds + part->seconds(), 0.0, duration)};
    showSnap(from, landing_->from);
}

void TimelineView::dropMovement() {
    const auto landing = landing_;
    const auto part = document_.selection();
    landing_.reset();
    drag_ = Drag::None;
    update();
    if (!landing || !part) return;
    if (copies_) {
        if (const auto movement = document_.movementOfSelection()) document_.requestMovement(*movement, landing->from, tr("Copy movement"));
    } else {
        document_.requestExchange(landing->from < part->from ? landing->from : landing->to);
    }
}

void TimelineView::dragRange(double seconds, bool free) {
    if (!moved_ && std::abs(axis_.x(seconds) - pressX_) <= kStill) return;
    moved_ = true;
    const Snapped end = dragged(seconds, free);
    const auto between = [this](double to) { return TimeRange{std::min(dragStart_, to), std::max(dragStart_, to)}; };
    if (free)
        document_.select(between(seconds));
    else if (!fixedStart_)
        document_.select(snappedRange(dragTargets({dragStart_, seconds}), dragStart_, seconds));
    else if (std::abs(end.seconds - dragStart_) > 1e-6)
        document_.select(between(end.seconds));
    const auto& part = document_.selection();
    if (part) showSnap(end, seconds < dragStart_ ? part->from : part->to);
}

void TimelineView::letGo() {
    landing_.reset();
    snapShown_.reset();
    scene_.energyInHand.reset();
    scene_.energyChosen.reset();
    if (drag_ == Drag::Trim || drag_ == Drag::Falloff || drag_ == Drag::Foot || drag_ == Drag::CrossFade)
        letGoOfEdge();
    else if (drag_ == Drag::Energy)
        drag_ = Drag::None;
    else if (drag_ == Drag::Keys || drag_ == Drag::Band)
        letGoOfKeys();
    else if (drag_ == Drag::Marker)
        letGoOfMarker();
    else if (drag_ == Drag::Loop)
        letGoOfLoop();
    else if (drag_ == Drag::Range || drag_ == Drag::Movement)
        document_.select(selectionBefore_);
    else {
        chooseNothing();
        document_.select({});
    }
    if (drag_ == Drag::Range || drag_ == Drag::Movement) {
        drag_ = Drag::None;
        unsetCursor();
    }
    contentsChanged();
}

bool TimelineView::event(QEvent* event) {
    // While something is in hand, Esc is for it and not for the window's menus.
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape && drag_ != Drag::None && drag_ != Drag::Scrub && drag_ != Drag::Pan) {
        event->accept();
        return true;
    }
    if (event->type() == QEvent::ToolTip) return showTip(static_cast<QHelpEvent*>(event));
    return QWidget::event(event);
}

void TimelineView::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) return letGo();
    const bool alone = !(event->modifiers() & (Qt::ControlModifier | Qt::ShiftModifier | Qt::AltModifier | Qt::MetaModifier));
    if (alone && (event->key() == Qt::Key_Delete || event->key() == Qt::Key_Backspace) && removeChosen()) return;
    if (alone && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && renameMarker()) return;
    QWidget::keyPressEvent(event);
}

}  // namespace choreia::ui
