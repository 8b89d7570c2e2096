/// Sync: a time warp that brings motion beats onto music beats without changing speed by more than a bound.
#pragma once

#include "motion/clip.h"

#include <cstdint>
#include <span>
#include <vector>

namespace choreia::choreo {

struct SyncSettings {
  double maxSpeedChange = 0.20; ///< local speed stays within 1 +- this
  double strength = 1.0;        ///< 0 leaves the motion as it is
  std::uint64_t seed = 1;
};

struct SyncReport {
  double before = 0, after = 0; ///< beat alignment (mean over music beats of exp(-d^2/18)), frames at 60 fps
  double meanSpeedChange = 0, maxSpeedChange = 0;
};

/// times[i]: the clip time (seconds) shown at output frame i, for warping with motion::sampleAt. Strictly rising, starts at 0,
/// ends at the clip's end. musicBeats: seconds. Method: dynamic-programming match of motion beats (minima of smoothed mean joint
/// speed) to music beats, speed-bounded piecewise-smooth warp through the matches, then refinement of the anchors. Cost: under 1
/// s for 3 minutes.
std::vector<double> syncWarp(const motion::Positions& positions, std::span<const double> musicBeats, const SyncSettings& settings,
                             SyncReport* report);

} // namespace choreia::choreo
