// Dances that loop and dances that do not, by hand.
#include "eval/metrics.h"
#include "eval/pose_freshness.h"
#include "support/testing.h"

#include <cmath>
#include <numbers>

using namespace choreia;

namespace {

/// All joints at rest about a pelvis that walks and turns; the left wrist is raised by lift(t).
template <typename Lift>
motion::Positions raising(double seconds, const Lift& lift) {
    motion::Positions positions;
    for (int f = 0; f < static_cast<int>(seconds * 60); ++f) {
        const double t = f / 60.0;
        const auto turn = static_cast<float>(0.3 * t);
        const motion::Vec3 root(static_cast<float>(std::sin(t)), 1, static_cast<float>(0.2 * t));
        for (int j = 0; j < motion::kJoints; ++j) {
            motion::Vec3 place(j == motion::LeftHip ? 0.1f : j == motion::RightHip ? -0.1f : 0.0f, 0.01f * static_cast<float>(j), 0.02f * static_cast<float>(j));
            if (j == motion::LeftWrist) place.y() += static_cast<float>(lift(t));
            positions.values.push_back(root + motion::Vec3(place.x() * std::cos(turn) + place.z() * std::sin(turn), place.y(), place.z() * std::cos(turn) - place.x() * std::sin(turn)));
        }
    }
    return positions;
}

}  // namespace

class PoseFreshnessTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aLoopIsNotFreshWhereverItGoesAndTurns() {
        const auto windows = eval::poseFreshness(raising(30, [](double t) { return 0.5 * std::sin(2 * std::numbers::pi * t); }));
        QCOMPARE(windows.size(), std::size_t{13});  // begins at 16 s, one a second, two long
        for (const double fresh : windows) QVERIFY2(fresh < 1e-3, qPrintable(QString::number(fresh)));
    }

    void whatRisesForEverIsFreshByWhatIsLeftOut() {
        // The nearest pose of the past lies 2 s before the window: 0.24 m a second, one joint of 24; the mean over the window is 2.9 s of rise (poses 0.0 to 1.8 s, and 2).
        const auto windows = eval::poseFreshness(raising(20, [](double t) { return 0.24 * t; }));
        for (const double fresh : windows) QVERIFY2(std::abs(fresh - 0.01 * 2.9) < 1e-4, qPrintable(QString::number(fresh)));
    }

    void shortClipsSayNothing() { QVERIFY(eval::poseFreshness(raising(17.9, [](double) { return 0.0; })).empty()); }

    void theEvaluationNamesLoopingDances() {
        const auto loop = raising(30, [](double t) { return 0.5 * std::sin(2 * std::numbers::pi * t); });
        const auto rising = raising(30, [](double t) { return 0.5 * t; });
        const auto figures = eval::evaluate({{"loop", loop, {}}, {"rising", rising, {}}}, {{"rising", rising, {}}});
        QVERIFY(figures.freshness && figures.referenceFreshness);
        QVERIFY(std::abs(*figures.referenceFreshness - 2.9 * 0.5 / 24) < 1e-3);
        QVERIFY(std::abs(figures.loopingRatio - 0.5) < 1e-9);
        QCOMPARE(figures.referenceLoopingRatio, 0.0);
        const auto brief = raising(10, [](double) { return 0.0; });
        QVERIFY(!eval::evaluate({{"brief", brief, {}}}, {{"brief", brief, {}}}).freshness);
    }
};

CHOREIA_TEST(PoseFreshnessTest)
#include "pose_freshness_test.moc"
