// Marks of a pose: where they are, how bright, how wide, mirrored; the mask of the body.
#include "render/limb_maps.h"

#include "motion/landmarks.h"
#include "support/testing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

using namespace choreia;

namespace {

using Pose = std::array<float, render::kPoseNumbers>;

/// Our body at rest from the front, filling most of the picture.
Pose standing() {
    std::vector<motion::Quat> rotations(motion::kJoints, motion::Quat::Identity());
    std::array<motion::Vec3, motion::kLandmarks> points;
    motion::landmarkPositions(motion::Vec3(0, 0.95f, 0), rotations, points);
    Pose pose{};
    for (std::size_t i = 0; i < points.size(); ++i) {
        pose[3 * i] = 0.5f + points[i].x() / 2;
        pose[3 * i + 1] = 0.95f - points[i].y() / 2;
        pose[3 * i + 2] = -points[i].z();
    }
    return pose;
}

std::vector<float> mapsOf(const Pose& pose, int size, float sigma) {
    std::vector<float> maps(render::kPoseMaps * static_cast<std::size_t>(size) * static_cast<std::size_t>(size));
    render::drawPoseMaps(pose, size, maps, sigma);
    return maps;
}

constexpr std::size_t kNoseMap = render::kLimbMaps, kShoulderLimb = 0;

}  // namespace

class LimbMapsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aJointIsAGaussianOfItsWidthAndBrightness() {
        Pose pose = standing();
        pose[0] = 40.5f / 64, pose[1] = 20.5f / 64, pose[2] = 0;  // the nose at the middle of pixel (40, 20), in the pelvis's plane
        const auto maps = mapsOf(pose, 64, 2);
        const float* nose = maps.data() + kNoseMap * 64 * 64;
        const double floor = std::exp(-6.0);  // what the table takes off so that a mark ends at 0
        for (int dx = 0; dx <= 6; ++dx) {
            const double wanted = 0.65 * (std::exp(-0.5 * dx * dx / 4.0) - floor);
            QVERIFY2(std::abs(static_cast<double>(nose[20 * 64 + 40 + dx]) - wanted) < 0.01, qPrintable(QString::number(dx)));
        }
        QCOMPARE(nose[20 * 64 + 50], 0.0f);
    }

    void aLimbIsAsWideAllAlong() {
        Pose pose = standing();
        for (const int mark : {motion::LeftShoulderMark, motion::RightShoulderMark}) pose[3 * static_cast<std::size_t>(mark) + 1] = 30.5f / 64;
        pose[3 * motion::LeftShoulderMark] = 50.5f / 64;
        pose[3 * motion::RightShoulderMark] = 10.5f / 64;
        pose[3 * motion::LeftShoulderMark + 2] = pose[3 * motion::RightShoulderMark + 2] = 0;
        const auto maps = mapsOf(pose, 64, 2);
        const float* limb = maps.data() + kShoulderLimb * 64 * 64;
        for (const int x : {12, 25, 33, 48}) {
            QVERIFY(std::abs(limb[30 * 64 + x] - limb[30 * 64 + 30]) < 0.005f);
            QVERIFY(std::abs(limb[33 * 64 + x] - limb[27 * 64 + x]) < 1e-6f);
            QVERIFY(limb[32 * 64 + x] < limb[31 * 64 + x]);
        }
    }

    void nearerIsBrighter() {
        QVERIFY(std::abs(render::brightnessOfDepth(0) - 0.65f) < 1e-6f);
        QVERIFY(render::brightnessOfDepth(-0.4f) > render::brightnessOfDepth(0) && render::brightnessOfDepth(0) > render::brightnessOfDepth(0.4f));
        QVERIFY(render::brightnessOfDepth(-50) <= 1.0f && render::brightnessOfDepth(50) >= 0.3f - 1e-6f);
    }

    void whatIsUnknownOrOutsideDoesNoHarm() {
        Pose pose = standing();
        pose[3 * motion::Nose] = std::numeric_limits<float>::quiet_NaN();
        pose[3 * motion::LeftWristMark] = 1e20f;
        pose[3 * motion::RightWristMark] = -3;
        const auto maps = mapsOf(pose, 64, 2);
        for (const float v : maps) QVERIFY(v >= 0 && v <= 1);
        for (std::size_t i = 0; i < 64 * 64; ++i) QCOMPARE(maps[kNoseMap * 64 * 64 + i], 0.0f);
    }

    void theMirrorIsThePictureTurnedRound() {
        Pose pose = standing();
        pose[3 * motion::LeftWristMark + 1] -= 0.2f;  // one arm raised
        Pose mirrored = pose;
        render::mirrorPose(mirrored);
        const auto a = mapsOf(pose, 64, 2), b = mapsOf(mirrored, 64, 2);
        // Channel by channel left and right are exchanged: the sum over channels is the mirror image.
        for (std::size_t y = 0; y < 64; ++y)
            for (std::size_t x = 0; x < 64; ++x) {
                float left = 0, right = 0;
                for (std::size_t c = 0; c < render::kPoseMaps; ++c) {
                    left += a[(c * 64 + y) * 64 + x];
                    right += b[(c * 64 + y) * 64 + 63 - x];
                }
                QVERIFY(std::abs(left - right) < 1e-3f);
            }
        render::mirrorPose(mirrored);
        for (std::size_t i = 0; i < pose.size(); ++i) QVERIFY(std::abs(mirrored[i] - pose[i]) < 1e-6f);
    }

    void theMaskCoversTheBodyAndNotTheRest() {
        const Pose pose = standing();
        std::vector<float> mask(128 * 128);
        render::drawBodyMask(pose, 128, mask);
        double covered = 0;
        for (const float v : mask) {
            QVERIFY(v >= 0 && v <= 1);
            covered += static_cast<double>(v) / (128 * 128);
        }
        QVERIFY2(covered > 0.05 && covered < 0.35, qPrintable(QString::number(covered)));
        for (int i = 0; i < motion::kLandmarks; ++i) {
            const auto x = static_cast<std::size_t>(pose[3 * static_cast<std::size_t>(i)] * 128), y = static_cast<std::size_t>(pose[3 * static_cast<std::size_t>(i) + 1] * 128);
            QVERIFY2(mask[y * 128 + x] > 0.9f, motion::landmarkNames()[static_cast<std::size_t>(i)].c_str());
        }
        QCOMPARE(mask[0], 0.0f);
    }

    void furtherMapsSayWhichWayHeadAndChestFace() {
        constexpr std::size_t kPlane = 64 * 64, kHead = render::kPoseMaps + 6, kChest = kHead + 3;
        const auto partsOf = [&](const Pose& pose) {
            std::vector<float> maps(render::kAllMaps * kPlane);
            render::drawPoseMaps(pose, 64, maps, 2);
            const auto first = mapsOf(pose, 64, 2);
            for (std::size_t i = 0; i < first.size(); ++i)
                if (first[i] != maps[i]) qFatal("the first maps change");
            std::array<float, 6> parts{};
            for (std::size_t k = 0; k < 6; ++k) parts[k] = *std::max_element(maps.begin() + static_cast<std::ptrdiff_t>((kHead + k) * kPlane), maps.begin() + static_cast<std::ptrdiff_t>((kHead + k + 1) * kPlane));
            return parts;
        };
        static_assert(kChest + 3 == render::kAllMaps);
        const Pose front = standing();
        const auto seen = partsOf(front);
        QVERIFY2(seen[2] < 0.25f && seen[5] < 0.15f, "towards the camera");
        QVERIFY(std::abs(seen[0] - 0.55f) < 0.02f && std::abs(seen[3] - 0.55f) < 0.02f);
        // Turned about: left is right, near is far.
        Pose behind = front;
        for (std::size_t i = 0; i < behind.size(); i += 3) behind[i] = 1 - behind[i], behind[i + 2] = -behind[i + 2];
        const auto away = partsOf(behind);
        QVERIFY(away[2] > 0.85f && away[5] > 0.95f);
        // A quarter turn: what was near is at one side. Metres are 1 / 2 of the picture here.
        Pose side = front;
        for (std::size_t i = 0; i < side.size(); i += 3) side[i] = 0.5f - front[i + 2] / 2, side[i + 2] = 2 * (front[i] - 0.5f);
        const auto turned = partsOf(side);
        QVERIFY(turned[0] > 0.85f && turned[3] > 0.95f);
        QVERIFY(std::abs(turned[5] - 0.55f) < 0.05f);
    }

    void theSquareHoldsThePersonAndMovesWithIt() {
        const Pose pose = standing();
        const auto square = render::personSquare(pose);
        Pose within = pose;
        render::intoSquare(square, within);
        for (std::size_t i = 0; i < pose.size(); i += 3) {
            QVERIFY(within[i] > 0.05f && within[i] < 0.95f && within[i + 1] > 0.05f && within[i + 1] < 0.95f);
            QVERIFY(std::abs(square.left + within[i] * square.side - pose[i]) < 1e-5f && std::abs(square.top + within[i + 1] * square.side - pose[i + 1]) < 1e-5f);
            QCOMPARE(within[i + 2], pose[i + 2]);
        }
        Pose moved = pose;
        for (std::size_t i = 0; i < moved.size(); i += 3) moved[i] = 0.3f + 0.5f * moved[i], moved[i + 1] = -0.2f + 0.5f * moved[i + 1];
        const auto other = render::personSquare(moved);
        QVERIFY(std::abs(other.side - 0.5f * square.side) < 1e-5f && std::abs(other.left - 0.3f - 0.5f * square.left) < 1e-5f && std::abs(other.top + 0.2f - 0.5f * square.top) < 1e-5f);
        Pose unknown;
        unknown.fill(std::numeric_limits<float>::quiet_NaN());
        const auto whole = render::personSquare(unknown);
        QVERIFY(whole.left == 0 && whole.top == 0 && whole.side == 1);
    }

    void theHeadIsADisc() {
        const Pose pose = standing();
        std::vector<float> head(128 * 128);
        render::drawHeadMask(pose, 128, head);
        const auto at = [&](int mark) { return head[static_cast<std::size_t>(pose[3 * static_cast<std::size_t>(mark) + 1] * 128) * 128 + static_cast<std::size_t>(pose[3 * static_cast<std::size_t>(mark)] * 128)]; };
        QVERIFY(at(motion::Nose) > 0.9f && at(motion::LeftEar) > 0.9f && at(motion::LeftShoulderMark) == 0.0f);
    }

    void theBodysHeightIsFoundInAnyPose() {
        Pose pose = standing();
        const float upright = render::bodyHeight(pose);
        QVERIFY2(upright > 0.7f && upright < 1.0f, qPrintable(QString::number(static_cast<double>(upright))));
        for (std::size_t i = 0; i < pose.size(); i += 3) pose[i] = 0.5f;  // seen from the side, arms lost: trunk and legs still say it
        QVERIFY(std::abs(render::bodyHeight(pose) - upright) < 0.15f * upright);
    }
};

CHOREIA_TEST(LimbMapsTest)
#include "limb_maps_test.moc"
