// The simple body: a capsule a bone, widths of an adult, bent softly at the joints.
#include "io/gltf_motion.h"

#include "motion/kinematics.h"
#include "motion/skeleton.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace choreia::io {

namespace {

using motion::Vec3;

constexpr int kAround = 16;  // vertices of a ring
constexpr int kCap = 4;      // rings of a rounded end
constexpr int kAlong = 6;    // rings between the ends

// A limb from the joint to `end` (rest pose): widths at both ends, and how deep it is compared to its width.
struct Limb {
    int joint;
    int next;  // the joint at its far end, -1 for none
    Vec3 tip;  // the far end where next is -1, relative to joint
    float from, to, depth;
};

const std::array<Limb, 17>& leftAndMiddle() {
    using namespace motion;
    static const std::array<Limb, 17> limbs = {{{Pelvis, -1, {0.07f, -0.03f, 0}, 0.11f, 0.105f, 0.95f},
                                                {Pelvis, Spine1, {}, 0.135f, 0.125f, 0.8f},
                                                {Spine1, Spine2, {}, 0.125f, 0.135f, 0.8f},
                                                {Spine2, Spine3, {}, 0.135f, 0.15f, 0.75f},
                                                {Spine3, -1, {0, 0.09f, -0.005f}, 0.15f, 0.12f, 0.72f},
                                                {LeftCollar, LeftShoulder, {}, 0.075f, 0.065f, 1},
                                                {Neck, Head, {}, 0.055f, 0.052f, 1},
                                                {LeftHip, LeftKnee, {}, 0.085f, 0.057f, 1},
                                                {LeftKnee, LeftAnkle, {}, 0.057f, 0.04f, 1},
                                                {LeftAnkle, LeftFoot, {}, 0.05f, 0.038f, 0.6f},
                                                {LeftFoot, -1, {0, -0.002f, 0.05f}, 0.038f, 0.03f, 0.55f},
                                                {LeftShoulder, LeftElbow, {}, 0.05f, 0.04f, 1},
                                                {LeftElbow, LeftWrist, {}, 0.04f, 0.028f, 1},
                                                {LeftWrist, LeftHand, {}, 0.03f, 0.036f, 0.6f},
                                                {LeftHand, -1, {0.08f, -0.004f, 0}, 0.034f, 0.018f, 0.6f},
                                                {LeftWrist, -1, {0.07f, -0.01f, 0.055f}, 0.018f, 0.012f, 1},
                                                {Head, -1, {0, 0.075f, 0.015f}, 0.085f, 0.088f, 1.12f}}};
    return limbs;
}

class Builder {
public:
    Builder() {
        rest_.resize(motion::kJoints);
        const std::vector<motion::Quat> still(motion::kJoints, motion::Quat::Identity());
        const auto& body = motion::Skeleton::body();
        motion::forwardKinematics(body, body.offset(0), still, rest_);
    }

    // mirror: seen in the plane x = 0, for the right side.
    void limb(const Limb& limb, bool mirror) {
        const auto own = [mirror](int joint) { return mirror ? motion::mirrored(joint) : joint; };
        const int joint = own(limb.joint), next = limb.next < 0 ? -1 : own(limb.next);
        const Vec3 a = rest_[static_cast<std::size_t>(joint)];
        const Vec3 tip = mirror ? Vec3(-limb.tip.x(), limb.tip.y(), limb.tip.z()) : limb.tip;
        const Vec3 b = next < 0 ? Vec3(a + tip) : rest_[static_cast<std::size_t>(next)];
        const Vec3 along = (b - a).normalized();
        // The ring's second direction is as far to the front (or, for a limb that points there, up) as it can be: depth is measured along it.
        Vec3 front = std::abs(along.z()) < 0.8f ? Vec3::UnitZ() : Vec3::UnitY();
        if (std::abs(along.x()) > 0.8f) front = limb.depth < 1 ? Vec3::UnitY() : Vec3::UnitZ();
        front = (front - along * along.dot(front)).normalized();
        const Vec3 side = front.cross(along);
        const float length = (b - a).norm();
        const auto base = static_cast<std::uint16_t>(mesh_.vertices.size());
        int rings = 0;
        const auto ring = [&](float at, float radius, float slope) {
            for (int i = 0; i < kAround; ++i) {
                const float angle = 2 * std::numbers::pi_v<float> * static_cast<float>(i) / kAround;
                const float c = std::cos(angle), s = std::sin(angle);
                BodyMesh::Vertex v{};
                v.position = a + along * at + (side * c + front * (s * limb.depth)) * radius;
                v.normal = (side * c + front * (s / limb.depth) + along * slope).normalized();
                weigh(v, joint, next, length > 0 ? at / length : 0);
                mesh_.vertices.push_back(v);
            }
            ++rings;
        };
        for (int i = 0; i <= kCap; ++i) {
            const float angle = std::numbers::pi_v<float> / 2 * static_cast<float>(i) / kCap;
            ring(-limb.from * std::cos(angle), limb.from * std::max(std::sin(angle), 0.01f), -1 / std::max(std::tan(angle), 0.01f));
        }
        for (int i = 1; i < kAlong; ++i) {
            const float t = static_cast<float>(i) / kAlong;
            ring(t * length, limb.from + (limb.to - limb.from) * t, (limb.from - limb.to) / std::max(length, 0.01f));
        }
        for (int i = kCap; i >= 0; --i) {
            const float angle = std::numbers::pi_v<float> / 2 * static_cast<float>(i) / kCap;
            ring(length + limb.to * std::cos(angle), limb.to * std::max(std::sin(angle), 0.01f), 1 / std::max(std::tan(angle), 0.01f));
        }
        for (int r = 0; r + 1 < rings; ++r) {
            for (int i = 0; i < kAround; ++i) {
                const auto at = [&](int row, int column) { return static_cast<std::uint16_t>(base + row * kAround + column % kAround); };
                for (const auto index : {at(r, i), at(r, i + 1), at(r + 1, i), at(r + 1, i), at(r, i + 1), at(r + 1, i + 1)}) mesh_.triangles.push_back(index);
            }
        }
    }

    BodyMesh take() { return std::move(mesh_); }

private:
    // Near its ends a limb is shared with the parent (start) and the next joint (end), so that elbows and knees bend without a gap.
    static void weigh(BodyMesh::Vertex& v, int joint, int next, float t) {
        const int parent = motion::Skeleton::body().parent(joint);
        float other = 0;
        int with = joint;
        if (t < 0.2f && parent >= 0) {
            with = parent;
            other = std::clamp(0.4f - 2 * t, 0.0f, 0.5f);
        } else if (t > 0.8f && next >= 0) {
            with = next;
            other = std::clamp(2 * t - 1.6f, 0.0f, 0.5f);
        }
        v.joint[0] = static_cast<std::uint8_t>(joint);
        v.joint[1] = static_cast<std::uint8_t>(other > 0 ? with : 0);
        v.weight[0] = 1 - other;
        v.weight[1] = other;
    }

    std::vector<Vec3> rest_;
    BodyMesh mesh_;
};

}  // namespace

BodyMesh bodyMesh() {
    Builder builder;
    for (const Limb& limb : leftAndMiddle()) {
        builder.limb(limb, false);
        if (motion::mirrored(limb.joint) != limb.joint || limb.tip.x() != 0) builder.limb(limb, true);
    }
    return builder.take();
}

}  // namespace choreia::io
