/// Vertex arrays of the stage's lines and marks, as the ribbon and mark shaders read them.
#pragma once

#include "motion/types.h"

#include <array>
#include <span>
#include <vector>

namespace choreia::ui {

/// A line through the points, a strip of two vertices a point: position, previous, next, tint (rgba), side. Fades toward both ends.
std::vector<float> trailRibbon(std::span<const motion::Vec3> points);
/// One point of a line, two vertices: position, previous, next, tint (rgba), side times width (in widths of the ribbon).
void addRibbonPoint(std::vector<float>& out, const motion::Vec3& here, const motion::Vec3& previous, const motion::Vec3& next, const std::array<float, 4>& tint, float width = 1);
/// The floor under a dancer, two triangles of points about the origin, metres: for ring and shadow.
std::vector<float> floorSquare();
/// A numbered label: position, corner, kind and number.
void addLabel(std::vector<float>& out, const motion::Vec3& place, int number);
/// A quad for every joint and contact: position (unused), corner, kind and number.
std::vector<float> jointAndContactMarks();
/// A quad for every beat: position, corner, kind and number.
std::vector<float> beatMarks(std::span<const motion::Vec3> points);

}  // namespace choreia::ui
