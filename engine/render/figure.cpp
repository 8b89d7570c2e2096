// Proportions of the figure: an adult of 1.70 m in a short-sleeved top, trousers and shoes; drawn by eye, taken from no body model.
#include "render/figure.h"

#include <algorithm>
#include <cmath>

namespace choreia::render {

using motion::Mat3;
using motion::Quat;
using motion::Vec3;
using namespace motion;  // the joint names

namespace {

/// Columns: left, up, forward; as the body stands at rest.
Mat3 frame(const Vec3& left, const Vec3& up, const Mat3& otherwise) {
    Vec3 y = up.norm() > 1e-5f ? Vec3(up.normalized()) : Vec3(otherwise.col(1));
    Vec3 x = left - y * left.dot(y);
    if (x.norm() < 1e-4f) x = otherwise.col(0) - y * otherwise.col(0).dot(y);
    if (x.norm() < 1e-4f) x = y.unitOrthogonal();
    x.normalize();
    Mat3 result;
    result << x, y, x.cross(y);
    return result;
}

Mat3 tilted(const Mat3& base, float radians) { return base * Eigen::AngleAxisf(radians, Vec3::UnitX()).toRotationMatrix(); }

class Builder {
public:
    Builder(std::span<const Vec3> p, std::span<const Quat> q) : p_(p), q_(q) {
        const float leg = (at(LeftKnee) - at(LeftHip)).norm() + (at(RightKnee) - at(RightHip)).norm() + (at(LeftAnkle) - at(LeftKnee)).norm() +
                          (at(RightAnkle) - at(RightKnee)).norm();
        scale_ = std::clamp(leg / 1.612f, 0.4f, 2.0f);
        const Mat3 world = Mat3::Identity();
        pelvis_ = turned(Pelvis, [&] { return frame(at(LeftHip) - at(RightHip), at(Spine1) - at(Pelvis), world); });
        chest_ = turned(Spine3, [&] { return frame(at(LeftShoulder) - at(RightShoulder), at(Neck) - at(Spine2), pelvis_); });
        // At rest the head joint lies 0.025 m before the neck's and 0.095 m above it.
        head_ = turned(Head, [&] { return tilted(frame(chest_.col(0), at(Head) - at(Neck), chest_), -std::atan2(0.025f, 0.095f)); });
    }

    std::vector<Part> build() {
        torso();
        for (const int side : {0, 1}) leg(side);
        for (const int side : {0, 1}) arm(side);
        connect();
        return std::move(parts_);
    }

private:
    const Vec3& at(int joint) const { return p_[static_cast<std::size_t>(joint)]; }

    template <class Guess>
    Mat3 turned(int joint, const Guess& guess) const {
        return q_.empty() ? guess() : q_[static_cast<std::size_t>(joint)].toRotationMatrix();
    }
    Vec3 in(const Mat3& axes, float x, float y, float z) const { return axes * (Vec3(x, y, z) * scale_); }

    /// Radii at both ends and the swelling halfway, metres on the body of 1.70 m.
    Part& add(Material material, const Vec3& a, const Vec3& b, float start, float end, float swell = 0) {
        Part part;
        part.a = a;
        part.ab = b - a;
        part.r0 = start * scale_;
        part.r1 = (end - start) * scale_;
        part.r2 = swell * scale_;
        part.material = material;
        parts_.push_back(part);
        return parts_.back();
    }
    void flow(Part& part, float from, float to) const {
        part.blend0 = from * scale_;
        part.blend1 = (to - from) * scale_;
    }
    static void flatten(Part& part, const Vec3& direction, float squash) {
        part.flat = direction;
        part.squash = squash;
    }

    /// Tells every part how widely parts near it flow into it.
    void connect() {
        for (std::size_t i = 0; i < parts_.size(); ++i) {
            Part& part = parts_[i];
            part.reach = std::max(part.reach, std::max(part.blend0, part.blend0 + part.blend1));
            for (std::size_t j = i + 1; j < parts_.size(); ++j) {
                const Part& later = parts_[j];
                const float width = std::max(later.blend0, later.blend0 + later.blend1);
                const float gap = (part.a + 0.5f * part.ab - later.a - 0.5f * later.ab).norm() - 0.5f * (part.ab.norm() + later.ab.norm());
                if (gap < part.largestRadius() + later.largestRadius() + width) part.reach = std::max(part.reach, width);
            }
        }
    }

