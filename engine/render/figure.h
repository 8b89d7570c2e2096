/// The dancer's figure: which rounded parts stand round which joints, in what clothes.
#pragma once

#include "motion/skeleton.h"
#include "render/field.h"

#include <span>
#include <vector>

namespace choreia::render {

/// Parts in the order in which they flow together. positions: 24 world joint positions, metres. worldRotations: 24, or empty: then the turn of
/// head, hands and feet is guessed from the joints about them.
std::vector<Part> figure(std::span<const motion::Vec3> positions, std::span<const motion::Quat> worldRotations);

}  // namespace choreia::render
