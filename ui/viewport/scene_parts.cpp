// Builders of Qt 3D effects, geometries and entities.
#include "viewport/scene_parts.h"

#include <Qt3DCore/QAttribute>
#include <Qt3DCore/QGeometry>
#include <Qt3DRender/QBlendEquation>
#include <Qt3DRender/QBlendEquationArguments>
#include <Qt3DRender/QColorMask>
#include <Qt3DRender/QCullFace>
#include <Qt3DRender/QDepthTest>
#include <Qt3DRender/QFilterKey>
#include <Qt3DRender/QGraphicsApiFilter>
#include <Qt3DRender/QNoDepthMask>
#include <Qt3DRender/QRenderPass>
#include <Qt3DRender/QShaderProgram>
#include <Qt3DRender/QTechnique>

namespace choreia::ui {

using namespace Qt3DRender;
using Qt3DCore::QAttribute;

QEffect* makeEffect(Qt3DCore::QNode* parent, const QByteArray& vertex, const QByteArray& fragment, std::initializer_list<PassStyle> passes) {
    auto* effect = new QEffect(parent);
    auto* technique = new QTechnique(effect);
    technique->graphicsApiFilter()->setApi(QGraphicsApiFilter::OpenGL);
    technique->graphicsApiFilter()->setProfile(QGraphicsApiFilter::CoreProfile);
    technique->graphicsApiFilter()->setMajorVersion(3);
    technique->graphicsApiFilter()->setMinorVersion(3);
    auto* program = new QShaderProgram(technique);
    program->setVertexShaderCode(vertex);
    program->setFragmentShaderCode(fragment);
    for (const PassStyle& style : passes) {
        auto* pass = new QRenderPass(technique);
        pass->setShaderProgram(program);
        auto* key = new QFilterKey(pass);
        key->setName(QStringLiteral("stage"));
        key->setValue(style.stage);
        pass->addFilterKey(key);
        auto* depth = new QDepthTest(pass);
        depth->setDepthFunction(style.depthTest ? QDepthTest::LessOrEqual : QDepthTest::Always);
        pass->addRenderState(depth);
        if (!style.depthWrite) pass->addRenderState(new QNoDepthMask(pass));
        if (style.blend) {
            auto* equation = new QBlendEquation(pass);
            equation->setBlendFunction(QBlendEquation::Add);
            auto* arguments = new QBlendEquationArguments(pass);
            arguments->setSourceRgb(style.premultiplied ? QBlendEquationArguments::One : QBlendEquationArguments::SourceAlpha);
            arguments->setDestinationRgb(QBlendEquationArguments::OneMinusSourceAlpha);
            arguments->setSourceAlpha(QBlendEquationArguments::Zero);  // the window's own alpha stays opaque
            arguments->setDestinationAlpha(QBlendEquationArguments::One);
            pass->addRenderState(equation);
            pass->addRenderState(arguments);
        }
        if (!style.colorWrite) {
            auto* mask = new QColorMask(pass);
            mask->setRedMasked(false);
            mask->setGreenMasked(false);
            mask->setBlueMasked(false);
            mask->setAlphaMasked(false);
            pass->addRenderState(mask);
        }
        auto* cull = new QCullFace(pass);
        cull->setMode(style.cullBack ? QCullFace::Back : QCullFace::NoCulling);
        pass->addRenderState(cull);
        technique->addRenderPass(pass);
    }
    effect->addTechnique(technique);
    return effect;
}

Drawing::Drawing(Qt3DCore::QNode* parent, std::initializer_list<Field> fields, QGeometryRenderer::PrimitiveType type)
    : renderer_(new QGeometryRenderer(parent)), buffer_(nullptr) {
    auto* geometry = new Qt3DCore::QGeometry(renderer_);
    buffer_ = new Qt3DCore::QBuffer(geometry);
    for (const Field& field : fields) stride_ += field.floats;
    int offset = 0;
    for (const Field& field : fields) {
        auto* attribute = new QAttribute(geometry);
        attribute->setName(field.name);
        attribute->setAttributeType(QAttribute::VertexAttribute);
        attribute->setVertexBaseType(QAttribute::Float);
        attribute->setVertexSize(static_cast<uint>(field.floats));
        attribute->setBuffer(buffer_);
        attribute->setByteOffset(static_cast<uint>(offset) * sizeof(float));
        attribute->setByteStride(static_cast<uint>(stride_) * sizeof(float));
        geometry->addAttribute(attribute);
        attributes_.push_back(attribute);
        offset += field.floats;
    }
    renderer_->setGeometry(geometry);
    renderer_->setPrimitiveType(type);
}

void Drawing::setIndices(std::span<const std::uint32_t> indices) {
    auto* geometry = renderer_->geometry();
    for (auto* attribute : geometry->attributes()) {
        if (attribute->attributeType() != QAttribute::IndexAttribute) continue;
        geometry->removeAttribute(attribute);
        delete attribute;
    }
    auto* buffer = new Qt3DCore::QBuffer(geometry);
    buffer->setData(QByteArray(reinterpret_cast<const char*>(indices.data()), static_cast<qsizetype>(indices.size_bytes())));
    auto* attribute = new QAttribute(geometry);
    attribute->setAttributeType(QAttribute::IndexAttribute);
    attribute->setVertexBaseType(QAttribute::UnsignedInt);
    attribute->setBuffer(buffer);
    attribute->setCount(static_cast<uint>(indices.size()));
    geometry->addAttribute(attribute);
    renderer_->setVertexCount(static_cast<int>(indices.size()));
    indexed_ = true;
}

void Drawing::setVertices(std::span<const float> floats) {
    buffer_->setData(QByteArray(reinterpret_cast<const char*>(floats.data()), static_cast<qsizetype>(floats.size_bytes())));
    const auto count = static_cast<uint>(floats.size()) / static_cast<uint>(stride_);
    for (auto* node : attributes_) static_cast<QAttribute*>(node)->setCount(count);
    if (!indexed_) renderer_->setVertexCount(static_cast<int>(count));
}

Qt3DCore::QEntity* makeEntity(Qt3DCore::QEntity* parent, QGeometryRenderer* drawing, QEffect* effect,
                              std::initializer_list<QParameter*> parameters) {
    auto* entity = new Qt3DCore::QEntity(parent);
    auto* material = new QMaterial(entity);
    material->setEffect(effect);
    for (auto* parameter : parameters) material->addParameter(parameter);
    entity->addComponent(drawing);
    entity->addComponent(material);
    return entity;
}

}  // namespace choreia::ui
