/// Pictures of one person with 33 landmarks each: what a dancer of one's own is learned from.
#pragma once

#include "core/result.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace choreia::data {

/// A square picture around the person.
struct DancerPicture {
    std::vector<std::uint8_t> rgb;        ///< [side, side, 3]
    std::vector<std::uint8_t> coverage;   ///< [side, side]: the person, 0..255; empty: not known
    std::array<float, 33 * 3> landmarks{};  ///< x, y in 0..1 of the picture (may lie outside), depth in metres from the pelvis, nearer is smaller
    bool validation = false;
    bool follows = false;  ///< the picture before it in the list is the one before it in time
};

/// Of files and folders:
/// - a folder with landmarks.h5 beside frames/: groups with pose_landmarks [n, 33, 2], frame_files and, where there are, pose_landmarks_z and split;
/// - an HDF5 of the second seed's layout: groups with `frames` [n, height, width, 3] or [height, width, 3] of bytes and `pose_landmark_sequences`
///   [n, 33, 2] or [33, 2], x and y in 0..1.
/// Every picture is cut to a square around the person, as large as the widest poses of its group need, and brought to side x side. Where no split is
/// stated, the last eighth of a group is for validation. Error (BadInput) by file and group: missing, misshapen, not finite, or nothing found.
Result<std::vector<DancerPicture>> loadDancerPictures(const std::vector<std::filesystem::path>& places, int side);

}  // namespace choreia::data
