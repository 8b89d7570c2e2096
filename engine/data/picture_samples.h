/// Pictures of people with landmarks, as SE-ViT learns from them: whole pictures in memory, of which squares are cut.
#pragma once

#include "core/result.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace choreia::data {

inline constexpr std::size_t kPictureMarks = 33;

/// A square of a picture, turned about its middle and perhaps mirrored.
struct CutSquare {
    float x = 0, y = 0;  ///< middle, pixels; pixel (0, 0) reaches from 0 to 1
    float side = 1;      ///< pixels
    float angle = 0;     ///< radians; positive turns the picture clockwise in the square
    bool mirrored = false;

    /// A point of the picture (pixels) in the square (0..1), and back.
    [[nodiscard]] std::array<float, 2> toSquare(float px, float py) const;
    [[nodiscard]] std::array<float, 2> toPicture(float u, float v) const;
};

struct PictureSample {
    int width = 0, height = 0;
    std::vector<std::uint8_t> rgb;                     ///< [height, width, 3]
    std::array<float, 3 * kPictureMarks> landmarks{};  ///< x, y in pixels; depth in metres from the pelvis, nearer is smaller
    std::array<std::uint8_t, kPictureMarks> known{};   ///< 1: x and y mean something
    std::array<std::uint8_t, kPictureMarks> seen{};    ///< 1: in sight
    bool depthKnown = false;
    bool validation = false;
    bool nobody = false;  ///< there is no person: no landmark is in sight
    CutSquare person;  ///< the square round everything known of the person, its side the longer one of the box
    std::string set;   ///< name of the folder or file it comes from
};

/// Cuts a square at side x side pixels. out: [3, side, side], bytes. rgb: [height, width, 3]; beyond its edge the edge goes on. Where the square is larger than
/// asked for, several samples are averaged, so that nothing is skipped.
void cutPlanes(std::span<const std::uint8_t> rgb, int width, int height, const CutSquare& square, int side, std::span<std::uint8_t> out);

/// The square round points (x, y pairs, pixels); side at least 8.
CutSquare squareRound(std::span<const std::array<float, 2>> points);

/// Of folders and files:
/// - a folder with joints.h5 (and joints_more.h5): `joints` [n, 14, 3] (x, y in pixels, known), `image_files` in the folder or its images/, attribute joint_names,
///   `split` where there is one (else all for training). Joints that are landmarks by name are taken; the others only count for the person's square;
/// - a folder with landmarks.h5 beside frames/: groups with pose_landmarks [n, 33, 2], frame_files and, where there is one, split;
/// - an HDF5 of the second seed's layout: groups with `frames` [n, height, width, 3] or [height, width, 3] of bytes and `pose_landmark_sequences`
///   [n, 33, 2] or [33, 2]. x and y in 0..1.
/// Without a stated split the last eighth of a group of 33 landmarks is for validation. Pictures whose person is larger than 320 pixels are reduced to that.
/// Error (BadInput) by file and group: missing, misshapen, not finite, or nothing found.
Result<std::vector<PictureSample>> loadPictureSamples(const std::vector<std::filesystem::path>& places);

}  // namespace choreia::data
