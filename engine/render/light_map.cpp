// The shadow map of the key light.
#include "render/light_map.h"

#include <algorithm>
#include <cmath>

namespace choreia::render {

using motion::Vec3;

void LightMap::cast(std::span<const Part> parts, const Vec3& light) {
    light_ = light;
    columns_ = rows_ = 0;
    across_ = light.cross(Vec3::UnitY());
    across_ = across_.norm() > 1e-4f ? Vec3(across_.normalized()) : Vec3(Vec3::UnitX());
    upward_ = across_.cross(light);
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
    for (const Part& part : parts) add(part);
}

void LightMap::add(const Part& part) {
    const Vec3& light = light_;
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
            if (part.cut && h > 1) continue;
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
float LightMap::lit(float x, float y, float z) const {
    const Vec3& light = light_;
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

}  // namespace choreia::render
