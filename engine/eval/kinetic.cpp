// Kinetic features: how much each joint moves horizontally and vertically, and how hard it is accelerated.
#include "eval/metrics.h"

#include "core/units.h"

#include <cmath>

namespace choreia::eval {

namespace {
using Vec3d = Eigen::Vector3d;
constexpr std::ptrdiff_t kHalfWindow = 2;
constexpr double kRate = kMotionFps;
} // namespace

std::vector<double> kineticFeatures(const motion::Positions& positions, bool parity) {
    std::vector<double> features(positions.joints * 3, 0.0);
    const auto frames = static_cast<std::ptrdiff_t>(positions.frames());
    if (frames < 2) return features;
    const Vec3d start = positions.at(0, 0).cast<double>();
    std::vector<Vec3d> path(static_cast<std::size_t>(frames));
    for (std::size_t j = 0; j < positions.joints; ++j) {
        for (std::size_t f = 0; f < path.size(); ++f) path[f] = positions.at(f, j).cast<double>() - start;
        const auto at = [&path](std::ptrdiff_t f) -> const Vec3d& { return path[static_cast<std::size_t>(f)]; };
        double horizontal = 0, vertical = 0, acceleration = 0;
        for (std::ptrdiff_t i = 1; i < frames; ++i) {
            Vec3d velocity = Vec3d::Zero(), change = Vec3d::Zero();
            int velocities = 0, changes = 0;
            for (std::ptrdiff_t k = i - kHalfWindow; k <= i + kHalfWindow; ++k) {
                if (k - 1 < 0 || k >= frames) continue;
                velocity += kRate * (at(k) - at(k - 1));
                ++velocities;
                if (k + 1 >= frames) continue;
                const Vec3d after = kRate * (at(k + 1) - at(k));
                // The public code divides only p[k-1] by the frame time; parity keeps that.
                const Vec3d before = parity ? Vec3d(at(k) - kRate * at(k - 1)) : Vec3d(kRate * (at(k) - at(k - 1)));
                change += kRate * (after - before);
                ++changes;
            }
            velocity /= velocities;
            horizontal += velocity.x() * velocity.x() + velocity.z() * velocity.z();
            vertical += velocity.y() * velocity.y();
            if (changes > 0) acceleration += (change / changes).norm();
        }
        const auto count = static_cast<double>(frames - 1);
        features[3 * j] = horizontal / count;
        features[3 * j + 1] = vertical / count;
        features[3 * j + 2] = acceleration / count;
    }
    return features;
}

} // namespace choreia::eval
