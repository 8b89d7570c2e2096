/// The stage behind and under the dancer: a calm dark backdrop, a floor with a grid that fades into haze, and the dancer's shadow on it.
#pragma once

#include "render/camera.h"
#include "render/field.h"

#include <span>
#include <vector>

namespace choreia::render {

/// Unit, towards the key light.
motion::Vec3 keyLight();

/// How much light is missing on the floor about the dancer, on an even grid of world x and z.
class FloorShadow {
public:
    /// Starts anew, in the memory it has. light: unit, towards the lamp, which stands above.
    void cast(std::span<const Part> parts, const motion::Vec3& light = keyLight());

    /// 0 lit .. 1 dark, bilinear; 0 outside.
    [[nodiscard]] float at(float x, float z) const;
    /// Takes the missing light from a picture of the empty stage; where the picture is not opaque the shadow is.
    void darken(const Camera& camera, Picture& picture) const;

private:
    static constexpr float kCell = 0.015f;  ///< metres

    void throwShadow(const Part& part);
    void touch(const motion::Vec3& centre, float radius);
    template <class Fill>
    void over(float x0, float x1, float z0, float z1, const Fill& fill);

    motion::Vec3 light_ = motion::Vec3::UnitY();
    float left_ = 0, back_ = 0;
    int columns_ = 0, rows_ = 0;
    std::vector<float> cast_, near_;  ///< shadow of the key light; nearness of the body, which hides the rest of the light
};

/// Fills the whole picture with the empty stage, a pool of light under the view's target.
void drawStage(const View& view, const Camera& camera, Picture& out);

/// The empty stage, kept as long as the camera stands still.
class EmptyStage {
public:
    const Picture& of(const View& view, const Camera& camera);

private:
    Picture picture_;
    View view_;
};

}  // namespace choreia::render
