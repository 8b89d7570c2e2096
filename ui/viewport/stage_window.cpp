// Pointer input of the stage.
#include "viewport/stage_window.h"

#include "viewport/joint_picking.h"

#include <QMouseEvent>
#include <QWheelEvent>

namespace choreia::ui {

namespace {
constexpr double kClickSlack = 4;  // logical pixels that a click may wander
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
}

void StageWindow::mouseMoveEvent(QMouseEvent* event) {
    if (button_ == Qt::NoButton) {
        setHovered(jointAt(event->position()));
        return;
    }
    if (!moved_ && (event->position() - pressed_).manhattanLength() <= kClickSlack) return;
    moved_ = true;
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
    if (!moved_ && event->button() == Qt::LeftButton && !event->modifiers().testFlag(Qt::AltModifier)) Q_EMIT picked(jointAt(event->position()));
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
