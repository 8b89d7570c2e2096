/// The loops of the stage that run over every pixel of a row, built for any machine and for AVX2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace choreia::render {

struct Colour {
    float r, g, b;  ///< 0..255, as shown
};

/// One row of colours, apart.
struct RowColours {
    std::vector<float> r, g, b;
    explicit RowColours(std::size_t n) : r(n), g(n), b(n) {}
};

/// What is the same for a whole row of the floor.
struct FloorRow {
    float x0, z0;        ///< world position at pixel 0
    float dx, dz;        ///< step a pixel
    float deep;          ///< metres of depth that a pixel's height covers
    float eyeX, eyeZ;
    float poolX, poolZ;  ///< middle of the pool of light
};

/// Floor, grid and haze.
void paintFloor(const FloorRow& row, const Colour& haze, RowColours& out);

/// base + glow[i] * tint.
void paintBackdrop(const Colour& base, const Colour& tint, const std::vector<float>& glow, RowColours& out);

/// Colours with a grain that breaks up the steps of dark gradients, as opaque pixels. y: the picture's row.
void packRow(const RowColours& colours, int y, std::uint8_t* rgba);

}  // namespace choreia::render
