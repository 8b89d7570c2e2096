// A dancer more is one draw call for the body and one for the floor; all numbers together are one.
#include "viewport/stage_cast.h"

#include "viewport/stage_lines.h"
#include "viewport/stage_shaders.h"

#include <QQuaternion>
#include <QVector3D>
#include <QVector4D>

#include <cmath>

namespace choreia::ui {

namespace {

constexpr float kOverHead = 0.30f;    // metres from the head's joint to the number
constexpr float kOverFloor = 0.004f;  // metres

/// Muted: a third of the colour in grey clay.
QVector3D mutedClay(const QColor& color) {
    const auto part = [](float value, float grey) { return 0.60f * grey + 0.26f * std::pow(value, 2.2f); };
    return {part(color.redF(), 0.30f), part(color.greenF(), 0.29f), part(color.blueF(), 0.29f)};
}

PassStyle floorStyle() {
    PassStyle style{QStringLiteral("trail")};
    style.depthWrite = false;
    style.blend = true;
    return style;
}

}  // namespace

StageCast::StageCast(Qt3DCore::QEntity* root, const Shared& shared)
    : root_(root), shared_(shared), floorEffect_(makeEffect(root, shaders::floorVertex(), shaders::floorFragment(), {floorStyle()})),
      square_(root, {{QStringLiteral("vertexPosition"), 3}}, Qt3DRender::QGeometryRenderer::Triangles),
      labels_(root, {{QStringLiteral("vertexPosition"), 3}, {QStringLiteral("corner"), 2}, {QStringLiteral("mark"), 2}}, Qt3DRender::QGeometryRenderer::Triangles),
      labelEntity_(makeEntity(root, labels_.renderer(), shared.mark, {shared.pose, shared.contacts, shared.viewSize, shared.chosen})), own_(makeFloor()) {
    square_.setVertices(floorSquare());
    labelEntity_->setEnabled(false);
    positions_.fill(motion::Vec3(0, -10, 0));
}

StageCast::Floor StageCast::makeFloor() {
    Floor floor;
    floor.tint = new Qt3DRender::QParameter(QStringLiteral("tint"), QVector4D(1, 1, 1, 0), root_);
    floor.entity = makeEntity(root_, square_.renderer(), floorEffect_, {shared_.viewSize, floor.tint});
    floor.place = new Qt3DCore::QTransform(floor.entity);
    floor.entity->addComponent(floor.place);
    floor.entity->setEnabled(false);
    return floor;
}

void StageCast::lay(Floor& floor, const motion::Vec3& pelvis, const StageMark& mark, float state) {
    floor.place->setTranslation({pelvis.x(), kOverFloor, pelvis.z()});
    floor.place->setRotation(QQuaternion::fromAxisAndAngle(0, 1, 0, mark.turn * 57.29578f));
    floor.tint->setValue(QVector4D(mark.color.redF(), mark.color.greenF(), mark.color.blueF(), state));
    if (!floor.entity->isEnabled()) floor.entity->setEnabled(true);
}

void StageCast::setOthers(std::span<const StageFigure> others) {
    while (others_.size() < others.size()) {
        PoseUniform pose(root_);
        auto* clay = new Qt3DRender::QParameter(QStringLiteral("clay"), QVector3D(), root_);
        auto* entity = makeEntity(root_, shared_.mesh, shared_.body, {pose.parameter(), shared_.rest, shared_.key, shared_.fill, shared_.rim, clay});
        others_.push_back(std::make_unique<Body>(Body{entity, pose, clay, makeFloor(), {}}));
    }
    heads_.clear();
    for (std::size_t i = 0; i < others_.size(); ++i) {
        Body& body = *others_[i];
        const bool shown = i < others.size();
        if (body.entity->isEnabled() != shown) body.entity->setEnabled(shown);
        if (!shown) {
            if (body.floor.entity->isEnabled()) body.floor.entity->setEnabled(false);
            continue;
        }
        const StageFigure& figure = others[i];
        body.pose.set(figure.positions, figure.rotations);
        if (body.mark.color != figure.mark.color) body.clay->setValue(mutedClay(figure.mark.color));
        body.mark = figure.mark;
        lay(body.floor, figure.positions[motion::Pelvis], figure.mark, 0);
        heads_.push_back(figure.positions[motion::Head]);
    }
    shown_ = others.size();
    showLabels();
}

void StageCast::setOwn(const std::optional<StageMark>& mark) {
    mark_ = mark;
    if (!mark_ && own_.entity->isEnabled()) own_.entity->setEnabled(false);
    showLabels();
}

void StageCast::setPose(std::span<const motion::Vec3> positions) {
    std::copy_n(positions.begin(), motion::kJoints, positions_.begin());
    if (mark_) showLabels();
}

void StageCast::setHot(RingPart part) {
    hot_ = part;
    showLabels();
}

void StageCast::showLabels() {
    const bool shown = mark_ && shown_ > 0;
    if (labelEntity_->isEnabled() != shown) labelEntity_->setEnabled(shown);
    if (!mark_) return;
    lay(own_, positions_[motion::Pelvis], *mark_, hot_ == RingPart::Ring ? 2.0f : hot_ == RingPart::Knob ? 3.0f : 1.0f);
    if (!shown) return;
    std::vector<float> quads;
    for (std::size_t i = 0; i < shown_; ++i) addLabel(quads, heads_[i] + motion::Vec3(0, kOverHead, 0), others_[i]->mark.number);
    addLabel(quads, positions_[motion::Head] + motion::Vec3(0, kOverHead, 0), mark_->number);
    labels_.setVertices(quads);
}

}  // namespace choreia::ui
