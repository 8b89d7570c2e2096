/// The native window of the 3D picture: turns the hand's moves into camera moves and picks.
#pragma once

#include "motion/skeleton.h"
#include "viewport/orbit_camera.h"

#include <QWindow>

#include <array>

namespace choreia::ui {

/// Left drag (also with Alt) or middle drag orbits; with Shift, or the right button, pans; the wheel zooms; a click picks. Where poses may be shaped, a left
/// drag that begins on a joint's mark takes the joint along instead; with Ctrl it turns it about the line of sight. With Alt it still orbits, and a click holds.
/// It takes no keyboard focus: keys stay with the widgets, so that the program's shortcuts work after a click here.
class StageWindow : public QWindow {
    Q_OBJECT
public:
    StageWindow();

    [[nodiscard]] const OrbitCamera& camera() const { return camera_; }
    void setCamera(const io::Camera& camera);
    void setSkeleton(const motion::Skeleton& skeleton) { skeleton_ = skeleton; }
    /// 24 positions, borrowed for picking; null: nothing to pick.
    void setPositions(const std::array<motion::Vec3, motion::kJoints>* positions) { positions_ = positions; }
    void setShaping(bool on) { shaping_ = on; }
    /// A joint is in hand.
    [[nodiscard]] bool holds() const { return inHand_ >= 0 && moved_; }
    /// Lets go of a joint in hand; what follows of the drag does nothing.
    void dropJoint();
    [[nodiscard]] QSizeF viewSize() const { return size(); }
    [[nodiscard]] int hovered() const { return hovered_; }

Q_SIGNALS:
    /// The camera or the window's size is another; byHand: a person moved it.
    void viewChanged(bool byHand);
    void picked(int joint);
    void hoveredChanged();
    /// A button went down: glides stop, the panel takes the focus.
    void touched();
    void doubleClickedEmpty();
    /// A joint is in hand: where the pointer has taken it (world), or how far it is turned about an axis (world, radians) since it was taken.
    void jointDragged(int joint, const choreia::motion::Vec3& target);
    void jointTurned(int joint, const choreia::motion::Vec3& axis, double angle);
    void jointReleased();
    /// Alt and a click: the joint is to stay where it is while others are taken, or no longer.
    void holdToggled(int joint);

protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] int jointAt(QPointF at) const;
    void setHovered(int joint);

    OrbitCamera camera_;
    motion::Skeleton skeleton_ = motion::Skeleton::body();
    const std::array<motion::Vec3, motion::kJoints>* positions_ = nullptr;
    Qt::MouseButton button_ = Qt::NoButton;
    QPointF pressed_, last_;
    bool moved_ = false, shaping_ = false, turning_ = false, dropped_ = false;
    int hovered_ = -1, inHand_ = -1;
    motion::Vec3 taken_ = motion::Vec3::Zero();  // where the joint in hand was
};

}  // namespace choreia::ui
