/// The 33 landmarks of the field (MediaPipe's order and names) on our body, and the flat picture of a dance that they make.
#pragma once

#include "core/matrix.h"
#include "motion/clip.h"

#include <array>
#include <span>
#include <string>
#include <vector>

namespace choreia::motion {

inline constexpr int kLandmarks = 33;

/// Indices that the lifting speaks of; left is the dancer's left.
enum Landmark : int {
    Nose = 0, LeftEar = 7, RightEar = 8, LeftShoulderMark = 11, RightShoulderMark, LeftElbowMark, RightElbowMark, LeftWristMark, RightWristMark,
    LeftPinky, RightPinky, LeftIndex, RightIndex, LeftThumb, RightThumb, LeftHipMark, RightHipMark, LeftKneeMark, RightKneeMark, LeftAnkleMark,
    RightAnkleMark, LeftHeel, RightHeel, LeftToe, RightToe
};

struct LandmarkSite {
    int joint = 0;
    Vec3 offset = Vec3::Zero();  ///< in the joint's rest frame, metres
};
const std::array<LandmarkSite, kLandmarks>& landmarkSites();
/// "nose", "left_eye_inner", ..., "right_foot_index".
const std::vector<std::string>& landmarkNames();
/// The landmark on the other side.
int mirroredLandmark(int landmark);

/// World positions of the landmarks of one pose. rotations: 24 local; out: 33.
void landmarkPositions(const Vec3& root, std::span<const Quat> rotations, std::span<Vec3> out);

/// The picture: square, so many metres wide and high, its lower edge so far under the floor.
inline constexpr float kPictureMetres = 2.4f, kPictureUnder = 0.2f;
/// A clip at its own rate as a camera sees it that walks with the dancer and always stands in front: [frames, 33 * 2], x to the right and y down,
/// 0..1 across the picture.
Table frontLandmarks(const Clip& clip);
/// Left and right exchanged, in place.
void mirrorLandmarks(Table& landmarks);

}  // namespace choreia::motion
