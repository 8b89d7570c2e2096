/// What a person holds on to while the engine dances: an opening to start from, and poses that the dance must pass through.
#pragma once

#include "core/result.h"
#include "motion/clip.h"

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace choreia::choreo {

/// A pose that the dance takes at a moment. It speaks of the body alone: place and heading stay the dance's own.
struct PinnedPose {
    double time = 0;                      ///< seconds in the song
    std::vector<motion::Quat> rotations;  ///< 24, parent space; the pelvis's heading does not count
    float height = 0;                     ///< of the root, metres
    double weight = 1;                    ///< 1: met exactly; less: that share of the way
    double falloff = 0.4;                 ///< seconds over which it fades on both sides, shortened where another pin is nearer
};

struct Constraints {
    std::vector<PinnedPose> pins;         ///< in any order
    std::optional<motion::Clip> opening;  ///< the dance starts from its last pose, as its continuation; one frame is a still pose
    [[nodiscard]] bool empty() const { return pins.empty() && !opening; }
};

/// The pose of a clip at a moment of it (seconds, clamped to its ends), to be pinned at `time` of a song. The clip must have a frame.
PinnedPose pinFrom(const motion::Clip& clip, double second, double time);

/// Pins in order of time. Error (Usage): a pin outside [from, to], two within a frame of one another, a pose without 24 rotations, a weight
/// outside 0..1, a falloff that is not positive; (BadInput) an opening without frames.
Result<std::vector<PinnedPose>> orderedPins(const Constraints& constraints, double from, double to);

/// Joint positions in the heading frame: x and z from the root, y from the floor. What poses are compared by.
std::array<motion::Vec3, motion::kJoints> bodyPositions(std::span<const motion::Quat> rotations, float height);
/// Mean distance of corresponding joints, metres.
double poseDistance(std::span<const motion::Vec3> a, std::span<const motion::Vec3> b);

/// Where the pins lie on the frame grid of a clip of so many frames at 60 fps.
std::vector<std::size_t> pinFrames(std::span<const PinnedPose> pins, std::size_t frames);

/// Moves the clip through the pins by offsets that fade smoothly to both sides. pins in order. heldFirst, heldLast: the first (last) frame stays
/// as it is. Returns the mean joint distance (metres) to each pin before.
std::vector<double> meetPins(motion::Clip& clip, std::span<const PinnedPose> pins, bool heldFirst, bool heldLast);

/// Bends the clip's beginning so that its first frame is the last of `before` and its motion carries on at that one's speed; the offset fades
/// over `seconds` (quintic, as in inertialisation: Bollo 2016). Place and heading are taken as they stand.
void continueFrom(motion::Clip& clip, const motion::Clip& before, double seconds);
/// The same at the clip's end, towards the first frame of `after`.
void leadInto(motion::Clip& clip, const motion::Clip& after, double seconds);

/// The clip as a whole turned about the vertical (radians) through its first root position.
void turnClip(motion::Clip& clip, float radians);
/// The clip's first pose and speed become the opening's last, after turning the dance to the opening's heading; its place stays.
void openWith(motion::Clip& clip, const motion::Clip& opening);

/// Lifts feet that the offsets around these frames (in order) have pushed under the floor, by inverse kinematics; the frames themselves stay.
void keepAboveFloor(motion::Clip& clip, std::span<const std::size_t> frames);

}  // namespace choreia::choreo
