/// A motion of our 24-joint body: root path and local rotations on an even frame grid.
#pragma once

#include "motion/skeleton.h"
#include "motion/types.h"

#include <cstddef>
#include <span>
#include <vector>

namespace choreia::motion {

/// root: pelvis position in the world, metres. rotations: [frames * 24], parent space, unit (the pelvis's is its world rotation).
struct Clip {
    double fps = 60;
    std::vector<Vec3> root;
    std::vector<Quat> rotations;

    [[nodiscard]] std::size_t frames() const { return root.size(); }
    [[nodiscard]] double seconds() const { return static_cast<double>(frames()) / fps; }
    [[nodiscard]] std::span<const Quat> pose(std::size_t frame) const { return {rotations.data() + frame * kJoints, kJoints}; }
    [[nodiscard]] std::span<Quat> pose(std::size_t frame) { return {rotations.data() + frame * kJoints, kJoints}; }
};

/// Joint positions of a motion, in the world. positions: [frames * joints].
struct Positions {
    double fps = 60;
    std::size_t joints = kJoints;
    std::vector<Vec3> values;

    [[nodiscard]] std::size_t frames() const { return joints ? values.size() / joints : 0; }
    [[nodiscard]] std::span<const Vec3> frame(std::size_t f) const { return {values.data() + f * joints, joints}; }
    [[nodiscard]] std::span<Vec3> frame(std::size_t f) { return {values.data() + f * joints, joints}; }
    [[nodiscard]] const Vec3& at(std::size_t f, std::size_t j) const { return values[f * joints + j]; }
    [[nodiscard]] Vec3& at(std::size_t f, std::size_t j) { return values[f * joints + j]; }
};

/// The clip on another frame grid: Catmull-Rom for the root and (normalised, signs aligned) for rotations.
/// The time from first to last frame is kept to half a frame.
Clip resample(const Clip& clip, double fps);
/// The clip read at the given times (seconds from its start, clamped to its ends): out frame i shows clip at times[i]. Result fps as given.
Clip sampleAt(const Clip& clip, std::span<const double> times, double fps);
/// Left and right exchanged: the clip seen in a mirror (plane x = 0).
Clip mirror(const Clip& clip);
/// Frames [first, first + count).
Clip slice(const Clip& clip, std::size_t first, std::size_t count);

}  // namespace choreia::motion
