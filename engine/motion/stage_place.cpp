// Only the pelvis knows the world.
#include "motion/stage_place.h"

namespace choreia::motion {

Clip onStage(const StagePlace& place, Clip own) {
    if (place == StagePlace{}) return own;
    const Quat turn = turnOf(place);
    for (std::size_t f = 0; f < own.frames(); ++f) {
        own.root[f] = onStage(place, own.root[f]);
        own.pose(f)[Pelvis] = (turn * own.pose(f)[Pelvis]).normalized();
    }
    return own;
}

}  // namespace choreia::motion
