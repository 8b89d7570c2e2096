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
        const float opening = inside(ellipse(ex, ey + 0.0015f, 0.0172f, 0.0128f), size);
        const float lash = inside(ellipse(ex - 0.0012f, ey - 0.0010f, 0.0200f, 0.0160f), size) * (1 - inside(ellipse(ex, ey + 0.0040f, 0.0180f, 0.0138f), size));
        lay(spot.colour, {0.84f, 0.82f, 0.80f}, opening);
        const float d = std::hypot(ex + 0.0010f, ey + 0.0008f);
        lay(spot.colour, {0.110f, 0.052f, 0.024f}, opening * inside(d - 0.0118f, size));
        lay(spot.colour, {0.028f, 0.015f, 0.010f}, opening * inside(d - 0.0118f, size) * inside(0.0100f - d, size));
        lay(spot.colour, {0.010f, 0.007f, 0.006f}, opening * inside(d - 0.0062f, size));
        // The lid throws its shadow on the upper part of the eye.
        lay(spot.colour, {0.05f, 0.03f, 0.03f}, 0.45f * opening * std::clamp((ey - 0.0045f) / 0.006f, 0.0f, 1.0f));
        lay(spot.colour, {1.3f, 1.3f, 1.3f}, opening * inside(std::hypot(ex + 0.0045f, ey - 0.0040f) - 0.0030f, size));
        if (ey > -0.004f) lay(spot.colour, {0.014f, 0.010f, 0.009f}, lash);
        spot.gloss = 0;
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

void CharacterShader::paintHoodie(const Vec3& p, float up, float footprint, Spot& spot) const {
    // The ribbed band at the hem, and the pocket before the belly with its slanted openings.
    const float rib = 1.0f + 0.10f * std::cos(p.x() * 420.0f) * std::clamp(1.5f - footprint / 0.004f, 0.0f, 1.0f);
    lay(spot.colour, {look_.trim[0] * rib, look_.trim[1] * rib, look_.trim[2] * rib}, inside(up - 0.036f, footprint));
    if (p.z() < 0.02f) return;
    // Two strings hang from the hood, each with a knot.
    const float sx = std::fabs(p.x()) - 0.030f + 0.05f * (p.y() + 0.06f), high = p.y() + 0.050f, low = -0.185f - p.y();
    const float cord = std::min(std::max({std::fabs(sx) - 0.0042f, high, low}), std::hypot(sx, p.y() + 0.183f) - 0.0075f);
    for (float& c : spot.colour) c *= 1 - 0.35f * inside(cord - 0.0045f, footprint);  // and its shadow on the cloth
    lay(spot.colour, look_.trim, inside(cord, footprint));
    const float x = std::fabs(p.x()), slant = 0.105f - 0.55f * std::max(0.0f, up - 0.075f);
    const float pocket = std::max({x - slant, 0.036f - up, up - 0.155f});
    const float line = std::fabs(pocket + 0.001f) - 0.0022f;
    for (float& c : spot.colour) c *= (1 - 0.42f * inside(line, footprint)) * (1 - 0.10f * inside(pocket, footprint));
}

void CharacterShader::paint(std::uint8_t& material, const Vec3& at, float footprint, Spot& spot) const {
    switch (static_cast<Material>(material)) {
        case Material::Face: paintFace(body_->head.local(at), footprint, spot); break;
        case Material::Hair: {
            // Strands fall from the crown: lighter and darker about its axis, until they are finer than pixels.
            const Vec3 p = body_->head.local(at);
            const float angle = std::atan2(std::fabs(p.x()), p.z() + 0.02f);
            const float fade = std::clamp(1.4f - footprint / 0.005f, 0.0f, 1.0f);
            const float ripple = 0.10f * std::cos(11 * angle) + fade * (0.10f * std::cos(43 * angle + 30 * p.y()) + 0.06f * std::cos(71 * angle - 22 * p.y()));
            for (float& c : spot.colour) c *= 1.0f + ripple;
            break;
        }
        case Material::Top: {
            const Vec3 p = body_->chest.local(at);
            const float across = std::fabs(p.x());
            const float up = body_->hem.local(at).y();  // from the hem
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
            if (look_.pattern == 1) lay(spot.colour, look_.trim, inside(std::fabs(p.y() + 0.20f) - 0.028f, footprint));
            if (look_.pattern == 2) {
                const float phase = p.y() / 0.052f, stripe = std::fabs(phase - std::round(phase)) - 0.21f;
                lay(spot.colour, look_.trim, inside(stripe * 0.052f, footprint));
            }
            if (look_.pattern == 3) lay(spot.colour, look_.trim, inside(0.110f - across + 0.2f * std::max(0.0f, p.y() + 0.12f), footprint));
            if (look_.topStyle == 3) {
                paintHoodie(p, up, footprint, spot);
            } else if (look_.topStyle != 1) {  // the ribbed neck, and bare skin within it
                const float neck = std::sqrt(p.x() * p.x() + (p.y() + 0.005f) * (p.y() + 0.005f) + 0.55f * p.z() * p.z()) - 0.074f;
                lay(spot.colour, look_.trim, inside(neck - 0.014f, footprint));
                lay(spot.colour, look_.skin, inside(neck, footprint));
            }
            // A seam a finger's breadth above the hem.
            const float seam = look_.topStyle == 3 ? 1.0f : std::fabs(up - 0.018f) - 0.0014f;
            for (float& c : spot.colour) c *= 1 - 0.25f * inside(seam, footprint);
            break;
        }
        default: break;
    }
}

}  // namespace choreia::render
