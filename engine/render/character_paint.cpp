// What is painted on the character's surface: the face, necklines and armholes, patterns of cloth, the fall of hair.
#include "render/character_shading.h"

#include <algorithm>
#include <cmath>

namespace choreia::render {

using motion::Vec3;

namespace {

/// Share of a pixel that lies inside an edge at the signed distance d (negative inside), for a pixel of the size of footprint.
float inside(float d, float footprint) { return std::clamp(0.5f - d / footprint, 0.0f, 1.0f); }

void lay(Rgb& onto, const Rgb& colour, float share) {
    for (std::size_t c = 0; c < 3; ++c) onto[c] += share * (colour[c] - onto[c]);
}

/// Distance to an ellipse's edge, near enough for thin edges.
float ellipse(float x, float y, float a, float b) {
    const float k = std::sqrt(x * x / (a * a) + y * y / (b * b));
    const float slope = std::sqrt(x * x / (a * a * a * a) + y * y / (b * b * b * b));
    return slope > 1e-6f ? k * (k - 1) / slope : -std::min(a, b);
}

}  // namespace

void CharacterShader::paintFace(const Vec3& p, float footprint, Spot& spot) const {
    if (p.z() < 0.02f) return;
    const Rgb& skin = look_.skin;
    const float luminance = 0.2126f * skin[0] + 0.7152f * skin[1] + 0.0722f * skin[2];
    const float x = std::fabs(p.x()), y = p.y(), size = footprint / body_->head.scale;
    // Cheeks and the tip of the nose have more blood under the skin.
    const auto blush = [&](float bx, float by, float radius, float strength) {
        const float d2 = ((x - bx) * (x - bx) + (y - by) * (y - by)) / (radius * radius);
        if (d2 < 4) lay(spot.colour, {std::min(1.0f, skin[0] * 1.08f), skin[1] * 0.62f, skin[2] * 0.58f}, strength * std::exp(-d2 * 1.5f));
    };
    blush(0.048f, 0.024f, 0.026f, 0.42f);
    blush(0.0f, 0.038f, 0.014f, 0.25f);

    // Eyes: white, iris, pupil, a spark; the upper lid's lashes run out at the corner.
    const float ex = x - 0.0335f, ey = y - 0.066f;
    if (std::fabs(ex) < 0.03f && std::fabs(ey) < 0.03f) {
        const float lid = ellipse(ex, ey + 0.0015f, 0.0178f, 0.0145f);
        const float lash = inside(ellipse(ex - 0.001f, ey - 0.0012f, 0.0200f, 0.0166f), size) * (1 - inside(ellipse(ex, ey + 0.0030f, 0.0178f, 0.0150f), size));
        const float opening = inside(lid, size);
        lay(spot.colour, {0.86f, 0.85f, 0.84f}, opening);
        const float ix = ex + 0.0012f, iy = ey;
        const float d = std::sqrt(ix * ix + iy * iy);
        lay(spot.colour, {0.085f, 0.040f, 0.018f}, opening * inside(d - 0.0112f, size));
        lay(spot.colour, {0.010f, 0.007f, 0.006f}, opening * inside(d - 0.0060f, size));
        const float sx = p.x() > 0 ? ex : -ex;  // the sparks lie on the same side of both eyes
        (void)sx;
        lay(spot.colour, {1.6f, 1.6f, 1.6f}, opening * inside(std::hypot(ex + 0.0045f, ey - 0.0045f) - 0.0030f, size));
        lay(spot.colour, {0.014f, 0.010f, 0.009f}, lash * (ey > -0.006f ? 1.0f : 0.25f));
        spot.gloss = std::max(spot.gloss, 0.25f * opening);
    }
    // Brows.
    const float bx = x - 0.0345f, by = y - 0.0955f + 3.2f * bx * bx - 0.08f * bx;
    if (std::fabs(bx) < 0.024f && std::fabs(by) < 0.012f) {
        const float thick = 0.0038f * (1.0f - 0.45f * (bx + 0.018f) / 0.04f);
        const float d = std::max(std::fabs(by) - thick, std::fabs(bx) - 0.0195f);
        lay(spot.colour, {look_.hair[0] * 0.6f, look_.hair[1] * 0.6f, look_.hair[2] * 0.6f}, 0.85f * inside(d, size));
    }
    // Mouth: a line that smiles a little, a lip under it.
    const float my = y + 0.0085f - 9.0f * x * x;
    if (x < 0.032f && std::fabs(my) < 0.02f) {
        const Rgb lip{std::min(1.0f, skin[0] * 0.86f), skin[1] * 0.46f, skin[2] * 0.46f}, line{skin[0] * 0.34f, skin[1] * 0.16f, skin[2] * 0.15f};
        lay(spot.colour, lip, (luminance > 0.15f ? 0.62f : 0.45f) * inside(ellipse(x, my + 0.0040f, 0.0165f, 0.0058f), size));
        lay(spot.colour, lip, 0.40f * inside(ellipse(x, my - 0.0018f, 0.0185f, 0.0034f), size));
        lay(spot.colour, line, 0.80f * inside(std::max(std::fabs(my) - 0.0012f, x - 0.0225f), size));
    }
}

void CharacterShader::paint(std::uint8_t& material, const Vec3& at, const Vec3& normal, float footprint, Spot& spot) const {
    switch (static_cast<Material>(material)) {
        case Material::Face: paintFace(body_->head.local(at), footprint, spot); break;
        case Material::Hair: {
            // Strands fall from the crown: lighter and darker about its axis, until they are finer than pixels.
            const Vec3 p = body_->head.local(at);
            const float angle = std::atan2(p.x(), p.z() + 0.02f);
            const float fade = std::clamp(1.4f - footprint / 0.005f, 0.0f, 1.0f);
            const float ripple = 0.10f * std::cos(11 * angle) + fade * (0.10f * std::cos(43 * angle + 30 * p.y()) + 0.06f * std::cos(71 * angle - 22 * p.y()));
            for (float& c : spot.colour) c *= 1.0f + ripple;
            break;
        }
        case Material::Top: {
            const Vec3 p = body_->chest.local(at);
            const float across = std::fabs(p.x());
            if (look_.topStyle == 1) {
                // A vest's neckline and armholes: what lies outside them is skin.
                const float neck = std::sqrt(p.x() * p.x() + (p.y() + 0.015f) * (p.y() + 0.015f) + 0.35f * p.z() * p.z()) - 0.096f;
                const float hole = 0.122f + 1.6f * std::max(0.0f, -0.115f - p.y()) - across;
                const float edge = std::min(neck, p.y() > -0.19f ? hole : 1.0f);
                const float bare = inside(edge, footprint);
                lay(spot.colour, look_.trim, inside(edge - 0.011f, footprint));
                lay(spot.colour, look_.skin, bare);
                if (bare > 0.5f) material = static_cast<std::uint8_t>(Material::Skin), spot.gloss = 0.07f;
                if (bare > 0.0f) break;
            }
            const float low = p.y() + 0.20f;
            if (look_.pattern == 1) lay(spot.colour, look_.trim, inside(std::fabs(low) - 0.028f, footprint));
            if (look_.pattern == 2) {
                const float phase = p.y() / 0.052f, stripe = std::fabs(phase - std::round(phase)) - 0.21f;
                lay(spot.colour, look_.trim, inside(stripe * 0.052f, footprint));
            }
            if (look_.pattern == 3) lay(spot.colour, look_.trim, inside(0.110f - across + 0.2f * std::max(0.0f, p.y() + 0.12f), footprint));
            break;
        }
        default: break;
    }
    (void)normal;
}

}  // namespace choreia::render
