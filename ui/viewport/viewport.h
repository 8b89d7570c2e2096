/// The 3D stage: the posed body on its floor, ghosts before and after it, motion trail, foot contacts, and the camera that a hand moves.
/// Everything of Qt 3D stays behind this header.
#pragma once

#include "io/project.h"
#include "motion/contacts.h"
#include "motion/joint_set.h"
#include "motion/skeleton.h"
#include "viewport/stage_edge.h"
#include "viewport/stage_figure.h"

#include <QWidget>

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

class QWindow;

namespace choreia::ui {

/// All positions are in the world: metres, Y up. Poses are of 24 joints (motion::Joint); the rest pose (T) faces +Z.
/// Where no OpenGL can be had (the offscreen platform) the stage says so in words and every call is still safe.
class Viewport : public QWidget {
    Q_OBJECT
public:
    enum class Preset { Perspective, Front, Side, Top };

    /// Before QApplication: the surface format (OpenGL 3.3 core, 4x antialiasing), Qt 3D's renderer, and how many threads draw where there is no GPU.
    static void prepareApplication();

    explicit Viewport(QWidget* parent = nullptr);
    ~Viewport() override;

    void setSkeleton(const motion::Skeleton& skeleton);
    /// One pose, cheap enough for every frame (no geometry is touched). contacts: order of motion::kContactJoints.
    void setPose(std::span<const motion::Vec3> worldPositions, std::span<const motion::Quat> worldRotations, std::array<bool, 4> contacts);
    /// The next pose is another dancer's: the camera stays where it is, and follows them from there.
    void startAnew();
    /// Everybody else, as cheap as setPose; at most 7 are asked for.
    void setOthers(std::vector<StageFigure> others);
    /// The chosen dancer's number, colour and turn, where there are others; nothing: no ring and no numbers.
    void setOwnMark(const std::optional<StageMark>& mark);
    /// Poses before and after, each of 24 positions, the nearest in time first; at most 8 of each are shown, fainter with their index.
    void setGhosts(std::vector<std::vector<motion::Vec3>> past, std::vector<std::vector<motion::Vec3>> future);
    /// The path of a joint through time, with dots where it stands on the beats. joint < 0 or no points: no trail.
    void setTrail(int joint, std::vector<motion::Vec3> points, std::vector<motion::Vec3> beatPoints);

    /// The edge that is marked on the floor, with its size in metres; kStandardStage at first.
    void setStageSize(const StageSize& size);
    [[nodiscard]] const StageSize& stageSize() const;

    void setCamera(const io::Camera& camera);
    [[nodiscard]] io::Camera camera() const;
    /// Glides to the selected joint, or to everybody when none is selected.
    void frameSelected();
    /// -1: none. Does not emit jointSelected.
    void setSelectedJoint(int joint);
    [[nodiscard]] int selectedJoint() const;
    /// Glides to one of the named views of everybody.
    void setPreset(Preset preset);
    [[nodiscard]] Preset preset() const;
    /// The camera goes along with the pelvis over the floor.
    void setFollow(bool follow);

    /// Joints can be taken by their marks: jointDragged, jointTurned, then jointReleased.
    void setShaping(bool on);
    /// Joints marked as held.
    void setHeld(std::span<const int> joints);
    /// Joints chosen together, marked by a second ring. Does not emit jointsChosen.
    void setChosenJoints(const motion::JointSet& joints);
    [[nodiscard]] const motion::JointSet& chosenJoints() const;
    /// A box is being drawn about joints.
    [[nodiscard]] bool drawsBox() const;
    /// Lets go of what is in hand without jointReleased or dancerReleased, and of the box without jointsChosen.
    void dropJoint();

    /// Where a world point lies on the 3D window, logical pixels from its top left.
    [[nodiscard]] QPointF project(const motion::Vec3& point) const;
    /// The native window of the 3D picture, null where there is none.
    [[nodiscard]] QWindow* stageWindow() const;

Q_SIGNALS:
    /// A person clicked a joint (or empty space: -1).
    void jointSelected(int joint);
    /// A person chose these joints together (Ctrl and a click, a box), or none any more (a click without Ctrl); main: the one that was taken last, or -1.
    void jointsChosen(const choreia::motion::JointSet& joints, int main);
    /// A box about joints began or ended.
    void boxToggled();
    /// A person drags a joint: where it is to go (world), or how far it is turned about an axis (world, radians), both since it was taken.
    void jointDragged(int joint, const choreia::motion::Vec3& target);
    void jointTurned(int joint, const choreia::motion::Vec3& axis, double angle);
    void jointReleased();
    /// A person drags the floor ring: how far (world), or how far turned about where the dancer stands (radians, from +Z towards +X), since it was taken.
    void dancerDragged(const choreia::motion::Vec3& way);
    void dancerTurned(float angle);
    void dancerReleased();
    /// A person clicked another dancer: place in the list of setOthers.
    void dancerPicked(int other);
    /// A person asks for a joint to be held, or no longer.
    void holdToggled(int joint);
    /// A person moved the camera, or a glide ended.
    void cameraChanged();

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Private;
    std::unique_ptr<Private> d_;
};

}  // namespace choreia::ui
