/// A group that dances one dance: who stands where, and when each begins.
#pragma once

#include "motion/clip.h"

#include <vector>

namespace choreia::motion {

inline constexpr std::size_t kMostDancers = 8;

/// Places on the floor, metres, their middle at the origin, rows from the front (towards +Z) to the back, each from left to right (the dancers' own right is -X): 1, 2 and
/// further ones on gaps of the row before, so that everybody is seen. row: 0 in front.
struct FormationPlace {
    float x = 0, z = 0;
    std::size_t row = 0;
};
std::vector<FormationPlace> formation(std::size_t count);

/// The lead's dance once for each of 1 to kMostDancers, at its place; each row begins `delay` seconds after the one before and holds the first pose until then (0: unison).
/// All are as long as the lead.
std::vector<Clip> inFormation(const Clip& lead, std::size_t count, double delay = 0);

}  // namespace choreia::motion
