// What the timeline shows and how the mouse moves it.
#include "timeline/timeline_view.h"

#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

TimelineView::TimelineView(Document& document, Player& player, QWidget* parent)
    : QWidget(parent), document_(document), player_(player), lanes_(makeLanes(0, 0)) {
    setObjectName(QStringLiteral("TimelineView"));
    setAccessibleName(tr("Timeline"));
    setFocusPolicy(Qt::StrongFocus);
    setAcceptDrops(true);
    setMouseTracking(true);  // edges say that they can be taken
    setAttribute(Qt::WA_OpaquePaintEvent);
    scene_.state = &document_.state();
    connect(&document_, &Document::changed, this, &TimelineView::documentChanged);
    connect(&player_, &Player::positionChanged, this, &TimelineView::playheadMoved);
    connect(&player_, &Player::loopChanged, this, &TimelineView::contentsChanged);
    documentChanged({Aspect::Everything, {}});
}

void TimelineView::documentChanged(const Change& change) {
    if (change.aspect == Aspect::Name) return;
    forgetEnergy(change);
    if (change.aspect == Aspect::Settings) return contentsChanged();
    scene_.song = document_.song();
    scene_.dance = document_.dance();
    const bool other = scene_.chosen != document_.danceId();
    if (other) scene_.chosenKeys.clear();
    scene_.chosen = document_.danceId();
    rebuildLanes();
    // What is in hand of a dance is of that one alone; what is in hand of a song, too, and so is what Esc would bring back.
    const bool ofDance = drag_ == Drag::Trim || drag_ == Drag::CrossFade || drag_ == Drag::Foot || drag_ == Drag::Movement;
    if (change.aspect == Aspect::Everything && drag_ != Drag::None && drag_ != Drag::Scrub && drag_ != Drag::Pan) {
        selectionBefore_.reset();
        keysBefore_.clear();
        loopBefore_ = {};
        loopedBefore_ = false;
        letGo();
    } else if (ofDance && (other || !scene_.dance)) {
        letGo();
    }
    scene_.joint = document_.joint();
    scene_.falloff = document_.falloff();
    forgetWhatIsGone();
    if (change.aspect == Aspect::Everything || change.aspect == Aspect::Song) {
        axis_.limit = std::max(document_.state().duration, 1.0);
        const ViewState& view = document_.view();
        view.viewEnd > view.viewStart ? axis_.show(view.viewStart, view.viewEnd) : axis_.fit();
    }
    contentsChanged();
}

void TimelineView::contentsChanged() {
    stale_ = true;
    placeMarkerName();
    update();
}

void TimelineView::viewMoved() {
    document_.setVisible(axis_.start, axis_.end);
    contentsChanged();
    Q_EMIT visibleChanged(axis_.start, axis_.end);
}

void TimelineView::playheadMoved(double seconds) {
    // Turns a page when the playhead leaves, but leaves the view alone while a hand is on it.
    if (following_ && player_.playing() && drag_ == Drag::None && axis_.span() < axis_.limit) {
        const double edge = axis_.start + 0.94 * axis_.span();
        if (seconds > edge || seconds < axis_.start) {
            axis_.show(seconds - 0.06 * axis_.span(), seconds + 0.94 * axis_.span());
            viewMoved();
        }
    }
    update();
}

void TimelineView::fit() {
    axis_.fit();
    viewMoved();
}

void TimelineView::zoom(double factor) {
    const double now = player_.position();
    const bool visible = now >= axis_.start && now <= axis_.end;
    axis_.zoom(visible ? axis_.x(now) : axis_.left + axis_.width / 2, factor);
    viewMoved();
}

void TimelineView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    axis_.left = kHeader;
    axis_.width = std::max(1, width() - kHeader);
    contentsChanged();
}

void TimelineView::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange || event->type() == QEvent::StyleChange) contentsChanged();
    QWidget::changeEvent(event);
}

void TimelineView::mousePressEvent(QMouseEvent* event) {
    if (drag_ != Drag::None) return;  // another button has something in hand
    button_ = event->button();
    lastX_ = pressX_ = event->position().x();
    pressY_ = event->position().y();
    playheadAtPress_ = player_.position();
    if (document_.state().duration <= 0) return;
    pressChose_ = event->button() == Qt::LeftButton && chooseAt(event->position());
    if (pressChose_ || lastX_ < kHeader) return;
    if (event->button() == Qt::MiddleButton) {
        drag_ = Drag::Pan;
        setCursor(Qt::ClosedHandCursor);
    } else if (event->button() == Qt::LeftButton) {
        const Lane::Grip grip = gripAt(event->position());
        moved_ = false;
        if (grip == Lane::Grip::Dance && (takeCrossFade(event->position()) || takeTrim(event->position()))) return;
        if (grip == Lane::Grip::Range || grip == Lane::Grip::Dance) return takeRange(event->position(), event->modifiers());
        if (grip == Lane::Grip::Song && takeMarker(event->position())) return;
        const bool more = event->modifiers() & (Qt::ShiftModifier | Qt::ControlModifier);  // to what is in hand: never its fade
        if (grip == Lane::Grip::Key && ((!more && takeFalloff(event->position())) || takeKeys(lastX_, more))) return;
        if (grip == Lane::Grip::Feet && !(event->modifiers() & Qt::ShiftModifier) && takeFoot(event->position())) return;
        if (grip == Lane::Grip::Course) return takeEnergy(event->position(), event->modifiers());
        if (takeLoop(event->position(), event->modifiers())) return;
        drag_ = Drag::Scrub;
        dragStart_ = axis_.seconds(lastX_);
        dragTo(event->position(), event->modifiers());
    }
}

