// One Gauss-Newton step after another, damped joint by joint by how unwilling that joint is to turn.
#include "motion/reach.h"

#include "motion/kinematics.h"
#include "motion/rotation.h"

#include <Eigen/Cholesky>

#include <algorithm>
#include <cmath>
#include <numbers>

namespace choreia::motion {

namespace {

using Matrix = Eigen::MatrixXf;
using Vector = Eigen::VectorXf;

constexpr int kSteps = 40;
constexpr float kDamping = 2e-3f;      // of a joint of stiffness 1
constexpr float kLargestTurn = 0.25f;  // rad a step
constexpr float kClose = 2e-4f;        // m
constexpr float kFarthest = 1.5f;      // m: a target further off than this only shows a direction
constexpr float kHeld = 12;            // weight of what is held beside what is taken: an unreachable target does not tear the feet away
constexpr float kBalance = 0.25f;
constexpr float kLegReach = 0.995f;    // of its length
constexpr float kLeastBend = 0.05f, kMostBend = 2.62f;  // rad, of elbows and knees
constexpr float kRootStiffness = 4;    // a metre of the pelvis against a radian of a limb

constexpr bool isHinge(int joint) { return joint == LeftKnee || joint == RightKnee || joint == LeftElbow || joint == RightElbow; }

/// How unwilling a joint is to turn, squared in the damping.
float stiffness(int joint) {
    switch (joint) {
    case Pelvis: return 5;
    case Spine1: case Spine2: case Spine3: return 3;
    case Neck: case Head: return 1.5f;
    case LeftCollar: case RightCollar: return 3;
    case LeftElbow: case RightElbow: case LeftKnee: case RightKnee: return 0.7f;
    default: return 1;
    }
}

/// Half the angle of the cone that a joint's turn from rest stays in, rad.
float limit(int joint) {
    switch (joint) {
    case Spine1: case Spine2: case Spine3: return 0.6f;
    case Neck: case Head: return 0.9f;
    case LeftCollar: case RightCollar: return 0.5f;
    case LeftWrist: case RightWrist: return 1.4f;
    case LeftAnkle: case RightAnkle: return 1.1f;
    case LeftHip: case RightHip: return 2.2f;
    default: return static_cast<float>(std::numbers::pi);
    }
}

/// Share of the body's mass that hangs on a joint (after Winter, Biomechanics and Motor Control of Human Movement: head 8, trunk 50, arms 5 each, legs 16 each %).
float mass(int joint) {
    switch (joint) {
    case Pelvis: return 0.14f;
    case Spine1: case Spine2: case Spine3: return 0.12f;
    case Head: return 0.08f;
    case LeftHip: case RightHip: return 0.05f;
    case LeftKnee: case RightKnee: return 0.075f;
    case LeftAnkle: case RightAnkle: return 0.035f;
    case LeftShoulder: case RightShoulder: return 0.02f;
    case LeftElbow: case RightElbow: return 0.02f;
    case LeftWrist: case RightWrist: return 0.01f;
    default: return 0;
    }
}

int childOf(const Skeleton& skeleton, int joint) {
    for (int c = joint + 1; c < skeleton.size(); ++c)
        if (skeleton.parent(c) == joint) return c;
    return -1;
}

struct Body {
    std::array<Vec3, kJoints> positions;
    std::array<Quat, kJoints> world;
};

Body bodyOf(const Skeleton& skeleton, const Pose& pose) {
    Body body;
    forwardKinematics(skeleton, pose.root, pose.rotations, body.positions, body.world);
    return body;
}

std::size_t at(int joint) { return static_cast<std::size_t>(joint); }

Vec3 centreOfMass(const Body& body) {
    Vec3 sum = Vec3::Zero();
    float all = 0;
    for (int j = 0; j < kJoints; ++j) {
        sum += mass(j) * body.positions[at(j)];
        all += mass(j);
    }
    return sum / all;
}

/// Bend of a hinge (0 straight) and the axis about which more of it goes, world.
std::pair<float, Vec3> hingeOf(const Skeleton& skeleton, const Body& body, int joint) {
    const int parent = skeleton.parent(joint), child = childOf(skeleton, joint);
    const Vec3 upper = (body.positions[at(joint)] - body.positions[at(parent)]).normalized(), lower = (body.positions[at(child)] - body.positions[at(joint)]).normalized();
    const Vec3 own = upper.cross(lower);
    const float bend = std::atan2(own.norm(), upper.dot(lower));
    // A straight limb shows no plane: the rest pose's (legs bend about +X, arms, lying along X, forwards).
    const Vec3 along = skeleton.offset(joint);
    const Vec3 rest = body.world[at(parent)] * (std::abs(along.y()) >= std::abs(along.x()) ? Vec3(Vec3::UnitX()) : along.x() > 0 ? Vec3(-Vec3::UnitY()) : Vec3(Vec3::UnitY()));
    const float trust = std::clamp((own.norm() - 0.03f) / 0.1f, 0.0f, 1.0f);
    Vec3 axis = (trust > 0 ? Vec3(trust * own.normalized()) : Vec3(Vec3::Zero())) + (1 - trust) * rest;
    axis -= upper * axis.dot(upper);
    if (axis.norm() < 1e-4f) axis = rest;
    return {bend, axis.normalized()};
}

struct Unknown {
    int joint;  // -1: the pelvis's place
    Vec3 axis;
    float damping;
};

}  // namespace

std::vector<int> heldFor(int joint) {
    const auto legOf = [](int j) {
        return j == LeftHip || j == LeftKnee || j == LeftAnkle || j == LeftFoot ? 0 : j == RightHip || j == RightKnee || j == RightAnkle || j == RightFoot ? 1 : -1;
    };
    std::vector<int> held;
    // The hips belong to the pelvis: who takes one moves the pelvis.
    const bool hip = joint == LeftHip || joint == RightHip;
    if (hip || legOf(joint) != 0) held.push_back(LeftAnkle);
    if (hip || legOf(joint) != 1) held.push_back(RightAnkle);
    return held;
}

Pose reach(const Skeleton& skeleton, const Pose& start, int joint, const Vec3& target, std::span<const int> held) {
    Pose pose = start;
    const Body first = bodyOf(skeleton, start);
    const Vec3 balance = centreOfMass(first);
    const Vec3 way = target - first.positions[at(joint)];
    std::vector<std::pair<int, Vec3>> goals = {{joint, way.norm() > kFarthest ? Vec3(first.positions[at(joint)] + way * (kFarthest / way.norm())) : target}};
    for (const int j : held)
        if (j != joint) goals.emplace_back(j, first.positions[at(j)]);
    const auto weight = [](std::size_t goal) { return goal == 0 ? 1.0f : kHeld; };

    // below[j][k]: k hangs on j.
    std::array<std::array<bool, kJoints>, kJoints> below{};
    for (int k = 0; k < kJoints; ++k)
        for (int j = k; j >= 0; j = skeleton.parent(j)) below[at(j)][at(k)] = true;
    std::array<float, kJoints> allowed;
    for (int j = 0; j < kJoints; ++j) allowed[at(j)] = std::max(limit(j), logMap(start.rotations[at(j)]).norm());

    float damping = kDamping;
    const auto errorOf = [&](const Body& body) {
        float sum = 0;
        for (std::size_t g = 0; g < goals.size(); ++g) sum += weight(g) * weight(g) * (goals[g].second - body.positions[at(goals[g].first)]).squaredNorm();
        const Vec3 sway = centreOfMass(body) - balance;
        return sum + kBalance * kBalance * (sway.x() * sway.x() + sway.z() * sway.z());
    };
    Body body = first;
    float error = errorOf(body);
    for (int step = 0; step < kSteps; ++step) {
        bool there = true;
        for (const auto& [j, place] : goals) there = there && (place - body.positions[at(j)]).norm() < kClose;
        if (there) break;

        std::vector<Unknown> unknowns;
        for (int j = 0; j < kJoints; ++j) {
            bool bears = false;
            for (const auto& [goal, place] : goals) bears = bears || (goal != j && below[at(j)][at(goal)]);
            if (!bears) continue;
            const float k = stiffness(j) * stiffness(j);
            if (isHinge(j)) unknowns.push_back({j, hingeOf(skeleton, body, j).second, k});
            else
                for (const Vec3& axis : {Vec3(Vec3::UnitX()), Vec3(Vec3::UnitY()), Vec3(Vec3::UnitZ())}) unknowns.push_back({j, axis, k});
        }
        for (const Vec3& axis : {Vec3(Vec3::UnitX()), Vec3(Vec3::UnitY()), Vec3(Vec3::UnitZ())}) unknowns.push_back({-1, axis, kRootStiffness * kRootStiffness});

        const auto n = static_cast<Eigen::Index>(unknowns.size()), rows = static_cast<Eigen::Index>(3 * goals.size() + 2);
        Matrix jacobian = Matrix::Zero(rows, n);
        Vector residual(rows);
        const Vec3 centre = centreOfMass(body);
        for (std::size_t g = 0; g < goals.size(); ++g) residual.segment<3>(static_cast<Eigen::Index>(3 * g)) = weight(g) * (goals[g].second - body.positions[at(goals[g].first)]);
        residual[rows - 2] = kBalance * (balance.x() - centre.x());
        residual[rows - 1] = kBalance * (balance.z() - centre.z());
        for (Eigen::Index u = 0; u < n; ++u) {
            const auto& [j, axis, k] = unknowns[static_cast<std::size_t>(u)];
            for (std::size_t g = 0; g < goals.size(); ++g) {
                const int goal = goals[g].first;
                if (j < 0) jacobian.block<3, 1>(static_cast<Eigen::Index>(3 * g), u) = weight(g) * axis;
                else if (below[at(j)][at(goal)]) jacobian.block<3, 1>(static_cast<Eigen::Index>(3 * g), u) = weight(g) * axis.cross(body.positions[at(goal)] - body.positions[at(j)]);
            }
            Vec3 sway = Vec3::Zero();
            if (j < 0) sway = axis;
            else
                for (int m = j + 1; m < kJoints; ++m)
                    if (mass(m) > 0 && below[at(j)][at(m)]) sway += mass(m) * axis.cross(body.positions[at(m)] - body.positions[at(j)]);
            jacobian(rows - 2, u) = kBalance * sway.x();
            jacobian(rows - 1, u) = kBalance * sway.z();
        }
        // More unknowns than rows: solved on the side of the rows, x = D^-1 J' (J D^-1 J' + I)^-1 r with D the damping.
        Vector loose(n);
        for (Eigen::Index u = 0; u < n; ++u) loose[u] = 1 / (damping * unknowns[static_cast<std::size_t>(u)].damping);
        const Matrix weighted = jacobian * loose.asDiagonal();
        Matrix square = weighted * jacobian.transpose();
        square.diagonal().array() += 1.0f;
        Vector x = weighted.transpose() * square.ldlt().solve(residual);
        const float largest = x.cwiseAbs().maxCoeff();
        if (largest > kLargestTurn) x *= kLargestTurn / largest;

        Pose next = pose;
        std::array<Vec3, kJoints> turns;
        turns.fill(Vec3::Zero());
        for (Eigen::Index u = 0; u < n; ++u) {
            const auto& [j, axis, k] = unknowns[static_cast<std::size_t>(u)];
            if (j < 0) {
                next.root += x[u] * axis;
                continue;
            }
            float turn = x[u];
            if (isHinge(j)) {
                const float bend = hingeOf(skeleton, body, j).first;
                turn = std::clamp(turn, std::min(0.0f, kLeastBend - bend), std::max(0.0f, kMostBend - bend));
            }
            turns[at(j)] += turn * axis;
        }
        for (int j = 0; j < kJoints; ++j) {
            if (turns[at(j)].isZero()) continue;
            const int parent = skeleton.parent(j);
            const Quat above = parent < 0 ? Quat::Identity() : body.world[at(parent)];
            Quat local = ((above.conjugate() * expMap(turns[at(j)]) * above) * pose.rotations[at(j)]).normalized();
            const Vec3 vector = logMap(local);
            if (!isHinge(j) && j != Pelvis && vector.norm() > allowed[at(j)]) local = expMap(vector * (allowed[at(j)] / vector.norm()));
            next.rotations[at(j)] = local;
        }
        const Body nextBody = bodyOf(skeleton, next);
        const float nextError = errorOf(nextBody);
        if (nextError >= error) {  // too bold
            damping *= 4;
            if (damping > 1e3f) break;
            continue;
        }
        damping = std::max(1e-5f, damping * 0.5f);
        const bool stuck = error - nextError < 1e-9f;
        pose = next;
        body = nextBody;
        error = nextError;
        if (stuck) break;
    }

    // Held feet are no compromise: where a leg would be too short for its place, the pelvis gives way.
    for (int round = 0; round < 20; ++round) {
        const Body now = bodyOf(skeleton, pose);
        Vec3 give = Vec3::Zero();
        for (std::size_t g = 1; g < goals.size(); ++g) {
            const auto& [j, place] = goals[g];
            if (j != LeftAnkle && j != RightAnkle) continue;
            const int knee = skeleton.parent(j), hip = skeleton.parent(knee);
            const float full = skeleton.offset(knee).norm() + skeleton.offset(j).norm(), was = (place - first.positions[at(hip)]).norm();
            const Vec3 leg = place - now.positions[at(hip)];
            const float over = leg.norm() - std::max(kLegReach * full, std::min(was, full));
            if (over > kClose) give += leg.normalized() * over;
        }
        if (give.isZero()) break;
        pose.root += give;
    }
    for (const auto& [j, place] : goals) {
        if (j != LeftAnkle && j != RightAnkle) continue;
        const int knee = skeleton.parent(j), hip = skeleton.parent(knee);
        if ((bodyOf(skeleton, pose).positions[at(j)] - place).norm() > kClose) solveTwoBone(skeleton, pose.root, pose.rotations, hip, knee, j, place);
        const Body now = bodyOf(skeleton, pose);
        pose.rotations[at(j)] = (now.world[at(knee)].conjugate() * first.world[at(j)]).normalized();
    }
    return pose;
}

}  // namespace choreia::motion
