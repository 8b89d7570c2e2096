// A body whose pauses and turns are known by construction.
#include "eval/dance_habits.h"
#include "support/testing.h"

#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

using namespace choreia;

namespace {

constexpr double kPi = std::numbers::pi;

/// A body that turns as told (radians by seconds) while it goes to and fro: two pauses a second.
motion::Clip swaying(double seconds, const std::function<double(double)>& heading) {
    motion::Clip clip;
    clip.fps = 60;
    for (std::size_t f = 0; f < static_cast<std::size_t>(60 * seconds); ++f) {
        const double t = static_cast<double>(f) / 60;
        clip.root.push_back(motion::Vec3(static_cast<float>(0.2 * std::sin(2 * kPi * t + 0.3)), 0.9f, 0));
        for (int j = 0; j < motion::kJoints; ++j)
            clip.rotations.push_back(j == motion::Pelvis ? motion::Quat(Eigen::AngleAxisf(static_cast<float>(heading(t)), motion::Vec3::UnitY())) : motion::Quat::Identity());
    }
    return clip;
}

}  // namespace

class DanceHabitsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void pausesAndDirectionsAreCounted() {
        // Two takes that face different ways: neither is turned away by itself.
        const std::vector<motion::Clip> takes{swaying(20, [](double) { return 1.0; }), swaying(20, [](double) { return -2.0; })};
        const auto habits = eval::habitsOf(takes);
        QVERIFY2(std::abs(habits.pauses - 2) < 0.05, qPrintable(QString::number(habits.pauses)));
        QVERIFY(std::abs(habits.away) < 1e-6);
        QCOMPARE(habits.spins, 1.0);
    }

    void aQuarterOfTheTimeTurnedRound() {
        const std::vector<motion::Clip> takes{swaying(20, [](double t) { return t >= 5 && t < 10 ? kPi : 0.0; })};
        QVERIFY(std::abs(eval::habitsOf(takes).away - 0.25) < 1e-3);
    }

    void turnsOneWayAreSpinsThoseToAndFroAreNot() {
        const std::vector<motion::Clip> round{swaying(40, [](double t) { return 2 * kPi * 0.25 * t; })};  // two turns in eight seconds
        QVERIFY2(std::abs(eval::habitsOf(round).spins - 2.5) < 0.02, qPrintable(QString::number(eval::habitsOf(round).spins)));
        QVERIFY(std::abs(eval::habitsOf(round).away - 0.5) < 0.01);
        const std::vector<motion::Clip> wild{swaying(40, [](double t) { return 2 * kPi * t; })};
        QCOMPARE(eval::habitsOf(wild).spins, 4.0);
        const std::vector<motion::Clip> fro{swaying(40, [](double t) { return 2 * std::sin(t); })};
        QCOMPARE(eval::habitsOf(fro).spins, 1.0);
    }

    void theStageIsAsWideAsThreeOfFourTakesNeed() {
        // To and fro along a line, so many metres to either side of wherever its middle is.
        const auto crossing = [](double reach, double seconds) {
            motion::Clip clip = swaying(seconds, [](double) { return 0.0; });
            for (std::size_t f = 0; f < clip.frames(); ++f) clip.root[f] = motion::Vec3(7, 0.9f, static_cast<float>(reach * std::sin(2 * kPi * static_cast<double>(f) / 600)));
            return clip;
        };
        const auto stageOf = [&](std::initializer_list<double> reaches) {
            std::vector<motion::Clip> takes;
            for (const double reach : reaches) takes.push_back(crossing(reach, 12));
            return eval::habitsOf(takes).stage;
        };
        QVERIFY2(std::abs(stageOf({3, 5, 4, 9, 3.5}) - 5) < 0.01, qPrintable(QString::number(stageOf({3, 5, 4, 9, 3.5}))));
        QCOMPARE(stageOf({0.5, 1, 0.2}), eval::kLeastStage);
        QCOMPARE(stageOf({50, 60}), eval::kMostStage);
        // Who dances for less than ten seconds has not gone where he would.
        const std::vector<motion::Clip> brief{crossing(4, 8)};
        QCOMPARE(eval::habitsOf(brief).stage, eval::kLeastStage);
    }

    void tooLittleSaysNothing() {
        QCOMPARE(eval::habitsOf({}), eval::DanceHabits{});
        const std::vector<motion::Clip> takes{swaying(3, [](double t) { return t; })};
        QCOMPARE(eval::habitsOf(takes), eval::DanceHabits{});
    }

    void textComesBack() {
        const std::map<std::string, eval::DanceHabits> habits{{"waltz", {0.9, 0.5, 3.5, 4.25}}, {"lock", {1.25, 0, 1}}};
        QCOMPARE(eval::parseHabits(eval::habitsText(habits)), habits);
        // Weights of before do not tell of the stage; what is no stage is none.
        QCOMPARE(eval::parseHabits(R"({"pop": {"pauses": 1, "away": 0.1, "spins": 2}})").at("pop").stage, eval::kLeastStage);
        QCOMPARE(eval::parseHabits(R"({"pop": {"pauses": 1, "away": 0.1, "spins": 2, "stage": 1e9}})").at("pop").stage, eval::kLeastStage);
        QVERIFY(eval::parseHabits("").empty());
        QVERIFY(eval::parseHabits("[1, 2]").empty());
        QVERIFY(eval::parseHabits(R"({"waltz": {"pauses": 1, "away": "much", "spins": 2}, "pop": 3})").empty());
    }
};

CHOREIA_TEST(DanceHabitsTest)
#include "dance_habits_test.moc"
