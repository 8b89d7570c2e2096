// Only the pelvis knows the world.
#include "motion/stage_place.h"

#include <algorithm>

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

Positions together(std::span<const Standing> dancers) {
    Positions all;
    all.joints = 0;
    std::size_t frames = 0;
    for (const Standing& one : dancers) {
        all.fps = one.positions->fps;
        all.joints += one.positions->joints;
        frames = std::max(frames, one.positions->frames());
    }
    all.values.resize(all.joints * frames);
    std::ptrdiff_t first = 0;
    for (const Standing& one : dancers) {
        const bool own = one.place == StagePlace{};
        const Quat turn = turnOf(one.place);
        const Vec3 shift(one.place.x, 0, one.place.z);
        for (std::size_t f = 0; f < frames; ++f) {
            const auto joints = one.positions->frame(std::min(f, one.positions->frames() - 1));
            const auto out = all.frame(f).begin() + first;
            if (own) std::copy(joints.begin(), joints.end(), out);
            else std::transform(joints.begin(), joints.end(), out, [&](const Vec3& joint) -> Vec3 { return turn * joint + shift; });
        }
        first += static_cast<std::ptrdiff_t>(one.positions->joints);
    }
    return all;
}

}  // namespace choreia::motion
