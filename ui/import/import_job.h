/// The dialog's work in a worker: opening a video, looking for its dancer, and what is made of what was found.
#pragma once

#include "import/found_view.h"
#include "motion/clip.h"
#include "seeing/video_import.h"

#include <functional>
#include <memory>
#include <vector>

namespace choreia::ui {

/// Pictures left out that follow one another.
struct LeftOut {
    double from = 0, to = 0;  ///< seconds of the first and the last of them
    std::size_t pictures = 0;
    QImage first;             ///< small
};

/// What was found in a video; immutable.
struct FoundDance {
    std::filesystem::path video;
    seeing::WatchRequest request;  ///< without its preview
    seeing::WatchedDance dance;
    std::vector<LeftOut> leftOut;
};

/// The first picture. Errors as io::readVideo.
Result<FoundPicture> openVideo(const std::filesystem::path& video, std::stop_token stop, Progress& progress);

/// show: called from the worker with pictures as they are looked at, at most about 15 a second. Errors as seeing::watchDance.
Result<std::shared_ptr<const FoundDance>> findDancer(seeing::WatchRequest request, const seeing::PoseFinder& finder, const std::function<void(const FoundPicture&)>& show,
                                                     std::stop_token stop, Progress& progress);

}  // namespace choreia::ui
