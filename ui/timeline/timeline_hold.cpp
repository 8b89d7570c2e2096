// Parts of the song, their movement and key poses taken hold of with the mouse: they jump to the beats, are let go with Esc, and change the document once.
#include "timeline/timeline_view.h"

#include <QKeyEvent>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {
constexpr double kStill = 4;   // pixels that a hand may shake
constexpr double kReach = 9;   // pixels round a diamond
constexpr double kPartEdge = 5;    // pixels round a selection's edge
}  // namespace

Lane::Grip TimelineView::gripAt(const QPointF& point) const {
    const auto areas = laneAreas();
    for (std::size_t i = 0; i < areas.size(); ++i)
        if (point.y() >= areas[i].top() && point.y() < areas[i].bottom()) return lanes_[i]->grip();
    return Lane::Grip::Playhead;
}

void TimelineView::takeRange(const QPointF& point, bool free) {
    const double x = point.x();
    drag_ = Drag::Range;
    selectionBefore_ = document_.selection();
    dragStart_ = axis_.seconds(x);
    fixedStart_ = false;
    if (!selectionBefore_) {
        if (!free) player_.seek(std::clamp(dragStart_, 0.0, document_.state().duration));
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
    const double from = suspendsSnap(keys) ? wanted : snappedToBeat(document_.state().grid, duration, wanted);
    landing_ = TimeRange{std::clamp(from, 0.0, duration), std::clamp(from + part->seconds(), 0.0, duration)};
    update();
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
    const auto& grid = document_.state().grid;
    const double duration = document_.state().duration;
    moved_ = true;
    if (free)
        document_.select(TimeRange{std::min(dragStart_, seconds), std::max(dragStart_, seconds)});
    else if (fixedStart_) {
        const double snapped = snappedToBeat(grid, duration, seconds);
        if (std::abs(snapped - dragStart_) > 1e-6) document_.select(TimeRange{std::min(dragStart_, snapped), std::max(dragStart_, snapped)});
    } else
        document_.select(snappedRange(grid, duration, dragStart_, seconds));
}

bool TimelineView::takeKey(double x) {
    scene_.chosenKey.reset();
    scene_.energyChosen.reset();
    double nearest = kReach;
    if (scene_.dance)
        for (const auto& key : scene_.dance->dance.keys)
            if (const double away = std::abs(axis_.x(key.time) - x); away <= nearest) {
                nearest = away;
                scene_.chosenKey = key.time;
            }
    contentsChanged();
    if (!scene_.chosenKey) return false;
    drag_ = Drag::Key;
    dragStart_ = axis_.seconds(x);
    scene_.keyShift = 0;
    player_.seek(*scene_.chosenKey);
    return true;
}

void TimelineView::dragKey(double seconds, bool free) {
    if (!moved_ && std::abs(axis_.x(seconds) - axis_.x(dragStart_)) <= kStill) return;
    moved_ = true;
    setCursor(Qt::SizeHorCursor);
    const double wanted = *scene_.chosenKey + seconds - dragStart_;
    const double to = free ? wanted : snappedToBeat(document_.state().grid, document_.state().duration, wanted);
    scene_.keyShift = std::clamp(to, 0.0, document_.state().duration) - *scene_.chosenKey;
    contentsChanged();
}

void TimelineView::dropKey() {
    const double from = *scene_.chosenKey, to = from + scene_.keyShift;
    scene_.keyShift = 0;
    drag_ = Drag::None;
    if (moved_) {
        const auto before = scene_.dance->dance.keys;
        if (document_.requestMoveKey(from, to)) {
            // In hand stays the one that is where none was.
            for (const auto& key : scene_.dance->dance.keys)
                if (std::none_of(before.begin(), before.end(), [&](const io::KeyPose& was) { return std::abs(was.time - key.time) < 1e-6; })) scene_.chosenKey = key.time;
        }
    }
    contentsChanged();
}

bool TimelineView::removeKey() {
    if (scene_.energyChosen) return removeEnergy(scene_.energyChosen);
    if (scene_.chosenKey) return document_.requestRemoveKey(*scene_.chosenKey);
    if (!scene_.dance) return false;
    const double now = player_.position(), frame = 0.5 / scene_.dance->dance.clip.fps;
    for (const auto& key : scene_.dance->dance.keys)
        if (std::abs(key.time - now) <= frame + 1e-6) return document_.requestRemoveKey(key.time);
    return false;
}

void TimelineView::letGo() {
    landing_.reset();
    scene_.energyInHand.reset();
    scene_.energyChosen.reset();
    if (drag_ == Drag::Trim || drag_ == Drag::Falloff || drag_ == Drag::Foot || drag_ == Drag::CrossFade)
        letGoOfEdge();
    else if (drag_ == Drag::Energy)
        drag_ = Drag::None;
    else if (drag_ == Drag::Range || drag_ == Drag::Movement)
        document_.select(selectionBefore_);
    else if (drag_ != Drag::Key) {
        scene_.chosenKey.reset();
        document_.select({});
    }
    scene_.keyShift = 0;
    if (drag_ == Drag::Range || drag_ == Drag::Movement || drag_ == Drag::Key) {
        drag_ = Drag::None;
        unsetCursor();
    }
    contentsChanged();
}

bool TimelineView::event(QEvent* event) {
    // While something is in hand, Esc is for it and not for the window's menus.
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape && drag_ != Drag::None && drag_ != Drag::Scrub && drag_ != Drag::Loop && drag_ != Drag::Pan) {
        event->accept();
        return true;
    }
    return QWidget::event(event);
}

void TimelineView::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) return letGo();
    if ((event->key() == Qt::Key_Delete || event->key() == Qt::Key_Backspace) && removeKey()) return;
    QWidget::keyPressEvent(event);
}

}  // namespace choreia::ui
