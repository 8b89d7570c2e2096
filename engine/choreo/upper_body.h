/// The trunk and the arms of a decoded dance, calmed: a predictor draws a token for each 0.13 s, and what does not fit together between one and the next shakes them.
#pragma once

#include "motion/clip.h"

namespace choreia::choreo {

/// Gaussian means of the orientations in the world of spine, neck and head, and of collars, arms and hands: spreads in seconds. At 2.5 Hz they leave 0.64 and 0.73 of a swing.
inline constexpr double kTrunkCalm = 0.06, kArmsCalm = 0.05;

/// Smooths the upper body in place by these; path, pelvis and legs stay as they are. Cost: linear in frames, about 10 ms a minute of dance.
void calmUpperBody(motion::Clip& clip);

}  // namespace choreia::choreo
