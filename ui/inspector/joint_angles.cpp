// Swing and twist (Dobrowolski 2015), and the frame across the bone.
#include "inspector/joint_angles.h"

#include <cmath>
#include <numbers>

namespace choreia::ui {

using motion::Quat;
using motion::Vec3;

Vec3 boneAxis(const motion::Skeleton& skeleton, int joint) {
    for (int child = joint + 1; child < skeleton.size(); ++child) {
        if (skeleton.parent(child) != joint) continue;
        const Vec3& offset = skeleton.offset(child);
        if (offset.norm() > 1e-4f) return offset.normalized();
    }
    return Vec3::UnitY();
}

namespace {
constexpr double kDegrees = 180.0 / std::numbers::pi;

// Bending turns about the direction across the bone that lies level from side to side (for a level bone: upright).
Vec3 sideOf(const Vec3& axis) {
    Vec3 side = Vec3::UnitX() - axis * axis.x();
    if (side.norm() < 0.5f) side = Vec3::UnitY() - axis * axis.y();
    return side.normalized();
}

Quat about(const Vec3& axis, double degrees) { return Quat(Eigen::AngleAxisf(static_cast<float>(degrees / kDegrees), axis)); }
}  // namespace

Quat rotationOf(const JointAngles& angles, const Vec3& axis) {
    const Vec3 side = sideOf(axis), swing = side * static_cast<float>(angles.bend) + axis.cross(side) * static_cast<float>(angles.swing);
    const Quat turned = swing.norm() > 0 ? about(swing.normalized(), static_cast<double>(swing.norm())) : Quat::Identity();
    return (turned * about(axis, angles.twist)).normalized();
}

JointAngles jointAngles(const Quat& rotation, const Vec3& axis) {
    Quat q = rotation.normalized();
    if (q.w() < 0) q.coeffs() = -q.coeffs();
    const float along = q.vec().dot(axis);
    Quat twist(q.w(), along * axis.x(), along * axis.y(), along * axis.z());
    // Turned half round across the bone there is no twist to speak of.
    if (twist.norm() < 1e-6f)
        twist = Quat::Identity();
    else
        twist.normalize();
    Quat swing = q * twist.conjugate();
    if (swing.w() < 0) swing.coeffs() = -swing.coeffs();
    const Eigen::AngleAxisf turn(swing);
    const Vec3 vector = turn.axis() * turn.angle();
    const Vec3 side = sideOf(axis);
    const Vec3 other = axis.cross(side);
    return {vector.dot(side) * kDegrees, 2.0 * std::atan2(static_cast<double>(along), static_cast<double>(q.w())) * kDegrees,
            vector.dot(other) * kDegrees};
}

}  // namespace choreia::ui
