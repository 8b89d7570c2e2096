// How far a dance is held from recordings, by hand.
#include "eval/posture.h"
#include "support/testing.h"

#include <cmath>
#include <string>

using namespace choreia;

namespace {

constexpr float kRaised = 0.52f;  // m

/// Twelve seconds of a body at rest that walks and turns, its left or right wrist held `lift` m higher than the other.
eval::EvaluatedClip holding(float lift, motion::Joint wrist = motion::LeftWrist, const std::string& style = {}) {
    eval::EvaluatedClip clip;
    clip.style = style;
    for (int f = 0; f < 720; ++f) {
        const auto t = static_cast<float>(f) / 60;
        const motion::Vec3 root(std::sin(t), 1, 0.2f * t);
        for (int j = 0; j < motion::kJoints; ++j) {
            const auto pair = motion::mirrored(j);
            const float side = pair == j ? 0.0f : j < pair ? 0.1f : -0.1f;  // left joints come first
            motion::Vec3 place(side, 0.01f * static_cast<float>(std::min(j, pair)), 0.02f * static_cast<float>(std::min(j, pair)));
            if (j == motion::Pelvis) place = motion::Vec3::Zero();
            if (j == wrist) place.y() += lift;
            clip.positions.values.push_back(root + Eigen::AngleAxisf(0.4f * t, motion::Vec3::UnitY()) * place);
        }
    }
    return clip;
}

}  // namespace

class PostureTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void thePostureOfTheReferenceIsNoDistance() {
        const auto found = eval::postureDistance(std::vector{holding(kRaised)}, std::vector{holding(0), holding(kRaised)});
        QVERIFY(found);
        QVERIFY2(found->distance < 1e-5, qPrintable(QString::number(found->distance)));
        QVERIFY(found->eitherSide <= found->distance);
    }
    void oneOfThirteenJointsElsewhere() {
        const auto found = eval::postureDistance(std::vector{holding(kRaised)}, std::vector{holding(0)});
        QVERIFY(found);
        QVERIFY2(std::abs(found->distance - static_cast<double>(kRaised) / 13) < 1e-5, qPrintable(QString::number(found->distance)));
        QVERIFY(std::abs(found->eitherSide - found->distance) < 1e-5);
    }
    void theOtherHandIsADistanceUnlessSidesDoNotMatter() {
        const auto found = eval::postureDistance(std::vector{holding(kRaised)}, std::vector{holding(kRaised, motion::RightWrist)});
        QVERIFY(found);
        QVERIFY2(std::abs(found->distance - 2 * static_cast<double>(kRaised) / 13) < 1e-5, qPrintable(QString::number(found->distance)));
        QVERIFY2(found->eitherSide < 1e-5, qPrintable(QString::number(found->eitherSide)));
    }
    void onlyRecordingsOfTheSameStyleCount() {
        const std::vector reference = {holding(kRaised, motion::LeftWrist, "waltz"), holding(0, motion::LeftWrist, "rumba")};
        const auto rumba = eval::postureDistance(std::vector{holding(kRaised, motion::LeftWrist, "rumba")}, reference);
        const auto unknown = eval::postureDistance(std::vector{holding(kRaised, motion::LeftWrist, "salsa")}, reference);
        QVERIFY(rumba && unknown);
        QVERIFY(rumba->distance > 0.03);
        QVERIFY(unknown->distance < 1e-5);  // no salsa: beside all
    }
    void tooShortForAPosture() {
        auto brief = holding(0);
        brief.positions.values.resize(299 * motion::kJoints);
        QVERIFY(!eval::postureDistance(std::vector{brief}, std::vector{holding(0)}));
        QVERIFY(!eval::postureDistance(std::vector{holding(0)}, std::vector{brief}));
        QVERIFY(!eval::postureDistance({}, {}));
    }
};

CHOREIA_TEST(PostureTest)
#include "posture_test.moc"
