/// A pose as pictures for a network: every limb and every joint a soft mark on a channel of its own, brighter where it is nearer, and the body's
/// region as a mask. What the dancer GAN is asked with.
#pragma once

#include "motion/landmarks.h"

#include <cstddef>
#include <span>

namespace choreia::render {

inline constexpr int kLimbMaps = 18, kJointMaps = 15, kPoseMaps = kLimbMaps + kJointMaps;
inline constexpr int kTurnMaps = 12, kAllMaps = kPoseMaps + kTurnMaps;  ///< and which way head, chest, hands and feet are turned
inline constexpr std::size_t kPoseNumbers = std::size_t{motion::kLandmarks} * 3;

/// Marks of the 33 landmarks. landmarks: [33, 3]: x to the right and y down in 0..1 of a square picture (may lie outside), depth in metres from the
/// pelvis, nearer is smaller. out: [kPoseMaps or kAllMaps, size, size], channel by channel, 0..1; a mark is a Gaussian of sigma pixels across the limb, as bright as
/// brightnessOfDepth says. The further maps are limbs to thumbs, little fingers and heels, and where head and chest are, the three parts of the direction that they
/// face (right, down, away: 0.1 to 1 for -1 to 1). A landmark that is not finite leaves its limbs out. Under 1 ms at 128.
void drawPoseMaps(std::span<const float> landmarks, int size, std::span<float> out, float sigma);
/// Two pixels at 128, in proportion at other sizes, and never under 1.2.
[[nodiscard]] float markSigma(int size);

/// 1 at the body and its clothes, falling to 0 over two pixels around them: limbs as thick as a person's of this size. out: [size, size].
void drawBodyMask(std::span<const float> landmarks, int size, std::span<float> out);

/// 0.65 in the pelvis's plane, towards 1 before it and 0.3 behind it.
[[nodiscard]] float brightnessOfDepth(float metres);

/// The person's size in the picture (0..1): the largest of what trunk, thighs, shins and arms say, each against its share of our body's height.
[[nodiscard]] float bodyHeight(std::span<const float> landmarks);

/// A square of a picture, in shares of the picture's side; it may stand out beyond it.
struct PictureSquare {
    float left = 0, top = 0, side = 1;
};
/// The square around a person with clothes, hair and some of the shadow, which falls to the left: it moves steadily with the landmarks. The whole picture where
/// none is known.
[[nodiscard]] PictureSquare personSquare(std::span<const float> landmarks);
/// Landmarks of the picture as those of the square, in place; depths stay.
void intoSquare(const PictureSquare& square, std::span<float> landmarks);

/// The head as a soft disc, 0..1. out: [size, size].
void drawHeadMask(std::span<const float> landmarks, int size, std::span<float> out);

/// The landmarks of the picture's mirror image, left and right exchanged; in place.
void mirrorPose(std::span<float> landmarks);

}  // namespace choreia::render
