/// A video of a dancer to a training HDF5 of the second seed's layout.
#pragma once

#include "core/progress.h"
#include "core/result.h"
#include "seeing/watch.h"

#include <filesystem>
#include <stop_token>

namespace choreia::seeing {

struct VideoImportRequest {
    WatchRequest watch;
    std::filesystem::path output;
    int side = 256;  ///< of the stored pictures, pixels
};

struct VideoImportReport {
    std::size_t pictures = 0, leftOut = 0;  ///< written; looked at and left out because nobody was found
    double seconds = 0;                     ///< of video
    double confidence = 0;                  ///< mean over the pictures written
    std::size_t faults = 0;                 ///< places where the video is damaged
    bool sound = false;
};

/// Writes one group named after the video: `frames` [n, side, side, 3], one square of the video for all, which holds the dancer throughout;
/// `pose_landmark_sequences` [n, 33, 2], smoothed, 0..1 of the square; `pose_landmarks_z` [n, 33], metres from the pelvis, nearer is smaller; `confidence` [n];
/// `frame_times_s` [n]; `left_out_s`: times of the pictures left out; with sound `audio_mfcc_sequences` [steps, 13] at 30 a second; attributes fps, source.
/// Atomic. Errors as watchDance.
Result<VideoImportReport> importVideo(const VideoImportRequest& request, const PoseFinder& finder, std::stop_token stop, Progress& progress);

/// The same of a dance that has been watched already; request.watch says which video it was.
Result<VideoImportReport> writeWatched(const VideoImportRequest& request, const WatchedDance& dance, std::stop_token stop, Progress& progress);

}  // namespace choreia::seeing
