/// A learned dancer's layers set into a picture: a square of any size and place, before whatever is there.
#pragma once

#include "render/limb_maps.h"
#include "render/mannequin.h"

#include <array>
#include <span>
#include <vector>

namespace choreia::render {

/// Colour, coverage and light left of one pixel, -1..1 as nn::DancerGenerator gives them.
using LayerPixel = std::array<float, 5>;

class LayerSetter {
public:
    /// layers: [size, size]. square: where they belong, in pixels of out, which they go over (colours times opacity, where it is not opaque). Made smaller they are
    /// averaged, made larger they run smoothly (Catmull and Rom 1974). At the square's edge they fade out.
    void set(std::span<const LayerPixel> layers, int size, const PictureSquare& square, Picture& out);

private:
    /// Colour times coverage, and how much of what stands behind is seen.
    using Veil = std::array<float, 4>;
    std::vector<Veil> small_, wide_, row_;
};

}  // namespace choreia::render
