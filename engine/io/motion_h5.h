/// Motion in HDF5, the contract's form: positions, and where known local_rotations and root_position.
#pragma once

#include "core/result.h"
#include "io/motion_files.h"

#include <filesystem>

namespace choreia::io {

inline constexpr int kMotionVersion = 1;

/// Accepts positions alone (joints in the field's order where joint_names is missing and there are 24; fps 60 where missing), or
/// local_rotations with root_position alone. Our body is recognised by names and by its bone lengths (to 2 mm, in every frame looked at).
/// A text attribute style is kept; none, or another kind of attribute of that name, is no style.
Result<SourceMotion> readMotionH5(const std::filesystem::path& path);

}  // namespace choreia::io
