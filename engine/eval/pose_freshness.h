/// Whether a dance goes on in a loop: how new its poses are beside those it had shortly before. No published figure shows it; bodies that sway to and fro for minutes
/// score well on all of them.
#pragma once

#include "motion/clip.h"

#include <array>
#include <span>
#include <vector>

namespace choreia::eval {

/// Joints beside the root (height over the floor), heading frame, metres.
using BodyPose = std::array<motion::Vec3, motion::kJoints>;

/// Of 24 world positions; heading by the line between the hips.
BodyPose bodyPose(std::span<const motion::Vec3> joints);

/// Mean joint distance (metres) to the nearest of past, mean over `now`. past: one or more. Cost: 24 distances a pair.
double freshness(std::span<const BodyPose> now, std::span<const BodyPose> past);

/// In recordings of over 18 s: 0.08 in the median, under 0.047 in one window of a hundred.
inline constexpr double kLoops = 0.045;  ///< m: a window under it goes on in a loop

/// Freshness of each window of two seconds, one a second, beside the fourteen seconds that end two before it. Empty for clips under 18 s. positions: 24 joints.
std::vector<double> poseFreshness(const motion::Positions& positions);

}  // namespace choreia::eval
