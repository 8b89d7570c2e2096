/// Where on the floor a dancer's own space lies: a dance is made, shaped and measured about its own origin, and only stands elsewhere.
#pragma once

#include "motion/clip.h"

#include <Eigen/Geometry>

#include <span>

namespace choreia::motion {

/// First turned about the upright axis through the origin, then moved over the floor. Metres, +Z towards the audience; radians, positive from +Z towards +X.
struct StagePlace {
    float x = 0, z = 0, turn = 0;
    bool operator==(const StagePlace&) const = default;
};

/// The turn of a place as a world rotation.
inline Quat turnOf(const StagePlace& place) { return Quat(Eigen::AngleAxisf(place.turn, Vec3::UnitY())); }
/// A point of the dancer's own space on the stage.
inline Vec3 onStage(const StagePlace& place, const Vec3& own) { return turnOf(place) * own + Vec3(place.x, 0, place.z); }
/// The inverse: a point of the stage in the dancer's own space.
inline Vec3 offStage(const StagePlace& place, const Vec3& stage) { return turnOf(place).conjugate() * (stage - Vec3(place.x, 0, place.z)); }
/// The dance as it is danced on the stage: root paths and the pelvis's world rotations; everything below the pelvis is as it was.
Clip onStage(const StagePlace& place, Clip own);

/// A dancer's joints in their own space, of which there is a frame at least, and where that lies.
struct Standing {
    const Positions* positions = nullptr;
    StagePlace place{};
};
/// The joints of all dancers on the stage, in each frame one dancer's after another's. As long as the longest; who ends earlier stays in the last pose. One dancer or more.
Positions together(std::span<const Standing> dancers);

}  // namespace choreia::motion
