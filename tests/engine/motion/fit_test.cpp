// The importer against motions whose rotations are known.
#include "core/random.h"
#include "motion/fit.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"
#include "support/testing.h"

#include <cmath>
#include <limits>

using namespace choreia;
using namespace choreia::motion;

namespace {

/// A dance of plausible angles: hinges bend their own way only, feet near the floor.
Clip dance(int frames, double fps) {
    Clip clip;
    clip.fps = fps;
    for (int f = 0; f < frames; ++f) {
        const double t = f / fps;
        const auto wave = [t](double rate, double phase, double size) {
            return static_cast<float>(size * std::sin(rate * t + phase));
        };
        clip.root.emplace_back(wave(1.1, 0, 0.4), 0.90f + wave(4, 0, 0.03), wave(0.8, 1, 0.4));
        std::vector<Quat> pose(kJoints, Quat::Identity());
        pose[Pelvis] = yawRotation(0.5f + wave(0.7, 0, 1.2)) * expMap(Vec3(wave(2, 0, 0.1), 0, wave(2, 1, 0.1)));
        pose[Spine1] = pose[Spine2] = expMap(Vec3(wave(2, 0.3, 0.1), wave(1.5, 0, 0.1), wave(1.7, 2, 0.1)));
        pose[Neck] = expMap(Vec3(wave(1, 0, 0.1), 0, 0));
        for (const bool left : {true, false}) {
            const double phase = left ? 0 : 2.2;
            const float side = left ? 1.0f : -1.0f;
            const auto own = [left](int j) { return static_cast<std::size_t>(left ? j : mirrored(j)); };
            pose[own(LeftHip)] = expMap(Vec3(-0.4f + wave(3, phase, 0.3), 0, side * 0.1f));
            pose[own(LeftKnee)] = expMap(Vec3(0.6f + wave(3, phase + 1, 0.4), 0, 0));
            pose[own(LeftAnkle)] = expMap(Vec3(-0.2f + wave(3, phase + 2, 0.15), 0, 0));
            pose[own(LeftShoulder)] =
                expMap(Vec3(0, 0, side * (-0.9f + wave(2, phase, 0.5)))) * expMap(Vec3(wave(1.5, phase, 0.3), 0, 0));
            pose[own(LeftElbow)] = expMap(Vec3(0, -side * (0.9f + wave(2.5, phase, 0.5)), 0));
        }
        clip.rotations.insert(clip.rotations.end(), pose.begin(), pose.end());
    }
    return clip;
}

/// Error of our body's fit against the true clip: mean joint distance after bringing both roots together, metres.
double meanPoseError(const Clip& fitted, const Clip& truth) {
    const auto& body = Skeleton::body();
    const Positions a = jointPositions(body, fitted), b = jointPositions(body, truth);
    double sum = 0;
    for (std::size_t f = 0; f < a.frames(); ++f) {
        for (std::size_t j = 0; j < kJoints; ++j)
            sum += static_cast<double>(((a.at(f, j) - a.at(f, 0)) - (b.at(f, j) - b.at(f, 0))).norm());
    }
    return sum / static_cast<double>(a.frames() * kJoints);
}

const std::vector<std::string>& ballroomNames() {
    static const std::vector<std::string> names = {
        "pelvis",      "chest",        "neck",        "head",       "head_left",      "head_right",  "left_shoulder",
        "left_elbow",  "left_forearm", "left_wrist",  "left_hand",  "right_shoulder", "right_elbow", "right_forearm",
        "right_wrist", "right_hand",   "left_hip",    "left_knee",  "left_ankle",     "left_heel",   "left_toe",
        "right_hip",   "right_knee",   "right_ankle", "right_heel", "right_toe"};
    return names;
}

} // namespace

class FitTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void ownJointsGiveOwnMotion() {
        const Clip truth = dance(120, 30);
        const Positions points = jointPositions(Skeleton::body(), truth);
        NoProgress quiet;
        const auto fitted = fitToBody(Skeleton::body().names(), points, "test", {}, quiet);
        QVERIFY2(fitted.ok(), fitted.ok() ? "" : fitted.error().line().c_str());
        QVERIFY2(fitted->report.meanErrorCm < 0.8, qPrintable(QString::number(fitted->report.meanErrorCm)));
        QVERIFY2(meanPoseError(fitted->clip, truth) < 0.015, qPrintable(QString::number(meanPoseError(fitted->clip, truth))));
        QVERIFY(std::abs(fitted->report.heightM - 1.70) < 0.04);
        // Starts in the middle, walks the same path.
        QVERIFY(std::abs(fitted->clip.root[0].x()) < 1e-5f && std::abs(fitted->clip.root[0].z()) < 1e-5f);
        const Vec3 walked = fitted->clip.root.back() - fitted->clip.root.front(), really = truth.root.back() - truth.root.front();
        QVERIFY((walked - really).norm() < 0.03f);
    }

    void otherProportionsGiveTheSameRotations() {
        // A taller body with longer arms moves the same way.
        const Clip truth = dance(120, 30);
        std::vector<Vec3> offsets(Skeleton::body().offsets().begin(), Skeleton::body().offsets().end());
        for (std::size_t j = 0; j < offsets.size(); ++j)
            offsets[j] *= (j == LeftElbow || j == RightElbow || j == LeftWrist || j == RightWrist) ? 1.25f : 1.1f;
        Clip scaled = truth;
        for (auto& p : scaled.root) p *= 1.1f;
        const Positions points = jointPositions(Skeleton::body().withOffsets(offsets), scaled);
        NoProgress quiet;
        const auto fitted =
            fitToBody({"Pelvis",     "L_Hip",      "R_Hip",   "Spine1",  "L_Knee",  "R_Knee",   "Spine2",   "L_Ankle",
                       "R_Ankle",    "Spine3",     "L_Foot",  "R_Foot",  "Neck",    "L_Collar", "R_Collar", "Head",
                       "L_Shoulder", "R_Shoulder", "L_Elbow", "R_Elbow", "L_Wrist", "R_Wrist",  "L_Hand",   "R_Hand"},
                      points, "test", {}, quiet);
        QVERIFY2(fitted.ok(), fitted.ok() ? "" : fitted.error().line().c_str());
        QVERIFY2(fitted->report.meanErrorCm < 1.0, qPrintable(QString::number(fitted->report.meanErrorCm)));
        QVERIFY2(meanPoseError(fitted->clip, truth) < 0.02, qPrintable(QString::number(meanPoseError(fitted->clip, truth))));
        QVERIFY(std::abs(fitted->report.heightM - 1.87) < 0.06);
    }

    void markersOnTheSkinGiveTheMotion() {
        const Clip truth = dance(150, 25);
        const auto found = attachmentsFor(ballroomNames());
        QVERIFY(found.ok());
        // Markers a centimetre or two from where the table expects them, the same every frame.
        Random random(3);
        std::vector<Vec3> offsets;
        for (const auto& a : *found) {
            offsets.push_back(a.offset +
                              Vec3(0, static_cast<float>(random.normal() * 0.008), static_cast<float>(random.normal() * 0.008)));
        }
        Positions points;
        points.fps = 25;
        points.joints = found->size();
        std::vector<Vec3> at(kJoints);
        std::vector<Quat> world(kJoints);
        for (std::size_t f = 0; f < truth.frames(); ++f) {
            forwardKinematics(Skeleton::body(), truth.root[f], truth.pose(f), at, world);
            for (std::size_t i = 0; i < found->size(); ++i) {
                const auto j = static_cast<std::size_t>((*found)[i].joint);
                points.values.push_back(at[j] + world[j] * offsets[i]);
            }
        }
        NoProgress quiet;
        const auto fitted = fitToBody(ballroomNames(), points, "test", {}, quiet);
        QVERIFY2(fitted.ok(), fitted.ok() ? "" : fitted.error().line().c_str());
        QVERIFY2(fitted->report.meanErrorCm < 1.5, qPrintable(QString::number(fitted->report.meanErrorCm)));
        QVERIFY2(meanPoseError(fitted->clip, truth) < 0.04, qPrintable(QString::number(meanPoseError(fitted->clip, truth))));
    }

    void aLeapOfOneFrameIsBridged() {
        const Clip truth = dance(90, 30);
        Positions points = jointPositions(Skeleton::body(), truth);
        points.at(45, LeftWrist) += Vec3(0.8f, 0.5f, 0);
        points.at(45, LeftHand) += Vec3(0.8f, 0.5f, 0);
        NoProgress quiet;
        const auto fitted = fitToBody(Skeleton::body().names(), points, "test", {}, quiet);
        QVERIFY(fitted.ok());
        const Positions at = jointPositions(Skeleton::body(), fitted->clip);
        const Vec3 middle = 0.5f * (at.at(44, LeftWrist) + at.at(46, LeftWrist));
        QVERIFY((at.at(45, LeftWrist) - middle).norm() < 0.05f);
    }

    void feetStandOnTheFloor() {
        Clip high = dance(120, 30);
        for (auto& p : high.root) p.y() += 0.7f;
        const Positions points = jointPositions(Skeleton::body(), high);
        NoProgress quiet;
        const auto fitted = fitToBody(Skeleton::body().names(), points, "test", {}, quiet);
        QVERIFY(fitted.ok());
        const Positions at = jointPositions(Skeleton::body(), fitted->clip);
        float lowest = 10;
        for (std::size_t f = 0; f < at.frames(); ++f)
            lowest = std::min({lowest, at.at(f, LeftFoot).y(), at.at(f, RightFoot).y()});
        QVERIFY2(lowest > -0.03f && lowest < 0.06f, qPrintable(QString::number(static_cast<double>(lowest))));
    }

    void knownNamesAreRecognised() {
        QVERIFY(attachmentsFor(ballroomNames()).ok());
        QVERIFY(attachmentsFor({"nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder",
                                "left_elbow", "right_elbow", "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee",
                                "right_knee", "left_ankle", "right_ankle"})
                    .ok());
        const auto cmu = attachmentsFor({"hip",   "abdomen", "chest",   "neck",   "head",     "rCollar", "rShldr", "rForeArm",
                                         "rHand", "rMid1",   "lCollar", "lShldr", "lForeArm", "lHand",   "lMid1",  "rThigh",
                                         "rShin", "rFoot",   "lThigh",  "lShin",  "lFoot",    "lFoot|x", "leftEye"});
        QVERIFY(cmu.ok());
        QCOMPARE(cmu->at(18).joint, static_cast<int>(LeftHip));
        QCOMPARE(cmu->at(21).joint, static_cast<int>(LeftAnkle));
        QVERIFY(cmu->at(22).weight == 0); // nothing on our body
        QVERIFY(attachmentsFor({"mixamorig:Hips", "mixamorig:Spine", "mixamorig:Neck", "mixamorig:Head", "mixamorig:LeftArm",
                                "mixamorig:LeftForeArm", "mixamorig:LeftHand", "mixamorig:RightArm", "mixamorig:RightForeArm",
                                "mixamorig:RightHand", "mixamorig:LeftUpLeg", "mixamorig:LeftLeg", "mixamorig:LeftFoot",
                                "mixamorig:RightUpLeg", "mixamorig:RightLeg", "mixamorig:RightFoot"})
                    .ok());
        const auto missing = attachmentsFor({"pelvis", "left_hip", "right_hip"});
        QVERIFY(!missing.ok());
        QVERIFY(missing.error().kind == ErrorKind::BadInput);
        QVERIFY(missing.error().line().find("lknee") != std::string::npos);
    }

    void badInputIsRefused() {
        const Clip truth = dance(20, 30);
        Positions points = jointPositions(Skeleton::body(), truth);
        NoProgress quiet;
        Positions one = points;
        one.values.resize(kJoints);
        QVERIFY(!fitToBody(Skeleton::body().names(), one, "short", {}, quiet).ok());
        points.at(7, LeftKnee).x() = std::numeric_limits<float>::quiet_NaN();
        const auto result = fitToBody(Skeleton::body().names(), points, "holes", {}, quiet);
        QVERIFY(!result.ok());
        QVERIFY(result.error().line().find("frame 7") != std::string::npos);
        std::stop_source stop;
        stop.request_stop();
        const auto stopped =
            fitToBody(Skeleton::body().names(), jointPositions(Skeleton::body(), truth), "stopped", stop.get_token(), quiet);
        QVERIFY(!stopped.ok() && stopped.error().kind == ErrorKind::Cancelled);
    }
};

CHOREIA_TEST(FitTest)
#include "fit_test.moc"
