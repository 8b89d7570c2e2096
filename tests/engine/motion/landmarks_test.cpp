// Landmarks against the skeleton they hang on, and lifting against poses whose depth is known.
#include "motion/kinematics.h"
#include "motion/landmarks.h"
#include "motion/lift_landmarks.h"
#include "motion/rotation.h"
#include "support/testing.h"

#include <cmath>
#include <limits>

using namespace choreia;
using namespace choreia::motion;

namespace {

// A dancer who faces the viewer: knees and elbows bend their own way, the trunk leans a little, nothing turns away.
Clip facingDance(int frames, double fps, float moving) {
    Clip clip;
    clip.fps = fps;
    for (int f = 0; f < frames; ++f) {
        const double t = f / fps;
        const auto wave = [&](double rate, double phase, double size) { return moving * static_cast<float>(size * std::sin(rate * t + phase)); };
        std::vector<Quat> pose(kJoints, Quat::Identity());
        pose[Pelvis] = expMap(Vec3(0.08f, 0, wave(2, 1, 0.06)));
        pose[Spine1] = expMap(Vec3(0.08f, 0, wave(1.5, 0, 0.08)));
        for (const bool left : {true, false}) {
            const double phase = left ? 0 : 2.2;
            const float side = left ? 1.0f : -1.0f;
            const auto own = [left](int j) { return static_cast<std::size_t>(left ? j : mirrored(j)); };
            pose[own(LeftHip)] = expMap(Vec3(-0.5f + wave(3, phase, 0.25), 0, side * 0.12f));
            pose[own(LeftKnee)] = expMap(Vec3(0.8f + wave(3, phase + 1, 0.3), 0, 0));
            pose[own(LeftAnkle)] = expMap(Vec3(-0.25f, 0, 0));
            pose[own(LeftShoulder)] = expMap(Vec3(0, -side * 0.4f, 0)) * expMap(Vec3(0, 0, side * (-0.6f + wave(2, phase, 0.4))));
            pose[own(LeftElbow)] = expMap(Vec3(0, -side * (0.8f + wave(2.5, phase, 0.4)), 0));
        }
        clip.root.emplace_back(0.0f, 0.86f, 0.0f);
        clip.rotations.insert(clip.rotations.end(), pose.begin(), pose.end());
    }
    return clip;
}

double meanPoseErrorCm(const Clip& found, const Clip& truth) {
    const Positions a = jointPositions(Skeleton::body(), found), b = jointPositions(Skeleton::body(), truth);
    double sum = 0;
    for (std::size_t f = 0; f < a.frames(); ++f)
        for (std::size_t j = 0; j < kJoints; ++j) sum += static_cast<double>(((a.at(f, j) - a.at(f, 0)) - (b.at(f, j) - b.at(f, 0))).norm());
    return 100 * sum / static_cast<double>(a.frames() * kJoints);
}

}  // namespace

class LandmarksTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void namesAndSidesFit() {
        QCOMPARE(landmarkNames().size(), std::size_t{kLandmarks});
        for (int i = 0; i < kLandmarks; ++i) {
            const int j = mirroredLandmark(i);
            QCOMPARE(mirroredLandmark(j), i);
            std::string name = landmarkNames()[static_cast<std::size_t>(i)];
            if (const auto at = name.find("left"); at != std::string::npos) name.replace(at, 4, "right");
            else if (const auto there = name.find("right"); there != std::string::npos) name.replace(there, 5, "left");
            QCOMPARE(landmarkNames()[static_cast<std::size_t>(j)], name);
        }
    }

    void theFrontPictureIsTheSkeletonSeenFlat() {
        Clip clip = facingDance(3, 30, 1);
        // The dancer stands elsewhere and has turned; the camera went along.
        const Table before = frontLandmarks(clip);
        const Quat turn = yawRotation(1.1f);
        for (std::size_t f = 0; f < 3; ++f) {
            clip.root[f] = turn * clip.root[f] + Vec3(3, 0, -2);
            clip.pose(f)[Pelvis] = turn * clip.pose(f)[Pelvis];
        }
        const Table after = frontLandmarks(clip);
        for (std::size_t i = 0; i < before.values.size(); ++i) QVERIFY(std::abs(before.values[i] - after.values[i]) < 1e-4f);
        // The left wrist in metres, by forward kinematics.
        const Positions joints = jointPositions(Skeleton::body(), facingDance(3, 30, 1));
        const float x = (before.at(1, 2 * LeftWristMark) - 0.5f) * kPictureMetres, y = (1.0f - before.at(1, 2 * LeftWristMark + 1)) * kPictureMetres - kPictureUnder;
        QVERIFY(std::abs(x - joints.at(1, LeftWrist).x()) < 5e-3f && std::abs(y - joints.at(1, LeftWrist).y()) < 1e-4f);
        // The left hand is seen on the right.
        QVERIFY(before.at(0, 2 * LeftWristMark) > before.at(0, 2 * RightWristMark));
    }

    void theMirrorOfThePictureIsThePictureOfTheMirror() {
        const Clip clip = facingDance(4, 30, 1);
        Table flat = frontLandmarks(clip);
        mirrorLandmarks(flat);
        const Table wanted = frontLandmarks(mirror(clip));
        for (std::size_t i = 0; i < flat.values.size(); ++i) QVERIFY(std::abs(flat.values[i] - wanted.values[i]) < 1e-4f);
    }

    void aKnownPoseIsLiftedWithinCentimetres() {
        for (const float moving : {0.0f, 1.0f}) {
            const Clip clip = facingDance(90, 30, moving);
            NoProgress quiet;
            const auto lifted = liftLandmarks(frontLandmarks(clip), 30, kPictureMetres, "here", {}, quiet);
            QVERIFY2(lifted.ok(), lifted.ok() ? "" : lifted.error().line().c_str());
            QCOMPARE(lifted->frames(), clip.frames());
            const double error = meanPoseErrorCm(*lifted, clip);
            qInfo("lifted, moving %.0f: %.2f cm", static_cast<double>(moving), error);
            QVERIFY2(error < 4.0, qPrintable(QString::number(error)));
        }
    }

    void theScaleOfThePictureDoesNotMatter() {
        const Clip clip = facingDance(60, 30, 1);
        Table flat = frontLandmarks(clip);
        for (std::size_t i = 0; i < flat.values.size(); i += 2) {
            flat.values[i] = 0.5f + 0.6f * (flat.values[i] - 0.5f);
            flat.values[i + 1] = 0.3f + 0.6f * flat.values[i + 1];
        }
        NoProgress quiet;
        const auto lifted = liftLandmarks(flat, 30, 0, "here", {}, quiet);
        QVERIFY(lifted.ok());
        const double error = meanPoseErrorCm(*lifted, clip);
        qInfo("lifted, scale not told: %.2f cm", error);
        QVERIFY2(error < 5.0, qPrintable(QString::number(error)));
    }

    void refuses() {
        NoProgress quiet;
        QVERIFY(!liftLandmarks(Table(10, 34), 30, 0, "here", {}, quiet).ok());
        QVERIFY(!liftLandmarks(Table(1, 66), 30, 0, "here", {}, quiet).ok());
        Table broken = frontLandmarks(facingDance(5, 30, 1));
        broken.at(2, 7) = std::numeric_limits<float>::quiet_NaN();
        QVERIFY(!liftLandmarks(broken, 30, 0, "here", {}, quiet).ok());
    }
};

CHOREIA_TEST(LandmarksTest)
#include "landmarks_test.moc"
