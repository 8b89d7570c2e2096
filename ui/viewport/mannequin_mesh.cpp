// The shape of the mannequin: measured by eye on a 1.70 m body, piece by piece, and stretched to the skeleton's bones.
#include "viewport/mannequin_mesh.h"

#include "viewport/loft.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace choreia::ui {

namespace {

using motion::Vec3;
using enum motion::Joint;

/// A station of a limb or the trunk: part of the bone's length (the trunk: metres above the pelvis), half widths (metres on the 1.70 m body), and a shift forward.
struct Station {
    float part, u, v, forward = 0;
};

class Sculptor {
public:
    Sculptor(const motion::Skeleton& skeleton, int segments) : skeleton_(skeleton), segments_(segments) {
        const auto legOf = [](const motion::Skeleton& s) { return s.offset(LeftKnee).norm() + s.offset(LeftAnkle).norm(); };
        rest_ = restPositions(skeleton);
        thickness_ = legOf(skeleton) / std::max(0.1f, legOf(motion::Skeleton::body()));
    }

    MannequinMesh build() {
        torso();
        head();
        for (const bool left : {true, false}) {
            arm(left);
            leg(left);
        }
        for (MannequinVertex& v : mesh_.vertices) {
            if (v.second != v.joint) continue;  // the trunk is in the body's frame already
            for (int c = 0; c < 3; ++c) v.position[c] += rest_[static_cast<std::size_t>(v.joint)][c];
        }
        return std::move(mesh_);
    }

private:
    /// A limb from `joint` to its child, bound to `joint`.
    void limb(int joint, int child, const Vec3& uAxis, const Vec3& vAxis, const Vec3& forward, std::initializer_list<Station> stations) {
        const Vec3 bone = skeleton_.offset(child);
        std::vector<Ring> rings;
        for (const Station& s : stations)
            rings.push_back({bone * s.part + forward * (s.forward * thickness_), s.u * thickness_, s.v * thickness_});
        LoftStyle style;
        style.uAxis = uAxis;
        style.vAxis = vAxis;
        addLoft(mesh_, joint, rings, style, segments_);
    }

    /// Pelvis to shoulders as one surface that bends at the three spine joints.
    void torso() {
        const float k = thickness_, neck = rest_[Neck].y(), rise = neck / 0.490f;
        static constexpr Station stations[] = {
            {-0.100f, 0.046f, 0.050f, -0.004f}, {-0.084f, 0.112f, 0.090f, -0.009f}, {-0.045f, 0.150f, 0.105f, -0.013f}, {0.005f, 0.148f, 0.100f, -0.011f},
            {0.055f, 0.130f, 0.088f, -0.005f},  {0.105f, 0.114f, 0.079f, 0.001f},   {0.150f, 0.109f, 0.077f, 0.004f},   {0.200f, 0.115f, 0.081f, 0.005f},
            {0.255f, 0.128f, 0.089f, 0.005f},   {0.310f, 0.143f, 0.097f, 0.004f},   {0.355f, 0.153f, 0.101f, 0.001f},   {0.400f, 0.152f, 0.096f, -0.006f},
            {0.437f, 0.126f, 0.079f, -0.016f},  {0.468f, 0.078f, 0.060f, -0.021f}};
        std::vector<Ring> rings;
        for (const Station& s : stations) rings.push_back({Vec3(0, s.part * (s.part > 0 ? rise : k), s.forward * k), s.u * k, s.v * k});
        LoftStyle style;
        style.squareness = 2.25f;
        style.startCap = 0.3f;
        style.endCap = 0.4f;
        style.shape = [k, rise](Vec3& p, float& shade) {
            const auto bump = [&](float x, float y, float widthX, float widthY) {
                const float dx = (p.x() / k - x) / widthX, dy = (p.y() / rise - y) / widthY;
                return std::exp(-(dx * dx + dy * dy));
            };
            if (p.z() > 0) {  // chest and its middle line
                const float chest = bump(0.062f, 0.350f, 0.055f, 0.050f) + bump(-0.062f, 0.350f, 0.055f, 0.050f);
                const float line = bump(0, 0.330f, 0.012f, 0.085f);
                p.z() += k * (0.014f * chest - 0.006f * line);
                shade = 1 - 0.10f * line;
            } else {  // seat, spine, shoulder blades
                const float seat = bump(0.070f, -0.065f, 0.055f, 0.055f) + bump(-0.070f, -0.065f, 0.055f, 0.055f);
                const float spine = bump(0, 0.200f, 0.014f, 0.170f);
                const float blades = bump(0.075f, 0.370f, 0.045f, 0.060f) + bump(-0.075f, 0.370f, 0.045f, 0.060f);
                p.z() += k * (-0.020f * seat + 0.010f * spine - 0.008f * blades);
                shade = 1 - 0.12f * spine;
            }
        };
        const std::size_t first = mesh_.vertices.size();
        addLoft(mesh_, Pelvis, rings, style, 2 * segments_);
        for (std::size_t v = first; v < mesh_.vertices.size(); ++v) bindToSpine(mesh_.vertices[v]);
        limb(Neck, Head, Vec3::UnitX(), Vec3::UnitZ(), Vec3::UnitZ(),
             {{-0.45f, 0.060f, 0.058f, -0.002f}, {0.1f, 0.050f, 0.052f, 0}, {0.7f, 0.046f, 0.050f, 0}, {1.15f, 0.046f, 0.050f, 0}});
    }

