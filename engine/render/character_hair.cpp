// The hair: a cap that leaves the face free, and what each style adds to it.
#include "render/character_body.h"

#include <cmath>

namespace choreia::render {

using motion::Vec3;

namespace {

enum Hair { Crop, Bob, Ponytail, Bun, Curls, Long };

class Barber {
public:
    Barber(PartList& parts, const PaintFrame& head, const PaintFrame& chest, const Vec3& down) : parts_(parts), head_(head), chest_(chest), down_(down) {}

    void cut(int style) {
        lock({0, 0.076f, -0.020f}, {0, 0.092f, -0.012f}, 0.099f, 0.101f);
        flat(0.10f);
        switch (style) {
            case Crop: return crop();
            case Bob: return bob();
            case Ponytail: return ponytail();
            case Bun: return bun();
            case Curls: return curls();
            default: return loose();
        }
    }

private:
    using At = std::array<float, 3>;
    Vec3 place(const At& p) const { return head_.origin + head_.axes * (Vec3(p[0], p[1], p[2]) * head_.scale); }
    /// Radii and flow of hair are lengths of the head.
    void strand(Material material, const Vec3& a, const Vec3& b, float start, float end, float flowing) {
        parts_.add(material, a, b, kHeadSize * start, kHeadSize * end);
        parts_.flow(kHeadSize * flowing, kHeadSize * flowing);
    }
    void lock(const At& a, const At& b, float start, float end, float flowing = 0) { strand(Material::Hair, place(a), place(b), start, end, flowing); }
    void flat(float squash) { parts_.flatten(head_.axes.col(0), squash); }

    void crop() {
        lock({-0.046f, 0.128f, 0.058f}, {0.020f, 0.158f, 0.076f}, 0.020f, 0.027f, 0.02f);
        lock({0.010f, 0.150f, 0.074f}, {0.062f, 0.146f, 0.036f}, 0.028f, 0.018f, 0.02f);
        lock({-0.060f, 0.120f, 0.030f}, {-0.020f, 0.166f, 0.030f}, 0.022f, 0.030f, 0.02f);
        lock({0.0f, 0.168f, 0.030f}, {0.0f, 0.166f, -0.030f}, 0.030f, 0.030f, 0.025f);
    }
    void fringe() {
        for (const float s : {1.0f, -1.0f}) {
            lock({s * 0.004f, 0.130f, 0.084f}, {s * 0.052f, 0.112f, 0.064f}, 0.0175f, 0.016f, 0.012f);
            lock({s * 0.052f, 0.112f, 0.064f}, {s * 0.082f, 0.084f, 0.020f}, 0.016f, 0.020f, 0.015f);
        }
    }
    void bob() {
        fringe();
        for (const float s : {1.0f, -1.0f}) {
            lock({s * 0.076f, 0.086f, 0.012f}, {s * 0.080f, -0.018f, 0.022f}, 0.030f, 0.024f, 0.02f);
            flat(0.5f);
            lock({s * 0.056f, 0.060f, -0.050f}, {s * 0.060f, -0.022f, -0.034f}, 0.052f, 0.040f, 0.03f);
        }
        lock({0, 0.050f, -0.066f}, {0, -0.022f, -0.058f}, 0.056f, 0.046f, 0.03f);
    }
    void ponytail() {
        for (const float s : {1.0f, -1.0f}) lock({s * 0.010f, 0.134f, 0.078f}, {s * 0.074f, 0.090f, 0.030f}, 0.013f, 0.016f, 0.02f);
        const Vec3 tie = place({0, 0.122f, -0.120f});
        strand(Material::Band, place({0, 0.118f, -0.108f}), tie, 0.025f, 0.022f, 0.0f);
        const Vec3 back = -head_.axes.col(2);
        const Vec3 swing = tie + head_.scale * (0.052f * back + 0.030f * down_), tip = swing + head_.scale * (0.012f * back + 0.165f * down_);
        strand(Material::Hair, tie, swing, 0.022f, 0.036f, 0.01f);
        strand(Material::Hair, swing, 0.5f * (swing + tip), 0.036f, 0.033f, 0.01f);
        strand(Material::Hair, 0.5f * (swing + tip), tip, 0.033f, 0.010f, 0.01f);
    }
    void bun() {
        for (const float s : {1.0f, -1.0f}) lock({s * 0.006f, 0.136f, 0.078f}, {s * 0.076f, 0.088f, 0.028f}, 0.012f, 0.016f, 0.02f);
        strand(Material::Band, place({0, 0.182f, -0.034f}), place({0, 0.190f, -0.040f}), 0.036f, 0.034f, 0.0f);
        lock({-0.006f, 0.214f, -0.050f}, {0.006f, 0.214f, -0.050f}, 0.043f, 0.043f, 0.004f);
    }
    void curls() {
        lock({0, 0.100f, -0.030f}, {0, 0.112f, -0.018f}, 0.112f, 0.112f, 0.01f);
        // Tufts where a spiral over the crown passes; the same on both sides.
        static constexpr At kTufts[] = {{0.030f, 0.166f, 0.060f}, {0.074f, 0.140f, 0.046f}, {0.104f, 0.096f, 0.004f},  {0.052f, 0.206f, 0.010f}, {0.098f, 0.158f, -0.012f},
                                        {0.106f, 0.062f, -0.046f}, {0.060f, 0.192f, -0.062f}, {0.096f, 0.120f, -0.076f}, {0.064f, 0.044f, -0.096f}, {0.040f, 0.120f, -0.124f}};
        for (const At& p : kTufts) {
            for (const float s : {1.0f, -1.0f}) lock({s * p[0], p[1], p[2]}, {s * p[0] * 0.96f, p[1] + 0.006f, p[2]}, 0.036f, 0.034f, 0.030f);
        }
    }
    void loose() {
        for (const float s : {1.0f, -1.0f}) {
            lock({s * 0.006f, 0.138f, 0.080f}, {s * 0.066f, 0.108f, 0.052f}, 0.015f, 0.016f, 0.015f);
            lock({s * 0.066f, 0.108f, 0.052f}, {s * 0.088f, 0.030f, 0.016f}, 0.016f, 0.022f, 0.015f);
        }
        // Over the back, falling with the weight but never into the trunk.
        const Vec3 back = -chest_.axes.col(2);
        for (const float s : {0.0f, 1.0f, -1.0f}) {
            const Vec3 root = place({s * 0.056f, 0.050f, -0.052f});
            Vec3 end = root + head_.scale * 0.27f * down_ + head_.axes.col(0) * (s * 0.030f * head_.scale);
            const float behind = (end - chest_.origin).dot(back);
            end += back * std::max(0.0f, 0.108f * chest_.scale - behind);
            strand(Material::Hair, root, 0.5f * (root + end), 0.054f, 0.046f, 0.03f);
            strand(Material::Hair, 0.5f * (root + end), end, 0.046f, 0.022f, 0.025f);
        }
    }

    PartList& parts_;
    const PaintFrame &head_, &chest_;
    Vec3 down_;
};

}  // namespace

void addHair(PartList& parts, const PaintFrame& head, const PaintFrame& chest, int style, const Vec3& down) { Barber(parts, head, chest, down).cut(style); }

}  // namespace choreia::render
