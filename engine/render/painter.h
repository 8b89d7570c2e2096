/// Draws a distance field: which pixels its parts cover, how deep they lie, and with smooth outlines in a shader's colours.
#pragma once

#include "render/camera.h"
#include "render/field.h"
#include "render/shading.h"

#include <cstdint>
#include <span>
#include <vector>

namespace choreia::render {

/// Sixteen by sixteen pixels and what may be met in them.
struct Tile {
    int x = 0, y = 0;
    motion::Vec3 axis = motion::Vec3::UnitZ();  ///< unit, through its middle
    std::vector<const Part*> parts;   ///< those that a ray through the tile may meet
    std::vector<const Part*> around;  ///< and those near enough to darken what it meets
    float near = 0, far = 0;          ///< depth range along rays
};

/// What one ray met.
struct Hit {
    float depth = 0;  ///< 0: nothing
    std::uint8_t colour[3] = {0, 0, 0}, material = 0;
};

/// Memory of one picture, to be kept for the next one.
struct PaintScratch {
    std::vector<Hit> hits;
    std::vector<Tile> tiles;
};

/// What a picture leaves besides its colours.
struct Cover {
    std::vector<std::uint8_t> coverage;  ///< [height, width]: how much of the pixel is figure, 0..255
    std::vector<float> depth;            ///< [height, width]: metres from the eye through the pixel's middle; 0: nothing
};

/// Over what the picture shows already, which has the camera's size. Draws nothing where the camera stands in the body. cover: may be null.
void paintFigure(const std::vector<Part>& parts, const Camera& camera, const Shader& shader, Picture& out, Cover* cover, PaintScratch& scratch);

}  // namespace choreia::render
