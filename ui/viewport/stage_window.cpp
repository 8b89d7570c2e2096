// Pointer input of the stage.
#include "viewport/stage_window.h"

#include "viewport/joint_picking.h"

#include <QMouseEvent>
#include <QWheelEvent>

#include <cmath>
#include <limits>
#include <numbers>
#include <utility>

namespace choreia::ui {

namespace {
constexpr double kClickSlack = 4;  // logical pixels that a click may wander
constexpr double kTurnPerPixel = 0.01;
}

StageWindow::StageWindow() {
    setObjectName(QStringLiteral("stageWindow"));
    setFlag(Qt::WindowDoesNotAcceptFocus);
    setSurfaceType(QSurface::OpenGLSurface);
}

void StageWindow::setCamera(const io::Camera& camera) {
    camera_.set(camera);
    Q_EMIT viewChanged(false);
}

int StageWindow::jointAt(QPointF at) const { return positions_ ? pickJoint(camera_, viewSize(), skeleton_, *positions_, at) : -1; }

int StageWindow::otherAt(QPointF at) const {
    int best = -1;
    float nearest = std::numeric_limits<float>::max();
    for (std::size_t i = 0; others_ && i < others_->size(); ++i) {
        const auto& figure = (*others_)[i];
        const motion::Vec3& pelvis = figure.positions[motion::Pelvis];
        const bool here = pickJoint(camera_, viewSize(), skeleton_, figure.positions, at) >= 0 || pickRing(camera_, viewSize(), {pelvis.x(), pelvis.z(), figure.mark.turn}, at) != RingPart::None;
        if (!here || camera_.depth(pelvis) >= nearest) continue;
        nearest = camera_.depth(pelvis);
        best = static_cast<int>(i);
    }
    return best;
}

std::optional<Gizmo> StageWindow::gizmo() const {
    if (!positions_ || !rotations_ || selected_ < 0) return {};
    const auto j = static_cast<std::size_t>(selected_);
    return gizmoAt(camera_, viewSize(), (*positions_)[j], (*rotations_)[j]);
}

std::optional<FloorRing> StageWindow::ring() const {
    if (!positions_ || !ringTurn_) return {};
    const motion::Vec3& pelvis = (*positions_)[motion::Pelvis];
    return FloorRing{pelvis.x(), pelvis.z(), *ringTurn_};
}

StageWindow::Hit StageWindow::hitAt(QPointF at) const {
    if (!shaping_ || !positions_) return {};
    // A mark is meant where the pointer is right on it; near it the gizmo's lines come first.
    constexpr double kOnMark = 6;
    if (const int joint = pickMark(camera_, viewSize(), *positions_, at, kOnMark); joint >= 0) return {Grip::Joint, joint};
    if (const auto g = gizmo())
        if (const int part = pickGizmo(camera_, viewSize(), *g, at); part != kNoPart) return {part < kFirstArrow ? Grip::GizmoRing : Grip::GizmoArrow, part};
    if (const int joint = pickMark(camera_, viewSize(), *positions_, at); joint >= 0) return {Grip::Joint, joint};
    if (const auto r = ring(); r && jointAt(at) < 0) {
        const RingPart part = pickRing(camera_, viewSize(), *r, at);
        if (part != RingPart::None) return {part == RingPart::Knob ? Grip::Turn : Grip::Place, -1};
    }
    return {};
}

void StageWindow::setHovered(int joint, int part, RingPart ring, bool other) {
    if (joint == hovered_ && part == hotPart_ && ring == hotRing_ && other == hoversOther_) return;
    hovered_ = joint;
    hotPart_ = part;
    hotRing_ = ring;
    hoversOther_ = other;
    setCursor(part != kNoPart || ring != RingPart::None ? Qt::OpenHandCursor : joint >= 0 || other ? Qt::PointingHandCursor : Qt::ArrowCursor);
    Q_EMIT hoveredChanged();
}

void StageWindow::hover(QPointF at) {
    const Hit hit = hitAt(at);
    switch (hit.grip) {
    case Grip::GizmoRing:
    case Grip::GizmoArrow: return setHovered(-1, hit.index);
    case Grip::Place: return setHovered(-1, kNoPart, RingPart::Ring);
    case Grip::Turn: return setHovered(-1, kNoPart, RingPart::Knob);
    case Grip::Joint:
    case Grip::None: break;
    }
    const int joint = jointAt(at);
    setHovered(joint, kNoPart, RingPart::None, joint < 0 && otherAt(at) >= 0);
}

void StageWindow::take(const Hit& hit, Qt::KeyboardModifiers keys) {
    grip_ = hit.grip;
    inHand_ = hit.grip == Grip::Joint ? hit.index : selected_;
    turning_ = hit.grip == Grip::Joint && keys.testFlag(Qt::ControlModifier);
    turned_ = lastTurn_ = 0;
    if (grip_ == Grip::None) return;
    if (inHand_ >= 0) taken_ = (*positions_)[static_cast<std::size_t>(inHand_)];
    if (const auto g = gizmo()) gizmoTaken_ = *g;
    if (const auto r = ring()) ringTaken_ = *r;
    const bool gizmoPart = grip_ == Grip::GizmoRing || grip_ == Grip::GizmoArrow;
    setHovered(-1, gizmoPart ? hit.index : kNoPart, grip_ == Grip::Place ? RingPart::Ring : grip_ == Grip::Turn ? RingPart::Knob : RingPart::None);
}

void StageWindow::drag(QPointF at) {
    const QPointF way = at - pressed_;
    setCursor(Qt::ClosedHandCursor);
    const auto unrolled = [this](double angle) {
        turned_ += std::remainder(angle - lastTurn_, 2 * std::numbers::pi);
        lastTurn_ = angle;
        return turned_;
    };
    switch (grip_) {
    case Grip::Joint:
        if (turning_) Q_EMIT jointTurned(inHand_, (camera_.eye() - taken_).normalized(), -way.x() * kTurnPerPixel);
        else Q_EMIT jointDragged(inHand_, camera_.dragged(taken_, way, viewSize()));
        break;
    case Grip::GizmoRing: Q_EMIT jointTurned(inHand_, axisOf(gizmoTaken_, hotPart_), unrolled(ringAngle(camera_, viewSize(), gizmoTaken_, hotPart_, pressed_, at))); break;
    case Grip::GizmoArrow:
        Q_EMIT jointDragged(inHand_, taken_ + axisOf(gizmoTaken_, hotPart_) * static_cast<float>(arrowWay(camera_, viewSize(), gizmoTaken_, hotPart_, pressed_, at)));
        break;
    case Grip::Place:
        if (const auto over = ringWay(camera_, viewSize(), pressed_, at)) Q_EMIT dancerDragged(*over);
        break;
    case Grip::Turn:
        if (const auto angle = ringTurn(camera_, viewSize(), ringTaken_, pressed_, at)) Q_EMIT dancerTurned(static_cast<float>(unrolled(static_cast<double>(*angle))));
        break;
    case Grip::None: break;
    }
}

void StageWindow::mousePressEvent(QMouseEvent* event) {
    Q_EMIT touched();
    if (button_ != Qt::NoButton) return;
    button_ = event->button();
    pressed_ = last_ = event->position();
    moved_ = false;
    grip_ = Grip::None;
    boxing_ = false;
    if (button_ != Qt::LeftButton || event->modifiers().testFlag(Qt::AltModifier)) return;
    const bool shift = event->modifiers().testFlag(Qt::ShiftModifier);
    if (!shift) take(hitAt(pressed_), event->modifiers());
    boxing_ = shaping_ && positions_ && grip_ == Grip::None && event->modifiers().testFlag(Qt::ControlModifier);
    boxAdds_ = shift;
}

void StageWindow::mouseMoveEvent(QMouseEvent* event) {
    if (button_ == Qt::NoButton) return hover(event->position());
    if (!moved_ && (event->position() - pressed_).manhattanLength() <= kClickSlack) return;
    moved_ = true;
    if (grip_ != Grip::None) return drag(event->position());
    if (dropped_) return;
    if (boxing_) {
        last_ = event->position();
        setCursor(Qt::CrossCursor);
        Q_EMIT boxChanged();
        return;
    }
    setHovered(-1);
    const QPointF delta = event->position() - last_;
    last_ = event->position();
    const bool pans = button_ == Qt::RightButton || event->modifiers().testFlag(Qt::ShiftModifier);
    if (pans) camera_.pan(delta, viewSize());
    else camera_.orbit(delta);
    Q_EMIT viewChanged(true);
}

void StageWindow::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != button_) return;
    button_ = Qt::NoButton;
    dropped_ = false;
    const Grip grip = std::exchange(grip_, Grip::None);
    if (grip != Grip::None && moved_) {
        unsetCursor();
        setHovered(-1);
        if (grip == Grip::Place || grip == Grip::Turn) Q_EMIT dancerReleased();
        else Q_EMIT jointReleased();
        return;
    }
    if (std::exchange(boxing_, false) && moved_) {
        unsetCursor();
        const QRectF drawn = QRectF(pressed_, last_).normalized();
        Q_EMIT boxChanged();
        Q_EMIT boxDrawn(jointsIn(camera_, viewSize(), *positions_, drawn));
        return;
    }
    if (moved_ || event->button() != Qt::LeftButton) return;
    const int joint = jointAt(event->position());
    if (event->modifiers().testFlag(Qt::ControlModifier) && (joint >= 0 || otherAt(event->position()) < 0)) {
        if (shaping_ && joint >= 0) Q_EMIT jointToggled(joint);
        return;
    }
    if (event->modifiers().testFlag(Qt::AltModifier)) {
        if (shaping_ && joint >= 0) Q_EMIT holdToggled(joint);
        return;
    }
    if (grip != Grip::None && grip != Grip::Joint) return;  // a click on the gizmo or the ring chooses nothing else
    if (joint < 0)
        if (const int other = otherAt(event->position()); other >= 0) {
            Q_EMIT dancerPicked(other);
            return;
        }
    Q_EMIT picked(joint);
}

