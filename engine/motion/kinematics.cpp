// Forward kinematics walks the joints in order (parents come first). The two-bone solver bends first, then swings.
#include "motion/kinematics.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace choreia::motion {

void forwardKinematics(const Skeleton& skeleton, const Vec3& root, std::span<const Quat> rotations, std::span<Vec3> positions,
                       std::span<Quat> worldRotations) {
    const auto n = static_cast<std::size_t>(skeleton.size());
    assert(rotations.size() >= n && positions.size() >= n && worldRotations.size() >= n);
    const auto parents = skeleton.parents();
    const auto offsets = skeleton.offsets();
    positions[0] = root;
    worldRotations[0] = rotations[0];
    for (std::size_t j = 1; j < n; ++j) {
        const auto p = static_cast<std::size_t>(parents[j]);
        positions[j] = positions[p] + worldRotations[p] * offsets[j];
        worldRotations[j] = worldRotations[p] * rotations[j];
    }
}

void forwardKinematics(const Skeleton& skeleton, const Vec3& root, std::span<const Quat> rotations, std::span<Vec3> positions) {
    std::vector<Quat> world(static_cast<std::size_t>(skeleton.size()));
    forwardKinematics(skeleton, root, rotations, positions, world);
}

Positions jointPositions(const Skeleton& skeleton, const Clip& clip) {
    assert(skeleton.size() == kJoints);
    Positions out;
    out.fps = clip.fps;
    out.joints = kJoints;
    out.values.resize(clip.frames() * kJoints);
    std::array<Quat, kJoints> world;
    for (std::size_t f = 0; f < clip.frames(); ++f) forwardKinematics(skeleton, clip.root[f], clip.pose(f), out.frame(f), world);
    return out;
}

namespace {
/// The axis about which knee or elbow bends, in the rest frame, where the limb is straight and shows no plane of its own.
Vec3 restBendAxis(const Vec3& along) {
    // Legs hang along -Y and bend about +X; arms lie along +-X and bend forwards, about -+Y.
    if (std::abs(along.y()) >= std::abs(along.x())) return Vec3::UnitX();
    return along.x() > 0 ? Vec3(-Vec3::UnitY()) : Vec3(Vec3::UnitY());
}
} // namespace

void solveTwoBone(const Skeleton& skeleton, const Vec3& root, std::span<Quat> rotations, int upper, int middle, int end,
                  const Vec3& target) {
    assert(skeleton.parent(middle) == upper && skeleton.parent(end) == middle);
    const auto n = static_cast<std::size_t>(skeleton.size());
    std::vector<Vec3> positions(n);
    std::vector<Quat> world(n);
    forwardKinematics(skeleton, root, rotations, positions, world);
    const auto u = static_cast<std::size_t>(upper), m = static_cast<std::size_t>(middle), e = static_cast<std::size_t>(end);
    const Vec3 a = positions[u], b = positions[m], c = positions[e];
    const float la = (b - a).norm(), lb = (c - b).norm();
    const float full = la + lb, nearest = std::abs(la - lb) + 1e-4f * full;
    const Vec3 reach = target - a;
    float distance = reach.norm();
    if (la < 1e-6f || lb < 1e-6f || distance < 1e-6f) return;
    // The last 2% of the length is approached asymptotically: a straight limb would pop.
    const float soft = 0.02f * full, knee = full - soft;
    if (distance > knee) distance = knee + soft * (1 - std::exp(-(distance - knee) / soft)) * 0.95f;
    distance = std::clamp(distance, nearest, full * 0.9995f);

    // Angle between the bones at the middle joint that gives this distance.
    const auto interior = [&](float d) {
        return std::acos(std::clamp((la * la + lb * lb - d * d) / (2 * la * lb), -1.0f, 1.0f));
    };
    const float now = std::acos(std::clamp((a - b).dot(c - b) / (la * lb), -1.0f, 1.0f));
    const Vec3 ownAxis = (b - a).cross(c - b);
    const Vec3 restAxis = world[u] * restBendAxis(skeleton.offset(middle));
    const float planar = ownAxis.norm() / (la * lb);
    // A nearly straight limb has no plane: lean on the body's own bending axis there.
    const float trust = std::clamp((planar - 0.02f) / 0.08f, 0.0f, 1.0f);
    Vec3 axis = trust > 0 ? Vec3(trust * ownAxis.normalized() + (1 - trust) * restAxis) : restAxis;
    axis -= (b - a) * (axis.dot(b - a) / (la * la));
    if (axis.norm() < 1e-4f) axis = restAxis;
    axis.normalize();
    const Quat endWorld = world[e];
    const Quat bend(Eigen::AngleAxisf(now - interior(distance), axis));
    const Vec3 bent = b + bend * (c - b);
    const Quat swing = Quat::FromTwoVectors(bent - a, reach);
    const Quat upperWorld = (swing * world[u]).normalized();
    const Quat middleWorld = (swing * bend * world[m]).normalized();
    const int parent = skeleton.parent(upper);
    const Quat parentWorld = parent < 0 ? Quat::Identity() : world[static_cast<std::size_t>(parent)];
    rotations[u] = (parentWorld.conjugate() * upperWorld).normalized();
    rotations[m] = (upperWorld.conjugate() * middleWorld).normalized();
    rotations[e] = (middleWorld.conjugate() * endWorld).normalized();
}

} // namespace choreia::motion
