/// The shadow map of the key light: how near to the lamp the body comes, seen from the lamp.
#pragma once

#include "render/field.h"

#include <span>
#include <vector>

namespace choreia::render {

class LightMap {
public:
    /// Starts anew, in the memory it has. light: unit, towards the lamp.
    void cast(std::span<const Part> parts, const motion::Vec3& light);
    /// Share of the lamp's light that reaches a place of the world: 0 in shadow .. 1.
    [[nodiscard]] float lit(float x, float y, float z) const;

private:
    static constexpr float kCell = 0.012f;  ///< metres

    void add(const Part& part);

    motion::Vec3 light_ = motion::Vec3::UnitY(), across_ = motion::Vec3::UnitX(), upward_ = motion::Vec3::UnitZ();
    float left_ = 0, low_ = 0;
    int columns_ = 0, rows_ = 0;
    std::vector<float> depth_;  ///< along the light, of the surface nearest to the lamp
};

}  // namespace choreia::render
