// Shading of the figure, sixteen points at a time.
#include "render/shading.h"

#include "render/stage.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace choreia::render {

using motion::Vec3;

namespace {

struct Paint {
    float r, g, b, gloss;  // linear light
};

/// From the colours of the window's palette: linear light is about the square of the value shown.
constexpr Paint shown(int r, int g, int b, float gloss) {
    return {static_cast<float>(r * r) / 65025.0f, static_cast<float>(g * g) / 65025.0f, static_cast<float>(b * b) / 65025.0f, gloss};
}
constexpr std::array<Paint, kMaterials> kPaints = {shown(232, 184, 148, 0.10f), shown(255, 122, 89, 0.05f), shown(58, 71, 120, 0.04f),
                                                   shown(236, 234, 230, 0.12f), shown(150, 152, 160, 0.05f), shown(92, 62, 50, 0.18f)};

}  // namespace

void Light::set(std::span<const Part> parts, const Camera& camera) {
    eye_ = camera.eye;
    columns_ = rows_ = 0;
    // From behind and above on the right, as the camera sees it.
    rim_ = (0.75f * camera.right + 0.45f * Vec3::UnitY() + 0.80f * camera.forward).normalized();
    across_ = keyLight().cross(Vec3::UnitY()).normalized();
    upward_ = across_.cross(keyLight());
    float u0 = 1e9f, u1 = -1e9f, v0 = 1e9f, v1 = -1e9f;
    for (const Part& part : parts) {
        for (const float h : {0.0f, 1.0f}) {
            const Vec3 p = part.a + h * part.ab;
            const float r = part.largestRadius() + 4 * kCell;
            u0 = std::min(u0, p.dot(across_) - r), u1 = std::max(u1, p.dot(across_) + r);
            v0 = std::min(v0, p.dot(upward_) - r), v1 = std::max(v1, p.dot(upward_) + r);
        }
    }
    if (!(u1 > u0) || !(u1 - u0 < 20) || !(v1 - v0 < 20)) return;
    left_ = u0, low_ = v0;
    columns_ = static_cast<int>((u1 - u0) / kCell) + 2;
    rows_ = static_cast<int>((v1 - v0) / kCell) + 2;
    depth_.assign(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_), -1e9f);
    for (const Part& part : parts) cast(part);
}

void Light::cast(const Part& part) {
    const Vec3 light = keyLight();
    const float radius = part.largestRadius();
    const float ua = part.a.dot(across_), va = part.a.dot(upward_), wa = part.a.dot(light);
    const float ub = part.ab.dot(across_), vb = part.ab.dot(upward_), wb = part.ab.dot(light);
    const float inverse = 1.0f / std::max(ub * ub + vb * vb, 1e-8f);
    // A flattened part is thinner towards the lamp than its radius says.
    const float lean = part.flat.dot(light);
    const float thin = 1.0f / (1.0f + part.squash * lean * lean);
    const int c0 = std::max(0, static_cast<int>((std::min(ua, ua + ub) - radius - left_) / kCell));
    const int c1 = std::min(columns_ - 1, static_cast<int>((std::max(ua, ua + ub) + radius - left_) / kCell) + 1);
    const int r0 = std::max(0, static_cast<int>((std::min(va, va + vb) - radius - low_) / kCell));
    const int r1 = std::min(rows_ - 1, static_cast<int>((std::max(va, va + vb) + radius - low_) / kCell) + 1);
    for (int r = r0; r <= r1; ++r) {
        float* row = depth_.data() + static_cast<std::size_t>(r) * static_cast<std::size_t>(columns_);
        const float v = low_ + kCell * static_cast<float>(r) - va;
        for (int c = c0; c <= c1; ++c) {
            const float u = left_ + kCell * static_cast<float>(c) - ua;
            float h = (u * ub + v * vb) * inverse;
            h = h < 0 ? 0 : h > 1 ? 1 : h;
            const float du = u - h * ub, dv = v - h * vb;
            const float size = part.radiusAt(h);
            const float rest = size * size - du * du - dv * dv;
            const float w = wa + h * wb + thin * std::sqrt(rest > 0 ? rest : 0);
            row[c] = rest > 0 && w > row[c] ? w : row[c];
        }
    }
}

