// Speeds, skating, PFC, freezing, and the whole evaluation of a set.
#include "eval/metrics.h"
#include "support/testing.h"
#include "synthetic_motion.h"

using namespace choreia;

namespace {
using motion::Vec3;

/// A standing body whose left foot slides at `slide` m/s while the right one is in the air.
motion::Positions sliding(double slide, std::size_t frames) {
    motion::Positions p = testing::swingingBody(0, 1);
    p.values.resize(frames * 24, Vec3::Zero());
    for (std::size_t f = 0; f < frames; ++f) {
        for (std::size_t j = 0; j < 24; ++j) p.at(f, j) = p.at(0, j);
        const auto x = static_cast<float>(slide * static_cast<double>(f) / 60);
        p.at(f, motion::LeftAnkle) = Vec3(x, .07f, 0);
        p.at(f, motion::LeftFoot) = Vec3(x, .02f, .12f);
        p.at(f, motion::RightAnkle) = Vec3(-.1f, .30f, 0);
        p.at(f, motion::RightFoot) = Vec3(-.1f, .25f, .12f);
    }
    return p;
}

eval::EvaluatedClip named(const char* name, motion::Positions positions, std::vector<double> beats = {}) {
    return {name, std::move(positions), std::move(beats)};
}
} // namespace

class PlausibilityTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void speedsOfAGlide() {
        const auto p = eval::plausibility(testing::gliding(181, Vec3::UnitZ(), [](double t) { return t < 2 ? 1.0 : .25; }));
        QVERIFY(std::abs(p.meanJointSpeed - .75) < 1e-3);
        QCOMPARE(p.windowSpeeds.size(), std::size_t{3});
        QVERIFY(std::abs(p.windowSpeeds[0] - 1) < 1e-3);
        QVERIFY(std::abs(p.windowSpeeds[2] - .25) < 1e-3);
    }

    void skatingStartsAtOneCentimetreAFrame() {
        // 0.01 m a frame at 30 fps is 0.3 m/s. The raised right foot never counts.
        QCOMPARE(eval::plausibility(sliding(.28, 120)).footSkatingRatio, 0.0);
        QCOMPARE(eval::plausibility(sliding(.32, 120)).footSkatingRatio, 1.0);
        QVERIFY(std::abs(eval::plausibility(sliding(.2, 120)).lowestFootSpeed - .2) < 1e-3);
        // Half of the time.
        auto half = sliding(.5, 121);
        for (std::size_t f = 60; f < 121; ++f) {
            for (const auto joint : {motion::LeftAnkle, motion::LeftFoot})
                half.at(f, static_cast<std::size_t>(joint)) = half.at(60, static_cast<std::size_t>(joint));
        }
        QVERIFY(std::abs(eval::plausibility(half).footSkatingRatio - .5) < 1e-9);
    }

    void agreesWithNumpy() {
        // numpy on clip 0, 600 frames.
        const auto p = eval::plausibility(testing::swingingBody(0, 600));
        QVERIFY2(std::abs(p.pfc - 0.20411670235122106) < 1e-5, qPrintable(QString::number(p.pfc)));
        QCOMPARE(p.footSkatingRatio, 1.0);
        QVERIFY(std::abs(p.lowestFootSpeed - 0.42030461023995563) < 1e-4);
        QVERIFY(std::abs(p.meanJointSpeed - 0.8641544854837335) < 1e-4);
        const std::array<double, 10> windows = {0.8662930493214979, 0.8492120479904559, 0.861360227616365,  0.8614382177285265,
                                                0.8864822546984582, 0.8673023379594416, 0.8639287895688016, 0.8485049736194891,
                                                0.8631309707768281, 0.8740570279316032};
        QCOMPARE(p.windowSpeeds.size(), windows.size());
        for (std::size_t i = 0; i < windows.size(); ++i) QVERIFY(std::abs(p.windowSpeeds[i] - windows[i]) < 1e-4);
    }

    void aFrozenBodyHasNoContactScore() {
        const auto p = eval::plausibility(sliding(0, 60));
        QCOMPARE(p.pfc, 0.0);
        QCOMPARE(p.meanJointSpeed, 0.0);
        QCOMPARE(eval::plausibility({}).meanJointSpeed, 0.0);
    }
};

class EvaluationTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void freezingIsMeasuredAgainstTheReference() {
        // Reference speed 1; generated 20 s: 1.0 for 10 s, then 0.1 for 5 s, then 1.0: 5 of 20 windows are under 0.2.
        const auto reference = testing::gliding(601, Vec3::UnitX(), [](double) { return 1.0; });
        const auto generated = testing::gliding(1201, Vec3::UnitX(), [](double t) { return t >= 10 && t < 15 ? .1 : 1.0; });
        const auto e =
            eval::evaluate({named("g", generated), named("h", generated)}, {named("r", reference), named("s", reference)});
        QVERIFY(std::abs(e.freezingRatio - .25) < 1e-9);
        QCOMPARE(e.referenceFreezingRatio, 0.0);
        QCOMPARE(e.clips.size(), std::size_t{2});
        QCOMPARE(e.clips[0].freezingPer10s, (std::vector<double>{0.0, .5}));
        QVERIFY(std::abs(e.referenceMeanJointSpeed - 1) < 1e-3);
    }

    void aSetAgainstItself() {
        std::vector<eval::EvaluatedClip> set;
        for (int c = 0; c < 6; ++c) set.push_back(named("clip", testing::swingingBody(c, 300), {.5, 1.0, 1.5, 2.0}));
        const auto e = eval::evaluate(set, set);
        QVERIFY(std::abs(e.fidK) < 1e-6);
        QVERIFY(std::abs(e.fidKCorrected) < 1e-6);
        QVERIFY(std::abs(e.fidG) < 1e-6);
        QCOMPARE(e.divK, e.referenceDivK);
        QCOMPARE(e.pfc, e.referencePfc);
        QCOMPARE(e.motionBeatRateHz, e.referenceMotionBeatRateHz);
        QCOMPARE(e.referenceClips, std::size_t{6});
        QVERIFY(e.basAboveChance == e.bas - e.basChance || std::abs(e.basAboveChance - (e.bas - e.basChance)) < 1e-12);
        // Six clips, 72 and 32 features; features 17 and 30 are all but constant in this motion.
        QVERIFY(!e.warnings.empty() && e.warnings[0].find("fewer reference clips") != std::string::npos);
        QVERIFY(e.fidGFloored.has_value());
        QVERIFY(std::abs(*e.fidGFloored) < 1e-6);
    }

    void onlyTwentySecondsOfAGeneratedClipMakeFeatures() {
        // The same first 1200 frames, another end: the features of generated clips agree, so FID against a reference is the same.
        const auto base = testing::swingingBody(1, 1500);
        auto other = base;
        for (std::size_t f = 1200; f < 1500; ++f) {
            for (std::size_t j = 0; j < 24; ++j) other.at(f, j) = base.at(1200, j);
        }
        const std::vector<eval::EvaluatedClip> reference = {named("a", testing::swingingBody(4, 300)),
                                                            named("b", testing::swingingBody(5, 300))};
        const auto x = eval::evaluate({named("x", base), named("y", testing::swingingBody(2, 300))}, reference);
        const auto y = eval::evaluate({named("x", other), named("y", testing::swingingBody(2, 300))}, reference);
        QCOMPARE(x.fidK, y.fidK);
        QVERIFY(x.meanJointSpeed != y.meanJointSpeed);
    }

    void clipsAtAnotherRateAreBroughtToSixty() {
        const auto fast = testing::gliding(601, Vec3::UnitX(), [](double) { return .8; });
        motion::Positions slow;
        slow.fps = 30;
        for (std::size_t f = 0; f < fast.frames(); f += 2)
            slow.values.insert(slow.values.end(), fast.frame(f).begin(), fast.frame(f).end());
        const auto e = eval::evaluate({named("a", slow), named("b", slow)}, {named("a", fast), named("b", fast)});
        QVERIFY(std::abs(e.meanJointSpeed - e.referenceMeanJointSpeed) < 1e-4);
    }

    void missingMusicIsSaid() {
        const std::vector<eval::EvaluatedClip> set = {named("a", testing::swingingBody(1, 200)),
                                                      named("b", testing::swingingBody(2, 200))};
        const auto e = eval::evaluate(set, set);
        QVERIFY(std::any_of(e.warnings.begin(), e.warnings.end(),
                            [](const std::string& w) { return w.find("music beats") != std::string::npos; }));
        QCOMPARE(e.bas, 0.0);
        QVERIFY(std::isnan(eval::evaluate({set[0]}, set).fidK));
    }
};

CHOREIA_TEST(PlausibilityTest)
CHOREIA_TEST(EvaluationTest)
#include "plausibility_test.moc"
