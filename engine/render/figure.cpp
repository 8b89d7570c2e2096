// Proportions of the figure: an adult of 1.70 m in a short-sleeved top, trousers and shoes; drawn by eye, taken from no body model.
#include "render/figure.h"

#include "render/part_list.h"

#include <algorithm>
#include <cmath>

namespace choreia::render {

using motion::Mat3;
using motion::Quat;
using motion::Vec3;
using namespace motion;  // the joint names

namespace {

Mat3 tilted(const Mat3& base, float radians) { return base * Eigen::AngleAxisf(radians, Vec3::UnitX()).toRotationMatrix(); }

class Builder : PartList {
public:
    Builder(std::span<const Vec3> p, std::span<const Quat> q) : p_(p), q_(q) {
        const float leg = (at(LeftKnee) - at(LeftHip)).norm() + (at(RightKnee) - at(RightHip)).norm() + (at(LeftAnkle) - at(LeftKnee)).norm() +
                          (at(RightAnkle) - at(RightKnee)).norm();
        setScale(std::clamp(leg / 1.612f, 0.4f, 2.0f));
        const Mat3 world = Mat3::Identity();
        pelvis_ = turned(Pelvis, [&] { return frameOf(at(LeftHip) - at(RightHip), at(Spine1) - at(Pelvis), world); });
        chest_ = turned(Spine3, [&] { return frameOf(at(LeftShoulder) - at(RightShoulder), at(Neck) - at(Spine2), pelvis_); });
        // At rest the head joint lies 0.025 m before the neck's and 0.095 m above it.
        head_ = turned(Head, [&] { return tilted(frameOf(chest_.col(0), at(Head) - at(Neck), chest_), -std::atan2(0.025f, 0.095f)); });
    }

    std::vector<Part> build() {
        torso();
        for (const int side : {0, 1}) leg(side);
        for (const int side : {0, 1}) arm(side);
        return finish();
    }

private:
    const Vec3& at(int joint) const { return p_[static_cast<std::size_t>(joint)]; }

    template <class Guess>
    Mat3 turned(int joint, const Guess& guess) const {
        return q_.empty() ? guess() : q_[static_cast<std::size_t>(joint)].toRotationMatrix();
    }
    void torso() {
        const Vec3 hips = 0.5f * (at(LeftHip) + at(RightHip));
        add(Material::Trousers, hips + in(pelvis_, -0.058f, 0.028f, -0.008f), hips + in(pelvis_, 0.058f, 0.028f, -0.008f), 0.102f, 0.102f);
        flow(0.001f, 0.001f);
        add(Material::Top, at(Pelvis) + in(pelvis_, 0, 0.055f, 0.005f), at(Spine2) + in(chest_, 0, 0.01f, 0.004f), 0.124f, 0.128f, -0.006f);
        flatten((pelvis_.col(2) + chest_.col(2)).normalized(), 0.28f);
        flow(0.035f, 0.05f);
        add(Material::Top, at(Spine2) + in(chest_, 0, 0.01f, 0.0f), at(Spine3) + in(chest_, 0, 0.085f, -0.006f), 0.132f, 0.142f, 0.006f);
        flatten(chest_.col(2), 0.36f);
        flow(0.06f, 0.06f);
        for (const float side : {1.0f, -1.0f}) {
            const Vec3& shoulder = at(side > 0 ? LeftShoulder : RightShoulder);
            add(Material::Top, at(Spine3) + in(chest_, side * 0.045f, 0.118f, -0.012f), shoulder, 0.066f, 0.052f);
            flow(0.045f, 0.03f);
        }
        add(Material::Skin, at(Neck) + in(chest_, 0, -0.035f, 0.0f), at(Head) + in(head_, 0, 0.0f, -0.01f), 0.056f, 0.048f);
        flow(0.012f, 0.012f);
        add(Material::Skin, at(Head) + in(head_, 0, 0.050f, 0.012f), at(Head) + in(head_, 0, 0.074f, 0.003f), 0.090f, 0.093f);
        flatten(head_.col(0), 0.17f);
        flow(0.02f, 0.02f);
        add(Material::Skin, at(Head) + in(head_, 0, 0.002f, 0.050f), at(Head) + in(head_, 0, 0.026f, 0.036f), 0.042f, 0.056f);
        flow(0.06f, 0.06f);
        add(Material::Skin, at(Head) + in(head_, 0, 0.062f, 0.100f), at(Head) + in(head_, 0, 0.036f, 0.112f), 0.008f, 0.012f);
        flow(0.02f, 0.02f);
        add(Material::Hair, at(Head) + in(head_, 0, 0.050f, -0.034f), at(Head) + in(head_, 0, 0.098f, -0.008f), 0.086f, 0.093f);
        flatten(head_.col(0), 0.12f);
    }

