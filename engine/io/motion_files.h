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
    std::string style{};             ///< danced, as the file says (.h5 alone); empty: not known
};

/// A motion on our body, with the style that is danced in it.
struct StyledClip {
    motion::Clip clip;
    std::string style;  ///< as SourceMotion::style
};

/// Reads .bvh (plain or .gz), .h5, .csv, .gltf, .glb or .pkl (AIST++). BVH: any channel order and hierarchy; units guessed from the skeleton's height (cm, inch, m -> metres).
/// Error (BadInput) names line or dataset.
Result<SourceMotion> readMotion(const std::filesystem::path& path);
/// readMotion, then fit to our body where needed; at the file's own rate.
Result<StyledClip> readStyledClip(const std::filesystem::path& path);
/// The same without the style.
Result<motion::Clip> readClip(const std::filesystem::path& path);

/// Writes by extension: .bvh, .fbx, .h5, .csv, .gltf, .glb. Atomic. style: that which is danced, kept in .h5 and left out of the others; empty: not known.
Result<void> writeClip(const std::filesystem::path& path, const motion::Clip& clip, const std::string& style = {});

/// BVH: hierarchy of our 24 joints, offsets in centimetres, rest pose on the floor facing +Z, channels Xposition Yposition Zposition
/// then Zrotation Xrotation Yrotation for every joint, six decimals.
Result<void> writeBvh(const std::filesystem::path& path, const motion::Clip& clip);
/// Motion .h5 of the contract (positions, local_rotations, root_position; attributes fps, joint_names, parents, format_version), and the text attribute
/// style, which is not there where style is empty.
Result<void> writeMotionH5(const std::filesystem::path& path, const motion::Clip& clip, const std::string& style = {});

}  // namespace choreia::io
