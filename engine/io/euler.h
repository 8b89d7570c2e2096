/// Rotations as three angles for file formats, running on from frame to frame without jumps.
#pragma once

#include "motion/types.h"

#include <array>

namespace choreia::io {

/// Degrees, in the order of the formats' own channels.
using Angles = std::array<double, 3>;

/// R = Rz Rx Ry (BVH's Zrotation Xrotation Yrotation): {z, x, y}. Of all triples for this rotation, the nearest to `before`.
Angles eulerZxy(const motion::Quat& rotation, const Angles& before);
/// R = Rz Ry Rx (FBX's order XYZ): {x, y, z}; nearest to `before`.
Angles eulerXyz(const motion::Quat& rotation, const Angles& before);

}  // namespace choreia::io
