// From places in pictures to a clip: landmarks of a known dance as a camera sees them, with pictures missing.
#include "motion/kinematics.h"
#include "motion/landmarks.h"
#include "motion/lift_landmarks.h"
#include "motion/rotation.h"
#include "seeing/video_motion.h"
#include "support/testing.h"

#include <cmath>

using namespace choreia;

namespace {

constexpr int kHeight = 360, kWidth = 640;

/// Someone who stands before the camera and swings both arms, 30 frames a second.
motion::Clip swinging(std::size_t frames) {
    motion::Clip clip;
    clip.fps = 30;
    for (std::size_t f = 0; f < frames; ++f) {
        std::vector<motion::Quat> pose(motion::kJoints, motion::Quat::Identity());
        const auto angle = static_cast<float>(0.8 * std::sin(2 * 3.14159265 * static_cast<double>(f) / 30));
        pose[motion::LeftShoulder] = motion::Quat(Eigen::AngleAxisf(angle, motion::Vec3::UnitZ()));
        pose[motion::RightShoulder] = motion::Quat(Eigen::AngleAxisf(-angle, motion::Vec3::UnitZ()));
        clip.root.push_back(motion::Skeleton::body().offset(motion::Pelvis));
        clip.rotations.insert(clip.rotations.end(), pose.begin(), pose.end());
    }
    return clip;
}

/// What a perfect finder would have seen of it in a picture that is 2.4 m high.
seeing::WatchedDance watched(const motion::Clip& clip) {
    const Table flat = motion::frontLandmarks(clip);
    seeing::WatchedDance dance;
    dance.width = kWidth, dance.height = kHeight;
    for (std::size_t f = 0; f < flat.rows; ++f) {
        seeing::SeenPose seen;
        seen.time = static_cast<double>(f) / 30;
        for (std::size_t k = 0; k < data::kPictureMarks; ++k) {
            seen.pose.landmarks[3 * k] = 0.5f * kWidth + (flat.at(f, 2 * k) - 0.5f) * kHeight;
            seen.pose.landmarks[3 * k + 1] = flat.at(f, 2 * k + 1) * kHeight;
        }
        dance.times.push_back(seen.time);
        dance.seen.push_back(seen);
    }
    return dance;
}

/// Mean distance of the lifted joints to those of the dance, about the pelvis, cm.
double errorOfLifted(const Table& flat, double metres) {
    NoProgress progress;
    const auto lifted = motion::liftLandmarks(flat, 30, metres, "here", {}, progress);
    if (!lifted.ok()) qFatal("%s", lifted.error().line().c_str());
    const auto there = motion::jointPositions(motion::Skeleton::body(), swinging(flat.rows)), here = motion::jointPositions(motion::Skeleton::body(), *lifted);
    double sum = 0;
    for (std::size_t f = 0; f < flat.rows; ++f)
        for (int joint = 0; joint < static_cast<int>(motion::kJoints); ++joint)
            sum += static_cast<double>(((here.at(f, joint) - here.at(f, motion::Pelvis)) - (there.at(f, joint) - there.at(f, motion::Pelvis))).norm());
    return 100 * sum / (static_cast<double>(flat.rows) * static_cast<double>(motion::kJoints));
}

void leaveOut(seeing::WatchedDance& dance, std::size_t from, std::size_t to) {
    dance.seen.erase(dance.seen.begin() + static_cast<std::ptrdiff_t>(from), dance.seen.begin() + static_cast<std::ptrdiff_t>(to));
}

}  // namespace

class VideoMotionTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void placesBecomeTheDance() {
        const auto even = seeing::evenLandmarks(watched(swinging(90)), 30);
        QCOMPARE(even.flat.rows, std::size_t{90});
        QCOMPARE(even.start, 0.0);
        const double error = errorOfLifted(even.flat, 0);
        QVERIFY2(error < 5, qPrintable(QString("%1 cm").arg(error)));
    }

    void theScaleIsThatOfADancerWhoseTrunkBends() {
        const auto even = seeing::evenLandmarks(watched(swinging(90)), 30);
        const double metres = seeing::metresAHeight(even.flat);
        // The trunk of this one never bends: it is taken for a dancer a few hundredths smaller.
        QVERIFY2(metres > 0.94 * static_cast<double>(motion::kPictureMetres) && metres < static_cast<double>(motion::kPictureMetres), qPrintable(QString("%1 m").arg(metres)));
        // Slips of the finder, here of a tenth of the pictures, do not make it another.
        Table slipping = even.flat;
        for (std::size_t f = 0; f < slipping.rows; f += 30)
            for (std::size_t k = 0; k < 3; ++k) slipping.at(f + k, 2 * static_cast<std::size_t>(motion::LeftKneeMark) + 1) += 0.03f;
        QVERIFY(std::abs(seeing::metresAHeight(slipping) / metres - 1) < 0.02);
        QCOMPARE(seeing::metresAHeight(Table(5, 66)), 0.0);
    }

    void aCameraThatDrawsBackChangesTheScaleAndACrouchDoesNot() {
        motion::Clip clip = swinging(600);
        const Table still = motion::frontLandmarks(clip);
        Table away = still;  // half as large from the tenth second on
        for (std::size_t f = 300; f < 600; ++f)
            for (float& value : away.row(f)) value = 0.5f + 0.5f * (value - 0.5f);
        const double whole = seeing::metresAHeight(still);
        for (const double metres : seeing::metresAlong(still, 30)) QVERIFY(std::abs(metres / whole - 1) < 0.03);
        const auto along = seeing::metresAlong(away, 30);
        QCOMPARE(along.size(), std::size_t{600});
        QVERIFY2(std::abs(along[60] / whole - 1) < 0.05 && std::abs(along[560] / whole - 2) < 0.1, qPrintable(QString("%1 %2 of %3").arg(along[60]).arg(along[560]).arg(whole)));
        for (std::size_t f = 300; f < 600; ++f)  // ten seconds with the knees bent and the trunk bowed towards the camera
            for (const auto joint : {motion::LeftHip, motion::RightHip}) {
                clip.pose(f)[joint] = motion::Quat(Eigen::AngleAxisf(-1.4f, motion::Vec3::UnitX()));
                clip.pose(f)[static_cast<std::size_t>(joint == motion::LeftHip ? motion::LeftKnee : motion::RightKnee)] = motion::Quat(Eigen::AngleAxisf(1.4f, motion::Vec3::UnitX()));
            }
        const Table crouching = motion::frontLandmarks(clip);
        for (const double metres : seeing::metresAlong(crouching, 30)) QVERIFY(std::abs(metres / whole - 1) < 0.05);
        QVERIFY(seeing::metresAlong(Table(0, 66), 30).empty());
    }

    void feetStandWhereverThePictureShowsThemAndJumpsStayJumps() {
        const std::size_t frames = 300;
        std::vector<motion::Quat> pose(motion::kJoints, motion::Quat::Identity());
        const auto jump = [](std::size_t f) { return f >= 150 && f < 165 ? 0.3f * std::sin(3.14159265f * static_cast<float>(f - 150) / 15) : 0.0f; };
        motion::Positions marks;
        marks.fps = 30;
        marks.joints = motion::kLandmarks;
        for (std::size_t f = 0; f < frames; ++f) {
            std::array<motion::Vec3, motion::kLandmarks> there;
            motion::landmarkPositions(motion::Skeleton::body().offset(motion::Pelvis), pose, there);
            for (auto& point : there) {
                point.y() += jump(f) + 0.003f * static_cast<float>(f);  // the camera sinks nine tenths of a metre
                marks.values.push_back(point);
            }
        }
        seeing::standOnFloor(marks);
        const auto toe = [&](std::size_t f) { return marks.at(f, motion::LeftToe).y(); };
        const float standing = toe(40);
        for (const std::size_t f : {10, 100, 140, 180, 290}) QVERIFY2(std::abs(toe(f) - standing) < 0.03f, qPrintable(QString("frame %1: %2 m").arg(f).arg(static_cast<double>(toe(f)))));
        const float lowest = std::min({marks.at(40, motion::LeftToe).y(), marks.at(40, motion::LeftHeel).y(), marks.at(40, motion::LeftAnkleMark).y()});
        QVERIFY(std::abs(lowest) < 0.02f);
        QVERIFY(toe(157) > standing + 0.15f && toe(157) < standing + 0.35f);
    }

    void whoWalksTowardsTheCameraComesNearer() {
        // Steps of half a second and 35 cm forwards and 10 cm sideways; the foot that stands does not move, the other goes twice as far as the hips, lifted. Given without the way forwards.
        const std::size_t frames = 120;
        motion::Positions walk;
        walk.fps = 30;
        walk.joints = motion::kLandmarks;
        walk.values.resize(frames * motion::kLandmarks, motion::Vec3::Zero());
        const auto footAt = [](std::size_t f, bool left) -> motion::Vec3 {
            const std::size_t step = f / 15;
            const float share = static_cast<float>(f % 15) / 15, go = (step % 2 == 0) == left ? share : 0.0f;  // left goes in even steps
            const float steps = left ? static_cast<float>((step + 1) / 2 * 2) : static_cast<float>(step / 2 * 2 + 1);
            const float at = steps - 0.5f + 2 * go;
            return {0.1f * at, 0.12f * std::sin(3.14159265f * go), 0.35f * at};
        };
        for (std::size_t f = 0; f < frames; ++f) {
            const float along = static_cast<float>(f) / 15;
            for (const int hip : {motion::LeftHipMark, motion::RightHipMark})
                walk.at(f, static_cast<std::size_t>(hip)) = motion::Vec3(0.1f * along + (hip == motion::LeftHipMark ? 0.1f : -0.1f), 0.9f, 0);
            for (const bool left : {true, false})
                for (const int mark : {left ? motion::LeftAnkleMark : motion::RightAnkleMark, left ? motion::LeftHeel : motion::RightHeel, left ? motion::LeftToe : motion::RightToe})
                    walk.at(f, static_cast<std::size_t>(mark)) = footAt(f, left) - motion::Vec3(0, 0, 0.35f * along);
        }
        const auto before = walk;
        seeing::walkWithFeet(walk);
        // Over the two seconds in the middle: as far as was walked, but for what is forgotten; and the foot that stands has stopped sliding.
        const auto hips = [&](const motion::Positions& p, std::size_t f) -> motion::Vec3 { return 0.5f * (p.at(f, motion::LeftHipMark) + p.at(f, motion::RightHipMark)); };
        const float forwards = hips(walk, 90).z() - hips(walk, 30).z(), sideways = hips(walk, 90).x() - hips(walk, 30).x();
        QVERIFY2(forwards > 0.8f && forwards < 1.6f, qPrintable(QString("%1 m of 1.4").arg(static_cast<double>(forwards))));
        QVERIFY2(std::abs(sideways - 0.4f) < 0.06f, qPrintable(QString("%1 m of 0.4").arg(static_cast<double>(sideways))));
        const auto slid = [&](const motion::Positions& p) {
            float sum = 0;
            for (std::size_t f = 31; f < 90; ++f) {
                const auto mark = static_cast<std::size_t>(f / 15 % 2 == 0 ? motion::RightHeel : motion::LeftHeel);
                if (f % 15 > 1) sum += (p.at(f, mark) - p.at(f - 1, mark)).norm();
            }
            return sum;
        };
        QVERIFY2(slid(walk) < 0.35f * slid(before), qPrintable(QString("%1 of %2 m").arg(static_cast<double>(slid(walk))).arg(static_cast<double>(slid(before)))));
        // Nobody walks who stands, and one frame is no way.
        motion::Positions still = before;
        for (std::size_t f = 1; f < frames; ++f) std::copy_n(still.values.begin(), motion::kLandmarks, still.values.begin() + static_cast<std::ptrdiff_t>(f * motion::kLandmarks));
        const auto stood = still;
        seeing::walkWithFeet(still);
        for (std::size_t k = 0; k < still.values.size(); ++k) QVERIFY((still.values[k] - stood.values[k]).norm() < 1e-4f);
    }

    void aShortGapIsBridgedByAStraightLine() {
        auto dance = watched(swinging(60));
        const auto before = dance.seen[20].pose.landmarks, after = dance.seen[30].pose.landmarks;
        leaveOut(dance, 21, 30);
        const auto even = seeing::evenLandmarks(dance, 30);
        QCOMPARE(even.flat.rows, std::size_t{60});
        for (std::size_t k = 0; k < data::kPictureMarks; ++k)
            QVERIFY(std::abs(even.flat.at(25, 2 * k) * kHeight - 0.5f * (before[3 * k] + after[3 * k])) < 1e-2f);
    }

    void ofPartsWithALongGapBetweenTheLongerIsTaken() {
        auto dance = watched(swinging(200));
        leaveOut(dance, 50, 100);
        const auto even = seeing::evenLandmarks(dance, 30);
        QVERIFY(std::abs(even.start - 100.0 / 30) < 1e-9);
        QCOMPARE(even.flat.rows, std::size_t{100});
    }

    void sidesExchangedForAShortTimeAreSetRight() {
        const auto right = watched(swinging(60));
        auto dance = right;
        for (auto& seen : dance.seen) seen.pose.square.side = 0.8f * kHeight;
        const auto exchange = [&](std::size_t f, std::initializer_list<int> lefts) {
            for (const int left : lefts)
                for (std::size_t axis = 0; axis < 3; ++axis)
                    std::swap(dance.seen[f].pose.landmarks[3 * static_cast<std::size_t>(left) + axis],
                              dance.seen[f].pose.landmarks[3 * static_cast<std::size_t>(motion::mirroredLandmark(left)) + axis]);
        };
        using namespace motion;
        for (std::size_t f = 20; f < 26; ++f) exchange(f, {LeftHipMark, LeftKneeMark, LeftAnkleMark, LeftHeel, LeftToe});
        for (const std::size_t f : {0, 1, 40, 59}) exchange(f, {LeftShoulderMark, LeftElbowMark, LeftWristMark, LeftPinky, LeftIndex, LeftThumb});
        seeing::settleSides(dance.seen);
        for (std::size_t f = 0; f < 60; ++f) QVERIFY2(dance.seen[f].pose.landmarks == right.seen[f].pose.landmarks, qPrintable(QString("picture %1").arg(f)));
    }

    void anotherRateLiesBetweenThePictures() {
        const auto dance = watched(swinging(60));
        const auto even = seeing::evenLandmarks(dance, 60);
        QCOMPARE(even.flat.rows, std::size_t{119});
        const float between = 0.5f * (dance.seen[7].pose.landmarks[3 * motion::LeftWristMark] + dance.seen[8].pose.landmarks[3 * motion::LeftWristMark]);
        QVERIFY(std::abs(even.flat.at(15, 2 * motion::LeftWristMark) * kHeight - between) < 1e-2f);
    }
};

CHOREIA_TEST(VideoMotionTest)
#include "video_motion_test.moc"
