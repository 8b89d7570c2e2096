/// A video of a dancer to a training HDF5 of the second seed's layout.
#pragma once

#include "core/progress.h"
#include "core/result.h"
#include "seeing/pose_finder.h"

#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

namespace choreia::seeing {

struct VideoImportRequest {
    std::filesystem::path video, output;
    double fps = 10;  ///< pictures a second, at most as many as the video has
    int side = 256;   ///< of the stored pictures, pixels
    /// Called with each picture and what was found in it, for a preview; may be empty. From the importing thread.
    std::function<void(const io::RgbPicture&, const FoundPose*)> preview;
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
/// Atomic. Error (BadInput): the video cannot be read, holds too few pictures, or nobody is found in at least kLeastPictures of them. Cancelled.
inline constexpr std::size_t kLeastPictures = 8;
Result<VideoImportReport> importVideo(const VideoImportRequest& request, const PoseFinder& finder, std::stop_token stop, Progress& progress);

/// The One Euro filter (Casiez, Roussel and Vogel 2012): an exponential mean whose cut-off rises with the speed. values at times (s, rising), in place; run
/// forwards and backwards and averaged, so that nothing comes late. minimum: cut-off at rest, Hz; slope: Hz a (unit a second).
void smoothOneEuro(std::span<double> values, std::span<const double> times, double minimum, double slope);

}  // namespace choreia::seeing