    /// Each spine joint takes over within a band about its height.
    void bindToSpine(MannequinVertex& vertex) const {
        static constexpr std::array<int, 4> chain = {Pelvis, Spine1, Spine2, Spine3};
        const float y = vertex.position[1];
        for (std::size_t i = 1; i < chain.size(); ++i) {
            const float at = rest_[static_cast<std::size_t>(chain[i])].y();
            const float below = at - rest_[static_cast<std::size_t>(chain[i - 1])].y();
            const float band = i == 1 ? 0.6f * below : 0.5f * std::min(below, 0.09f * thickness_);
            if (y < at - band) return;
            const float t = std::min(1.0f, (y - (at - band)) / (2 * band));
            vertex.joint = static_cast<float>(chain[i - 1]);
            vertex.second = static_cast<float>(chain[i]);
            vertex.weight = t * t * (3 - 2 * t);
        }
    }

    /// An egg with a chin, hollows for the eyes and a nose: enough to see where it looks.
    void head() {
        const float k = thickness_;
        const Station stations[] = {{-0.048f, 0.034f, 0.040f, 0.044f}, {-0.022f, 0.052f, 0.062f, 0.028f}, {0.015f, 0.064f, 0.082f, 0.014f},
                                    {0.055f, 0.071f, 0.091f, 0.008f},  {0.090f, 0.073f, 0.094f, 0.003f}};
        std::vector<Ring> rings;
        for (const Station& s : stations) rings.push_back({Vec3(0, s.part, s.forward) * k, s.u * k, s.v * k});
        LoftStyle style;
        style.squareness = 2.1f;
        style.endCap = 1.02f;
        style.startCap = 0.4f;
        style.shape = [k](Vec3& p, float& shade) {
            if (p.z() < 0) return;
            const auto bump = [&](float x, float y, float widthX, float widthY) {
                const float dx = (p.x() / k - x) / widthX, dy = (p.y() / k - y) / widthY;
                return std::exp(-(dx * dx + dy * dy));
            };
            const float eyes = bump(0.030f, 0.052f, 0.017f, 0.015f) + bump(-0.030f, 0.052f, 0.017f, 0.015f);
            const float nose = bump(0, 0.022f, 0.011f, 0.013f) + 0.6f * bump(0, 0.040f, 0.009f, 0.014f);
            const float mouth = bump(0, -0.016f, 0.024f, 0.006f);
            p.z() += k * (0.022f * nose - 0.012f * eyes - 0.004f * mouth);
            shade = 1 - 0.30f * std::min(1.0f, eyes) - 0.22f * mouth;
        };
        addLoft(mesh_, Head, rings, style, segments_ * 2);
    }

