/// A pose as the shaders read it. Only for the files of this folder that draw.
#pragma once

#include "motion/skeleton.h"

#include <Qt3DCore/QNode>
#include <Qt3DRender/QParameter>

#include <QVector4D>

#include <array>
#include <span>

namespace choreia::ui {

/// The value of the shaders' `joints`. Two lists take turns, so that the one held by Qt 3D is never copied.
class PoseUniform {
public:
    explicit PoseUniform(Qt3DCore::QNode* parent) : parameter_(new Qt3DRender::QParameter(QStringLiteral("joints[0]"), QVariant(), parent)) {
        for (auto& list : lists_) list.resize(2 * motion::kJoints, QVariant::fromValue(QVector4D(0, -10, 0, 1)));
    }
    void set(std::span<const motion::Vec3> positions, std::span<const motion::Quat> rotations) {
        QVariantList& list = lists_[turn_ ^= 1];
        for (std::size_t j = 0; j < motion::kJoints; ++j) {
            const motion::Vec3& p = positions[j];
            const motion::Quat& q = rotations[j];
            list[static_cast<qsizetype>(2 * j)] = QVector4D(p.x(), p.y(), p.z(), 1);
            list[static_cast<qsizetype>(2 * j + 1)] = QVector4D(q.x(), q.y(), q.z(), q.w());
        }
        parameter_->setValue(list);
    }
    [[nodiscard]] Qt3DRender::QParameter* parameter() const { return parameter_; }

private:
    Qt3DRender::QParameter* parameter_;
    std::array<QVariantList, 2> lists_;
    std::size_t turn_ = 0;
};

}  // namespace choreia::ui
