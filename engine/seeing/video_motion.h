/// A video of a dancer to a clip of our body: landmarks in every picture, lifted to space.
#pragma once

#include "core/matrix.h"
#include "motion/clip.h"
#include "seeing/watch.h"

namespace choreia::seeing {

/// By the name alone: .mp4, .webm, .mkv, .mov, .avi, .m4v, in capitals or not.
bool isVideo(const std::filesystem::path& path);

/// Pictures without anybody are bridged up to so many seconds.
inline constexpr double kLongestBridge = 1.0;

/// The longest part of a dance without a gap over kLongestBridge, at an even rate: [frames, 33 * 2], x to the right and y down in picture heights from the
/// picture's upper left corner, as motion::liftLandmarks reads it. start: s since the first picture. Needs one pose or more.
struct EvenLandmarks {
    double start = 0;
    Table flat;
};
EvenLandmarks evenLandmarks(const WatchedDance& dance, double fps);

/// Metres that a picture height is, for flat as above: trunk, thighs and shanks together at their longest sight (the 95th of 100), as those of our body are. Places
/// found in pictures waver, so that of single bones (motion::liftedLandmarks) the longest sight would be a slip, and the dancer would crouch. 0 where
/// nobody has any length.
double metresAHeight(const Table& flat);

/// The same for every frame, where the dancer comes nearer or the camera draws back: [frames]. In the four seconds around, trunk, shoulders, hips and limbs are compared each with its
/// longest sight of the whole; what all but a few of them have lost is the picture's scale, for one who crouches or turns loses only some. At most three times metresAHeight.
std::vector<double> metresAlong(const Table& flat, double fps);

/// Feet to the floor: what stands lowest does, but for jumps. Pictures do not say how high a dancer is where the camera is tilted or moves; what rises above the lowest of the second
/// around by more than a few centimetres is in the air. positions: [frames * 33] landmarks, in place.
void standOnFloor(motion::Positions& positions);

/// Steps to places: while a foot stands, the hips go by as much as it goes back under them. Sideways that is added to the way in the picture, which is right over seconds where the camera
/// stands; towards the camera and away there is nothing else, so that what has been walked is forgotten over some ten seconds. After standOnFloor; positions as there, in place.
void walkWithFeet(motion::Positions& positions);

struct VideoMotion {
    motion::Clip clip;              ///< at 30 frames a second
    double start = 0;               ///< of the clip in the video, s
    std::size_t pictures = 0, leftOut = 0;  ///< with the dancer in them; without
    double confidence = 0;
    std::size_t faults = 0;
};

/// request.fps is the rate of looking; the clip is between. Errors as watchDance and motion::liftLandmarks.
Result<VideoMotion> motionOfVideo(const WatchRequest& request, const PoseFinder& finder, std::stop_token stop, Progress& progress);

/// The same of a dance that has been watched already.
Result<VideoMotion> motionOfWatched(const WatchedDance& dance, const std::string& name, std::stop_token stop, Progress& progress);

/// Of a whole video of up to twenty minutes, thirty looks a second.
Result<VideoMotion> motionOfVideo(const std::filesystem::path& video, const PoseFinder& finder, std::stop_token stop, Progress& progress);

}  // namespace choreia::seeing
