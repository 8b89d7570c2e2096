/// Pictures of a video file in order, through libav.
#pragma once

#include "core/progress.h"
#include "core/result.h"
#include "io/picture_file.h"

#include <filesystem>
#include <functional>
#include <stop_token>

namespace choreia::io {

struct VideoFacts {
    std::size_t pictures = 0;  ///< decoded
    double seconds = 0;        ///< from the first picture to the end of the last, on the file's own clock
    double fps = 0;            ///< on average
    std::size_t faults = 0;    ///< packets that could not be read or decoded
    bool hasSound = false;
};

/// Calls sink(picture, seconds since the first) for every picture that decodes, upright (turned as the file's metadata says), its longer side reduced to
/// mostSide pixels where it is longer; false from sink ends the reading. Pictures that cannot be decoded are passed over and counted.
/// Error (BadInput): missing, not media, no pictures in it, damaged so that nothing decodes, sizes out of range. Cancelled: stop was asked.
Result<VideoFacts> readVideo(const std::filesystem::path& path, int mostSide, const std::function<bool(const RgbPicture&, double)>& sink, std::stop_token stop,
                             Stage& stage);

}  // namespace choreia::io
