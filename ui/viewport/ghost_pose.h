/// Rotations of a pose of which only positions are known, well enough to dress a ghost.
#pragma once

#include "motion/skeleton.h"

#include <span>

namespace choreia::ui {

/// World rotations that turn the rest pose's bones onto the given positions with the least twist; pelvis and chest by their width and height.
/// skeleton: 24 joints; positions and rotations: 24.
void rotationsFromPositions(const motion::Skeleton& skeleton, std::span<const motion::Vec3> positions, std::span<motion::Quat> rotations);

}  // namespace choreia::ui
