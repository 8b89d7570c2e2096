// Proportions and clothes of the character, metres on a body of 1.70 m; drawn by eye, taken from no body model.
#include "render/character_body.h"

#include <algorithm>
#include <cmath>

namespace choreia::render {

using motion::Mat3;
using motion::Quat;
using motion::Vec3;
using namespace motion;  // the joint names

namespace {

enum Top { TShirt, Vest, LongSleeves, Hoodie };
enum Bottom { Slim, Joggers, Shorts, Skirt };

class Builder : PartList {
public:
    Builder(std::span<const Vec3> p, std::span<const Quat> q, const CharacterLook& look) : p_(p), look_(look), b_(std::clamp(look.build, 0.7f, 1.4f)) {
        const auto length = [&](int a, int b) { return (at(a) - at(b)).norm(); };
        const float leg = length(LeftHip, LeftKnee) + length(RightHip, RightKnee) + length(LeftKnee, LeftAnkle) + length(RightKnee, RightAnkle);
        setScale(std::clamp(leg / 1.628f, 0.4f, 2.0f));
        const auto turn = [&](int joint) { return Mat3(q[static_cast<std::size_t>(joint)].toRotationMatrix()); };
        pelvis_ = turn(Pelvis), chest_ = turn(Spine3), head_ = turn(Head);
        for (const int side : {0, 1}) {
            palm_[side] = turn(side ? RightWrist : LeftWrist);
            foot_[side] = turn(side ? RightAnkle : LeftAnkle);
        }
    }

    CharacterBody build() {
        CharacterBody body;
        body.scale = scale();
        body.head = {head_, at(Head), scale() * kHeadSize};
        body.chest = {chest_, at(Neck), scale()};
        trunk();
        body.hem = hem_;
        for (const int side : {0, 1}) leg(side);
        for (const int side : {0, 1}) arm(side);
        head(body.head);
        const Vec3 down = -(0.55f * Vec3::UnitY() + 0.45f * head_.col(1));
        addHair(*this, body.head, body.chest, look_.hairStyle, down.norm() > 0.05f ? Vec3(down.normalized()) : Vec3(-head_.col(2)));
        body.parts = finish();
        return body;
    }

private:
    const Vec3& at(int joint) const { return p_[static_cast<std::size_t>(joint)]; }
    Part& cloth(Material material, const Vec3& a, const Vec3& b, float start, float end, float swell = 0) {
        return add(material, a, b, b_ * start, b_ * end, b_ * swell);
    }
    Part& hem(Material material, const Vec3& a, const Vec3& b, float start, float end, float swell = 0) {
        Part& part = cloth(material, a, b, start, end, swell);
        part.cut = true;
        return part;
    }
    /// Loose cloth hangs below the limb in it.
    [[nodiscard]] Vec3 hung(const Vec3& at, float by) const { return at - Vec3::UnitY() * (by * look_.loose * scale()); }

