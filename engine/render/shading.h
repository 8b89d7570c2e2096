/// Light on the figure: a warm key lamp with its shadow, a cool rim from behind, light from the sky and back from the floor, dark creases.
#pragma once

#include "render/camera.h"
#include "render/field.h"

#include <cstdint>
#include <span>
#include <vector>

namespace choreia::render {

class Light {
public:
    /// Sets the lamps for one picture, in the memory it has.
    void set(std::span<const Part> parts, const Camera& camera);

    /// Colours (0..255 as shown) of what rays from the camera's eye met at the depths `along` (not above 0: nothing, and the colour means nothing).
    /// parts: those the rays may meet; around: those that may darken the place.
    void shade(std::span<const Part* const> parts, std::span<const Part* const> around, const Points& direction, const Lane& along, Points& colour,
               std::uint8_t* material) const;

private:
    static constexpr float kCell = 0.012f;  ///< of the shadow map, metres

    [[nodiscard]] float lit(float x, float y, float z) const;
    void cast(const Part& part);

    motion::Vec3 eye_ = motion::Vec3::Zero(), rim_ = eye_, across_ = eye_, upward_ = eye_;
    float left_ = 0, low_ = 0;
    int columns_ = 0, rows_ = 0;
    std::vector<float> depth_;  ///< along the key light, of the surface nearest to the lamp
};

}  // namespace choreia::render
