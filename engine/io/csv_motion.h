/// Motion as a table for spreadsheets and scripts.
///
/// First line: column names. time_s; root_x_m, root_y_m, root_z_m; then for each of the 24 joints JOINT_qw, JOINT_qx, JOINT_qy, JOINT_qz (local
/// rotation, parent space; the pelvis's is its world rotation) and JOINT_x_m, JOINT_y_m, JOINT_z_m (world position). Metres, seconds, Y up.
#pragma once

#include "core/result.h"
#include "io/motion_files.h"

#include <filesystem>

namespace choreia::io {

Result<void> writeCsv(const std::filesystem::path& path, const motion::Clip& clip);
/// Finds columns by name, in any order; needs time_s, root and rotations of our 24 joints. Errors name the line.
Result<SourceMotion> readCsv(const std::filesystem::path& path);

}  // namespace choreia::io
