// What shakes the trunk and the arms is weakened as a Gaussian mean must weaken it; legs and path are left alone.
#include "choreo/upper_body.h"

#include "motion/kinematics.h"
#include "support/testing.h"

#include <algorithm>
#include <cmath>
#include <numbers>

using namespace choreia;

namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kSway = 0.3;  // radians

/// Six seconds of a body that walks; one joint swings about x, some times a second.
motion::Clip swinging(int joint, double hertz) {
    motion::Clip clip;
    clip.fps = 60;
    for (std::size_t f = 0; f < 360; ++f) {
        const auto seconds = static_cast<double>(f) / 60;
        clip.root.push_back(motion::Vec3(0, 0.9f, static_cast<float>(0.5 * seconds)));
        for (int j = 0; j < motion::kJoints; ++j) {
            const double angle = j == joint ? kSway * std::sin(2 * kPi * hertz * seconds) : 0.0;
            clip.rotations.push_back(motion::Quat(Eigen::AngleAxisf(static_cast<float>(angle), motion::Vec3::UnitX())));
        }
    }
    return clip;
}

/// How far a joint's swing reaches in the middle of the clip, radians.
double reachOf(const motion::Clip& clip, int joint) {
    double most = 0;
    for (std::size_t f = 120; f < 240; ++f) most = std::max(most, static_cast<double>(clip.pose(f)[static_cast<std::size_t>(joint)].angularDistance(motion::Quat::Identity())));
    return most;
}

/// What a Gaussian mean leaves of a sine.
double gain(double spread, double hertz) { return std::exp(-2 * std::pow(kPi * spread * hertz, 2)); }

}  // namespace

class UpperBodyTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void swingsAreWeakenedAsAGaussianDoes_data() {
        QTest::addColumn<int>("joint");
        QTest::addColumn<double>("hertz");
        QTest::addColumn<double>("spread");
        for (const double hertz : {0.5, 1.5, 2.5, 4.0}) {
            QTest::addRow("spine %.1f", hertz) << int(motion::Spine3) << hertz << choreo::kTrunkCalm;
            QTest::addRow("head %.1f", hertz) << int(motion::Head) << hertz << choreo::kTrunkCalm;
            QTest::addRow("elbow %.1f", hertz) << int(motion::LeftElbow) << hertz << choreo::kArmsCalm;
        }
    }
    void swingsAreWeakenedAsAGaussianDoes() {
        QFETCH(int, joint);
        QFETCH(double, hertz);
        QFETCH(double, spread);
        motion::Clip clip = swinging(joint, hertz);
        choreo::calmUpperBody(clip);
        const double left = reachOf(clip, joint) / kSway, wanted = gain(spread, hertz);
        QVERIFY2(std::abs(left - wanted) < 0.03, qPrintable(QString("%1 of the swing is left, expected %2").arg(left).arg(wanted)));
    }

    void legsAndPathStay() {
        const motion::Clip before = swinging(motion::LeftKnee, 2.5);
        motion::Clip clip = before;
        choreo::calmUpperBody(clip);
        const auto& body = motion::Skeleton::body();
        const auto was = motion::jointPositions(body, before), is = motion::jointPositions(body, clip);
        for (std::size_t f = 0; f < before.frames(); ++f)
            for (std::size_t j = 0; j < motion::kJoints; ++j) QVERIFY((was.at(f, j) - is.at(f, j)).norm() < 1e-5f);
    }

    void armsStayWhereTheyAreWhileThePelvisShakes() {
        // The pelvis is not calmed, but what hangs on it is: it holds its own direction in the world.
        motion::Clip clip = swinging(motion::Pelvis, 4.0);
        choreo::calmUpperBody(clip);
        double most = 0;
        for (std::size_t f = 120; f < 240; ++f) {
            motion::Quat world = motion::Quat::Identity();
            for (int j = motion::LeftElbow; j >= 0; j = motion::Skeleton::body().parent(j)) world = clip.pose(f)[static_cast<std::size_t>(j)] * world;
            most = std::max(most, static_cast<double>(world.angularDistance(motion::Quat::Identity())));
        }
        QVERIFY2(std::abs(most / kSway - gain(choreo::kArmsCalm, 4.0)) < 0.03, qPrintable(QString::number(most / kSway)));
    }

    void aSpinGoesOn() {
        motion::Clip clip = swinging(motion::Pelvis, 0);
        for (std::size_t f = 0; f < clip.frames(); ++f) clip.pose(f)[motion::Pelvis] = motion::Quat(Eigen::AngleAxisf(static_cast<float>(2 * kPi * static_cast<double>(f) / 60), motion::Vec3::UnitY()));
        choreo::calmUpperBody(clip);
        for (std::size_t f = 60; f < 300; ++f)
            for (std::size_t j = 1; j < motion::kJoints; ++j) QVERIFY(clip.pose(f)[j].angularDistance(motion::Quat::Identity()) < 1e-3f);
    }

    void nothingIsNothing() {
        motion::Clip clip;
        choreo::calmUpperBody(clip);
        QCOMPARE(clip.frames(), std::size_t{0});
    }
};

CHOREIA_TEST(UpperBodyTest)
#include "upper_body_test.moc"
