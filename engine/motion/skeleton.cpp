// Our own body: lengths chosen from common adult proportions and rounded, not taken from any body model.
#include "motion/skeleton.h"

#include <algorithm>
#include <cassert>
#include <set>
#include <string_view>

namespace choreia::motion {

Result<Skeleton> Skeleton::build(SkeletonDraft draft) {
    const std::string where = "skeleton";
    if (draft.names.size() != draft.parents.size() || draft.offsets.size() != draft.parents.size()) {
        return badInput(where, "names, parents and offsets differ in number", std::to_string(draft.parents.size()),
                        std::to_string(draft.names.size()) + " names, " + std::to_string(draft.offsets.size()) + " offsets");
    }
    if (draft.parents.empty()) return badInput(where, "no joints");
    std::set<std::string> seen;
    for (std::size_t j = 0; j < draft.parents.size(); ++j) {
        if (!seen.insert(draft.names[j]).second) return badInput(where, "joint name repeats: " + draft.names[j]);
        const int parent = draft.parents[j];
        if (j == 0 ? parent != -1 : parent < 0) return badInput(where, "not exactly one root, at index 0", {}, draft.names[j]);
        if (parent >= static_cast<int>(j)) return badInput(where, "parent stands after its child", {}, draft.names[j]);
        if (!draft.offsets[j].allFinite()) return badInput(where, "offset is not finite", {}, draft.names[j]);
    }
    return Skeleton(std::move(draft));
}

const Skeleton& Skeleton::body() {
    static const Skeleton skeleton = [] {
        SkeletonDraft d;
        const auto add = [&d](const char* name, int parent, float x, float y, float z) {
            d.names.emplace_back(name);
            d.parents.push_back(parent);
            d.offsets.emplace_back(x, y, z);
        };
        add("pelvis", -1, 0.0f, 0.950f, 0.0f);
        add("left_hip", Pelvis, 0.085f, -0.065f, 0.0f);
        add("right_hip", Pelvis, -0.085f, -0.065f, 0.0f);
        add("spine1", Pelvis, 0.0f, 0.100f, -0.010f);
        add("left_knee", LeftHip, 0.0f, -0.405f, 0.010f);
        add("right_knee", RightHip, 0.0f, -0.405f, 0.010f);
        add("spine2", Spine1, 0.0f, 0.125f, 0.0f);
        // The ankle lies 4 % of the stature above the sole (the outer malleolus of an adult), the ball of the foot 2 cm.
        add("left_ankle", LeftKnee, 0.0f, -0.408f, -0.025f);
        add("right_ankle", RightKnee, 0.0f, -0.408f, -0.025f);
        add("spine3", Spine2, 0.0f, 0.070f, 0.010f);
        add("left_foot", LeftAnkle, 0.015f, -0.052f, 0.130f);
        add("right_foot", RightAnkle, -0.015f, -0.052f, 0.130f);
        add("neck", Spine3, 0.0f, 0.195f, -0.020f);
        add("left_collar", Spine3, 0.065f, 0.110f, -0.005f);
        add("right_collar", Spine3, -0.065f, 0.110f, -0.005f);
        add("head", Neck, 0.0f, 0.095f, 0.025f);
        add("left_shoulder", LeftCollar, 0.120f, 0.035f, -0.010f);
        add("right_shoulder", RightCollar, -0.120f, 0.035f, -0.010f);
        add("left_elbow", LeftShoulder, 0.257f, 0.0f, 0.0f);
        add("right_elbow", RightShoulder, -0.257f, 0.0f, 0.0f);
        add("left_wrist", LeftElbow, 0.245f, 0.0f, 0.0f);
        add("right_wrist", RightElbow, -0.245f, 0.0f, 0.0f);
        add("left_hand", LeftWrist, 0.080f, -0.005f, 0.0f);
        add("right_hand", RightWrist, -0.080f, -0.005f, 0.0f);
        auto built = build(std::move(d));
        assert(built.ok());
        return std::move(built).value();
    }();
    return skeleton;
}

int Skeleton::find(std::string_view name) const {
    const auto it = std::find(draft_.names.begin(), draft_.names.end(), name);
    return it == draft_.names.end() ? -1 : static_cast<int>(it - draft_.names.begin());
}

Skeleton Skeleton::withOffsets(std::vector<Vec3> offsets) const {
    assert(offsets.size() == draft_.offsets.size());
    SkeletonDraft d = draft_;
    d.offsets = std::move(offsets);
    return Skeleton(std::move(d));
}

int mirrored(int joint) {
    static constexpr std::array<int, kJoints> other = {
        Pelvis,        RightHip,     LeftHip,    Spine1,    RightKnee,  LeftKnee,    Spine2,     RightAnkle,
        LeftAnkle,     Spine3,       RightFoot,  LeftFoot,  Neck,       RightCollar, LeftCollar, Head,
        RightShoulder, LeftShoulder, RightElbow, LeftElbow, RightWrist, LeftWrist,   RightHand,  LeftHand};
    return other[static_cast<std::size_t>(joint)];
}

} // namespace choreia::motion
