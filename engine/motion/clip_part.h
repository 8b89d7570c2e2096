/// A part of a dance by the clock.
#pragma once

#include "motion/clip.h"

namespace choreia::motion {

/// The frames from `from` to `to` (s, rounded to frames). At least one: of a dance that ends before, the pose in which it ends. {} of an empty clip.
Clip between(const Clip& clip, double from, double to);

}  // namespace choreia::motion