// Share of the key light: nine places of the map about the point, weighed by their distance; a little depth keeps a surface from shading itself.
float Light::lit(float x, float y, float z) const {
    const Vec3 light = keyLight();
    const float u = (x * across_.x() + y * across_.y() + z * across_.z() - left_) / kCell - 1.0f;
    const float v = (x * upward_.x() + y * upward_.y() + z * upward_.z() - low_) / kCell - 1.0f;
    const float w = x * light.x() + y * light.y() + z * light.z();
    if (!(u >= 0) || !(v >= 0) || u >= static_cast<float>(columns_ - 4) || v >= static_cast<float>(rows_ - 4)) return 1;
    const int c = static_cast<int>(u), r = static_cast<int>(v);
    const float a = u - static_cast<float>(c), b = v - static_cast<float>(r);
    const float wu[4] = {1 - a, 1, 1, a}, wv[4] = {1 - b, 1, 1, b};
    const float* row = depth_.data() + static_cast<std::size_t>(r) * static_cast<std::size_t>(columns_) + c;
    float sum = 0;
    for (int j = 0; j < 4; ++j, row += columns_) {
        for (int i = 0; i < 4; ++i) {
            float dark = (row[i] - w) * 22.0f - 0.8f;  // from 3.6 to 8 cm before it: small swellings of the body throw no shadow
            dark = dark < 0 ? 0 : dark > 1 ? 1 : dark;
            sum += wu[i] * wv[j] * dark;
        }
    }
    return 1 - sum / 9;
}

void Light::shade(std::span<const Part* const> parts, std::span<const Part* const> around, const Points& direction, const Lane& along, Points& colour,
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
    constexpr float kReach = 0.075f;
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
        open[i] = 0.24f + 0.76f * clear;
    }
    const Vec3 light = keyLight();
    for (int i = 0; i < kLanes; ++i) {
        // Past the surface's own curve, so that grazing light does not flicker. What looks away from the lamp needs no shadow.
        const bool away = normal.x[i] * light.x() + normal.y[i] * light.y() + normal.z[i] * light.z() < -0.18f;
        key[i] = along[i] > 0 && !away ? lit(at.x[i] + 0.012f * normal.x[i], at.y[i] + 0.012f * normal.y[i], at.z[i] + 0.012f * normal.z[i]) : 1.0f;
    }

    Lane r, g, b, gloss;
    for (int i = 0; i < kLanes; ++i) {
        const Paint& paint = kPaints[material[i]];
        r[i] = paint.r, g[i] = paint.g, b[i] = paint.b, gloss[i] = paint.gloss;
    }
    for (int i = 0; i < kLanes; ++i) {
        const float nx = normal.x[i], ny = normal.y[i], nz = normal.z[i];
        const float vx = -direction.x[i], vy = -direction.y[i], vz = -direction.z[i];
        const float facing = std::fabs(nx * vx + ny * vy + nz * vz);
        float diffuse = (nx * light.x() + ny * light.y() + nz * light.z() + 0.18f) * (1.0f / 1.18f);
        diffuse = diffuse < 0 ? 0 : diffuse;
        diffuse *= 1.15f * key[i];
        const float grazing = (1 - facing) * (1 - facing);
        float back = nx * rim_.x() + ny * rim_.y() + nz * rim_.z() + 0.15f;
        back = back < 0 ? 0 : back;
        const float rim = 1.25f * back * grazing;
        const float sky = open[i] * (0.5f + 0.5f * ny);
        const float ground = open[i] * (0.5f - 0.5f * ny);
        // A lamp behind the camera, faint: no side of the dancer is lost in the dark.
        const float fill = 0.13f * facing * open[i];
        float hx = light.x() + vx, hy = light.y() + vy, hz = light.z() + vz;
        const float half = 1.0f / std::sqrt(hx * hx + hy * hy + hz * hz + 1e-6f);
        float spark = (nx * hx + ny * hy + nz * hz) * half;
        spark = spark < 0 ? 0 : spark;
        spark *= spark, spark *= spark, spark *= spark, spark *= spark;
        const float shine = gloss[i] * spark * key[i];
        const float lr = r[i] * (diffuse * 1.00f + sky * 0.24f + ground * 0.13f + fill) + rim * 0.22f * (0.25f + r[i]) + shine;
        const float lg = g[i] * (diffuse * 0.93f + sky * 0.28f + ground * 0.11f + fill) + rim * 0.34f * (0.25f + g[i]) + shine;
        const float lb = b[i] * (diffuse * 0.82f + sky * 0.40f + ground * 0.13f + fill) + rim * 0.60f * (0.25f + b[i]) + shine;
        // A soft shoulder keeps bright places from clipping.
        colour.x[i] = 255.0f * std::sqrt(lr * 1.12f / (1.0f + 0.18f * lr));
        colour.y[i] = 255.0f * std::sqrt(lg * 1.12f / (1.0f + 0.18f * lg));
        colour.z[i] = 255.0f * std::sqrt(lb * 1.12f / (1.0f + 0.18f * lb));
    }
}

}  // namespace choreia::render
