/// Some of the body's joints.
#pragma once

#include "motion/skeleton.h"

#include <bitset>

namespace choreia::motion {

/// Bit j: motion::Joint j is among them.
using JointSet = std::bitset<kJoints>;

/// Their counterparts on the other side of the body.
[[nodiscard]] inline JointSet mirrored(const JointSet& joints) {
    JointSet out;
    for (int j = 0; j < kJoints; ++j) out[static_cast<std::size_t>(mirrored(j))] = joints[static_cast<std::size_t>(j)];
    return out;
}

}  // namespace choreia::motion
