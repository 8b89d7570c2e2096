/// Light and paint of the character: warm skin, cloth, hair with a band of light, a face; key, fill and rim lamps of a request.
#pragma once

#include "render/character_body.h"
#include "render/light_map.h"
#include "render/shading.h"

#include <array>
#include <cmath>

namespace choreia::render {

/// Linear RGB.
using Rgb = std::array<float, 3>;

/// 0..255 as shown (sRGB) of linear light; a polynomial in roots, off by less than 0.5.
inline float shownByte(float linear);

class CharacterShader final : public Shader {
public:
    /// Sets paints and lamps for one picture, in the memory it has. body must outlive the shading.
    void set(const CharacterBody& body, const CharacterLook& look, const CharacterLight& light, const Camera& camera);
    void shade(std::span<const Part* const> parts, std::span<const Part* const> around, const Points& direction, const Lane& along, Points& colour,
               std::uint8_t* material) const override;

private:
    struct Paint {
        Rgb colour{};
        float gloss = 0;    ///< of the lamp's mirror image
        float sheen = 0;    ///< of cloth at grazing angles
        float soft = 0.12f; ///< how far light creeps round the edge of shadow
    };
    struct Spot {
        Rgb colour{};
        float gloss = 0;
    };
    /// Paint at a place: patterns, necklines, the face. footprint: size of a pixel there, metres.
    void paint(std::uint8_t& material, const motion::Vec3& at, float footprint, Spot& spot) const;
    /// up: metres above the hem.
    void paintHoodie(const motion::Vec3& local, float up, float footprint, Spot& spot) const;
    void paintFace(const motion::Vec3& local, float footprint, Spot& spot) const;

    const CharacterBody* body_ = nullptr;
    CharacterLook look_;
    std::array<Paint, kMaterials> paints_;
    LightMap map_;
    motion::Vec3 eye_ = motion::Vec3::Zero(), key_ = motion::Vec3::UnitY(), rim_ = motion::Vec3::UnitY(), rim2_ = motion::Vec3::UnitY();
    Rgb keyColour_{}, rimColour_{};
    float fill_ = 0, pixel_ = 0;
};

inline float shownByte(float linear) {
    const float s1 = std::sqrt(linear), s2 = std::sqrt(s1), s3 = std::sqrt(s2);
    const float bright = 0.585122381f * s1 + 0.783140355f * s2 - 0.368262736f * s3;
    return 255.0f * (linear < 0.0031308f ? 12.92f * linear : bright);
}

}  // namespace choreia::render
