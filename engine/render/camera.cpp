// The pinhole camera.
#include "render/camera.h"

#include <algorithm>
#include <cmath>

namespace choreia::render {

using motion::Vec3;

Camera::Camera(const View& view, int w, int h) : eye(view.eye), width(w), height(h) {
    forward = view.target - view.eye;
    if (forward.squaredNorm() < 1e-12f) forward = Vec3(0, 0, -1);
    forward.normalize();
    right = forward.cross(Vec3::UnitY());
    right = right.squaredNorm() < 1e-8f ? Vec3(Vec3::UnitX()) : Vec3(right.normalized());
    up = right.cross(forward);
    pixel = 2.0f * std::tan(0.5f * std::clamp(view.fieldOfView, 0.02f, 2.8f)) / static_cast<float>(std::max(h, 1));
}

Vec3 Camera::project(const Vec3& point) const {
    const Vec3 v = point - eye;
    const float depth = v.dot(forward);
    const float scale = depth > 1e-4f ? 1.0f / (depth * pixel) : 0.0f;
    return {0.5f * static_cast<float>(width) + v.dot(right) * scale, 0.5f * static_cast<float>(height) - v.dot(up) * scale, depth};
}

}  // namespace choreia::render