    void trunk() {
        const Vec3 hips = 0.5f * (at(LeftHip) + at(RightHip));
        const Vec3 middle = (pelvis_.col(2) + chest_.col(2)).norm() > 0.1f ? Vec3((pelvis_.col(2) + chest_.col(2)).normalized()) : Vec3(chest_.col(2));
        cloth(Material::Trousers, hips + in(pelvis_, -0.054f, 0.026f, -0.010f), hips + in(pelvis_, 0.054f, 0.026f, -0.010f), 0.099f, 0.099f);
        flow(0.001f, 0.001f);
        const bool hooded = look_.topStyle == Hoodie;
        const float ease = (hooded ? 1.07f : look_.topStyle == Vest ? 0.97f : 1.0f) * (1 + 0.18f * look_.loose);
        cloth(Material::Top, at(Pelvis) + in(pelvis_, 0, 0.060f, 0.004f), at(Spine2) + in(chest_, 0, 0.0f, 0.004f), 0.113f * ease, 0.118f * ease, -0.004f);
        flatten(middle, 0.30f);
        flow(0.035f, 0.05f);
        cloth(Material::Top, at(Spine2) + in(chest_, 0, 0.01f, 0.0f), at(Spine3) + in(chest_, 0, 0.085f, -0.008f), 0.122f * ease, 0.137f * ease, 0.006f);
        flatten(chest_.col(2), 0.38f);
        flow(0.06f, 0.06f);
        for (const float side : {1.0f, -1.0f}) {
            const Vec3& shoulder = at(side > 0 ? LeftShoulder : RightShoulder);
            cloth(Material::Top, at(Spine3) + in(chest_, side * 0.040f, 0.122f, -0.014f), shoulder, 0.062f * ease, 0.050f * ease);
            flow(0.05f, 0.035f);
        }
        // Down to the hips, ending in a hem that stands off a little.
        const Vec3 edge = hung(at(Pelvis) + in(pelvis_, 0, hooded ? -0.022f : -0.014f, -0.002f), 0.26f);
        hem(Material::Top, at(Spine2), edge, 0.118f * ease, (hooded ? 0.168f : 0.161f) + 0.05f * look_.loose);
        flatten(middle, 0.28f);
        flow(0.05f, 0.0f);
        hem_ = {frameOf(chest_.col(0), at(Spine2) - edge, chest_), edge, scale()};
        add(Material::Skin, at(Neck) + in(chest_, 0, -0.035f, 0.004f), at(Head) + in(head_, 0, 0.0f, -0.012f), 0.053f, 0.046f);
        flow(0.012f, 0.012f);
        if (hooded) hood();
    }

    void hood() {
        const auto place = [&](float x, float y, float z) { return Vec3(at(Neck) + in(chest_, x, y, z)); };
        for (const float side : {1.0f, -1.0f}) {
            cloth(Material::Top, place(side * 0.030f, -0.052f, 0.072f), place(side * 0.076f, 0.004f, 0.004f), 0.021f, 0.031f);
            flow(0.014f, 0.014f);
            cloth(Material::Top, place(side * 0.076f, 0.004f, 0.004f), place(side * 0.030f, -0.012f, -0.086f), 0.031f, 0.046f);
            flow(0.02f, 0.02f);
        }
        cloth(Material::Top, place(-0.030f, -0.030f, -0.094f), place(0.030f, -0.030f, -0.094f), 0.046f, 0.046f);
        flow(0.02f, 0.02f);
    }

    void arm(int side) {
        const int shoulder = side ? RightShoulder : LeftShoulder, elbow = side ? RightElbow : LeftElbow, wrist = side ? RightWrist : LeftWrist;
        const Vec3 upper = at(elbow) - at(shoulder), fore = at(wrist) - at(elbow);
        const float ease = (look_.topStyle == Hoodie ? 1.16f : 1.0f) * (1 + 0.5f * look_.loose);
        switch (look_.topStyle) {
            case TShirt:
                hem(Material::Top, at(shoulder), hung(at(shoulder) + (0.56f + 0.3f * look_.loose) * upper, 0.03f), 0.053f * ease, 0.058f * ease * ease);
                flow(0.035f, 0.0f);
                [[fallthrough]];
            case Vest:
                cloth(Material::Skin, at(shoulder), at(elbow), 0.045f, 0.035f, 0.004f);
                if (look_.topStyle == Vest) flow(0.03f, 0.0f);
                cloth(Material::Skin, at(elbow), at(wrist), 0.036f, 0.025f, 0.005f);
                flow(0.015f, 0.0f);
                break;
            default: {
                const float wide = 1 + look_.loose;
                cloth(Material::Top, at(shoulder), hung(at(elbow), 0.03f), 0.051f * ease, 0.043f * ease * (1 + 0.3f * look_.loose), 0.002f);
                flow(0.04f, 0.0f);
                hem(Material::Top, hung(at(elbow), 0.03f), hung(at(elbow) + 0.90f * fore, 0.04f), 0.043f * ease * (1 + 0.3f * look_.loose), 0.034f * ease * wide, 0.005f);
                flow(0.02f, 0.0f);
                if (look_.loose <= 0) hem(Material::Trim, at(elbow) + 0.84f * fore, at(elbow) + 0.96f * fore, 0.033f, 0.031f);
                add(Material::Skin, at(elbow) + 0.8f * fore, at(wrist), 0.026f, 0.025f);
            }
        }
        hand(side);
    }

