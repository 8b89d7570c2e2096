// Small closed forms; the thresholds only guard divisions by nearly zero.
#include "motion/rotation.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace choreia::motion {

Rot6 toRot6(const Quat& rotation) {
    const Mat3 m = rotation.toRotationMatrix();
    return {m(0, 0), m(1, 0), m(2, 0), m(0, 1), m(1, 1), m(2, 1)};
}

Quat fromRot6(std::span<const float, 6> values) {
    Vec3 a(values[0], values[1], values[2]);
    Vec3 b(values[3], values[4], values[5]);
    a = a.norm() > 1e-8f ? Vec3(a.normalized()) : Vec3::UnitX();
    b -= a * a.dot(b);
    if (b.norm() < 1e-8f) b = a.unitOrthogonal();
    b.normalize();
    Mat3 m;
    m.col(0) = a;
    m.col(1) = b;
    m.col(2) = a.cross(b);
    return Quat(m).normalized();
}

Vec3 logMap(const Quat& rotation) {
    const Quat q = rotation.w() < 0 ? Quat(-rotation.w(), -rotation.x(), -rotation.y(), -rotation.z()) : rotation;
    const float s = q.vec().norm();
    // Near the identity sin(x/2) ~ x/2.
    if (s < 1e-6f) return q.vec() * 2.0f;
    return q.vec() * (2.0f * std::atan2(s, q.w()) / s);
}

Quat expMap(const Vec3& v) {
    const float angle = v.norm();
    if (angle < 1e-6f) return Quat(1.0f, v.x() * 0.5f, v.y() * 0.5f, v.z() * 0.5f).normalized();
    const float s = std::sin(angle * 0.5f) / angle;
    return Quat(std::cos(angle * 0.5f), v.x() * s, v.y() * s, v.z() * s);
}

float heading(std::span<const Vec3> positions) {
    const Vec3 across = positions[LeftHip] - positions[RightHip];
    return std::atan2(-across.z(), across.x());
}

Quat yawRotation(float radians) { return Quat(std::cos(radians * 0.5f), 0.0f, std::sin(radians * 0.5f), 0.0f); }

void makeSignsContinuous(std::span<Quat> rotations, std::size_t joints) {
    for (std::size_t i = joints; i < rotations.size(); ++i) {
        if (rotations[i].dot(rotations[i - joints]) < 0) rotations[i].coeffs() = -rotations[i].coeffs();
    }
}

namespace {
std::vector<float> gaussian(double sigma) {
    const int radius = std::max(1, static_cast<int>(std::ceil(3.0 * sigma)));
    std::vector<float> kernel;
    for (int k = -radius; k <= radius; ++k) kernel.push_back(static_cast<float>(std::exp(-0.5 * k * k / (sigma * sigma))));
    return kernel;
}
} // namespace

void smoothRotations(std::span<Quat> rotations, std::size_t joints, double sigmaFrames) {
    if (sigmaFrames <= 0.05 || joints == 0) return;
    const auto kernel = gaussian(sigmaFrames);
    const auto radius = static_cast<std::ptrdiff_t>(kernel.size() / 2);
    const auto frames = static_cast<std::ptrdiff_t>(rotations.size() / joints);
    const std::vector<Quat> source(rotations.begin(), rotations.end());
    for (std::ptrdiff_t f = 0; f < frames; ++f) {
        for (std::size_t j = 0; j < joints; ++j) {
            const auto at = [&](std::ptrdiff_t frame) -> const Quat& {
                return source[static_cast<std::size_t>(frame) * joints + j];
            };
            const Quat& centre = at(f);
            Eigen::Vector4f sum = Eigen::Vector4f::Zero();
            for (std::ptrdiff_t k = -radius; k <= radius; ++k) {
                const Quat& q = at(std::clamp<std::ptrdiff_t>(f + k, 0, frames - 1));
                sum += q.coeffs() * (q.dot(centre) < 0 ? -kernel[static_cast<std::size_t>(k + radius)]
                                                       : kernel[static_cast<std::size_t>(k + radius)]);
            }
            rotations[static_cast<std::size_t>(f) * joints + j].coeffs() = sum.normalized();
        }
    }
}

void smoothPath(std::span<Vec3> path, double sigmaFrames) {
    if (sigmaFrames <= 0.05) return;
    const auto kernel = gaussian(sigmaFrames);
    const auto radius = static_cast<std::ptrdiff_t>(kernel.size() / 2);
    const auto frames = static_cast<std::ptrdiff_t>(path.size());
    const std::vector<Vec3> source(path.begin(), path.end());
    for (std::ptrdiff_t f = 0; f < frames; ++f) {
        Vec3 sum = Vec3::Zero();
        float weight = 0;
        for (std::ptrdiff_t k = -radius; k <= radius; ++k) {
            const float w = kernel[static_cast<std::size_t>(k + radius)];
            sum += w * source[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(f + k, 0, frames - 1))];
            weight += w;
        }
        path[static_cast<std::size_t>(f)] = sum / weight;
    }
}

} // namespace choreia::motion
