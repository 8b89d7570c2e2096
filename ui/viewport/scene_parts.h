/// Small builders over Qt 3D: effects from GLSL, geometries from arrays. Only for the files of this folder that draw.
#pragma once

#include <Qt3DCore/QBuffer>
#include <Qt3DCore/QEntity>
#include <Qt3DRender/QEffect>
#include <Qt3DRender/QGeometryRenderer>
#include <Qt3DRender/QMaterial>
#include <Qt3DRender/QParameter>
#include <Qt3DRender/QRenderState>

#include <QByteArray>
#include <QString>

#include <initializer_list>
#include <span>
#include <vector>

namespace choreia::ui {

/// How a pass treats depth and colour. Qt 3D owns the states through their pass.
struct PassStyle {
    QString stage;  ///< the filter key by which the frame graph picks the pass
    bool depthTest = true, depthWrite = true, blend = false, colorWrite = true, cullBack = false;
    bool premultiplied = false;  ///< of a blend: the colour is added as it is, and alpha only takes away of what is behind
};

/// One program, one pass per style (drawn where the frame graph asks for the stage).
Qt3DRender::QEffect* makeEffect(Qt3DCore::QNode* parent, const QByteArray& vertex, const QByteArray& fragment,
                                std::initializer_list<PassStyle> passes);

struct Field {
    QString name;
    int floats;
};

/// Interleaved floats as a geometry renderer; changing the array later is replacing the buffer's data and the count.
class Drawing {
public:
    Drawing(Qt3DCore::QNode* parent, std::initializer_list<Field> fields, Qt3DRender::QGeometryRenderer::PrimitiveType type);
    void setIndices(std::span<const std::uint32_t> indices);
    /// floats: vertices * the sum of the fields.
    void setVertices(std::span<const float> floats);
    [[nodiscard]] Qt3DRender::QGeometryRenderer* renderer() const { return renderer_; }

private:
    Qt3DRender::QGeometryRenderer* renderer_;
    Qt3DCore::QBuffer* buffer_;
    std::vector<Qt3DCore::QNode*> attributes_;
    int stride_ = 0;
    bool indexed_ = false;
};

/// An entity that draws `drawing` with `effect`; parameters are shared with other materials.
Qt3DCore::QEntity* makeEntity(Qt3DCore::QEntity* parent, Qt3DRender::QGeometryRenderer* drawing, Qt3DRender::QEffect* effect,
                              std::initializer_list<Qt3DRender::QParameter*> parameters);

}  // namespace choreia::ui
