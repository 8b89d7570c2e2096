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

/// A station of a limb: part of the bone's length, half widths (metres on the 1.70 m body), and a shift forward.
struct Station {
    float part, u, v, forward = 0;
};

class Sculptor {
public:
    Sculptor(const motion::Skeleton& skeleton, int segments) : skeleton_(skeleton), segments_(segments) {
        const auto legOf = [](const motion::Skeleton& s) { return s.offset(LeftKnee).norm() + s.offset(LeftAnkle).norm(); };
        thickness_ = legOf(skeleton) / std::max(0.1f, legOf(motion::Skeleton::body()));
    }

    MannequinMesh build() {
        torso();
        head();
        for (const bool left : {true, false}) {
            arm(left);
            leg(left);
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

    /// A piece of the trunk: stations along +Y of the joint, in metres.
    void trunk(int joint, float squareness, float startCap, float endCap, std::initializer_list<Station> stations) {
        std::vector<Ring> rings;
        for (const Station& s : stations)
            rings.push_back({Vec3(0, s.part, s.forward) * thickness_, s.u * thickness_, s.v * thickness_});
        LoftStyle style;
        style.squareness = squareness;
        style.startCap = startCap;
        style.endCap = endCap;
        addLoft(mesh_, joint, rings, style, segments_ + segments_ / 3);
    }

    void torso() {
        trunk(Pelvis, 2.2f, 0.75f, 0.5f,
              {{-0.120f, 0.070f, 0.066f, -0.004f}, {-0.085f, 0.128f, 0.094f, -0.008f}, {-0.040f, 0.151f, 0.104f, -0.010f},
               {0.010f, 0.147f, 0.098f, -0.006f}, {0.055f, 0.128f, 0.086f, -0.002f}, {0.085f, 0.118f, 0.080f, 0}});
        trunk(Spine1, 2.1f, 0.7f, 0.7f,
              {{-0.030f, 0.116f, 0.080f, 0.008f}, {0.030f, 0.110f, 0.079f, 0.010f}, {0.090f, 0.112f, 0.081f, 0.012f},
               {0.125f, 0.116f, 0.083f, 0.010f}});
        trunk(Spine2, 2.15f, 0.6f, 0.6f,
              {{-0.020f, 0.117f, 0.083f, 0.010f}, {0.030f, 0.125f, 0.089f, 0.010f}, {0.075f, 0.134f, 0.094f, 0.012f}});
        trunk(Spine3, 2.3f, 0.6f, 0.45f,
              {{-0.045f, 0.126f, 0.090f, 0.004f}, {0.000f, 0.141f, 0.100f, 0.008f}, {0.050f, 0.154f, 0.106f, 0.008f},
               {0.100f, 0.155f, 0.100f, 0.000f}, {0.140f, 0.128f, 0.080f, -0.012f}, {0.172f, 0.076f, 0.058f, -0.018f}});
        limb(Neck, Head, Vec3::UnitX(), Vec3::UnitZ(), Vec3::UnitZ(),
             {{-0.45f, 0.060f, 0.058f, -0.002f}, {0.1f, 0.050f, 0.052f, 0}, {0.7f, 0.046f, 0.050f, 0}, {1.15f, 0.046f, 0.050f, 0}});
    }

    /// An egg with a chin, hollows for the eyes and a nose: enough to see where it looks.
    void head() {
        const float k = thickness_;
        const Station stations[] = {{-0.048f, 0.034f, 0.040f, 0.044f}, {-0.022f, 0.052f, 0.062f, 0.028f}, {0.015f, 0.064f, 0.082f, 0.014f},
                                    {0.055f, 0.071f, 0.092f, 0.008f},  {0.095f, 0.072f, 0.093f, 0.004f},  {0.130f, 0.058f, 0.074f, 0.002f}};
        std::vector<Ring> rings;
        for (const Station& s : stations) rings.push_back({Vec3(0, s.part, s.forward) * k, s.u * k, s.v * k});
        LoftStyle style;
        style.squareness = 2.1f;
        style.endCap = 0.62f;
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
    MannequinMesh mesh_;
};

}  // namespace

MannequinMesh buildMannequin(const motion::Skeleton& skeleton, int segments) {
    assert(skeleton.size() == motion::kJoints);
    return Sculptor(skeleton, segments).build();
}

}  // namespace choreia::ui
