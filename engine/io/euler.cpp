// Three angles from a rotation. Any rotation has two triples, each with whole turns to add; in gimbal lock it has a whole line of them.
#include "io/euler.h"

#include <cmath>
#include <numbers>

namespace choreia::io {

namespace {

constexpr double kDegrees = 180.0 / std::numbers::pi;
constexpr double kLocked = 1e-6;  // cosine of the middle angle

double turnsTo(double angle, double before) { return angle + 360.0 * std::round((before - angle) / 360.0); }

Angles nearest(const Angles& first, const Angles& second, const Angles& before) {
    Angles best{};
    double distance = 1e300;
    for (const Angles& choice : {first, second}) {
        Angles near{};
        double off = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            near[i] = turnsTo(choice[i], before[i]);
            off += std::abs(near[i] - before[i]);
        }
        if (off < distance - 1e-9) {
            distance = off;
            best = near;
        }
    }
    return best;
}

Eigen::Matrix3d matrixOf(const motion::Quat& rotation) { return rotation.cast<double>().normalized().toRotationMatrix(); }

}  // namespace

Angles eulerZxy(const motion::Quat& rotation, const Angles& before) {
    const Eigen::Matrix3d r = matrixOf(rotation);
    const double cosine = std::hypot(r(0, 1), r(1, 1));
    const double x = std::atan2(r(2, 1), cosine) * kDegrees;
    if (cosine < kLocked) {
        // Only the sum (or difference) of the outer angles is fixed: the last one stays as it was.
        const double total = std::atan2(r(1, 0), r(0, 0)) * kDegrees;
        const double z = x > 0 ? total - before[2] : total + before[2];
        return {turnsTo(z, before[0]), turnsTo(x, before[1]), before[2]};
    }
    const double z = std::atan2(-r(0, 1), r(1, 1)) * kDegrees, y = std::atan2(-r(2, 0), r(2, 2)) * kDegrees;
    return nearest({z, x, y}, {z + 180, 180 - x, y + 180}, before);
}

Angles eulerXyz(const motion::Quat& rotation, const Angles& before) {
    const Eigen::Matrix3d r = matrixOf(rotation);
    const double cosine = std::hypot(r(0, 0), r(1, 0));
    const double y = std::atan2(-r(2, 0), cosine) * kDegrees;
    if (cosine < kLocked) {
        const double total = std::atan2(-r(0, 1), r(1, 1)) * kDegrees;  // z - x where y is 90, z + x where it is -90
        const double z = y > 0 ? total + before[0] : total - before[0];
        return {before[0], turnsTo(y, before[1]), turnsTo(z, before[2])};
    }
    const double x = std::atan2(r(2, 1), r(2, 2)) * kDegrees, z = std::atan2(r(1, 0), r(0, 0)) * kDegrees;
    return nearest({x, y, z}, {x + 180, 180 - y, z + 180}, before);
}

}  // namespace choreia::io