    void torso() {
        const Vec3 hips = 0.5f * (at(LeftHip) + at(RightHip));
        Part& seat = add(Material::Trousers, hips + in(pelvis_, -0.058f, 0.028f, -0.008f), hips + in(pelvis_, 0.058f, 0.028f, -0.008f), 0.102f, 0.102f);
        flow(seat, 0.001f, 0.001f);
        Part& belly = add(Material::Top, at(Pelvis) + in(pelvis_, 0, 0.055f, 0.005f), at(Spine2) + in(chest_, 0, 0.01f, 0.004f), 0.124f, 0.128f, -0.006f);
        flatten(belly, (pelvis_.col(2) + chest_.col(2)).normalized(), 0.28f);
        flow(belly, 0.035f, 0.05f);
        Part& ribs = add(Material::Top, at(Spine2) + in(chest_, 0, 0.01f, 0.0f), at(Spine3) + in(chest_, 0, 0.085f, -0.006f), 0.132f, 0.142f, 0.006f);
        flatten(ribs, chest_.col(2), 0.36f);
        flow(ribs, 0.06f, 0.06f);
        for (const float side : {1.0f, -1.0f}) {
            const Vec3& shoulder = at(side > 0 ? LeftShoulder : RightShoulder);
            Part& yoke = add(Material::Top, at(Spine3) + in(chest_, side * 0.045f, 0.118f, -0.012f), shoulder, 0.066f, 0.052f);
            flow(yoke, 0.045f, 0.03f);
        }
        Part& neck = add(Material::Skin, at(Neck) + in(chest_, 0, -0.035f, 0.0f), at(Head) + in(head_, 0, 0.0f, -0.01f), 0.056f, 0.048f);
        flow(neck, 0.012f, 0.012f);
        Part& skull = add(Material::Skin, at(Head) + in(head_, 0, 0.050f, 0.012f), at(Head) + in(head_, 0, 0.074f, 0.003f), 0.090f, 0.093f);
        flatten(skull, head_.col(0), 0.17f);
        flow(skull, 0.02f, 0.02f);
        Part& jaw = add(Material::Skin, at(Head) + in(head_, 0, 0.002f, 0.050f), at(Head) + in(head_, 0, 0.026f, 0.036f), 0.042f, 0.056f);
        flow(jaw, 0.06f, 0.06f);
        Part& nose = add(Material::Skin, at(Head) + in(head_, 0, 0.062f, 0.100f), at(Head) + in(head_, 0, 0.036f, 0.112f), 0.008f, 0.012f);
        flow(nose, 0.02f, 0.02f);
        Part& hair = add(Material::Hair, at(Head) + in(head_, 0, 0.050f, -0.034f), at(Head) + in(head_, 0, 0.098f, -0.008f), 0.086f, 0.093f);
        flatten(hair, head_.col(0), 0.12f);
    }

