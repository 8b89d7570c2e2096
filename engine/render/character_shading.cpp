// Light on the character, sixteen points at a time.
#include "render/character_shading.h"

#include <algorithm>
#include <cmath>

namespace choreia::render {

using motion::Vec3;

namespace {

Rgb scaled(const Rgb& c, float by) { return {c[0] * by, c[1] * by, c[2] * by}; }
Rgb mixed(const Rgb& a, const Rgb& b, float share) {
    return {a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1]), a[2] + share * (b[2] - a[2])};
}

}  // namespace

void CharacterShader::set(const CharacterBody& body, const CharacterLook& look, const CharacterLight& light, const Camera& camera) {
    body_ = &body;
    look_ = look;
    eye_ = camera.eye;
    pixel_ = camera.pixel;
    key_ = Vec3(light.direction[0], light.direction[1], light.direction[2]);
    key_ = key_.norm() > 1e-5f ? Vec3(key_.normalized()) : Vec3(Vec3::UnitY());
    keyColour_ = scaled(light.tint, 1.25f * light.key);
    fill_ = light.fill;
    // The rim lamp stands behind, across from the key light as the camera sees it; a fainter one on the other side.
    const float across = -std::clamp(2.0f * key_.dot(camera.right), -1.0f, 1.0f);
    rim_ = (0.75f * across * camera.right + 0.40f * Vec3::UnitY() + 0.75f * camera.forward).normalized();
    rim2_ = (-0.85f * across * camera.right + 0.25f * Vec3::UnitY() + 0.65f * camera.forward).normalized();
    rimColour_ = scaled(mixed({0.62f, 0.80f, 1.0f}, light.tint, 0.25f), 2.6f * light.rim);

    const Rgb white{0.80f, 0.79f, 0.77f};
    const auto set = [&](Material m, const Rgb& c, float gloss, float sheen, float soft) { paints_[static_cast<std::size_t>(m)] = {c, gloss, sheen, soft}; };
    set(Material::Skin, look.skin, 0.07f, 0.10f, 0.26f);
    set(Material::Face, look.skin, 0.07f, 0.10f, 0.26f);
    set(Material::Top, look.top, 0.012f, 0.22f, 0.14f);
    set(Material::Trousers, look.bottom, 0.012f, 0.22f, 0.14f);
    set(Material::Trim, look.trim, 0.012f, 0.18f, 0.14f);
    set(Material::Band, look.trim, 0.03f, 0.18f, 0.14f);
    set(Material::Shoes, look.shoes, 0.06f, 0.10f, 0.10f);
    set(Material::Sole, mixed(white, look.trim, 0.08f), 0.05f, 0.05f, 0.10f);
    set(Material::Socks, mixed(white, look.shoes, 0.10f), 0.01f, 0.15f, 0.14f);
    set(Material::Hair, look.hair, 0.0f, 0.06f, 0.10f);
    map_.cast(body.parts, key_);
}

