// What a stretch is chosen by: minima of speed on the beats, above what chance gives; arms that hold still; feet that slide.
#include "choreo/stretch_look.h"
#include "motion/skeleton.h"
#include "support/testing.h"

#include <cmath>
#include <numbers>

using namespace choreia;

namespace {

/// Speed between rows with a dip at each of these rows.
std::vector<double> dipping(std::size_t rows, const std::vector<double>& dips) {
    std::vector<double> speed(rows - 1, 1.0);
    for (std::size_t i = 0; i < speed.size(); ++i)
        for (const double dip : dips) {
            const double away = static_cast<double>(i) + 0.5 - dip;  // the speed between rows i and i + 1
            speed[i] -= 0.7 * std::exp(-away * away / 4);
        }
    return speed;
}

constexpr std::size_t kRows = 60;

/// Rows of a body that stands: every joint a metre up but the feet, which are on the floor 0.2 m beside the root.
std::vector<motion::Vec3> standing() {
    std::vector<motion::Vec3> positions(kRows * motion::kJoints, motion::Vec3(0, 1, 0));
    for (std::size_t r = 0; r < kRows; ++r)
        for (const int joint : {motion::LeftAnkle, motion::LeftFoot, motion::RightAnkle, motion::RightFoot}) {
            const bool left = joint == motion::LeftAnkle || joint == motion::LeftFoot;
            positions[r * motion::kJoints + static_cast<std::size_t>(joint)] = {left ? 0.2f : -0.2f, 0.02f, 0};
        }
    return positions;
}

}  // namespace

class StretchLookTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void dipsOnTheBeatsAreWorthMost() {
        const std::vector<double> beats{20.3, 35.3, 50.3, 65.3}, late{27.8, 42.8, 57.8, 72.8};
        // Four dips in 70 rows of two frames each: by chance a beat is met to 4 / 140 * 3 sqrt(2 pi).
        const double chance = 4.0 / 140.0 * 3.0 * std::sqrt(2 * std::numbers::pi);
        const double met = choreo::meetsBeats(dipping(81, beats), beats, 10);
        QVERIFY2(std::abs(met - 4 * (1 - chance)) < 0.02, qPrintable(QString::number(met)));
        // 15 frames off: never met.
        const double missed = choreo::meetsBeats(dipping(81, late), beats, 10);
        QVERIFY2(std::abs(missed + 4 * chance) < 0.02, qPrintable(QString::number(missed)));
        // Three frames off is one deviation: exp(-1/2).
        const std::vector<double> near{21.8, 36.8, 51.8, 66.8};
        QVERIFY(std::abs(choreo::meetsBeats(dipping(81, near), beats, 10) - 4 * (std::exp(-0.5) - chance)) < 0.02);
        // A dip between the beats costs what it adds to chance.
        std::vector<double> more = beats;
        more.insert(more.begin() + 2, 42.8);
        const double costly = choreo::meetsBeats(dipping(81, more), beats, 10);
        QVERIFY2(std::abs(costly - 4 * (1 - 1.25 * chance)) < 0.08, qPrintable(QString::number(costly)));  // its neighbours lean towards it a little
    }

    void pausesAreCountedFromTheStretchOn() {
        const std::vector<double> dips{20.3, 35.3, 50.3, 65.3};
        QCOMPARE(choreo::pausesFrom(dipping(81, dips), 0), std::size_t{4});
        QCOMPARE(choreo::pausesFrom(dipping(81, dips), 30), std::size_t{3});
    }

    void turnsAreThoseOfTheStretchAlone() {
        std::vector<choreo::RootStep> root(kRows);
        for (std::size_t r = 0; r < kRows; ++r) root[r].turn = r < kRows / 2 ? 5.0f : -1.0f;
        const auto look = choreo::lookAt(standing(), root, kRows / 2);
        QCOMPARE(look.turns.size(), kRows / 2);
        for (const double turn : look.turns) QCOMPARE(turn, -1.0);
    }

    /// Speeds are the world's: four of 24 joints go round at 0.2 m from the axis, the others stand on it.
    void aBodyThatTurnsIsNotStill() {
        std::vector<choreo::RootStep> root(kRows);
        for (auto& step : root) step.turn = 3.0f;
        const auto look = choreo::lookAt(standing(), root, 30);
        QVERIFY2(std::abs(look.speed - 4.0 / 24 * 0.2 * 3) < 1e-6, qPrintable(QString::number(look.speed)));
        for (auto& step : root) step.x = -0.5f;  // and walks; what goes round moves along z
        const auto walking = choreo::lookAt(standing(), root, 30);
        const double expected = (20 * 0.5 + 4 * std::hypot(0.5, 0.6)) / 24;
        QVERIFY2(std::abs(walking.speed - expected) < 1e-6, qPrintable(QString::number(walking.speed)));
    }

    void beatsBeforeTheStretchDoNotCount() {
        const std::vector<double> beats{5.3, 20.3, 35.3};
        const double whole = choreo::meetsBeats(dipping(61, beats), beats, 0), later = choreo::meetsBeats(dipping(61, beats), beats, 10);
        QVERIFY(whole > later + 0.5);
        QCOMPARE(choreo::meetsBeats(dipping(61, beats), {}, 10), 0.0);
        const std::vector<double> still(60, 0.0);
        QCOMPARE(choreo::meetsBeats(still, beats, 0), 0.0);  // no minima, no chance
    }

    void aBodyThatStandsIsAsleepAndDoesNotSlide() {
        const auto look = choreo::lookAt(standing(), std::vector<choreo::RootStep>(kRows), 30);
        QCOMPARE(look.speeds.size(), kRows - 1);
        QCOMPARE(look.speed, 0.0);
        QCOMPARE(look.slide, 0.0);
        QVERIFY(look.asleep());
    }

    void aRootThatLeavesItsFeetSlidesThem() {
        std::vector<choreo::RootStep> root(kRows);
        for (std::size_t r = 45; r < kRows; ++r) root[r] = {0.4f, 0, 0};  // half of the last 30 rows; the last of all has no row after it
        const auto look = choreo::lookAt(standing(), root, 30);
        QCOMPARE(look.slide, 14.0 / 29.0);
        QVERIFY(std::abs(look.speed - 0.4 * 14 / 29) < 1e-6);
    }

    /// Speeds are those of the dance with its feet planted, which leads the root after the foot that stands; how far it slid before is told all the same.
    void feetThatStandHoldTheRoot() {
        const std::vector<choreo::RootStep> root(kRows, {0.4f, 0, 0});
        const std::vector<choreo::Stands> stand(kRows, {1, 1, 1, 1});
        const auto held = choreo::lookAt(standing(), root, 30, {}, stand);
        QVERIFY2(held.speed < 0.02, qPrintable(QString::number(held.speed)));
        QCOMPARE(held.slide, 1.0);
        QVERIFY(std::abs(choreo::lookAt(standing(), root, 30).speed - 0.4) < 1e-6);

        // In the air the root keeps its own way, whatever the decoder says of the feet; and so it does over feet that stay where they are.
        auto flying = standing(), walking = standing();
        for (std::size_t r = 0; r < kRows; ++r)
            for (const int joint : {motion::LeftAnkle, motion::LeftFoot, motion::RightAnkle, motion::RightFoot}) {
                flying[r * motion::kJoints + static_cast<std::size_t>(joint)].y() = 0.5f;
                walking[r * motion::kJoints + static_cast<std::size_t>(joint)].x() -= 0.4f * static_cast<float>(r) / 30.0f;
            }
        QVERIFY(std::abs(choreo::lookAt(flying, root, 30, {}, stand).speed - 0.4) < 1e-5);
        QVERIFY(std::abs(choreo::lookAt(walking, root, 30, {}, stand).speed - 0.4 * 20 / 24) < 1e-4);
    }

    void feetThatTurnWithTheBodySlideAndThoseThatStayDoNot() {
        // Three radians a second at 0.2 m: 0.6 m/s.
        std::vector<choreo::RootStep> root(kRows, {0, 0, 3.0f});
        QCOMPARE(choreo::lookAt(standing(), root, 30).slide, 1.0);
        // In the heading frame a foot that stays goes against the turn.
        auto positions = standing();
        for (std::size_t r = 0; r < kRows; ++r) {
            const float back = -3.0f * static_cast<float>(r) / 30.0f;
            for (const int joint : {motion::LeftAnkle, motion::LeftFoot, motion::RightAnkle, motion::RightFoot}) {
                auto& place = positions[r * motion::kJoints + static_cast<std::size_t>(joint)];
                const float x = place.x();
                place.x() = x * std::cos(back);  // about +Y: x to -z
                place.z() = -x * std::sin(back);
            }
        }
        QCOMPARE(choreo::lookAt(positions, root, 30).slide, 0.0);
    }

    void armsAloneMayBeAsleep() {
        auto positions = standing();
        std::vector<choreo::RootStep> root(kRows, {0.5f, 0, 0});
        QVERIFY(choreo::lookAt(positions, root, 30).asleep());  // it strides, the arms do not move
        // One wrist swings by 0.3 m, two whole periods: its root mean square is 0.3 / sqrt(2), the other's nothing.
        for (std::size_t r = 0; r < kRows; ++r)
            positions[r * motion::kJoints + motion::LeftWrist].y() += 0.3f * static_cast<float>(std::sin(2 * std::numbers::pi * 2 * static_cast<double>(r) / kRows));
        const auto look = choreo::lookAt(positions, root, 30);
        QVERIFY2(std::abs(look.arms - 0.5 * 0.3 / std::numbers::sqrt2) < 1e-5, qPrintable(QString::number(look.arms)));
        QVERIFY(!look.asleep());
    }

    void oneArmHeldForLongIsAsleepTheOtherMoving() {
        auto positions = standing();
        std::vector<choreo::RootStep> root(kRows, {0.5f, 0, 0});
        const auto swing = [](std::size_t r) { return 0.3f * static_cast<float>(std::sin(2 * std::numbers::pi * 2 * static_cast<double>(r) / kRows)); };
        for (std::size_t r = 0; r < kRows; ++r) positions[r * motion::kJoints + motion::LeftWrist].y() += swing(r);
        // Two seconds before and two seconds now: the right hand stays at one place, or moves by 0.2 m once between them (root mean square 0.1).
        std::vector<choreo::Hands> held(kRows, {motion::Vec3(0, 0, 0), motion::Vec3(0, 0, 0)}), moved(kRows, {motion::Vec3(0, 0, 0), motion::Vec3(0.2f, 0, 0)});
        const auto stiff = choreo::lookAt(positions, root, 30, held);
        QCOMPARE(stiff.stiffest, 0.0);
        QVERIFY(stiff.asleep());
        const auto live = choreo::lookAt(positions, root, 30, moved);
        QVERIFY2(std::abs(live.stiffest - 0.1) < 1e-6, qPrintable(QString::number(live.stiffest)));
        QVERIFY(!live.asleep());
        // Less than four seconds say nothing of one arm.
        QVERIFY(!choreo::lookAt(positions, root, 30, std::span(held).first(kRows - 1)).asleep());
        QCOMPARE(stiff.hands.size(), kRows);
        QCOMPARE(stiff.hands[7][0].y(), swing(7));
    }

    void posesThatWereThereAreNotFresh() {
        const auto positions = standing();
        const auto look = choreo::lookAt(positions, std::vector<choreo::RootStep>(kRows), 20);
        QCOMPARE(look.poses.size(), std::size_t{5});  // every fourth row
        QCOMPARE(eval::freshness(look.poses, look.poses), 0.0);
        // One joint of the 24 half a metre elsewhere, in two of five poses; the nearest of the past counts.
        auto moved = look.poses;
        for (const std::size_t k : {1, 3}) moved[k][motion::Head] += motion::Vec3(0, 0.3f, 0.4f);
        auto past = look.poses;
        past.push_back(look.poses[0]);
        past.back()[motion::LeftWrist].x() += 3;
        QVERIFY(std::abs(eval::freshness(moved, past) - 0.4 * 0.5 / 24) < 1e-6);
        past.push_back(moved[1]);
        QVERIFY(eval::freshness(moved, past) < 1e-9);
    }
};

CHOREIA_TEST(StretchLookTest)
#include "stretch_look_test.moc"
