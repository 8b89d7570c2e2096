/// What training data hold, in figures: for a window that says it before training begins.
#pragma once

#include "core/result.h"

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>

namespace choreia::data {

struct DatasetSummary {
    std::size_t clips = 0, validationClips = 0, withMusic = 0;
    std::size_t samples = 0;                 ///< of the older layout: sound and landmarks, and pictures
    double seconds = 0, validationSeconds = 0;
    std::map<std::string, double> styles;    ///< seconds of each
};
/// Reads shapes and attributes, not the arrays. Error (BadInput) where the file is missing or no HDF5.
Result<DatasetSummary> summariseDataset(const std::filesystem::path& path);

}  // namespace choreia::data
