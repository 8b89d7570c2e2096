/// What the stage draws where there are several dancers: the others' bodies, everybody's ring on the floor and number over the head.
#pragma once

#include "viewport/floor_ring.h"
#include "viewport/pose_uniform.h"
#include "viewport/scene_parts.h"
#include "viewport/stage_figure.h"

#include <Qt3DCore/QTransform>

#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace choreia::ui {

class StageCast {
public:
    /// What the scene shares with the cast.
    struct Shared {
        Qt3DRender::QEffect *body = nullptr, *mark = nullptr;
        Qt3DRender::QGeometryRenderer* mesh = nullptr;
        Qt3DRender::QParameter *rest = nullptr, *key = nullptr, *fill = nullptr, *rim = nullptr;  ///< of the body
        Qt3DRender::QParameter *pose = nullptr, *contacts = nullptr, *viewSize = nullptr, *chosen = nullptr;  ///< of the marks
    };
    StageCast(Qt3DCore::QEntity* root, const Shared& shared);

    void setOthers(std::span<const StageFigure> others);
    /// Of the chosen dancer; nothing: they are alone, and neither ring nor number is drawn.
    void setOwn(const std::optional<StageMark>& mark);
    /// The chosen dancer's pose.
    void setPose(std::span<const motion::Vec3> positions);
    void setHot(RingPart part);

private:
    struct Floor {
        Qt3DCore::QEntity* entity = nullptr;
        Qt3DCore::QTransform* place = nullptr;
        Qt3DRender::QParameter* tint = nullptr;
    };
    struct Body {
        Qt3DCore::QEntity* entity;
        PoseUniform pose;
        Qt3DRender::QParameter* clay;
        Floor floor;
        StageMark mark;
    };
    [[nodiscard]] Floor makeFloor();
    void lay(Floor& floor, const motion::Vec3& pelvis, const StageMark& mark, float state);
    void showLabels();

    Qt3DCore::QEntity* root_;
    Shared shared_;
    Qt3DRender::QEffect* floorEffect_;
    Drawing square_, labels_;
    Qt3DCore::QEntity* labelEntity_;
    std::vector<std::unique_ptr<Body>> others_;
    std::vector<motion::Vec3> heads_;  // of the others that are shown
    std::size_t shown_ = 0;
    Floor own_;
    std::optional<StageMark> mark_;
    std::array<motion::Vec3, motion::kJoints> positions_;
    RingPart hot_ = RingPart::None;
};

}  // namespace choreia::ui
