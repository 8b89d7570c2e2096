// Sites on the skin for the face, the hands and the feet; the limbs' landmarks are the joints themselves.
#include "motion/landmarks.h"

#include "motion/kinematics.h"
#include "motion/pose_features.h"
#include "motion/rotation.h"

#include <cassert>

namespace choreia::motion {

const std::array<LandmarkSite, kLandmarks>& landmarkSites() {
    static const std::array<LandmarkSite, kLandmarks> sites = [] {
        std::array<LandmarkSite, kLandmarks> s;
        const auto pair = [&s](int left, int right, int joint, float x, float y, float z) {
            s[static_cast<std::size_t>(left)] = {joint, Vec3(x, y, z)};
            s[static_cast<std::size_t>(right)] = {mirrored(joint), Vec3(-x, y, z)};
        };
        s[Nose] = {Head, Vec3(0, 0.03f, 0.11f)};
        pair(1, 4, Head, 0.018f, 0.065f, 0.092f);
        pair(2, 5, Head, 0.032f, 0.065f, 0.09f);
        pair(3, 6, Head, 0.045f, 0.065f, 0.085f);
        pair(LeftEar, RightEar, Head, 0.075f, 0.05f, 0.01f);
        pair(9, 10, Head, 0.022f, -0.01f, 0.095f);
        pair(LeftShoulderMark, RightShoulderMark, LeftShoulder, 0, 0, 0);
        pair(LeftElbowMark, RightElbowMark, LeftElbow, 0, 0, 0);
        pair(LeftWristMark, RightWristMark, LeftWrist, 0, 0, 0);
        pair(LeftPinky, RightPinky, LeftWrist, 0.085f, -0.005f, -0.03f);
        pair(LeftIndex, RightIndex, LeftWrist, 0.09f, -0.005f, 0.02f);
        pair(LeftThumb, RightThumb, LeftWrist, 0.04f, -0.01f, 0.045f);
        pair(LeftHipMark, RightHipMark, LeftHip, 0, 0, 0);
        pair(LeftKneeMark, RightKneeMark, LeftKnee, 0, 0, 0);
        pair(LeftAnkleMark, RightAnkleMark, LeftAnkle, 0, 0, 0);
        pair(LeftHeel, RightHeel, LeftAnkle, 0, -0.05f, -0.055f);
        pair(LeftToe, RightToe, LeftFoot, 0, 0, 0.03f);
        return s;
    }();
    return sites;
}

const std::vector<std::string>& landmarkNames() {
    static const std::vector<std::string> names = {
        "nose", "left_eye_inner", "left_eye", "left_eye_outer", "right_eye_inner", "right_eye", "right_eye_outer", "left_ear", "right_ear", "mouth_left", "mouth_right",
        "left_shoulder", "right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_pinky", "right_pinky", "left_index", "right_index", "left_thumb",
        "right_thumb", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle", "left_heel", "right_heel", "left_foot_index", "right_foot_index"};
    return names;
}

int mirroredLandmark(int landmark) {
    if (landmark == Nose) return Nose;
    if (landmark < LeftEar) return landmark <= 3 ? landmark + 3 : landmark - 3;
    return landmark % 2 ? landmark + 1 : landmark - 1;
}

void landmarkPositions(const Vec3& root, std::span<const Quat> rotations, std::span<Vec3> out) {
    assert(out.size() == kLandmarks);
    std::array<Vec3, kJoints> joints;
    std::array<Quat, kJoints> world;
    forwardKinematics(Skeleton::body(), root, rotations, joints, world);
    for (std::size_t i = 0; i < kLandmarks; ++i) {
        const auto& site = landmarkSites()[i];
        out[i] = joints[static_cast<std::size_t>(site.joint)] + world[static_cast<std::size_t>(site.joint)] * site.offset;
    }
}

Table frontLandmarks(const Clip& clip) {
    Table out(clip.frames(), 2 * kLandmarks);
    std::array<Vec3, kLandmarks> points;
    for (std::size_t f = 0; f < clip.frames(); ++f) {
        landmarkPositions(clip.root[f], clip.pose(f), points);
        const Quat unturn = yawRotation(-headingOf(clip.pose(f)[Pelvis]));
        for (std::size_t i = 0; i < kLandmarks; ++i) {
            const Vec3 p = unturn * (points[i] - Vec3(clip.root[f].x(), 0, clip.root[f].z()));
            out.at(f, 2 * i) = 0.5f + p.x() / kPictureMetres;
            out.at(f, 2 * i + 1) = 1.0f - (p.y() + kPictureUnder) / kPictureMetres;
        }
    }
    return out;
}

void mirrorLandmarks(Table& landmarks) {
    assert(landmarks.columns == 2 * kLandmarks);
    for (std::size_t f = 0; f < landmarks.rows; ++f) {
        const auto row = landmarks.row(f);
        for (int i = 0; i < kLandmarks; ++i) {
            const int j = mirroredLandmark(i);
            if (j < i) continue;
            const auto a = 2 * static_cast<std::size_t>(i), b = 2 * static_cast<std::size_t>(j);
            const float x = row[a], y = row[a + 1];
            row[a] = 1.0f - row[b];
            row[a + 1] = row[b + 1];
            row[b] = 1.0f - x;
            row[b + 1] = y;
        }
    }
}

}  // namespace choreia::motion
