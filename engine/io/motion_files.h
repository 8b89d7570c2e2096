/// Motion files in and out: BVH, our .h5, CSV, glTF, chosen by extension.
#pragma once

#include "core/result.h"
#include "motion/clip.h"

#include <filesystem>
#include <string>
#include <vector>

namespace choreia::io {

/// A motion as found in a file, before it is brought to our body.
struct SourceMotion {
    std::vector<std::string> names;  ///< of the points
    std::vector<int> parents;        ///< may be empty
    motion::Positions positions;     ///< metres, Y up
    bool isOurBody = false;          ///< our 24 joints with our offsets: clip is valid and exact
    motion::Clip clip;               ///< only where isOurBody
};

/// Reads .bvh (plain or .gz), .h5, .csv, .gltf, .glb or .pkl (AIST++). BVH: any channel order and hierarchy; units guessed from the skeleton's height (cm, inch, m -> metres).
/// Error (BadInput) names line or dataset.
Result<SourceMotion> readMotion(const std::filesystem::path& path);
/// readMotion, then fit to our body where needed; at the file's own rate.
Result<motion::Clip> readClip(const std::filesystem::path& path);

/// Writes by extension: .bvh, .fbx, .h5, .csv, .gltf, .glb. Atomic.
Result<void> writeClip(const std::filesystem::path& path, const motion::Clip& clip);

/// BVH: hierarchy of our 24 joints, offsets in centimetres, rest pose on the floor facing +Z, channels Xposition Yposition Zposition
/// then Zrotation Xrotation Yrotation for every joint, six decimals.
Result<void> writeBvh(const std::filesystem::path& path, const motion::Clip& clip);
/// Motion .h5 of the contract (positions, local_rotations, root_position; attributes fps, joint_names, parents, format_version).
Result<void> writeMotionH5(const std::filesystem::path& path, const motion::Clip& clip);

}  // namespace choreia::io