    void hand(int side) {
        const Vec3& wrist = at(side ? RightWrist : LeftWrist);
        const float s = side ? -1.0f : 1.0f;
        const auto place = [&](float x, float y, float z) { return Vec3(wrist + in(palm_[side], s * x, y, z)); };
        add(Material::Skin, place(0.012f, -0.002f, 0.002f), place(0.070f, -0.004f, 0.0f), 0.027f, 0.040f);
        flatten(palm_[side].col(1), 1.2f);
        flow(0.02f, 0.0f);
        static constexpr float kKnuckle[4][4] = {{0.084f, 0.026f, 0.064f, 0.030f}, {0.090f, 0.008f, 0.072f, 0.009f}, {0.087f, -0.010f, 0.066f, -0.012f},
                                                 {0.079f, -0.026f, 0.052f, -0.032f}};
        for (const auto& k : kKnuckle) {  // along, across; length, across at the tip
            add(Material::Skin, place(k[0] - 0.012f, -0.005f, k[1]), place(k[0] + 0.5f * k[2], -0.010f, 0.5f * (k[1] + k[3])), 0.0125f, 0.0105f);
            flow(0.012f, 0.0f);
            add(Material::Skin, place(k[0] + 0.5f * k[2], -0.010f, 0.5f * (k[1] + k[3])), place(k[0] + 0.93f * k[2], -0.026f, k[3]), 0.0105f, 0.0085f);
            flow(0.004f, 0.0f);
        }
        add(Material::Skin, place(0.022f, -0.006f, 0.022f), place(0.056f, -0.014f, 0.048f), 0.0155f, 0.0125f);
        flow(0.02f, 0.0f);
        add(Material::Skin, place(0.056f, -0.014f, 0.048f), place(0.086f, -0.020f, 0.055f), 0.0125f, 0.009f);
        flow(0.006f, 0.0f);
    }

    void leg(int side) {
        const Vec3 &hip = at(side ? RightHip : LeftHip), &knee = at(side ? RightKnee : LeftKnee), &ankle = at(side ? RightAnkle : LeftAnkle);
        const Vec3 thigh = knee - hip, shin = ankle - knee;
        const float wide = 1 + 0.75f * look_.loose;
        const auto skin = [&] {
            cloth(Material::Skin, hip + 0.30f * thigh, knee, 0.074f, 0.055f, 0.003f);
            cloth(Material::Skin, knee, ankle, 0.054f, 0.035f, 0.008f);
            flow(0.025f, 0.0f);
        };
        switch (look_.bottomStyle) {
            case Slim:
                cloth(Material::Trousers, hip, hung(knee, 0.02f), 0.084f * (1 + 0.25f * look_.loose), 0.058f * wide, 0.005f);
                flow(0.03f, 0.0f);
                hem(Material::Trousers, hung(knee, 0.02f), knee + 0.90f * shin, 0.057f * wide, 0.043f * wide * wide, 0.006f);
                flow(0.025f, 0.0f);
                cloth(Material::Skin, knee + 0.75f * shin, ankle, 0.036f, 0.034f);
                break;
            case Joggers:
                cloth(Material::Trousers, hip, hung(knee, 0.03f), 0.088f * (1 + 0.25f * look_.loose), 0.070f * wide, 0.008f);
                flow(0.03f, 0.0f);
                cloth(Material::Trousers, hung(knee, 0.03f), hung(knee + 0.80f * shin, 0.03f), 0.069f * wide, 0.054f * wide, 0.006f);
                flow(0.03f, 0.0f);
                hem(Material::Trim, knee + 0.78f * shin, knee + 0.95f * shin, 0.046f, 0.041f);
                break;
            case Shorts:
                skin();
                hem(Material::Trousers, hip + 0.05f * thigh, hip + (0.66f + 0.3f * look_.loose) * thigh, 0.088f, 0.087f * wide);
                flow(0.03f, 0.0f);
                break;
            default: {  // each thigh carries half of the skirt; wide flowing joins them
                skin();
                const Vec3 inwards = (side ? 1.0f : -1.0f) * pelvis_.col(0) * (0.035f * scale());
                hem(Material::Trousers, hip + inwards + 0.02f * thigh, hip + 0.5f * inwards + (0.60f + 0.5f * look_.loose) * thigh, 0.092f, 0.132f * (1 + 0.35f * look_.loose));
                flow(0.03f, 0.16f);
            }
        }
        shoe(side);
    }

