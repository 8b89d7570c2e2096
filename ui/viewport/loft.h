/// Lofts: closed surfaces through rounded rings along a line, the stuff that the mannequin's pieces are made of.
#pragma once

#include "viewport/mannequin_mesh.h"

#include <functional>
#include <span>

namespace choreia::ui {

/// One ring: where it stands (joint's frame, metres) and its half widths along the loft's two side axes.
struct Ring {
    motion::Vec3 center;
    float u = 0, v = 0;
};

struct LoftStyle {
    motion::Vec3 uAxis = motion::Vec3::UnitX(), vAxis = motion::Vec3::UnitZ();
    float squareness = 2;  ///< exponent of the superellipse: 2 an ellipse, more boxier
    float startCap = 0.8f, endCap = 0.8f;  ///< height of the rounded ends, in parts of the ring's smaller half width
    std::function<void(motion::Vec3& point, float& shade)> shape;  ///< last touch on each point, may be empty
};

/// Adds a surface through the rings (Catmull-Rom between them, rounded ends) to the mesh, bound to `joint`.
void addLoft(MannequinMesh& mesh, int joint, std::span<const Ring> rings, const LoftStyle& style, int segments);

/// A ball or egg.
void addEgg(MannequinMesh& mesh, int joint, const motion::Vec3& center, const motion::Vec3& radii, int segments);

}  // namespace choreia::ui
