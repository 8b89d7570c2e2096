// Gauss-Newton on 75 numbers a frame. Rotations are updated from the left in the parent's frame, so the priors on the
// rotation vector have an exact gradient with a unit Jacobian.
#include "motion/fit_solver.h"

#include <Eigen/Cholesky>
#include <Eigen/Geometry>
#include <Eigen/SVD>

#include <algorithm>
#include <cmath>

namespace choreia::motion::fitting {

namespace {

constexpr int kUnknowns = 3 + 3 * kJoints;
using Normal = Eigen::Matrix<double, kUnknowns, kUnknowns>;
using Vector = Eigen::Matrix<double, kUnknowns, 1>;

V3 logOf(const Q& rotation) {
    const Q q = rotation.w() < 0 ? Q(-rotation.w(), -rotation.x(), -rotation.y(), -rotation.z()) : rotation;
    const double s = q.vec().norm();
    return s < 1e-9 ? V3(2 * q.vec()) : V3(q.vec() * (2 * std::atan2(s, q.w()) / s));
}

Q expOf(const V3& v) {
    const double angle = v.norm();
    if (angle < 1e-9) return Q(1, v.x() / 2, v.y() / 2, v.z() / 2).normalized();
    return Q(Eigen::AngleAxisd(angle, v / angle));
}

M3 cross(const V3& v) {
    M3 m;
    m << 0, -v.z(), v.y(), v.z(), 0, -v.x(), -v.y(), v.x(), 0;
    return m;
}

/// Pull of each joint's rotation vector towards rest, square metres a square radian, by axis of the rest frame.
struct RestPrior {
    V3 pull = V3::Zero();
    int hinge = -1;   ///< axis about which a knee or elbow bends
    double sense = 1; ///< +1 or -1: the way it bends
};

const std::array<RestPrior, kJoints>& restPriors() {
    static const auto priors = [] {
        std::array<RestPrior, kJoints> p;
        const auto set = [&p](int joint, double x, double y, double z) {
            p[static_cast<std::size_t>(joint)].pull = V3(x, y, z);
            p[static_cast<std::size_t>(mirrored(joint))].pull = V3(x, y, z);
        };
        set(Pelvis, 1e-6, 1e-6, 1e-6);
        set(LeftHip, 1e-4, 2e-4, 1e-4);
        set(Spine1, 1e-3, 1e-3, 1e-3);
        set(Spine2, 1e-3, 1e-3, 1e-3);
        set(Spine3, 1e-3, 1e-3, 1e-3);
        set(Neck, 1e-3, 1e-3, 1e-3);
        set(Head, 1e-3, 1e-3, 1e-3);
        set(LeftCollar, 3e-3, 1.5e-3, 1.5e-3);
        set(LeftShoulder, 2e-4, 1e-4, 1e-4);
        set(LeftKnee, 5e-5, 3e-3, 3e-3);
        set(LeftElbow, 6e-4, 5e-5, 3e-3);
        set(LeftAnkle, 3e-4, 6e-4, 6e-4);
        set(LeftFoot, 3e-3, 3e-3, 3e-3);
        set(LeftWrist, 6e-4, 2e-4, 2e-4);
        set(LeftHand, 3e-3, 3e-3, 3e-3);
        for (const int joint : {LeftKnee, RightKnee}) p[static_cast<std::size_t>(joint)].hinge = 0;
        p[LeftElbow].hinge = p[RightElbow].hinge = 1;
        p[LeftElbow].sense = -1;
        return p;
    }();
    return priors;
}
constexpr double kBackwards = 3e-2; ///< extra pull where a hinge bends the wrong way
constexpr double kFree = 0.05;      ///< radians a hinge may overstretch at no cost

double robustWeight(double distance, double scale) {
    const double r = distance / scale;
    return 1.0 / ((1 + r * r) * (1 + r * r));
}

} // namespace

void place(const Model& model, const Pose& pose, std::array<V3, kJoints>& joints, std::array<M3, kJoints>& world) {
    const auto parents = Skeleton::body().parents();
    joints[0] = pose.root;
    world[0] = pose.local[0].toRotationMatrix();
    for (std::size_t j = 1; j < kJoints; ++j) {
        const auto p = static_cast<std::size_t>(parents[j]);
        joints[j] = joints[p] + world[p] * model.offsets[j];
        world[j] = world[p] * pose.local[j].toRotationMatrix();
    }
}

double solvePose(const Model& model, std::span<const Vec3> targets, std::span<const float> weights, Pose& pose,
                 const SolveOptions& options) {
    const auto parents = Skeleton::body().parents();
    std::array<V3, kJoints> joints;
    std::array<M3, kJoints> world;
    Normal h;
    Vector g;
    double meanDistance = 0;
    for (int iteration = 0; iteration <= options.iterations; ++iteration) {
        place(model, pose, joints, world);
        h.setZero();
        g.setZero();
        // Milder at first, so that quick motion between frames is followed; then outliers are let go.
        const double scale = options.robust * std::max(1.0, 4.0 / (1 << std::min(iteration, 10)));
        double sum = 0, total = 0;
        for (std::size_t i = 0; i < targets.size(); ++i) {
            const Attachment& point = model.points[i];
            const double base = static_cast<double>(point.weight) * static_cast<double>(weights[i]);
            if (base <= 0) continue;
            const auto joint = static_cast<std::size_t>(point.joint);
            const V3 at = joints[joint] + world[joint] * point.offset.cast<double>();
            const V3 residual = at - targets[i].cast<double>();
            const double distance = residual.norm();
            sum += base * distance;
            total += base;
            const double w = base * robustWeight(distance, scale);
            // Chain of joints whose rotation moves the point.
            std::array<int, 12> chain{};
            std::array<M3, 12> jacobian;
            std::size_t count = 0;
            for (int a = point.joint; a >= 0; a = parents[static_cast<std::size_t>(a)]) {
                const auto k = static_cast<std::size_t>(a);
                if (a == point.joint && point.offset.isZero()) continue;
                chain[count] = a;
                jacobian[count] = -cross(at - joints[k]);
                if (parents[k] >= 0) jacobian[count] = jacobian[count] * world[static_cast<std::size_t>(parents[k])];
                ++count;
            }
            h.topLeftCorner<3, 3>().diagonal().array() += w;
            g.head<3>() += w * residual;
            for (std::size_t a = 0; a < count; ++a) {
                const Eigen::Index ca = 3 + 3 * chain[a];
                g.segment<3>(ca) += w * jacobian[a].transpose() * residual;
                h.block<3, 3>(ca, 0) += w * jacobian[a].transpose();
                for (std::size_t b = a; b < count; ++b) {
                    // The chain climbs, so chain[a] >= chain[b]: the lower triangle.
                    h.block<3, 3>(ca, 3 + 3 * chain[b]) += w * jacobian[a].transpose() * jacobian[b];
                }
            }
        }
        meanDistance = total > 0 ? sum / total : 0;
        if (iteration == options.iterations) break;
        const auto& priors = restPriors();
        for (std::size_t j = 0; j < kJoints; ++j) {
            const V3 r = logOf(pose.local[j]);
            V3 pull = priors[j].pull * model.stiffness[j];
            V3 wanted = V3::Zero();
            if (priors[j].hinge >= 0 && r[priors[j].hinge] * priors[j].sense < -kFree) {
                pull[priors[j].hinge] += kBackwards;
                wanted[priors[j].hinge] = -kFree * priors[j].sense;
            }
            const auto c = static_cast<Eigen::Index>(3 + 3 * j);
            for (int k = 0; k < 3; ++k) {
                h(c + k, c + k) += pull[k];
                g(c + k) += pull[k] * (r[k] - wanted[k]);
            }
            if (options.neighbour && options.temporal > 0) {
                const V3 step = logOf(pose.local[j] * options.neighbour->local[j].conjugate());
                for (int k = 0; k < 3; ++k) h(c + k, c + k) += options.temporal;
                g.segment<3>(c) += options.temporal * step;
            }
        }
        if (options.neighbour && options.temporal > 0) {
            const double rootPull = 1e-3;
            h.topLeftCorner<3, 3>().diagonal().array() += rootPull;
            g.head<3>() += rootPull * (pose.root - options.neighbour->root);
        }
        h.diagonal().array() += options.damping;
        const Vector step = -h.selfadjointView<Eigen::Lower>().llt().solve(g);
        if (!step.allFinite()) break;
        pose.root += step.head<3>();
        for (std::size_t j = 0; j < kJoints; ++j) {
            V3 turn = step.segment<3>(static_cast<Eigen::Index>(3 + 3 * j));
            if (turn.norm() > 0.7) turn *= 0.7 / turn.norm();
            pose.local[j] = (expOf(turn) * pose.local[j]).normalized();
        }
        if (step.cwiseAbs().maxCoeff() < 1e-5) {
            place(model, pose, joints, world);
            break;
        }
    }
    return meanDistance;
}

double coldStart(const Model& model, std::span<const Vec3> targets, std::span<const float> weights, Pose& pose) {
    std::array<V3, kJoints> joints;
    std::array<M3, kJoints> world;
    place(model, Pose(), joints, world);
    V3 meanRest = V3::Zero(), meanTarget = V3::Zero();
    double total = 0;
    const auto torso = [](int joint) {
        return joint == Pelvis || joint == LeftHip || joint == RightHip || joint == Spine1 || joint == Spine2 ||
               joint == Spine3 || joint == Neck || joint == LeftCollar || joint == RightCollar || joint == LeftShoulder ||
               joint == RightShoulder;
    };
    std::vector<std::pair<V3, V3>> pairs;
    std::vector<double> pairWeights;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        const double w = static_cast<double>(model.points[i].weight) * static_cast<double>(weights[i]);
        if (w <= 0 || !torso(model.points[i].joint)) continue;
        const auto j = static_cast<std::size_t>(model.points[i].joint);
        // Only centres and torso skin: axis points of a raised arm would tell nothing of the trunk.
        if (!model.points[i].onJoint && (model.points[i].joint == LeftShoulder || model.points[i].joint == RightShoulder ||
                                         model.points[i].joint == LeftHip || model.points[i].joint == RightHip)) {
            continue;
        }
        pairs.emplace_back(joints[j] + model.points[i].offset.cast<double>(), targets[i].cast<double>());
        pairWeights.push_back(w);
        meanRest += w * pairs.back().first;
        meanTarget += w * pairs.back().second;
        total += w;
    }
    pose = Pose();
    if (total > 0) {
        meanRest /= total;
        meanTarget /= total;
        M3 covariance = M3::Zero();
        for (std::size_t k = 0; k < pairs.size(); ++k) {
            covariance += pairWeights[k] * (pairs[k].second - meanTarget) * (pairs[k].first - meanRest).transpose();
        }
        // Kabsch: the rotation nearest to the covariance, never a mirror image.
        const Eigen::JacobiSVD<M3> svd(covariance, Eigen::ComputeFullU | Eigen::ComputeFullV);
        V3 signs(1, 1, (svd.matrixU() * svd.matrixV().transpose()).determinant() < 0 ? -1 : 1);
        const M3 rotation = svd.matrixU() * signs.asDiagonal() * svd.matrixV().transpose();
        pose.local[0] = Q(rotation).normalized();
        pose.root = meanTarget - rotation * meanRest;
    }
    SolveOptions options;
    options.iterations = 40;
    options.robust = 1.0;
    options.damping = 1e-3;
    solvePose(model, targets, weights, pose, options);
    options.iterations = 15;
    options.robust = 0.3;
    options.damping = 1e-5;
    return solvePose(model, targets, weights, pose, options);
}

} // namespace choreia::motion::fitting