void TimelineView::mouseMoveEvent(QMouseEvent* event) {
    if (drag_ != Drag::None) dragTo(event->position(), event->modifiers());
    else showCursor(event->position());
}

void TimelineView::dragTo(const QPointF& point, Qt::KeyboardModifiers keys) {
    const double seconds = std::clamp(axis_.seconds(point.x()), 0.0, document_.state().duration);
    switch (drag_) {
    case Drag::Scrub:
        player_.seek(seconds);
        Q_EMIT scrubbed(seconds);
        break;
    case Drag::Loop: dragLoop(seconds, keys); break;
    case Drag::Pan:
        axis_.pan((lastX_ - point.x()) / axis_.pixelsPerSecond());
        viewMoved();
        break;
    case Drag::Range: dragRange(seconds, suspendsSnap(keys)); break;
    case Drag::Movement: dragMovement(seconds, keys); break;
    case Drag::Keys: dragKeys(seconds, suspendsSnap(keys)); break;
    case Drag::Band: dragBand(seconds); break;
    case Drag::Marker: dragMarker(seconds, suspendsSnap(keys)); break;
    case Drag::Energy: dragEnergy(point, keys); break;
    case Drag::Trim: dragTrim(seconds, suspendsSnap(keys)); break;
    case Drag::CrossFade: dragCrossFade(seconds, suspendsSnap(keys)); break;
    case Drag::Falloff: dragFalloff(axis_.seconds(point.x())); break;
    case Drag::Foot: dragFoot(seconds, suspendsSnap(keys)); break;
    case Drag::None: break;
    }
    lastX_ = point.x();
}

void TimelineView::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != button_) return;
    button_ = Qt::NoButton;
    if (drag_ == Drag::Loop) dropLoop();
    if (drag_ == Drag::Movement && moved_) dropMovement();
    const bool onto = (event->modifiers() & (Qt::ShiftModifier | Qt::ControlModifier)) && gripAt(QPointF(pressX_, pressY_)) == Lane::Grip::Dance;
    if ((drag_ == Drag::Range || drag_ == Drag::Movement) && !moved_ && onto) {  // one block more
        document_.selectBlock(axis_.seconds(pressX_), true);
    } else if ((drag_ == Drag::Range || drag_ == Drag::Movement) && !moved_ && !fixedStart_) {  // a click is no part: it lets go of one and sets the playhead
        player_.seek(std::clamp(dragStart_, 0.0, document_.state().duration));
        document_.select({});
    }
    if (drag_ == Drag::Keys) dropKeys();
    if (drag_ == Drag::Band) dropBand();
    if (drag_ == Drag::Marker) dropMarker();
    if (drag_ == Drag::Energy) dropEnergy();
    if (drag_ == Drag::Trim) dropTrim();
    if (drag_ == Drag::CrossFade) dropCrossFade();
    if (drag_ == Drag::Foot) dropFoot();
    drag_ = Drag::None;
    snapShown_.reset();
    update();
    unsetCursor();
}

void TimelineView::mouseDoubleClickEvent(QMouseEvent* event) {
    if (pressChose_ || (drag_ != Drag::None && event->button() != button_)) return;
    if (event->position().x() < kHeader) {
        if (!dancerAt(event->position()) || document_.state().dances.size() < 2) fit();  // on a dancer's name the first click has chosen them
        return;
    }
    const Lane::Grip grip = gripAt(event->position());
    if (event->button() != Qt::LeftButton) return;
    const bool more = event->modifiers() & (Qt::ShiftModifier | Qt::ControlModifier);
    if (grip == Lane::Grip::Feet || grip == Lane::Grip::Key || (more && grip == Lane::Grip::Dance)) mousePressEvent(event);  // two quick clicks are two clicks
    else if (grip == Lane::Grip::Song) renameMarker(markerUnder(event->position()));
    else if (grip == Lane::Grip::Course) removeEnergy(energyPointAt(event->position()));
    else if (grip == Lane::Grip::Range || grip == Lane::Grip::Dance) document_.selectBlock(axis_.seconds(event->position().x()));
}

void TimelineView::wheelEvent(QWheelEvent* event) {
    const QPoint delta = event->angleDelta();
    const bool sideways = std::abs(delta.x()) > std::abs(delta.y());
    if (sideways || (event->modifiers() & Qt::ShiftModifier)) {
        const double steps = (sideways ? delta.x() : delta.y()) / 120.0;
        axis_.pan(-steps * 0.12 * axis_.span());
    } else {
        const double x = std::max<double>(event->position().x(), kHeader);
        axis_.zoom(x, std::pow(0.8, delta.y() / 120.0));
    }
    viewMoved();
    event->accept();
}

}  // namespace choreia::ui
