/// A video watched for its dancer: who stands where in which picture, smoothed along time.
#pragma once

#include "core/progress.h"
#include "core/result.h"
#include "io/video_read.h"
#include "seeing/pose_finder.h"

#include <filesystem>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

namespace choreia::seeing {

/// Longer side of the pictures looked at, pixels: larger ones are reduced to it, and places are in pixels of the reduced ones.
inline constexpr int kWatchedSide = 640;
/// Pictures with somebody in them that a dance needs.
inline constexpr std::size_t kLeastPictures = 8;

/// A part of every picture, in shares of its width and height.
struct PictureRegion {
    double left = 0, top = 0, width = 1, height = 1;
    [[nodiscard]] bool whole() const { return left <= 0 && top <= 0 && width >= 1 && height >= 1; }
};

struct WatchRequest {
    std::filesystem::path video;
    PictureRegion region;             ///< what lies outside is not looked at: other people, a mirror
    double fps = 10;                  ///< pictures a second, at most as many as the video has
    std::size_t mostPictures = 6000;  ///< what comes later is not looked at
    /// Called with each picture and what was found in it, for a preview; may be empty. From the watching thread.
    std::function<void(const io::RgbPicture&, const FoundPose*, double seconds)> preview;
};

struct SeenPose {
    double time = 0;  ///< s since the first picture
    FoundPose pose;
};

struct WatchedDance {
    io::VideoFacts facts;
    int width = 0, height = 0;            ///< of the pictures as they were looked at
    std::vector<SeenPose> seen;           ///< in the order of time
    std::vector<double> leftOut, times;   ///< of the pictures without anybody; of all that were looked at
    double fps = 0;                       ///< the rate of looking that was asked for
    [[nodiscard]] double confidence() const;  ///< mean over the pictures with somebody
};

/// Error (Usage): rate or region out of range. Error (BadInput): the video cannot be read, holds too few pictures, or nobody is found in at least kLeastPictures of them. Cancelled.
Result<WatchedDance> watchDance(const WatchRequest& request, const PoseFinder& finder, std::stop_token stop, Progress& progress);

/// Left and right as they were in the pictures around: arms and legs (each with what hangs on them) are exchanged for as long as that lets them move less, unless it
/// is for long. In place; the poses are taken to follow one another.
void settleSides(std::span<SeenPose> seen);

/// The One Euro filter (Casiez, Roussel and Vogel 2012): an exponential mean whose cut-off rises with the speed. values at times (s, rising), in place; run
/// forwards and backwards and averaged, so that nothing comes late. minimum: cut-off at rest, Hz; slope: Hz a (unit a second).
void smoothOneEuro(std::span<double> values, std::span<const double> times, double minimum, double slope);

}  // namespace choreia::seeing
