/// What may be behind a person, or there without one: painted, so that no place can be learned. Internal to the room.
#pragma once

#include "core/random.h"

#include <array>
#include <vector>

namespace choreia::train {

using Colour = std::array<float, 3>;
/// Mostly greyish, now and then strong; linear, 0..1.
Colour someColour(Random& random);

/// A canvas of [side, side, 3] linear floats, about 0..1: gradient, shapes, and noise of several sizes.
std::vector<float> paintShapes(Random& random, int side);

/// The same canvas as a surface: bricks, planks, tiles, stripes, clouds, cells, leaves, lines, pages; seen from straight ahead or in perspective, at times one above another.
/// Surfaces have edges of a limb's size all over, which is what a network takes for people.
std::vector<float> paintSurface(Random& random, int side);

/// Either of them.
std::vector<float> paintBackground(Random& random, int side);

}  // namespace choreia::train
