/// The body: joints, parents and rest offsets. Our own 24-joint body, free of any licence but ours.
#pragma once

#include "core/result.h"
#include "motion/types.h"

#include <array>
#include <span>
#include <string>
#include <vector>

namespace choreia::motion {

inline constexpr int kJoints = 24;

/// Joint order of the field (metrics.md): the index of each joint of our body.
enum Joint : int {
    Pelvis, LeftHip, RightHip, Spine1, LeftKnee, RightKnee, Spine2, LeftAnkle, RightAnkle, Spine3, LeftFoot, RightFoot,
    Neck, LeftCollar, RightCollar, Head, LeftShoulder, RightShoulder, LeftElbow, RightElbow, LeftWrist, RightWrist, LeftHand, RightHand
};

/// Editable draft of a skeleton.
struct SkeletonDraft {
    std::vector<std::string> names;
    std::vector<int> parents;   ///< -1 for the root
    std::vector<Vec3> offsets;  ///< rest position relative to the parent, metres; the root's is its rest height
};

/// Immutable. Every parent index is below its child's; joint 0 is the only root.
class Skeleton {
public:
    /// Error where sizes differ, names repeat, a parent stands after its child, or there is not exactly one root.
    static Result<Skeleton> build(SkeletonDraft draft);
    /// Our adult body: 1.70 m, rest pose a T-pose facing +Z, left hand at +X, feet on y = 0.
    static const Skeleton& body();

    [[nodiscard]] int size() const { return static_cast<int>(draft_.parents.size()); }
    [[nodiscard]] const std::vector<std::string>& names() const { return draft_.names; }
    [[nodiscard]] std::span<const int> parents() const { return draft_.parents; }
    [[nodiscard]] std::span<const Vec3> offsets() const { return draft_.offsets; }
    [[nodiscard]] const Vec3& offset(int joint) const { return draft_.offsets[static_cast<std::size_t>(joint)]; }
    [[nodiscard]] int parent(int joint) const { return draft_.parents[static_cast<std::size_t>(joint)]; }
    /// Index of a name, or -1.
    [[nodiscard]] int find(std::string_view name) const;
    /// The same joints with other offsets (a body of other proportions).
    [[nodiscard]] Skeleton withOffsets(std::vector<Vec3> offsets) const;

private:
    explicit Skeleton(SkeletonDraft draft) : draft_(std::move(draft)) {}
    SkeletonDraft draft_;
};

/// The joint on the other side of the body (itself for those on the middle line).
int mirrored(int joint);

}  // namespace choreia::motion
