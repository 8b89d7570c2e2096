/// Poses to lay into dances, kept under names: one readable JSON file.
#pragma once

#include "core/result.h"
#include "motion/pose_edit.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace choreia::io {

inline constexpr int kPoseLibraryVersion = 1;

/// A pose without a place of its own: the pelvis stands over the origin (x = z = 0, y its height above the floor in metres) and the hips look along +Z.
/// motion::placedAs brings it to where a dancer is.
struct NamedPose {
    std::string name;  ///< UTF-8
    motion::Pose pose;
};
/// The pose taken from its place on the floor and turned to look along +Z.
NamedPose namedPose(std::string name, const motion::Pose& pose);

struct PoseLibrary {
    std::vector<NamedPose> poses;  ///< as a person put them in order; names may repeat
};

/// The poses that ship: written by hand for this program, every one with a foot on the floor. The same at each call.
PoseLibrary starterPoses();

/// The file's text: kind "choreia-poses" and version, and for each pose the joints' local rotations by their names (w, x, y, z; parent space) and the
/// pelvis's height in metres. What was written is read again to the bit.
std::string toJson(const PoseLibrary& library);
/// Error (BadInput), with `where` before it: not JSON, another kind, a newer version, a pose without a name, not our 24 joints, numbers that are not
/// finite, rotations that are not unit quaternions; says what was expected and what was found.
Result<PoseLibrary> parsePoseLibrary(std::string_view text, const std::string& where);

/// Error (BadInput): missing, or as parsePoseLibrary.
Result<PoseLibrary> readPoseLibrary(const std::filesystem::path& path);
/// Atomic. Error (Failed) where the folder cannot be written, or a pose holds what could not be read again.
Result<void> writePoseLibrary(const std::filesystem::path& path, const PoseLibrary& library);

}  // namespace choreia::io
