/// Vertex arrays of the stage's lines and marks, as the ribbon and mark shaders read them.
#pragma once

#include "motion/types.h"

#include <span>
#include <vector>

namespace choreia::ui {

/// A line through the points, a strip of two vertices a point: position, previous, next, tint (rgba), side. Fades toward both ends.
std::vector<float> trailRibbon(std::span<const motion::Vec3> points);
/// Three unit circles about X, Y and Z as one strip.
std::vector<float> gizmoRings();
/// A quad for every joint and contact: position (unused), corner, kind and number.
std::vector<float> jointAndContactMarks();
/// A quad for every beat: position, corner, kind and number.
std::vector<float> beatMarks(std::span<const motion::Vec3> points);

}  // namespace choreia::ui
