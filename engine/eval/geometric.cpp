// Geometric features: 32 yes/no questions about a pose and its change, averaged over frames (metrics.md, after Mueller et al.
// 2005).
#include "eval/metrics.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace choreia::eval {

namespace {
using Vec3d = Eigen::Vector3d;
using namespace motion;

// Lengths of the field's reference body, metres, and the speed scale that its code uses at any frame rate.
constexpr double kHumerus = 0.2568, kShoulderWidth = 0.3909, kHipWidth = 0.1193, kSpeedScale = 120;

/// One frame and the one before.
class Moment {
public:
    Moment(std::span<const Vec3> now, std::span<const Vec3> before) : now_(now), before_(before) {}

    [[nodiscard]] Vec3d p(int joint) const { return now_[static_cast<std::size_t>(joint)].cast<double>(); }
    [[nodiscard]] Vec3d moved(int joint) const { return p(joint) - before_[static_cast<std::size_t>(joint)].cast<double>(); }

    /// Distance of d from c along a -> b.
    [[nodiscard]] double along(int a, int b, int c, int d) const { return (p(d) - p(c)).dot(unit(p(b) - p(a))); }
    /// Distance of d from the plane through a, b, c.
    [[nodiscard]] double fromPlane(int a, int b, int c, int d) const { return (p(d) - p(a)).dot(normal(a, b, c)); }
    /// Speed of q relative to a, along a -> b.
    [[nodiscard]] double speedAlong(int a, int b, int q) const {
        return kSpeedScale * (moved(q) - moved(a)).dot(unit(p(b) - p(a)));
    }
    /// Speed of q relative to a, along the normal of the plane through a, b, c.
    [[nodiscard]] double speedAlongNormal(int a, int b, int c, int q) const {
        return kSpeedScale * (moved(q) - moved(a)).dot(normal(a, b, c));
    }
    [[nodiscard]] double speed(int joint) const { return kSpeedScale * moved(joint).norm(); }
    [[nodiscard]] double height(int joint) const { return p(joint).y() - lowest(); }
    /// Angle between a -> b and c -> d strictly within (low, high), degrees.
    [[nodiscard]] bool angleWithin(int a, int b, int c, int d, double low, double high) const {
        return within(p(b) - p(a), p(d) - p(c), low, high);
    }
    [[nodiscard]] bool angleToUpWithin(int a, int b, double low, double high) const {
        return within(p(b) - p(a), Vec3d::UnitY(), low, high);
    }

private:
    static Vec3d unit(const Vec3d& v) {
        return v / v.norm();
    } // a vanishing direction gives NaN: every question is then answered no
    static bool within(const Vec3d& u, const Vec3d& v, double low, double high) {
        const double degrees = std::acos(u.dot(v) / (u.norm() * v.norm())) * (180.0 / 3.14159265358979323846);
        return degrees > low && degrees < high;
    }
    [[nodiscard]] Vec3d normal(int a, int b, int c) const { return unit((p(c) - p(a)).cross(p(b) - p(a))); }
    [[nodiscard]] double lowest() const {
        double y = now_[0].y();
        for (const Vec3& joint : now_) y = std::min(y, static_cast<double>(joint.y()));
        return y;
    }

    std::span<const Vec3> now_, before_;
};

std::array<bool, kGeometricFeatures> questions(const Moment& m) {
    constexpr double hl = kHumerus;
    constexpr int belly = Spine1, chest = Spine3, root = Pelvis;
    return {
        m.speedAlongNormal(Neck, RightHip, LeftHip, RightWrist) > 1.8 * hl,
        m.speedAlongNormal(Neck, LeftHip, RightHip, LeftWrist) > 1.8 * hl,
        m.along(chest, Neck, Neck, RightWrist) > 0.2 * hl,
        m.along(chest, Neck, Neck, LeftWrist) > 0.2 * hl,
        m.speedAlong(belly, chest, chest) > 1.8 * hl,
        m.speedAlong(belly, chest, chest) > 1.8 * hl,
        m.angleWithin(RightElbow, RightShoulder, RightElbow, RightWrist, 0, 110),
        m.angleWithin(LeftElbow, LeftShoulder, LeftElbow, LeftWrist, 0, 110),
        m.along(LeftShoulder, RightShoulder, LeftWrist, RightWrist) > 2.5 * kShoulderWidth,
        m.speedAlong(LeftWrist, RightWrist, RightWrist) > 1.4 * hl,
        m.speedAlong(RightWrist, root, LeftWrist) > 1.4 * hl,
        m.speedAlong(LeftWrist, root, RightWrist) > 1.4 * hl,
        m.speed(RightWrist) > 2.5 * hl,
        m.speed(LeftWrist) > 2.5 * hl,
        m.fromPlane(root, LeftHip, LeftFoot, RightAnkle) > 0.38 * hl,
        m.fromPlane(root, RightHip, RightFoot, LeftAnkle) > 0.38 * hl,
        m.height(RightAnkle) > 1.2 * hl,
        m.height(LeftAnkle) > 1.2 * hl,
        m.along(LeftHip, RightHip, LeftAnkle, RightAnkle) > 2.1 * kHipWidth,
        m.angleWithin(RightKnee, RightHip, RightKnee, RightAnkle, 0, 110),
        m.angleWithin(LeftKnee, LeftHip, LeftKnee, LeftAnkle, 0, 110),
        m.speed(RightAnkle) > 2.5 * hl,
        m.speed(LeftAnkle) > 2.5 * hl,
        m.angleWithin(Neck, root, RightShoulder, RightElbow, 25, 180),
        m.angleWithin(Neck, root, LeftShoulder, LeftElbow, 25, 180),
        m.angleWithin(Neck, root, RightHip, RightKnee, 50, 180),
        m.angleWithin(Neck, root, LeftHip, LeftKnee, 50, 180),
        m.fromPlane(RightAnkle, Neck, LeftAnkle, root) > 0.5 * hl,
        m.angleToUpWithin(Neck, root, 70, 110),
        -m.height(RightWrist) > -1.2 * hl,
        -m.height(LeftWrist) > -1.2 * hl,
        m.speed(root) > 2.3 * hl,
    };
}
} // namespace

std::vector<double> geometricFeatures(const motion::Positions& positions) {
    assert(positions.joints == kJoints);
    std::vector<double> features(kGeometricFeatures, 0.0);
    const std::size_t frames = positions.frames();
    if (frames < 2) return features;
    // Every question is about differences: subtracting the start of the root would change nothing.
    for (std::size_t f = 1; f < frames; ++f) {
        const auto answers = questions(Moment(positions.frame(f), positions.frame(f - 1)));
        for (std::size_t k = 0; k < kGeometricFeatures; ++k) features[k] += answers[k] ? 1.0 : 0.0;
    }
    for (double& share : features) share /= static_cast<double>(frames - 1);
    return features;
}

} // namespace choreia::eval
