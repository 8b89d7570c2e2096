// Backdrop, floor, grid and shadow. Each picture row of the floor lies at one depth (the camera never rolls), so a row is a straight run through the world.
#include "render/stage.h"

#include "render/stage_rows.h"

#include <algorithm>
#include <cmath>

namespace choreia::render {

using motion::Vec3;

namespace {

constexpr Colour kTop{17, 18, 24}, kHorizon{40, 41, 58}, kGlow{26, 18, 31};

float smooth(float from, float to, float x) {
    const float t = std::clamp((x - from) / (to - from), 0.0f, 1.0f);
    return t * t * (3 - 2 * t);
}

}  // namespace

Vec3 keyLight() {
    static const Vec3 direction = Vec3(-0.42f, 0.86f, 0.52f).normalized();
    return direction;
}

void FloorShadow::cast(std::span<const Part> parts, const Vec3& light) {
    columns_ = rows_ = 0;
    light_ = light;
    float x0 = 1e9f, x1 = -1e9f, z0 = 1e9f, z1 = -1e9f;
    const auto include = [&](const Vec3& p, float r) {
        const float s = std::max(p.y(), 0.0f) / light.y();
        const float wide = 0.45f + r;
        x0 = std::min({x0, p.x() - s * light.x() - wide, p.x() - wide}), x1 = std::max({x1, p.x() - s * light.x() + wide, p.x() + wide});
        z0 = std::min({z0, p.z() - s * light.z() - wide, p.z() - wide}), z1 = std::max({z1, p.z() - s * light.z() + wide, p.z() + wide});
    };
    for (const Part& part : parts) {
        include(part.a, part.largestRadius());
        include(part.a + part.ab, part.largestRadius());
    }
    if (!(x1 > x0) || !(x1 - x0 < 40) || !(z1 - z0 < 40)) return;  // nothing, or not a body
    left_ = x0, back_ = z0;
    columns_ = static_cast<int>((x1 - x0) / kCell) + 2;
    rows_ = static_cast<int>((z1 - z0) / kCell) + 2;
    const auto cells = static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_);
    cast_.assign(cells, 0.0f);
    near_.assign(cells, 0.0f);
    for (const Part& part : parts) {
        if (part.largestRadius() < 0.013f) continue;  // a finger's shadow is softer than it is wide
        throwShadow(part);
        touch(part.a + 0.25f * part.ab, part.radiusAt(0.25f));
        touch(part.a + 0.75f * part.ab, part.radiusAt(0.75f));
    }
    for (std::size_t i = 0; i < cells; ++i) cast_[i] = 1 - (1 - 0.62f * cast_[i]) * (1 - 0.8f * std::min(near_[i], 1.0f));
}

template <class Fill>
void FloorShadow::over(float x0, float x1, float z0, float z1, const Fill& fill) {
    const int c0 = std::max(0, static_cast<int>((x0 - left_) / kCell)), c1 = std::min(columns_ - 1, static_cast<int>((x1 - left_) / kCell) + 1);
    const int r0 = std::max(0, static_cast<int>((z0 - back_) / kCell)), r1 = std::min(rows_ - 1, static_cast<int>((z1 - back_) / kCell) + 1);
    for (int r = r0; r <= r1; ++r) {
        const auto base = static_cast<std::size_t>(r) * static_cast<std::size_t>(columns_);
        const float z = back_ + kCell * static_cast<float>(r);
        for (int c = c0; c <= c1; ++c) fill(base + static_cast<std::size_t>(c), left_ + kCell * static_cast<float>(c), z);
    }
}

