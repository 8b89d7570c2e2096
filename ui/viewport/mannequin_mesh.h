/// The mannequin as one triangle mesh: rounded, tapered pieces, bound to
/// one joint each (the trunk smoothly to two), so that a pose is only 24 places and rotations.
#pragma once

#include "motion/skeleton.h"

#include <cstdint>
#include <vector>

namespace choreia::ui {

struct MannequinVertex {
    float position[3];  ///< metres, in the rest pose with the pelvis at the origin
    float normal[3];
    float joint;
    float second, weight;  ///< another joint, and its part (0 .. 1) of this point
    float shade;  ///< 1 in the open, lower in creases and on the face's features
};

struct MannequinMesh {
    std::vector<MannequinVertex> vertices;
    std::vector<std::uint32_t> indices;
};

/// Rest positions of the joints as the mesh has them: the pelvis at the origin.
std::vector<motion::Vec3> restPositions(const motion::Skeleton& skeleton);

/// Pieces follow the skeleton's bone lengths; thickness follows its leg length. segments: corners around a limb (8 .. 40).
MannequinMesh buildMannequin(const motion::Skeleton& skeleton, int segments);

}  // namespace choreia::ui
