// A new view moves one transform; the strokes change with the size alone.
#include "viewport/stage_label.h"

#include <QQuaternion>
#include <QVector2D>
#include <QVector3D>
#include <QtMath>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

StageLabel::StageLabel(Qt3DCore::QEntity* root, Qt3DRender::QEffect* ribbon, Qt3DRender::QParameter* viewSize)
    : strokes_(root, {{QStringLiteral("vertexPosition"), 3}, {QStringLiteral("previous"), 3}, {QStringLiteral("next"), 3}, {QStringLiteral("tint"), 4}, {QStringLiteral("side"), 1}},
               Qt3DRender::QGeometryRenderer::TriangleStrip),
      entity_(makeEntity(root, strokes_.renderer(), ribbon, {viewSize, new Qt3DRender::QParameter(QStringLiteral("ribbon"), QVector2D(1.4f, 0), root)})),
      place_(new Qt3DCore::QTransform(entity_)) {
    entity_->addComponent(place_);
    strokes_.setVertices(stageLabel(size_));
}

void StageLabel::setSize(const StageSize& size) {
    if (size == size_) return;
    size_ = size;
    strokes_.setVertices(stageLabel(size_));
    place();
}

void StageLabel::setView(const OrbitCamera& camera, QSizeF view) {
    camera_ = camera;
    view_ = view;
    place();
}

void StageLabel::place() {
    const motion::Vec3 at = stageLabelPlace(camera_, view_, size_), right = camera_.right(), up = camera_.up(), towards = right.cross(up);
    const float metresPerPixel = 2 * std::tan(qDegreesToRadians(kFieldOfView) / 2) * std::max(0.1f, camera_.depth(at)) / static_cast<float>(std::max(1.0, view_.height()));
    const auto vector = [](const motion::Vec3& v) { return QVector3D(v.x(), v.y(), v.z()); };
    constexpr float kOver = 0.7f;  // heights of a figure from the edge
    const float height = kStageLabelPixels * metresPerPixel;
    place_->setTranslation(vector(at + up * (kOver * height)));
    place_->setRotation(QQuaternion::fromAxes(vector(right), vector(up), vector(towards)));
    place_->setScale(height);
}

}  // namespace choreia::ui