// The higher the part, the wider the shadow's edge: the light is a lamp with a size, not a point.
void FloorShadow::throwShadow(const Part& part) {
    const Vec3& light = light_;
    const float radius = part.largestRadius();
    const Vec3 b = part.a + part.ab;
    const float high = std::max({part.a.y(), b.y(), 0.0f}) / light.y();
    const float reach = 2.0f * radius + 0.05f + 0.16f * high;
    const auto foot = [&](const Vec3& p) { return Vec3(p - light * (p.y() / light.y())); };
    const Vec3 fa = foot(part.a), fb = foot(b);
    const float length2 = part.ab.squaredNorm(), along = part.ab.dot(light);
    const float inverse = 1.0f / std::max(length2 - along * along, 1e-8f);
    over(std::min(fa.x(), fb.x()) - reach, std::max(fa.x(), fb.x()) + reach, std::min(fa.z(), fb.z()) - reach, std::max(fa.z(), fb.z()) + reach,
         [&](std::size_t cell, float x, float z) {
             const float wx = x - part.a.x(), wy = -part.a.y(), wz = z - part.a.z();
             const float d = wx * part.ab.x() + wy * part.ab.y() + wz * part.ab.z(), e = wx * light.x() + wy * light.y() + wz * light.z();
             float h = (d - e * along) * inverse;
             h = h < 0 ? 0 : h > 1 ? 1 : h;
             float s = h * along - e;  // up the ray towards the light
             s = s < 0 ? 0 : s;
             const float vx = wx + s * light.x() - h * part.ab.x(), vy = wy + s * light.y() - h * part.ab.y(), vz = wz + s * light.z() - h * part.ab.z();
             const float r = part.radiusAt(h);
             const float soft = 0.012f + 0.075f * s;
             float t = (r + soft - std::sqrt(vx * vx + vy * vy + vz * vz)) / (2 * soft);
             t = t < 0 ? 0 : t > 1 ? 1 : t;
             // A part thinner than its edge is wide hides only a share of the lamp.
             const float dark = t * t * (3 - 2 * t) * std::min(1.0f, 1.25f * r / soft);
             cast_[cell] = std::max(cast_[cell], dark);
         });
}

// Share of the open sky that a ball hides from the floor: cos(angle) r^2 / d^2.
void FloorShadow::touch(const Vec3& centre, float radius) {
    const float y = std::max(centre.y(), radius);
    if (y > 0.7f) return;
    const float reach = std::min(0.5f, 3.5f * y + radius);
    const float r2 = radius * radius;
    over(centre.x() - reach, centre.x() + reach, centre.z() - reach, centre.z() + reach, [&](std::size_t cell, float x, float z) {
        const float dx = x - centre.x(), dz = z - centre.z();
        const float flat = dx * dx + dz * dz, d2 = flat + y * y;
        const float edge = std::max(0.0f, 1.0f - flat / (reach * reach));
        near_[cell] += edge * edge * y * r2 / (d2 * std::sqrt(d2));
    });
}

float FloorShadow::at(float x, float z) const {
    const float u = (x - left_) / kCell, v = (z - back_) / kCell;
    if (!(u >= 0) || !(v >= 0) || u >= static_cast<float>(columns_ - 1) || v >= static_cast<float>(rows_ - 1)) return 0;
    const int c = static_cast<int>(u), r = static_cast<int>(v);
    const float a = u - static_cast<float>(c), b = v - static_cast<float>(r);
    const float* cell = cast_.data() + static_cast<std::size_t>(r) * static_cast<std::size_t>(columns_) + c;
    return (1 - b) * ((1 - a) * cell[0] + a * cell[1]) + b * ((1 - a) * cell[columns_] + a * cell[columns_ + 1]);
}

namespace {

/// World positions along one picture row of the floor; false where the row shows no floor.
bool floorRow(const Camera& camera, int y, FloorRow& row) {
    const Vec3 first = camera.ray(0.0f, static_cast<float>(y) + 0.5f);
    if (first.y() >= -1e-4f || camera.eye.y() <= 0.02f) return false;
    const float t = -camera.eye.y() / first.y();
    const float level = std::max(std::hypot(camera.forward.x(), camera.forward.z()), 0.1f);
    row.eyeX = camera.eye.x(), row.eyeZ = camera.eye.z();
    row.x0 = row.eyeX + t * first.x(), row.z0 = row.eyeZ + t * first.z();
    row.dx = t * camera.pixel * camera.right.x(), row.dz = t * camera.pixel * camera.right.z();
    row.deep = std::min(t * t * camera.pixel * level / camera.eye.y(), 50.0f);
    return true;
}

}  // namespace

