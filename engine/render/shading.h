/// Light on the figure: a warm key lamp with its shadow, a cool rim from behind, light from the sky and back from the floor, dark creases.
#pragma once

#include "render/camera.h"
#include "render/field.h"
#include "render/light_map.h"

#include <cstdint>
#include <span>

namespace choreia::render {

/// Colours what the rays of a picture meet.
class Shader {
public:
    virtual ~Shader() = default;

    /// Colours (0..255 as shown) of what rays from the camera's eye met at the depths `along` (not above 0: nothing, and the colour means nothing).
    /// parts: those the rays may meet; around: those that may darken the place.
    virtual void shade(std::span<const Part* const> parts, std::span<const Part* const> around, const Points& direction, const Lane& along, Points& colour,
                       std::uint8_t* material) const = 0;
};

/// The mannequin's own paints and lamps.
class Light final : public Shader {
public:
    /// Sets the lamps for one picture, in the memory it has.
    void set(std::span<const Part> parts, const Camera& camera);
    void shade(std::span<const Part* const> parts, std::span<const Part* const> around, const Points& direction, const Lane& along, Points& colour,
               std::uint8_t* material) const override;

private:
    motion::Vec3 eye_ = motion::Vec3::Zero(), rim_ = eye_;
    LightMap map_;
};

}  // namespace choreia::render