    void arm(bool left) {
        const int collar = left ? LeftCollar : RightCollar, shoulder = left ? LeftShoulder : RightShoulder;
        const int elbow = left ? LeftElbow : RightElbow, wrist = left ? LeftWrist : RightWrist, hand = left ? LeftHand : RightHand;
        const Vec3 y = Vec3::UnitY(), z = Vec3::UnitZ();
        limb(collar, shoulder, y, z, z, {{-0.25f, 0.052f, 0.060f}, {0.25f, 0.056f, 0.066f}, {0.7f, 0.056f, 0.064f}, {1.0f, 0.052f, 0.060f}});
        limb(shoulder, elbow, y, z, z,
             {{-0.04f, 0.056f, 0.060f}, {0.12f, 0.056f, 0.058f}, {0.35f, 0.047f, 0.049f}, {0.6f, 0.043f, 0.045f}, {0.85f, 0.038f, 0.039f},
              {1.0f, 0.037f, 0.038f}});
        limb(elbow, wrist, y, z, z,
             {{0.0f, 0.037f, 0.038f}, {0.18f, 0.039f, 0.043f}, {0.4f, 0.036f, 0.040f}, {0.7f, 0.028f, 0.032f}, {0.95f, 0.023f, 0.028f},
              {1.02f, 0.022f, 0.027f}});
        const float side = left ? 1.0f : -1.0f, k = thickness_;
        LoftStyle flat;
        flat.uAxis = y;
        flat.vAxis = z;
        flat.squareness = 2.5f;
        const Ring palm[] = {{Vec3(side * -0.004f, 0, 0) * k, 0.020f * k, 0.026f * k},
                             {Vec3(side * 0.030f, -0.001f, 0.002f) * k, 0.019f * k, 0.036f * k},
                             {Vec3(side * 0.060f, -0.003f, 0.002f) * k, 0.017f * k, 0.041f * k},
                             {Vec3(side * 0.088f, -0.006f, 0.001f) * k, 0.014f * k, 0.039f * k}};
        addLoft(mesh_, wrist, palm, flat, segments_);
        const Ring fingers[] = {{Vec3(0, 0, 0) * k, 0.0145f * k, 0.039f * k},
                                {Vec3(side * 0.030f, -0.003f, 0) * k, 0.013f * k, 0.037f * k},
                                {Vec3(side * 0.062f, -0.009f, -0.001f) * k, 0.011f * k, 0.031f * k},
                                {Vec3(side * 0.086f, -0.016f, -0.002f) * k, 0.009f * k, 0.022f * k}};
        addLoft(mesh_, hand, fingers, flat, segments_);
        LoftStyle round;
        round.uAxis = y;
        round.vAxis = Vec3(-0.6f * side, 0, 0.8f).normalized();
        const Ring thumb[] = {{Vec3(side * 0.018f, -0.004f, 0.022f) * k, 0.013f * k, 0.015f * k},
                              {Vec3(side * 0.045f, -0.010f, 0.044f) * k, 0.0125f * k, 0.0135f * k},
                              {Vec3(side * 0.075f, -0.014f, 0.058f) * k, 0.010f * k, 0.0105f * k}};
        addLoft(mesh_, wrist, thumb, round, segments_);
    }

