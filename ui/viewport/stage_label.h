/// The label of the stage's size in the scene: upright to the eye, of one size on the screen. Only for the files of this folder that draw.
#pragma once

#include "viewport/scene_parts.h"
#include "viewport/stage_edge.h"

#include <Qt3DCore/QTransform>

namespace choreia::ui {

class StageLabel {
public:
    /// ribbon: the effect of lines in space; viewSize: the scene's.
    StageLabel(Qt3DCore::QEntity* root, Qt3DRender::QEffect* ribbon, Qt3DRender::QParameter* viewSize);
    void setSize(const StageSize& size);
    /// view: logical pixels.
    void setView(const OrbitCamera& camera, QSizeF view);

private:
    void place();

    Drawing strokes_;
    Qt3DCore::QEntity* entity_;
    Qt3DCore::QTransform* place_;
    StageSize size_;
    OrbitCamera camera_;
    QSizeF view_{640, 480};
};

}  // namespace choreia::ui