    void leg(int side) {
        const int hip = side ? RightHip : LeftHip, knee = side ? RightKnee : LeftKnee, ankle = side ? RightAnkle : LeftAnkle, toe = side ? RightFoot : LeftFoot;
        Part& thigh = add(Material::Trousers, at(hip), at(knee), 0.090f, 0.060f, 0.003f);
        flow(thigh, 0.05f, 0.0f);
        const Vec3 shin = at(ankle) - at(knee);
        Part& calf = add(Material::Trousers, at(knee), at(knee) + 0.86f * shin, 0.060f, 0.047f, 0.005f);
        flow(calf, 0.02f, 0.0f);
        add(Material::Skin, at(knee) + 0.7f * shin, at(ankle), 0.036f, 0.034f);

        const Mat3 foot = turned(ankle, [&] {
            const Vec3 v = at(toe) - at(ankle);
            // The shin and the toes give the foot's hinge; with toes pointed in line with the shin, the pelvis has to.
            const Vec3 hinge = (-shin).cross(v) / std::max(shin.norm() * v.norm(), 1e-6f) + 0.15f * pelvis_.col(0);
            const Vec3 x = hinge.norm() > 1e-4f ? Vec3(hinge.normalized()) : Vec3(pelvis_.col(0));
            return tilted(frame(x, v.cross(x), pelvis_), -std::atan2(0.052f, 0.13f));
        });
        const float out = side ? -0.006f : 0.006f;
        const Vec3 heel = at(ankle) + in(foot, 0, -0.028f, -0.030f), ball = at(ankle) + in(foot, 2 * out, -0.036f, 0.110f);
        Part& shoe = add(Material::Shoes, heel, ball, 0.040f, 0.036f);
        flow(shoe, 0.001f, 0.001f);
        Part& cap = add(Material::Shoes, ball, at(ankle) + in(foot, out, -0.042f, 0.152f), 0.037f, 0.030f);
        flow(cap, 0.02f, 0.02f);
        Part& collar = add(Material::Shoes, heel, at(ankle) + in(foot, 0, -0.014f, -0.006f), 0.038f, 0.040f);
        flow(collar, 0.03f, 0.02f);
        Part& sole = add(Material::Sole, at(ankle) + in(foot, 0, -0.059f, -0.030f), at(ankle) + in(foot, 1.5f * out, -0.061f, 0.142f), 0.043f, 0.038f, 0.004f);
        flatten(sole, foot.col(1), 2.3f);
    }

    void arm(int side) {
        const int shoulder = side ? RightShoulder : LeftShoulder, elbow = side ? RightElbow : LeftElbow, wrist = side ? RightWrist : LeftWrist,
                  hand = side ? RightHand : LeftHand;
        Part& sleeve = add(Material::Top, at(shoulder), at(shoulder) + 0.52f * (at(elbow) - at(shoulder)), 0.054f, 0.051f);
        flow(sleeve, 0.03f, 0.004f);
        add(Material::Skin, at(shoulder), at(elbow), 0.046f, 0.037f, 0.004f);
        Part& fore = add(Material::Skin, at(elbow), at(wrist), 0.038f, 0.026f, 0.005f);
        flow(fore, 0.015f, 0.0f);

        const float s = side ? -1.0f : 1.0f;
        const Vec3 reach = at(hand) - at(wrist);
        const Mat3 palm = turned(wrist, [&] {
            // The arm's shortest turn from the rest pose, in which it points sideways and the palm looks down.
            const Vec3 along = reach.norm() > 1e-5f ? Vec3(reach.normalized()) : Vec3(s * chest_.col(0));
            const Quat turn = Quat::FromTwoVectors(s * chest_.col(0), along);
            return Mat3(turn.toRotationMatrix() * chest_);
        });
        Part& back = add(Material::Skin, at(wrist) + in(palm, s * 0.020f, -0.002f, 0.002f), at(wrist) + in(palm, s * 0.072f, -0.005f, 0.0f), 0.028f, 0.040f);
        flatten(back, palm.col(1), 1.1f);
        flow(back, 0.02f, 0.0f);
        Part& fingers = add(Material::Skin, at(wrist) + in(palm, s * 0.078f, -0.006f, -0.002f), at(wrist) + in(palm, s * 0.152f, -0.016f, -0.004f), 0.037f, 0.022f);
        flatten(fingers, palm.col(1), 1.6f);
        flow(fingers, 0.015f, 0.0f);
        Part& thumb = add(Material::Skin, at(wrist) + in(palm, s * 0.030f, -0.006f, 0.022f), at(wrist) + in(palm, s * 0.088f, -0.016f, 0.048f), 0.014f, 0.011f);
        flow(thumb, 0.02f, 0.0f);
    }

    std::span<const Vec3> p_;
    std::span<const Quat> q_;
    float scale_ = 1;
    Mat3 pelvis_, chest_, head_;
    std::vector<Part> parts_;
};

}  // namespace

std::vector<Part> figure(std::span<const Vec3> positions, std::span<const Quat> worldRotations) { return Builder(positions, worldRotations).build(); }

}  // namespace choreia::render
