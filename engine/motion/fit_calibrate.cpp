// Given rotations, every point is linear in bone offsets and point offsets: one ridge least squares, the roots eliminated.
#include "motion/fit_solver.h"

#include <Eigen/Cholesky>

#include <algorithm>
#include <array>
#include <cmath>

namespace choreia::motion::fitting {

namespace {

/// One unknown: it adds `direction` (times its value) to a bone's or point's offset. Several unknowns share an index between left
/// and right.
struct Term {
    Eigen::Index unknown;
    V3 direction;
};

struct Layout {
    std::array<std::vector<Term>, kJoints> bones;
    std::vector<std::vector<Term>> points;
    std::vector<double> ridge; ///< a frame, square metres a unit of the unknown
};

V3 mirroredVector(const V3& v) { return {-v.x(), v.y(), v.z()}; }

bool isLimb(int joint) {
    switch (joint) {
    case LeftKnee:
    case RightKnee:
    case LeftAnkle:
    case RightAnkle:
    case LeftFoot:
    case RightFoot:
    case LeftElbow:
    case RightElbow:
    case LeftWrist:
    case RightWrist:
    case LeftHand:
    case RightHand:
        return true;
    default:
        return false;
    }
}

/// Index of the point that mirrors point i, or i itself.
std::size_t mirrorPoint(const std::vector<Attachment>& points, std::size_t i) {
    const Vec3 wanted(-points[i].offset.x(), points[i].offset.y(), points[i].offset.z());
    for (std::size_t k = 0; k < points.size(); ++k) {
        if (k != i && points[k].weight > 0 && points[k].joint == mirrored(points[i].joint) &&
            points[k].onJoint == points[i].onJoint && (points[k].offset - wanted).norm() < 1e-6f) {
            return k;
        }
    }
    return i;
}

Layout layOut(const Model& prior) {
    // Expected deviations from the prior, metres, against a noise of 2 cm a point.
    constexpr double kNoise = 0.02;
    const auto strength = [](double sigma) { return (kNoise / sigma) * (kNoise / sigma); };
    Layout layout;
    const auto add = [&layout](double ridge) {
        layout.ridge.push_back(ridge);
        return static_cast<Eigen::Index>(layout.ridge.size() - 1);
    };
    for (int j = 1; j < kJoints; ++j) {
        const auto k = static_cast<std::size_t>(j);
        const int other = mirrored(j);
        if (other < j) {
            for (const Term& t : layout.bones[static_cast<std::size_t>(other)])
                layout.bones[k].push_back({t.unknown, mirroredVector(t.direction)});
            continue;
        }
        if (isLimb(j)) {
            const V3 offset = prior.offsets[k];
            layout.bones[k].push_back({add(strength(0.08)), offset.normalized()});
        } else {
            if (other != j) layout.bones[k].push_back({add(strength(0.04)), V3::UnitX()});
            layout.bones[k].push_back({add(strength(j == LeftHip ? 0.02 : 0.05)), V3::UnitY()});
            // Depth of hips and spine trades against the pelvis's and chest's tilt: held; of the head less so.
            layout.bones[k].push_back({add(strength(j == Head ? 0.08 : 0.010)), V3::UnitZ()});
        }
    }
    layout.points.resize(prior.points.size());
    for (std::size_t i = 0; i < prior.points.size(); ++i) {
        const Attachment& point = prior.points[i];
        if (point.weight <= 0) continue;
        const std::size_t other = mirrorPoint(prior.points, i);
        if (other < i) {
            for (const Term& t : layout.points[other]) layout.points[i].push_back({t.unknown, mirroredVector(t.direction)});
            continue;
        }
        const double sigma = static_cast<double>(point.slack);
        // A point on the middle line stays there.
        if (other != i || mirrored(point.joint) != point.joint || point.offset.x() != 0)
            layout.points[i].push_back({add(strength(sigma)), V3::UnitX()});
        layout.points[i].push_back({add(strength(sigma)), V3::UnitY()});
        layout.points[i].push_back({add(strength(sigma)), V3::UnitZ()});
    }
    return layout;
}

} // namespace

void calibrate(const Model& prior, const std::vector<Pose>& poses, std::span<const Vec3> targets, std::span<const float> weights,
               Model& model) {
    const auto parents = Skeleton::body().parents();
    const Layout layout = layOut(prior);
    const auto unknowns = static_cast<Eigen::Index>(layout.ridge.size());
    const std::size_t count = prior.points.size();
    Eigen::MatrixXd h = Eigen::MatrixXd::Zero(unknowns, unknowns);
    Eigen::VectorXd g = Eigen::VectorXd::Zero(unknowns);
    std::array<V3, kJoints> joints;
    std::array<M3, kJoints> world;
    std::array<V3, kJoints> priorJoints;
    Eigen::Matrix<double, 3, Eigen::Dynamic> coupling(3, unknowns);
    for (std::size_t f = 0; f < poses.size(); ++f) {
        place(prior, poses[f], priorJoints, world);
        place(model, poses[f], joints, world);
        coupling.setZero();
        V3 residualSum = V3::Zero();
        double weightSum = 0;
        for (std::size_t i = 0; i < count; ++i) {
            const Attachment& point = prior.points[i];
            double w = static_cast<double>(point.weight) * static_cast<double>(weights[f * count + i]);
            if (w <= 0) continue;
            const auto joint = static_cast<std::size_t>(point.joint);
            const V3 target = targets[f * count + i].cast<double>();
            // Points far off (a flipped knee, a lost marker) must not shape the body.
            const double off = (joints[joint] + world[joint] * model.points[i].offset.cast<double>() - target).norm() / 0.15;
            w /= (1 + off * off) * (1 + off * off);
            const V3 residual = target - (priorJoints[joint] + world[joint] * point.offset.cast<double>());
            std::vector<Term> terms;
            for (const Term& t : layout.points[i]) terms.push_back({t.unknown, world[joint] * t.direction});
            for (int a = point.joint; a > 0; a = parents[static_cast<std::size_t>(a)]) {
                const M3& frame = world[static_cast<std::size_t>(parents[static_cast<std::size_t>(a)])];
                for (const Term& t : layout.bones[static_cast<std::size_t>(a)]) terms.push_back({t.unknown, frame * t.direction});
            }
            for (const Term& s : terms) {
                g(s.unknown) += w * s.direction.dot(residual);
                coupling.col(s.unknown) += w * s.direction;
                for (const Term& t : terms) h(s.unknown, t.unknown) += w * s.direction.dot(t.direction);
            }
            residualSum += w * residual;
            weightSum += w;
        }
        if (weightSum <= 0) continue;
        // The root is free in every frame: its best place is subtracted.
        h.noalias() -= coupling.transpose() * coupling / weightSum;
        g.noalias() -= coupling.transpose() * residualSum / weightSum;
    }
    for (Eigen::Index k = 0; k < unknowns; ++k) {
        h(k, k) += layout.ridge[static_cast<std::size_t>(k)] * static_cast<double>(poses.size());
    }
    const Eigen::VectorXd solution = h.ldlt().solve(g);
    if (!solution.allFinite()) return;
    for (std::size_t j = 1; j < kJoints; ++j) {
        V3 offset = prior.offsets[j];
        for (const Term& t : layout.bones[j]) offset += solution(t.unknown) * t.direction;
        // A limb keeps at least a third of the length expected of it.
        if (isLimb(static_cast<int>(j)) && offset.dot(prior.offsets[j]) < prior.offsets[j].squaredNorm() / 3)
            offset = prior.offsets[j] / 3;
        model.offsets[j] = offset;
    }
    for (std::size_t i = 0; i < count; ++i) {
        V3 offset = prior.points[i].offset.cast<double>();
        for (const Term& t : layout.points[i]) offset += solution(t.unknown) * t.direction;
        model.points[i].offset = offset.cast<float>();
    }
}

} // namespace choreia::motion::fitting
