/// When a foot stands.
#pragma once

#include "motion/clip.h"

#include <array>
#include <vector>

namespace choreia::motion {

/// Order of the four contact points.
inline constexpr std::array<int, 4> kContactJoints = {LeftAnkle, LeftFoot, RightAnkle, RightFoot};

/// contacts[frame][k] is true where joint kContactJoints[k] is near the floor and slow: ankle under 0.12 m and toe under 0.07 m above floor
/// (y = 0), speed under 0.35 m/s, runs shorter than 3 frames at 30 fps removed, gaps as short closed.
std::vector<std::array<bool, 4>> detectContacts(const Positions& positions);

}  // namespace choreia::motion