    void leg(bool left) {
        const int hip = left ? LeftHip : RightHip, knee = left ? LeftKnee : RightKnee, ankle = left ? LeftAnkle : RightAnkle;
        const int toe = left ? LeftFoot : RightFoot;
        const Vec3 x = Vec3::UnitX(), z = Vec3::UnitZ();
        limb(hip, knee, x, z, z,
             {{-0.03f, 0.079f, 0.086f, -0.004f}, {0.12f, 0.082f, 0.088f, 0.000f}, {0.35f, 0.075f, 0.081f, 0.004f}, {0.65f, 0.060f, 0.065f, 0.002f},
              {0.9f, 0.050f, 0.053f, 0.002f}, {1.0f, 0.048f, 0.050f, 0.003f}});
        limb(knee, ankle, x, z, z,
             {{0.0f, 0.048f, 0.050f, 0.003f}, {0.12f, 0.047f, 0.050f, -0.004f}, {0.30f, 0.051f, 0.057f, -0.013f}, {0.55f, 0.043f, 0.048f, -0.009f},
              {0.82f, 0.032f, 0.036f, -0.002f}, {1.0f, 0.031f, 0.035f, 0}});
        foot(ankle, toe);
    }

    void foot(int ankle, int toe) {
        const float k = thickness_;
        const Vec3 ball = skeleton_.offset(toe);
        const float sole = ball.y() - 0.020f * k;  // the ball of the foot lies 2 cm above its sole
        const float slant = ball.x() / std::max(0.02f, ball.z());
        LoftStyle style;
        style.squareness = 2.3f;
        style.vAxis = Vec3::UnitY();
        style.shape = [sole](Vec3& p, float& shade) {
            if (p.y() < sole) {
                p.y() = sole + 0.08f * (p.y() - sole);
                shade = 0.8f;
            }
        };
        std::vector<Ring> rings;
        for (const auto& [forward, halfWidth, low, high] :
             {std::array{-0.050f, 0.026f, -0.004f, 0.058f}, std::array{-0.030f, 0.033f, -0.010f, 0.082f}, std::array{0.005f, 0.036f, -0.010f, 0.098f},
              std::array{0.045f, 0.038f, -0.010f, 0.078f}, std::array{0.090f, 0.043f, -0.010f, 0.056f}, std::array{0.130f, 0.046f, -0.010f, 0.042f}}) {
            const float z = forward > 0 ? forward / 0.130f * ball.z() : forward * k;
            rings.push_back({Vec3(slant * z, sole + (low + high) / 2 * k, z), halfWidth * k, (high - low) / 2 * k});
        }
        addLoft(mesh_, ankle, rings, style, segments_);
        const float toeSole = -0.020f * k;
        style.shape = [toeSole](Vec3& p, float& shade) {
            if (p.y() < toeSole) {
                p.y() = toeSole + 0.08f * (p.y() - toeSole);
                shade = 0.8f;
            }
        };
        const Ring tip[] = {{Vec3(0, toeSole + 0.016f * k, 0), 0.046f * k, 0.026f * k},
                            {Vec3(slant * 0.030f * k, toeSole + 0.013f * k, 0.030f * k), 0.045f * k, 0.022f * k},
                            {Vec3(slant * 0.055f * k, toeSole + 0.010f * k, 0.055f * k), 0.036f * k, 0.017f * k}};
        addLoft(mesh_, toe, tip, style, segments_);
    }

    const motion::Skeleton& skeleton_;
    int segments_;
    float thickness_ = 1;
    std::vector<Vec3> rest_;
    MannequinMesh mesh_;
};

}  // namespace

std::vector<Vec3> restPositions(const motion::Skeleton& skeleton) {
    std::vector<Vec3> rest(static_cast<std::size_t>(skeleton.size()), Vec3::Zero());
    for (int j = 1; j < skeleton.size(); ++j)
        rest[static_cast<std::size_t>(j)] = rest[static_cast<std::size_t>(skeleton.parent(j))] + skeleton.offset(j);
    return rest;
}

MannequinMesh buildMannequin(const motion::Skeleton& skeleton, int segments) {
    assert(skeleton.size() == motion::kJoints);
    return Sculptor(skeleton, segments).build();
}

}  // namespace choreia::ui
