/// Binary FBX 7.4 (MotionBuilder, Maya, Unreal, Unity, Blender): our skeleton as limb nodes, its motion as curves, the skinned body of glTF.
#pragma once

#include "core/result.h"
#include "motion/clip.h"

#include <filesystem>

namespace choreia::io {

/// Centimetres, Y up, facing +Z, Euler order XYZ, one linear key a frame.
Result<void> writeFbx(const std::filesystem::path& path, const motion::Clip& clip);

}  // namespace choreia::io
