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
        // A foot that stands at .2 m/s for three of its seconds and goes 20 cm over the floor at 1 m/s for five: the lowest of all is fast, what is in contact is not.
        auto hopping = sliding(.2, 481);
        for (std::size_t f = 180; f < 481; ++f)
            for (const auto joint : {motion::LeftAnkle, motion::LeftFoot}) {
                auto& place = hopping.at(f, static_cast<std::size_t>(joint));
                place = hopping.at(179, static_cast<std::size_t>(joint)) + Vec3(static_cast<float>(f - 179) / 60, f == 180 ? 0.2f : 0.0f, 0);
                if (f > 180) place.y() = hopping.at(180, static_cast<std::size_t>(joint)).y();
            }
        for (std::size_t f = 0; f < 481; ++f)
            for (const auto joint : {motion::RightAnkle, motion::RightFoot}) hopping.at(f, static_cast<std::size_t>(joint)).y() += 2;
        const auto hops = eval::plausibility(hopping);
        QVERIFY2(std::abs(hops.lowestFootSpeed - 1) < 1e-3, qPrintable(QString::number(hops.lowestFootSpeed)));
        QVERIFY2(std::abs(hops.standingFootSpeed - .2) < 1e-3, qPrintable(QString::number(hops.standingFootSpeed)));
        QVERIFY(std::abs(eval::plausibility(sliding(.2, 120)).standingFootSpeed - .2) < 1e-3);
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

    void whoStandsBeforeAndAfterDoesNotFreezeWithin() {
        // 12 s, of which the first two and the last stand; and 12 s that stand from the fifth to the seventh second: within, 0 of 8 windows and 2.
        const auto standing = testing::gliding(721, Vec3::UnitX(), [](double t) { return t < 2 || t >= 11 ? .05 : 1.0; });
        const auto pausing = testing::gliding(721, Vec3::UnitX(), [](double t) { return t >= 5 && t < 7 ? .05 : 1.0; });
        const auto e = eval::evaluate({named("g", pausing), named("short", testing::gliding(181, Vec3::UnitX(), [](double) { return .05; }))}, {named("r", standing), named("s", standing)});
        QVERIFY(std::abs(e.freezingRatio - 5.0 / 15) < 1e-9);
        QVERIFY(std::abs(e.freezingWithin - .25) < 1e-9);  // nothing of the short one is within
        QVERIFY(std::abs(e.referenceFreezingRatio - .25) < 1e-9);
        QCOMPARE(e.referenceFreezingWithin, 0.0);
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

    /// Two salsas of 1 and 2 m/s, a house of 4: the reference's mean is 7/3, but two salsas and a house are to be held against (1.5 + 1.5 + 4) / 3.
    void theReferenceIsWeighedByTheStylesDanced() {
        const auto glide = [](double speed) { return testing::gliding(301, Vec3::UnitX(), [speed](double) { return speed; }); };
        const auto styled = [&](double speed, const char* style) { return eval::EvaluatedClip{"clip", glide(speed), {}, style}; };
        const std::vector<eval::EvaluatedClip> reference = {styled(1, "salsa"), styled(2, "salsa"), styled(4, "house")};
        const auto speedOf = [&](std::initializer_list<const char*> styles) {
            std::vector<eval::EvaluatedClip> generated;
            for (const char* style : styles) generated.push_back(styled(3, style));
            const auto e = eval::evaluate(generated, reference);
            return e.referenceOfStyles ? e.referenceOfStyles->meanJointSpeed : -1;
        };
        QVERIFY(std::abs(speedOf({"salsa", "salsa"}) - 1.5) < 1e-3);
        QVERIFY(std::abs(speedOf({"house", "house"}) - 4) < 1e-3);
        QVERIFY(std::abs(speedOf({"salsa", "house", "salsa"}) - 7.0 / 3) < 1e-3);
        QVERIFY(std::abs(speedOf({"salsa", "house", "house", "house"}) - (1.5 + 3 * 4) / 4) < 1e-3);
        // The figure of all clips stays what it was; the lowest foot glides along with the rest.
        const auto e = eval::evaluate({styled(3, "house"), styled(3, "house")}, reference);
        QVERIFY(std::abs(e.referenceMeanJointSpeed - 7.0 / 3) < 1e-3);
        QVERIFY(std::abs(e.referenceOfStyles->lowestFootSpeed - 4) < 1e-3);
        // One style unknown, or not in the reference: no figures, and a word why; none known: no figures and no word.
        QCOMPARE(speedOf({"salsa", "krump"}), -1.0);
        QCOMPARE(speedOf({"salsa", ""}), -1.0);
        QCOMPARE(speedOf({"", ""}), -1.0);
        const auto warned = [&](const char* first, const char* second, const char* word) {
            const auto warnings = eval::evaluate({styled(3, first), styled(3, second)}, reference).warnings;
            return std::any_of(warnings.begin(), warnings.end(), [word](const std::string& w) { return w.find(word) != std::string::npos; });
        };
        QVERIFY(warned("salsa", "krump", "no clip of krump"));
        QVERIFY(warned("salsa", "", "no known style: 1"));
        QVERIFY(!warned("", "", "style"));
        QVERIFY(!warned("salsa", "house", "style"));
    }

    /// Motion beats, skating and freezing by style. The sliding body: one foot at a known speed, all else still. The glide has pauses each second.
    void everyFigureOfTheStylesIsOfTheStyles() {
        const auto pausing = [](double hertz) { return testing::gliding(601, Vec3::UnitX(), [hertz](double t) { return 1.2 + std::cos(2 * M_PI * hertz * t); }); };
        const auto halfStill = testing::gliding(601, Vec3::UnitX(), [](double t) { return t < 5 ? 1.2 : 0.0; });
        const std::vector<eval::EvaluatedClip> reference = {{"a", pausing(1), {}, "salsa"},     {"b", pausing(2), {}, "house"},     {"c", pausing(2), {}, "house"},
                                                            {"d", sliding(.28, 601), {}, "waltz"}, {"e", sliding(.32, 601), {}, "waltz"}, {"f", halfStill, {}, "krump"},
                                                            {"g", pausing(2), {}, "krump"}};
        const auto of = [&](std::vector<const char*> styles) {
            std::vector<eval::EvaluatedClip> generated;
            for (const char* style : styles) generated.push_back({"g", pausing(1.5), {}, style});
            return *eval::evaluate(generated, reference).referenceOfStyles;
        };
        const double salsa = of({"salsa"}).motionBeatRateHz, house = of({"house"}).motionBeatRateHz;
        QVERIFY2(std::abs(salsa - 1) < 0.11 && std::abs(house - 2) < 0.11, qPrintable(QStringLiteral("%1, %2").arg(salsa).arg(house)));
        QVERIFY(std::abs(of({"salsa", "house", "house", "house"}).motionBeatRateHz - (salsa + 3 * house) / 4) < 1e-9);
        QVERIFY(std::abs(of({"salsa", "salsa", "salsa", "house"}).motionBeatRateHz - (3 * salsa + house) / 4) < 1e-9);
        // One of the two waltzes skates; half of one of the two krumps stands still, so a quarter of the clips' mean.
        QCOMPARE(of({"waltz"}).footSkatingRatio, 0.5);
        QVERIFY(std::abs(of({"waltz"}).lowestFootSpeed - .3) < 1e-3);
        QVERIFY(std::abs(of({"krump"}).freezingRatio - .25) < 1e-9);
        QVERIFY(std::abs(of({"krump", "house"}).freezingRatio - .125) < 1e-9);
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
