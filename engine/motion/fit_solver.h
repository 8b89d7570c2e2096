/// Inside of the fit: one pose to one frame of points, and a source's proportions from many frames. Not for other rooms.
#pragma once

#include "motion/fit.h"
#include "motion/skeleton.h"

#include <Eigen/Core>
#include <Eigen/Geometry>

#include <array>
#include <span>
#include <vector>

namespace choreia::motion::fitting {

using V3 = Eigen::Vector3d;
using M3 = Eigen::Matrix3d;
using Q = Eigen::Quaterniond;

/// A body of the source's proportions with its points.
struct Model {
    std::array<V3, kJoints> offsets;       ///< metres, rest frame of the parent
    std::vector<Attachment> points;        ///< offsets as calibrated
    std::array<double, kJoints> stiffness; ///< factor on each joint's pull to rest, by what the points leave open
    Model() {
        offsets.fill(V3::Zero());
        stiffness.fill(1.0);
    }
};

struct Pose {
    V3 root = V3::Zero();
    std::array<Q, kJoints> local;
    Pose() { local.fill(Q::Identity()); }
};

/// Where the points of the model are in a pose. world: 24 rotations, joints: 24 positions, both filled.
void place(const Model& model, const Pose& pose, std::array<V3, kJoints>& joints, std::array<M3, kJoints>& world);

struct SolveOptions {
    int iterations = 4;
    double robust = 0.15;  ///< metres: points farther than this lose weight (Geman and McClure); the first iterations are milder
    double damping = 1e-6; ///< added to the diagonal
    double temporal = 0;   ///< weight of staying near `neighbour`, square metres a square radian
    const Pose* neighbour = nullptr;
};

/// Damped Gauss-Newton on root and local rotations. targets: a point each; weights: 0 leaves a point out of this frame.
/// Returns the weighted mean distance, metres.
double solvePose(const Model& model, std::span<const Vec3> targets, std::span<const float> weights, Pose& pose,
                 const SolveOptions& options);

/// A pose with the torso laid onto the targets, limbs at rest, then solved from there.
double coldStart(const Model& model, std::span<const Vec3> targets, std::span<const float> weights, Pose& pose);

/// Given poses of some frames, solves bone offsets (limbs: lengths; torso: offsets; left and right share them) and point offsets
/// by ridge least squares around `prior`. targets: [frames * points].
void calibrate(const Model& prior, const std::vector<Pose>& poses, std::span<const Vec3> targets, std::span<const float> weights,
               Model& model);

/// Where a source's knee leaps to the other side and back (its own solver flipped), the leg is carried over from the frames
/// around while hip and ankle follow the source. Changes poses in place.
void repairLegFlips(const Model& model, const Positions& positions, std::span<const float> trusted, std::vector<Pose>& poses);

} // namespace choreia::motion::fitting
