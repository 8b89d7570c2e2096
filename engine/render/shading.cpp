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
constexpr std::array<Paint, 6> kPaints = {shown(232, 184, 148, 0.10f), shown(255, 122, 89, 0.05f), shown(58, 71, 120, 0.04f),
                                                   shown(236, 234, 230, 0.12f), shown(150, 152, 160, 0.05f), shown(92, 62, 50, 0.18f)};

}  // namespace

void Light::set(std::span<const Part> parts, const Camera& camera) {
    eye_ = camera.eye;
    // From behind and above on the right, as the camera sees it.
    rim_ = (0.75f * camera.right + 0.45f * Vec3::UnitY() + 0.80f * camera.forward).normalized();
    map_.cast(parts, keyLight());
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
        key[i] = along[i] > 0 && !away ? map_.lit(at.x[i] + 0.012f * normal.x[i], at.y[i] + 0.012f * normal.y[i], at.z[i] + 0.012f * normal.z[i]) : 1.0f;
    }

    Lane r, g, b, gloss;
    for (int i = 0; i < kLanes; ++i) {
        const Paint& paint = kPaints[std::min<std::size_t>(material[i], kPaints.size() - 1)];
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
