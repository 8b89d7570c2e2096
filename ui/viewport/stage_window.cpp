// Pointer input of the stage.
#include "viewport/stage_window.h"

#include "viewport/joint_picking.h"

#include <QMouseEvent>
#include <QWheelEvent>

namespace choreia::ui {

namespace {
constexpr double kClickSlack = 4;  // logical pixels that a click may wander
constexpr double kRadiansPerPixel = 0.01;
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

void StageWindow::setHovered(int joint) {
    if (joint == hovered_) return;
    hovered_ = joint;
    setCursor(joint >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    Q_EMIT hoveredChanged();
}

void StageWindow::mousePressEvent(QMouseEvent* event) {
    Q_EMIT touched();
    if (button_ != Qt::NoButton) return;
    button_ = event->button();
    pressed_ = last_ = event->position();
    moved_ = false;
    inHand_ = -1;
    if (shaping_ && positions_ && button_ == Qt::LeftButton && !(event->modifiers() & (Qt::AltModifier | Qt::ShiftModifier))) {
        inHand_ = pickMark(camera_, viewSize(), *positions_, pressed_);
        turning_ = event->modifiers().testFlag(Qt::ControlModifier);
        if (inHand_ >= 0) taken_ = (*positions_)[static_cast<std::size_t>(inHand_)];
    }
}

void StageWindow::mouseMoveEvent(QMouseEvent* event) {
    if (button_ == Qt::NoButton) {
        setHovered(jointAt(event->position()));
        return;
    }
    if (!moved_ && (event->position() - pressed_).manhattanLength() <= kClickSlack) return;
    moved_ = true;
    if (inHand_ >= 0) {
        const QPointF way = event->position() - pressed_;
        setCursor(Qt::ClosedHandCursor);
        if (turning_) Q_EMIT jointTurned(inHand_, (camera_.eye() - taken_).normalized(), -way.x() * kRadiansPerPixel);
        else Q_EMIT jointDragged(inHand_, camera_.dragged(taken_, way, viewSize()));
        return;
    }
    if (dropped_) return;
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
    if (inHand_ >= 0 && moved_) {
        inHand_ = -1;
        unsetCursor();
        Q_EMIT jointReleased();
        return;
    }
    inHand_ = -1;
    if (!moved_ && shaping_ && event->button() == Qt::LeftButton && event->modifiers().testFlag(Qt::AltModifier)) {
        if (const int joint = jointAt(event->position()); joint >= 0) Q_EMIT holdToggled(joint);
    }
    if (!moved_ && event->button() == Qt::LeftButton && !event->modifiers().testFlag(Qt::AltModifier)) Q_EMIT picked(jointAt(event->position()));
}

void StageWindow::dropJoint() {
    dropped_ = inHand_ >= 0;
    inHand_ = -1;
    unsetCursor();
}

void StageWindow::mouseDoubleClickEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && jointAt(event->position()) < 0) Q_EMIT doubleClickedEmpty();
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

bool StageWindow::event(QEvent* event) {
    if (event->type() == QEvent::Leave) setHovered(-1);
    return QWindow::event(event);
}

}  // namespace choreia::ui