void CharacterShader::shade(std::span<const Part* const> parts, std::span<const Part* const> around, const Points& direction, const Lane& along, Points& colour,
                            std::uint8_t* material) const {
    Points at, normal;
    Lane distance;
    for (int i = 0; i < kLanes; ++i) {
        const float t = along[i] > 0 ? along[i] : 0;
        at.x[i] = eye_.x() + t * direction.x[i];
        at.y[i] = eye_.y() + t * direction.y[i];
        at.z[i] = eye_.z() + t * direction.z[i];
    }
    fieldSurface(parts, at, distance, normal, material);

    // Creases: how much nearer than free space the body (or the floor) is a hand's breadth out along the normal.
    Points out;
    Lane open, further, key;
    constexpr float kReach = 0.070f;
    for (int i = 0; i < kLanes; ++i) {
        out.x[i] = at.x[i] + kReach * normal.x[i];
        out.y[i] = at.y[i] + kReach * normal.y[i];
        out.z[i] = at.z[i] + kReach * normal.z[i];
    }
    fieldDistance(around, out, further);
    for (int i = 0; i < kLanes; ++i) {
        const float floor = out.y[i] + 0.015f;
        float clear = (further[i] < floor ? further[i] : floor) * (1.0f / kReach);
        clear = clear < 0 ? 0 : clear > 1 ? 1 : clear;
        open[i] = 0.20f + 0.80f * clear;
    }
    Lane r, g, b, gloss, sheen, soft, strand;
    for (int i = 0; i < kLanes; ++i) {
        r[i] = g[i] = b[i] = gloss[i] = sheen[i] = soft[i] = strand[i] = 0;
        key[i] = 1;
        if (along[i] <= 0) continue;
        const Vec3 n(normal.x[i], normal.y[i], normal.z[i]), p(at.x[i], at.y[i], at.z[i]);
        // Past the surface's own curve, so that grazing light does not flicker. What looks away from the lamp needs no shadow.
        if (n.dot(key_) > -0.25f) key[i] = map_.lit(p.x() + 0.012f * n.x(), p.y() + 0.012f * n.y(), p.z() + 0.012f * n.z());
        const Paint& plain = paints_[material[i]];
        Spot spot{plain.colour, plain.gloss};
        paint(material[i], p, along[i] * pixel_, spot);
        const Paint& paint = paints_[material[i]];
        r[i] = spot.colour[0], g[i] = spot.colour[1], b[i] = spot.colour[2], gloss[i] = spot.gloss;
        sheen[i] = paint.sheen, soft[i] = paint.soft;
        strand[i] = material[i] == static_cast<std::uint8_t>(Material::Hair) ? 1.0f : 0.0f;
    }
    const Vec3 grain = body_->head.axes.col(1);
    for (int i = 0; i < kLanes; ++i) {
        const float nx = normal.x[i], ny = normal.y[i], nz = normal.z[i];
        const float vx = -direction.x[i], vy = -direction.y[i], vz = -direction.z[i];
        const float facing = std::fabs(nx * vx + ny * vy + nz * vz);
        const float lean = nx * key_.x() + ny * key_.y() + nz * key_.z();
        // Light creeps round the edge of shadow, the red of it furthest where it goes through skin.
        const float w = soft[i], warm = w > 0.2f ? 1.0f : 0.0f;
        const auto creep = [lean](float by) {
            const float d = (lean + by) / (1.0f + by);
            return d > 0 ? d : 0.0f;
        };
        const float shadow = key[i], redder = shadow + (1 - shadow) * shadow * 0.5f * warm;
        const float dr = creep(w + 0.16f * warm) * redder, dg = creep(w) * shadow, db = creep(w - 0.06f * warm) * shadow;
        const float grazing = (1 - facing) * (1 - facing);
        float back = nx * rim_.x() + ny * rim_.y() + nz * rim_.z() + 0.12f;
        float back2 = nx * rim2_.x() + ny * rim2_.y() + nz * rim2_.z() + 0.05f;
        back = (back < 0 ? 0 : back) + 0.35f * (back2 < 0 ? 0 : back2);
        const float rim = back * grazing;
        const float sky = fill_ * open[i] * (0.5f + 0.5f * ny), ground = fill_ * open[i] * (0.5f - 0.5f * ny);
        const float front = fill_ * facing * (0.35f + 0.65f * open[i]);  // a lamp behind the camera: no side of the dancer is lost in the dark
        float hx = key_.x() + vx, hy = key_.y() + vy, hz = key_.z() + vz;
        const float half = 1.0f / std::sqrt(hx * hx + hy * hy + hz * hz + 1e-6f);
        hx *= half, hy *= half, hz *= half;
        float spark = nx * hx + ny * hy + nz * hz;
        spark = spark < 0 ? 0 : spark;
        spark *= spark, spark *= spark, spark *= spark, spark *= spark;
        // Hair: light runs across its fall in a band (Kajiya and Kay 1989), the fall being the head's up laid on the surface.
        const float rise = grain.x() * nx + grain.y() * ny + grain.z() * nz;
        const float tx = grain.x() - rise * nx, ty = grain.y() - rise * ny, tz = grain.z() - rise * nz;
        const float length = std::sqrt(tx * tx + ty * ty + tz * tz + 1e-6f);
        const float th = (tx * hx + ty * hy + tz * hz) / length;
        float band = 1.0f - th * th;
        band = band < 0 ? 0 : band;
        band *= band, band *= band, band *= band, band *= band;
        const float shine = (gloss[i] * spark + strand[i] * 0.16f * band * (lean > 0 ? lean : 0.0f)) * shadow;
        const float cloth = sheen[i] * grazing * (0.5f * shadow + 0.5f);
        const float tinted = strand[i] * 0.75f;  // the band on hair has much of the hair's own colour
        const auto total = [&](float c, float lamp, float d, float ambient, float edge) {
            const float own = 1.0f - tinted + tinted * 2.2f * c;
            const float light = c * (lamp * d + ambient) + cloth * (0.06f + c) * fill_ * 2.0f + edge * rim * (0.10f + 0.9f * c) + lamp * shine * own;
            return light / (1.0f + 0.12f * light);  // a soft shoulder keeps bright places from clipping
        };
        colour.x[i] = shownByte(total(r[i], keyColour_[0], dr, 0.82f * sky + 0.95f * ground + 0.52f * front, rimColour_[0]));
        colour.y[i] = shownByte(total(g[i], keyColour_[1], dg, 0.95f * sky + 0.78f * ground + 0.52f * front, rimColour_[1]));
        colour.z[i] = shownByte(total(b[i], keyColour_[2], db, 1.20f * sky + 0.70f * ground + 0.54f * front, rimColour_[2]));
    }
}

}  // namespace choreia::render
