/// From 33 flat landmarks seen from the front to a dance of our body.
#pragma once

#include "core/matrix.h"
#include "core/progress.h"
#include "core/result.h"
#include "motion/clip.h"

#include <stop_token>

namespace choreia::motion {

/// The landmarks in space: [frames * 33], metres, Y up, the dancer facing +Z, the middle of the hips at x = z = 0 of the picture's middle.
/// flat: [frames, 33 * 2], x to the right and y down in units of one length (picture heights), which is so many metres; 0: not known, then it comes from
/// the longest sight of trunk and limbs. Depth from foreshortening of bones of known length; its sign from how knees, elbows, trunk and feet bend, and from what moves least
/// from frame to frame (Viterbi over each limb's four ways).
Positions liftedLandmarks(const Table& flat, double fps, double metres = 0);

/// The same, fitted to our body: feet on the floor, from the origin. Error (BadInput): wrong columns, under 2 frames, values that are not finite.
Result<Clip> liftLandmarks(const Table& flat, double fps, double metres, const std::string& where, std::stop_token stop, Progress& progress);

}  // namespace choreia::motion
