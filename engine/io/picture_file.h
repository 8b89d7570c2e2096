/// Pictures from files: JPEG, PNG and whatever else libav reads, as plain RGB.
#pragma once

#include "core/result.h"

#include <cstdint>
#include <filesystem>
#include <vector>

namespace choreia::io {

struct RgbPicture {
    int width = 0, height = 0;
    std::vector<std::uint8_t> rgb;  ///< width * height * 3, top row first
};

/// The first picture of a file. Error (BadInput): missing, empty, no picture, damaged, larger than 16384 either way.
Result<RgbPicture> readPicture(const std::filesystem::path& path);

}  // namespace choreia::io
