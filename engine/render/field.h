/// The body as a distance field: rounded, tapered, flattened parts that flow into one another; evaluated for sixteen points at once.
#pragma once

#include "motion/types.h"

#include <cstdint>
#include <span>

namespace choreia::render {

/// What a part is made of; the mannequin wears the first six, the character all.
enum class Material : std::uint8_t { Skin, Top, Trousers, Shoes, Sole, Hair, Face, Trim, Socks, Band };
inline constexpr int kMaterials = 10;

/// A segment from a to a + ab, swept by a sphere whose radius goes smoothly from r0 to r0 + r1, with a swelling of r2 halfway; metres, world.
/// The radius does not change at the very ends, so that the surface has no crease where the caps begin.
struct Part {
    motion::Vec3 a = motion::Vec3::Zero(), ab = motion::Vec3::Zero();
    float r0 = 0, r1 = 0, r2 = 0;
    float blend0 = 0, blend1 = 0;                   ///< width over which it flows into the parts before it: blend0 + blend1 h; 0 meets them sharply
    float reach = 0;                                ///< the widest flow that it takes part in, its own or a later part's
    motion::Vec3 flat = motion::Vec3::UnitX();      ///< direction in which it is flattened
    float squash = 0;                               ///< thickness along flat is 1 / (1 + squash) of the width
    bool cut = false;                               ///< ends flat at a + ab, without its cap: the hem of a garment
    Material material = Material::Skin;

    [[nodiscard]] float radiusAt(float h) const {
        const float g = h * (1 - h);
        return r0 + r1 * h * h * (3 - 2 * h) + r2 * 16 * g * g;
    }
    [[nodiscard]] float largestRadius() const;
    /// Distance between the segment and the ray from origin (unit direction), and how far along the ray it is nearest.
    [[nodiscard]] float distanceToRay(const motion::Vec3& origin, const motion::Vec3& direction, float* along) const;
};

inline constexpr int kLanes = 16;
struct alignas(64) Lane {
    float v[kLanes];
    float& operator[](int i) { return v[i]; }
    float operator[](int i) const { return v[i]; }
};
struct Points {
    Lane x, y, z;
};

/// parts: pointers in the order in which they flow together. distance: metres, negative inside; very large without parts.
void fieldDistance(std::span<const Part* const> parts, const Points& points, Lane& distance);

/// The same with the outward normal (unit) and the nearest part's material.
void fieldSurface(std::span<const Part* const> parts, const Points& points, Lane& distance, Points& normal, std::uint8_t* material);

/// Walks sixteen rays from one eye (unit directions) from their start depth until they come as near as cone * depth to the surface, which is where
/// along ends; or past `far`, where along is negative. cone 0 takes a hair's breadth.
void walkRays(std::span<const Part* const> parts, const motion::Vec3& eye, const Points& direction, float cone, float far, Lane& along);

}  // namespace choreia::render