motion::JointSet StageWindow::boxed() const {
    const auto drawn = box();
    return drawn && positions_ ? jointsIn(camera_, viewSize(), *positions_, *drawn) : motion::JointSet();
}

void StageWindow::dropJoint() {
    dropped_ = grip_ != Grip::None || boxing_;
    grip_ = Grip::None;
    if (std::exchange(boxing_, false)) Q_EMIT boxChanged();
    setHovered(-1);
    unsetCursor();
}

void StageWindow::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && jointAt(event->position()) < 0 && otherAt(event->position()) < 0 && hitAt(event->position()).grip == Grip::None) Q_EMIT doubleClickedEmpty();
}

void StageWindow::wheelEvent(QWheelEvent* event) {
    Q_EMIT touched();
    const double steps = event->angleDelta().y() / 120.0;
    if (steps == 0) return;
    camera_.zoom(steps);
    Q_EMIT viewChanged(true);
}

void StageWindow::resizeEvent(QResizeEvent* event) {
    QWindow::resizeEvent(event);
    Q_EMIT viewChanged(false);
}

void StageWindow::exposeEvent(QExposeEvent* event) {
    QWindow::exposeEvent(event);
    if (isExposed()) Q_EMIT uncovered();
}

bool StageWindow::event(QEvent* event) {
    if (event->type() == QEvent::Leave) setHovered(-1);
    return QWindow::event(event);
}

}  // namespace choreia::ui
