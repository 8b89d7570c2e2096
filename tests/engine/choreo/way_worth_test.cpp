// Where a walked dance has turned, against sums by hand, and which of two ways is worth more.
#include "choreo/turn_memory.h"
#include "choreo/way_worth.h"
#include "support/testing.h"

#include <QtTest>

#include <cmath>
#include <numbers>
#include <vector>

using namespace choreia;

namespace {

constexpr std::size_t kTwoSeconds = 60;

std::vector<double> turning(double turns) { return std::vector<double>(kTwoSeconds, turns * std::numbers::pi); }  // rad/s, so many whole turns in two seconds

choreo::StretchLook lively() {
    choreo::StretchLook look;
    look.speed = 0.8;
    look.arms = 0.4;
    look.stiffest = 0.4;
    look.speeds.assign(kTwoSeconds, 0.8);
    return look;
}

}  // namespace

class WayWorthTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aDancerWhoDoesNotTurnFacesTheAudience() {
        choreo::TurnMemory turned;
        turned.add(turning(0));
        QCOMPARE(turned.away(turning(0)), 0.0);
        QCOMPARE(turned.mostTurns(turning(0)), 0.0);
        QCOMPARE(turned.away({}), 0.0);
    }

    void halfATurnShowsTheBackUntilItIsLedRound() {
        choreo::TurnMemory turned;
        turned.add(turning(0.5));
        const double after = turned.away(std::vector<double>(1, 0.0));
        QVERIFY2(after > 0.6 && after < 1, qPrintable(QString::number(after)));  // nearly round, a little of it already led back
        for (int i = 0; i < 6; ++i) turned.add(turning(0));
        // Twelve seconds later exp(-12 / 4) of what was left is left.
        QVERIFY(turned.away(std::vector<double>(1, 0.0)) < 0.01);
    }

    void turnsOneWayAddUpOverEightSeconds() {
        choreo::TurnMemory turned;
        for (const double turns : {1.0, 1.0, -0.5}) turned.add(turning(turns));
        QVERIFY(std::abs(turned.mostTurns(turning(-0.5)) - 1.0) < 1e-9);  // -0.5 and -0.5; with the two to the left only 1 of them
        QVERIFY(std::abs(turned.mostTurns(turning(2)) - 3.5) < 1e-9);     // all four
        turned.add(turning(0));
        QVERIFY(std::abs(turned.mostTurns(turning(2)) - 2.5) < 1e-9);     // the first lies further back than eight seconds
    }

    void whatIsUnusualCosts() {
        const auto look = lively();
        QVERIFY(!look.asleep());
        const eval::DanceHabits habits{.pauses = 1.5, .away = 0.2, .spins = 1};
        const choreo::WayFacts usual{.beatsMet = 2, .pauses = 1.5, .seconds = 2, .fresh = 0.1, .away = 0.2, .turns = 1};
        const double best = choreo::worthOf(look, usual, habits);
        const auto with = [&](auto change) {
            auto facts = usual;
            change(facts);
            return choreo::worthOf(look, facts, habits);
        };
        QCOMPARE(with([](auto& f) { f.beatsMet = 3; }), best + 1);
        QVERIFY(with([](auto& f) { f.pauses = 2; }) < best);
        QVERIFY(with([](auto& f) { f.away = 0.6; }) < best);
        QVERIFY(with([](auto& f) { f.fresh = 0.06; }) < best);
        // Less than usual is not paid for.
        QCOMPARE(with([](auto& f) { f.pauses = 0.5, f.away = 0, f.fresh = 1, f.turns = 0; }), best);
        // A style that turns away more pays nothing for the same.
        QCOMPARE(choreo::worthOf(look, {.beatsMet = 2, .pauses = 1.5, .seconds = 2, .fresh = 0.1, .away = 0.6, .turns = 1}, {.pauses = 1.5, .away = 0.6, .spins = 1}), best);
    }

    void loopsAndEndlessSpinsComeAfterEverythingElseAndSleepLast() {
        const eval::DanceHabits habits;
        auto slow = lively(), still = lively();
        slow.speed = 0.3, slow.slide = 0.5;
        still.speed = 0, still.arms = 0;
        QVERIFY(still.asleep());
        const choreo::WayFacts none{.beatsMet = -3, .seconds = 2}, many{.beatsMet = 6, .seconds = 2};
        auto looping = many, spinning = many;
        looping.fresh = 0.01;
        spinning.turns = habits.spins + 1;
        const double worst = choreo::worthOf(slow, none, habits);
        QVERIFY(choreo::worthOf(lively(), looping, habits) < worst);
        QVERIFY(choreo::worthOf(lively(), spinning, habits) < worst);
        QVERIFY(choreo::worthOf(still, many, habits) < choreo::worthOf(lively(), looping, habits));
    }
};

CHOREIA_TEST(WayWorthTest)
#include "way_worth_test.moc"