    void leg(int side) {
        const int hip = side ? RightHip : LeftHip, knee = side ? RightKnee : LeftKnee, ankle = side ? RightAnkle : LeftAnkle, toe = side ? RightFoot : LeftFoot;
        add(Material::Trousers, at(hip), at(knee), 0.090f, 0.060f, 0.003f);
        flow(0.05f, 0.0f);
        const Vec3 shin = at(ankle) - at(knee);
        add(Material::Trousers, at(knee), at(knee) + 0.86f * shin, 0.060f, 0.047f, 0.005f);
        flow(0.02f, 0.0f);
        add(Material::Skin, at(knee) + 0.7f * shin, at(ankle), 0.036f, 0.034f);

        const Mat3 foot = turned(ankle, [&] {
            const Vec3 v = at(toe) - at(ankle);
            // The shin and the toes give the foot's hinge; with toes pointed in line with the shin, the pelvis has to.
            const Vec3 hinge = (-shin).cross(v) / std::max(shin.norm() * v.norm(), 1e-6f) + 0.15f * pelvis_.col(0);
            const Vec3 x = hinge.norm() > 1e-4f ? Vec3(hinge.normalized()) : Vec3(pelvis_.col(0));
            return tilted(frameOf(x, v.cross(x), pelvis_), -std::atan2(0.052f, 0.13f));
        });
        const float out = side ? -0.006f : 0.006f;
        const Vec3 heel = at(ankle) + in(foot, 0, -0.028f, -0.030f), ball = at(ankle) + in(foot, 2 * out, -0.036f, 0.110f);
        add(Material::Shoes, heel, ball, 0.040f, 0.036f);
        flow(0.001f, 0.001f);
        add(Material::Shoes, ball, at(ankle) + in(foot, out, -0.042f, 0.152f), 0.037f, 0.030f);
        flow(0.02f, 0.02f);
        add(Material::Shoes, heel, at(ankle) + in(foot, 0, -0.014f, -0.006f), 0.038f, 0.040f);
        flow(0.03f, 0.02f);
        add(Material::Sole, at(ankle) + in(foot, 0, -0.059f, -0.030f), at(ankle) + in(foot, 1.5f * out, -0.061f, 0.142f), 0.043f, 0.038f, 0.004f);
        flatten(foot.col(1), 2.3f);
    }

    void arm(int side) {
        const int shoulder = side ? RightShoulder : LeftShoulder, elbow = side ? RightElbow : LeftElbow, wrist = side ? RightWrist : LeftWrist,
                  hand = side ? RightHand : LeftHand;
        add(Material::Top, at(shoulder), at(shoulder) + 0.52f * (at(elbow) - at(shoulder)), 0.054f, 0.051f);
        flow(0.03f, 0.004f);
        add(Material::Skin, at(shoulder), at(elbow), 0.046f, 0.037f, 0.004f);
        add(Material::Skin, at(elbow), at(wrist), 0.038f, 0.026f, 0.005f);
        flow(0.015f, 0.0f);

        const float s = side ? -1.0f : 1.0f;
        const Vec3 reach = at(hand) - at(wrist);
        const Mat3 palm = turned(wrist, [&] {
            // The arm's shortest turn from the rest pose, in which it points sideways and the palm looks down.
            const Vec3 along = reach.norm() > 1e-5f ? Vec3(reach.normalized()) : Vec3(s * chest_.col(0));
            const Quat turn = Quat::FromTwoVectors(s * chest_.col(0), along);
            return Mat3(turn.toRotationMatrix() * chest_);
        });
        add(Material::Skin, at(wrist) + in(palm, s * 0.020f, -0.002f, 0.002f), at(wrist) + in(palm, s * 0.072f, -0.005f, 0.0f), 0.028f, 0.040f);
        flatten(palm.col(1), 1.1f);
        flow(0.02f, 0.0f);
        add(Material::Skin, at(wrist) + in(palm, s * 0.078f, -0.006f, -0.002f), at(wrist) + in(palm, s * 0.152f, -0.016f, -0.004f), 0.037f, 0.022f);
        flatten(palm.col(1), 1.6f);
        flow(0.015f, 0.0f);
        add(Material::Skin, at(wrist) + in(palm, s * 0.030f, -0.006f, 0.022f), at(wrist) + in(palm, s * 0.088f, -0.016f, 0.048f), 0.014f, 0.011f);
        flow(0.02f, 0.0f);
    }

    std::span<const Vec3> p_;
    std::span<const Quat> q_;
    Mat3 pelvis_, chest_, head_;
};

}  // namespace

std::vector<Part> figure(std::span<const Vec3> positions, std::span<const Quat> worldRotations) { return Builder(positions, worldRotations).build(); }

}  // namespace choreia::render
