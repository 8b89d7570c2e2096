/// Everything that the stage draws, as one Qt 3D scene on a window.
#pragma once

#include "motion/joint_set.h"
#include "motion/skeleton.h"
#include "viewport/floor_ring.h"
#include "viewport/orbit_camera.h"
#include "viewport/stage_edge.h"
#include "viewport/stage_figure.h"

#include <QRectF>

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

class QWindow;

namespace choreia::ui {

class StageScene {
public:
    static constexpr std::size_t kGhosts = 8;  ///< shown on either side of the playhead

    /// Draws on `window` (an OpenGL surface that outlives the scene) from its first exposure on.
    explicit StageScene(QWindow& window);
    ~StageScene();

    void setSkeleton(const motion::Skeleton& skeleton);
    void setPose(std::span<const motion::Vec3> positions, std::span<const motion::Quat> rotations, std::array<bool, 4> contacts);
    void setGhosts(std::span<const std::vector<motion::Vec3>> past, std::span<const std::vector<motion::Vec3>> future);
    void setTrail(std::span<const motion::Vec3> points, std::span<const motion::Vec3> beatPoints);
    /// view: logical pixels; ratio: physical pixels per logical one.
    void setView(const OrbitCamera& camera, QSizeF view, double ratio);
    /// The same picture once more: it is drawn on demand alone.
    void drawAgain();
    void setStageSize(const StageSize& size);
    void setChosen(int selected, int hovered);
    /// Parts of the gizmo and of the floor ring under the pointer or in hand; kNoPart, RingPart::None: none.
    void setHot(int gizmoPart, RingPart ring);
    void setOthers(std::span<const StageFigure> others);
    /// Of the chosen dancer, where there are others.
    void setOwnMark(const std::optional<StageMark>& mark);
    /// Joints marked as held.
    void setHeld(std::span<const int> joints);
    /// Joints chosen together: a second ring about their marks.
    void setTogether(const motion::JointSet& joints);
    /// The box that is being drawn, logical pixels; nothing: none.
    void setBox(const std::optional<QRectF>& box);

private:
    struct Private;
    std::unique_ptr<Private> d_;
};

}  // namespace choreia::ui
