/// AIST++ annotations as distributed: SMPL motions and 3D key points in Python pickles. Read only; no code of the file is run.
#pragma once

#include "core/result.h"
#include "io/motion_files.h"

#include <filesystem>

namespace choreia::io {

/// A file with smpl_poses (axis-angles of 24 joints, the order and T-pose of our body), smpl_trans and smpl_scaling gives a clip
/// of our body (isOurBody), feet on the floor; a file with keypoints3d gives 17 COCO points in metres. 60 frames a second. Error
/// (BadInput): not such a pickle, shapes that do not fit, values that are not finite.
Result<SourceMotion> readAistPickle(const std::filesystem::path& path);

} // namespace choreia::io