    void shoe(int side) {
        const Vec3& ankle = at(side ? RightAnkle : LeftAnkle);
        const Vec3& knee = at(side ? RightKnee : LeftKnee);
        const Mat3& foot = foot_[side];
        const float out = side ? -0.006f : 0.006f;
        const auto place = [&](float x, float y, float z) { return Vec3(ankle + in(foot, x, y, z)); };
        hem(Material::Socks, ankle, ankle + 0.17f * (knee - ankle), 0.037f, 0.039f);
        const Vec3 heel = place(0, -0.026f, -0.030f), ball = place(2 * out, -0.034f, 0.108f);
        add(Material::Shoes, heel, ball, 0.041f, 0.038f);
        flow(0.001f, 0.001f);
        add(Material::Shoes, ball, place(out, -0.040f, 0.152f), 0.039f, 0.031f);
        flow(0.02f, 0.02f);
        add(Material::Shoes, heel, place(0, -0.004f, -0.008f), 0.039f, 0.043f);
        flow(0.03f, 0.02f);
        add(Material::Trim, place(0.5f * out, 0.012f, 0.036f), place(1.2f * out, -0.012f, 0.082f), 0.020f, 0.022f);
        flow(0.006f, 0.006f);
        add(Material::Sole, place(0, -0.057f, -0.030f), place(1.5f * out, -0.059f, 0.146f), 0.045f, 0.040f, 0.004f);
        flatten(foot.col(1), 1.9f);
    }

    void head(const PaintFrame& frame) {
        const auto place = [&](float x, float y, float z) { return Vec3(frame.origin + frame.axes * (Vec3(x, y, z) * frame.scale)); };
        const auto flesh = [&](const Vec3& a, const Vec3& b, float start, float end) { add(Material::Face, a, b, kHeadSize * start, kHeadSize * end); };
        flesh(place(0, 0.054f, 0.006f), place(0, 0.078f, 0.000f), 0.091f, 0.094f);
        flatten(head_.col(0), 0.15f);
        flow(0.02f, 0.02f);
        flesh(place(0, 0.026f, 0.036f), place(0, -0.014f, 0.058f), 0.062f, 0.034f);
        flow(0.05f, 0.04f);
        flesh(place(0, 0.052f, 0.092f), place(0, 0.034f, 0.104f), 0.006f, 0.0095f);
        flow(0.018f, 0.012f);
        for (const float side : {1.0f, -1.0f}) {
            flesh(place(side * 0.078f, 0.032f, -0.004f), place(side * 0.084f, 0.058f, -0.012f), 0.012f, 0.018f);
            flatten(head_.col(0), 1.0f);
            flow(0.01f, 0.01f);
        }
    }

    std::span<const Vec3> p_;
    const CharacterLook& look_;
    float b_;
    Mat3 pelvis_, chest_, head_, palm_[2], foot_[2];
    PaintFrame hem_;
};

}  // namespace

CharacterBody characterBody(std::span<const Vec3> positions, std::span<const Quat> rotations, const CharacterLook& look) {
    return Builder(positions, rotations, look).build();
}

}  // namespace choreia::render
