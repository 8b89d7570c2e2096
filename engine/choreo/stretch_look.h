/// What a person would see in a stretch just decoded: how lively it is, whether the arms move, whether the feet slide, whether it meets the beats.
/// Internal to the room.
#pragma once

#include "eval/pose_freshness.h"
#include "motion/types.h"

#include <array>
#include <limits>
#include <span>
#include <vector>

namespace choreia::choreo {

/// Where the root goes between a row and the next, as seen along the heading.
struct RootStep {
    float x = 0, z = 0;  ///< m/s
    float turn = 0;      ///< rad/s about +Y
};

/// How surely each contact joint stands by the decoder's word, 0..1, order of motion::kContactJoints.
using Stands = std::array<float, 4>;

/// Left and right wrist beside the pelvis, heading frame, metres.
using Hands = std::array<motion::Vec3, 2>;

/// A stretch and what came before it.
struct StretchLook {
    std::vector<double> speeds;  ///< mean joint speed between neighbouring rows, m/s; as it will be with the feet planted, where it is known how they stand
    double speed = 0;            ///< its mean over the stretch
    double arms = 0;             ///< m: root mean square distance of the wrists from their mean places beside the pelvis, over all the rows
    std::vector<Hands> hands;    ///< of the rows given
    double stiffest = std::numeric_limits<double>::infinity();  ///< m: the same of the wrist that moves less, over four seconds or more; infinite where fewer are known
    std::vector<eval::BodyPose> poses;  ///< of every fourth row of the stretch
    std::vector<double> turns;  ///< rad/s about +Y of the rows of the stretch
    double slide = 0;            ///< share of the stretch's standing feet that slide: heights and speed of eval's skating ratio

    /// 1 where it is just awake: the least of the shares of what keeps a body, its arms, or for longer one arm alone, from seeming frozen.
    [[nodiscard]] double liveliness() const;
    [[nodiscard]] bool asleep() const { return liveliness() <= 1; }
};

/// positions: [rows * 24], x and z beside the root and y over the floor, heading frame, metres, 30 rows a second; root: [rows]; the last `count` rows are
/// the stretch. earlier: the hands of the rows before these, as many as are known. stands: [rows], or empty. Planting the feet (cleanFeet) leads the root after
/// the foot that stands, which takes a sixth of a decoded dance's speed and makes a third more pauses in a waltz: what is judged here is to be what is seen then.
StretchLook lookAt(std::span<const motion::Vec3> positions, std::span<const RootStep> root, std::size_t count, std::span<const Hands> earlier = {}, std::span<const Stands> stands = {});

/// How well a stretch of motion meets the beats: the sum over the beats of exp(-d^2 / 18), d to the nearest minimum of the smoothed mean joint speed in
/// frames at 60 fps, less what so many minima would give by chance (beats times minima a frame times 3 sqrt(2 pi)). speed: mean joint speed between
/// neighbouring rows, 30 a second; beats: rows, rising; those from `first` on count, and minima from a sixth of a second before.
double meetsBeats(std::span<const double> speed, std::span<const double> beats, std::size_t first);

/// Pauses of a stretch of motion: minima of the same smoothed speed, from row `first` on.
std::size_t pausesFrom(std::span<const double> speed, std::size_t first);

}  // namespace choreia::choreo
