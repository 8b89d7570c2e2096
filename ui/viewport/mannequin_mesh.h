/// The mannequin as one triangle mesh: rounded, tapered pieces, each bound to one joint, so that a pose is only 24 places and rotations.
#pragma once

#include "motion/skeleton.h"

#include <cstdint>
#include <vector>

namespace choreia::ui {

struct MannequinVertex {
    float position[3];  ///< metres, in the joint's frame (the rest pose's axes)
    float normal[3];
    float joint;
    float shade;  ///< 1 in the open, lower in creases and on the face's features
};

struct MannequinMesh {
    std::vector<MannequinVertex> vertices;
    std::vector<std::uint32_t> indices;
};

/// Pieces follow the skeleton's bone lengths; thickness follows its leg length. segments: corners around a limb (8 .. 40).
MannequinMesh buildMannequin(const motion::Skeleton& skeleton, int segments);

}  // namespace choreia::ui