void FloorShadow::darken(const Camera& camera, Picture& picture) const {
    if (columns_ < 2) return;
    const auto width = static_cast<std::size_t>(camera.width);
    FloorRow row{};
    for (int y = 0; y < camera.height; ++y) {
        if (!floorRow(camera, y, row)) continue;
        // The pixels between which the row runs over the shadow's grid.
        float from = 0, to = static_cast<float>(width);
        const auto cut = [&](float start, float step, float low, float high) {
            if (std::fabs(step) < 1e-9f) {
                if (start < low || start > high) to = from;
                return;
            }
            const float a = (low - start) / step, b = (high - start) / step;
            from = std::max(from, std::min(a, b));
            to = std::min(to, std::max(a, b));
        };
        cut(row.x0, row.dx, left_, left_ + kCell * static_cast<float>(columns_ - 1));
        cut(row.z0, row.dz, back_, back_ + kCell * static_cast<float>(rows_ - 1));
        if (!(from < to)) continue;
        const std::size_t last = std::min(width, static_cast<std::size_t>(to) + 1);
        for (auto i = static_cast<std::size_t>(from); i < last; ++i) {
            const float f = static_cast<float>(i) + 0.5f;
            const float dark = at(row.x0 + f * row.dx, row.z0 + f * row.dz);
            if (dark <= 0.002f) continue;
            std::uint8_t* pixel = picture.rgba.data() + 4 * (static_cast<std::size_t>(y) * width + i);
            const int lit = static_cast<int>(256.0f * (1.0f - dark));
            // Rounded up or down by place, which keeps the grain of the stage under the shadow.
            const int half = (static_cast<int>(i) + y) & 1 ? 200 : 56;
            for (int c = 0; c < 3; ++c) pixel[c] = static_cast<std::uint8_t>((pixel[c] * lit + half) >> 8);
            // Before no background the shadow is a black veil.
            if (pixel[3] < 255) pixel[3] = static_cast<std::uint8_t>(255 - (((255 - pixel[3]) * lit + half) >> 8));
        }
    }
}

void drawStage(const View& view, const Camera& camera, Picture& out) {
    const auto width = static_cast<std::size_t>(camera.width);
    const auto height = static_cast<float>(camera.height);
    RowColours colours(width);
    std::vector<float> glow(width);
    const Vec3 centre = camera.project(Vec3(view.target.x(), 1.0f, view.target.z()));
    const float column = centre.z() > 0 ? centre.x() : 0.5f * static_cast<float>(width);
    for (std::size_t i = 0; i < width; ++i) {
        const float d = (static_cast<float>(i) - column) / height;
        glow[i] = std::exp(-d * d * 2.6f);
    }
    const float horizon = 0.5f * height + camera.forward.y() / std::max(camera.up.y(), 1e-4f) / camera.pixel;  // its row
    FloorRow row{};
    row.poolX = view.target.x(), row.poolZ = view.target.z();
    for (int y = 0; y < camera.height; ++y) {
        if (floorRow(camera, y, row)) {
            paintFloor(row, kHorizon, colours);
        } else {
            const float above = std::clamp((horizon - static_cast<float>(y) - 0.5f) / height, 0.0f, 1.5f);
            const float fade = smooth(0.0f, 0.95f, above);
            const float strength = std::exp(-(above - 0.22f) * (above - 0.22f) * 9.0f) * smooth(0.0f, 0.32f, above);
            const Colour base{kHorizon.r + fade * (kTop.r - kHorizon.r), kHorizon.g + fade * (kTop.g - kHorizon.g), kHorizon.b + fade * (kTop.b - kHorizon.b)};
            paintBackdrop(base, {strength * kGlow.r, strength * kGlow.g, strength * kGlow.b}, glow, colours);
        }
        packRow(colours, y, out.rgba.data() + static_cast<std::size_t>(y) * width * 4);
    }
}

const Picture& EmptyStage::of(const View& view, const Camera& camera) {
    const bool same = picture_.width == camera.width && picture_.height == camera.height && view_.eye == view.eye && view_.target == view.target &&
                      view_.fieldOfView == view.fieldOfView;
    if (!same) {
        picture_.width = camera.width, picture_.height = camera.height;
        picture_.rgba.resize(4 * static_cast<std::size_t>(camera.width) * static_cast<std::size_t>(camera.height));
        drawStage(view, camera, picture_);
        view_ = view;
    }
    return picture_;
}

}  // namespace choreia::render
