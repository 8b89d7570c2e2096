/// The native window of the 3D picture: turns the hand's moves into camera moves and picks.
#pragma once

#include "motion/joint_set.h"
#include "motion/skeleton.h"
#include "viewport/floor_ring.h"
#include "viewport/gizmo.h"
#include "viewport/orbit_camera.h"
#include "viewport/stage_figure.h"

#include <QWindow>

#include <array>
#include <optional>
#include <vector>

namespace choreia::ui {

/// Left drag (also with Alt) or middle drag orbits; with Shift, or the right button, pans; the wheel zooms; a click picks. Where poses may be shaped, a left
/// drag that begins on a joint's mark takes the joint along instead; with Ctrl it turns it about the line of sight. A ring of the chosen joint's gizmo turns it about that
/// axis, an arrow draws it along; the ring on the floor moves the dancer, its arrowhead turns them. With Alt it still orbits, and a click holds. A click on another
/// dancer chooses them. Ctrl and a click takes a joint among those chosen together, or from among them; a drag with Ctrl beside the joints draws a box about them,
/// with Shift too it may begin anywhere and adds to them.
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
    /// World rotations of the same, borrowed, and the joint that has the gizmo (-1: none).
    void setRotations(const std::array<motion::Quat, motion::kJoints>* rotations) { rotations_ = rotations; }
    void setSelected(int joint) { selected_ = joint; }
    /// The other dancers, borrowed.
    void setOthers(const std::vector<StageFigure>* others) { others_ = others; }
    /// The chosen dancer's ring, by its turn; nothing: there is none.
    void setRingTurn(std::optional<float> turn) { ringTurn_ = turn; }
    void setShaping(bool on) { shaping_ = on; }
    /// A joint or a dancer is in hand.
    [[nodiscard]] bool holds() const { return grip_ != Grip::None && moved_; }
    /// Lets go of what is in hand; what follows of the drag does nothing.
    void dropJoint();
    /// The box that is being drawn, logical pixels; nothing: none.
    [[nodiscard]] std::optional<QRectF> box() const { return boxing_ && moved_ ? std::optional(QRectF(pressed_, last_).normalized()) : std::nullopt; }
    /// The chosen dancer's joints in it.
    [[nodiscard]] motion::JointSet boxed() const;
    [[nodiscard]] bool boxAdds() const { return boxAdds_; }
    [[nodiscard]] QSizeF viewSize() const { return size(); }
    [[nodiscard]] int hovered() const { return hovered_; }
    /// Part of the gizmo and of the floor ring under the pointer or in hand.
    [[nodiscard]] int hotPart() const { return hotPart_; }
    [[nodiscard]] RingPart hotRing() const { return hotRing_; }

Q_SIGNALS:
    /// The camera or the window's size is another; byHand: a person moved it.
    void viewChanged(bool byHand);
    void picked(int joint);
    void hoveredChanged();
    /// Something that lay over the window is gone, and what it hid has to be drawn again: there are displays that do not remember it.
    void uncovered();
    /// A button went down: glides stop, the panel takes the focus.
    void touched();
    void doubleClickedEmpty();
    /// A joint is in hand: where the pointer has taken it (world), or how far it is turned about an axis (world, radians) since it was taken.
    void jointDragged(int joint, const choreia::motion::Vec3& target);
    void jointTurned(int joint, const choreia::motion::Vec3& axis, double angle);
    void jointReleased();
    /// The chosen dancer is in hand: how far over the floor (world), or how far turned about where they stand (radians), since they were taken.
    void dancerDragged(const choreia::motion::Vec3& way);
    void dancerTurned(float angle);
    void dancerReleased();
    /// Place in the list of the others.
    void dancerPicked(int other);
    /// Alt and a click: the joint is to stay where it is while others are taken, or no longer.
    void holdToggled(int joint);
    /// Ctrl and a click.
    void jointToggled(int joint);
    /// The box began, grew or was let go of (box() tells); boxDrawn: at the button's release, with the joints in it.
    void boxChanged();
    void boxDrawn(const choreia::motion::JointSet& joints);

protected:
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void exposeEvent(QExposeEvent* event) override;
    bool event(QEvent* event) override;

private:
    enum class Grip { None, Joint, GizmoRing, GizmoArrow, Place, Turn };
    struct Hit {
        Grip grip = Grip::None;
        int index = -1;  ///< joint, or part of the gizmo
    };
    [[nodiscard]] int jointAt(QPointF at) const;
    [[nodiscard]] int otherAt(QPointF at) const;
    [[nodiscard]] std::optional<Gizmo> gizmo() const;
    [[nodiscard]] std::optional<FloorRing> ring() const;
    /// What a drag from here would take, where poses may be shaped.
    [[nodiscard]] Hit hitAt(QPointF at) const;
    void take(const Hit& hit, Qt::KeyboardModifiers keys);
    void drag(QPointF at);
    void hover(QPointF at);
    void setHovered(int joint, int part = kNoPart, RingPart ring = RingPart::None, bool other = false);

    OrbitCamera camera_;
    motion::Skeleton skeleton_ = motion::Skeleton::body();
    const std::array<motion::Vec3, motion::kJoints>* positions_ = nullptr;
    Qt::MouseButton button_ = Qt::NoButton;
    QPointF pressed_, last_;
    bool moved_ = false, shaping_ = false, turning_ = false, dropped_ = false, hoversOther_ = false, boxing_ = false, boxAdds_ = false;
    int hovered_ = -1, inHand_ = -1, selected_ = -1, hotPart_ = kNoPart;
    RingPart hotRing_ = RingPart::None;
    Grip grip_ = Grip::None;
    const std::array<motion::Quat, motion::kJoints>* rotations_ = nullptr;
    const std::vector<StageFigure>* others_ = nullptr;
    std::optional<float> ringTurn_;
    // As they were when something was taken.
    motion::Vec3 taken_ = motion::Vec3::Zero();
    Gizmo gizmoTaken_;
    FloorRing ringTaken_;
    double turned_ = 0, lastTurn_ = 0;  // beyond half a turn it goes on
};

}  // namespace choreia::ui
