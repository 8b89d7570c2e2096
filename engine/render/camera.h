/// A view as a pinhole camera on a pixel grid.
#pragma once

#include "render/mannequin.h"

namespace choreia::render {

/// World to pixels and back. Never rolls: `right` is level, so every picture row lies at one depth on the floor.
struct Camera {
    Camera(const View& view, int width, int height);

    motion::Vec3 eye, right, up, forward;
    int width, height;
    float pixel;  ///< size of a pixel at depth 1

    /// Direction through the point (x, y) in pixels, top left (0, 0), with unit depth (not unit length).
    [[nodiscard]] motion::Vec3 ray(float x, float y) const {
        return forward + right * ((x - 0.5f * static_cast<float>(width)) * pixel) + up * ((0.5f * static_cast<float>(height) - y) * pixel);
    }
    /// x and y in pixels, z the depth in metres; x and y mean nothing where the depth is not positive.
    [[nodiscard]] motion::Vec3 project(const motion::Vec3& point) const;
};

}  // namespace choreia::render
