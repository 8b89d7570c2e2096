/// One clip as a group of the training file. Inside of the data room.
#pragma once

#include "core/matrix.h"
#include "core/result.h"
#include "io/hdf5.h"
#include "motion/clip.h"

#include <string>
#include <vector>

namespace choreia::data {

inline constexpr int kTrainingFormat = 1;

/// What stands in one group.
struct Group {
    std::string name, style, song, source;
    bool validation = false, publishable = false, warped = false;
    double tempo = 0;
    const motion::Clip* clip = nullptr;
    const Table* music = nullptr; ///< [frames, n]; null or empty: no music
    std::vector<double> beats;
};

Result<void> writeGroup(io::H5Writer& file, const Group& group);

} // namespace choreia::data
