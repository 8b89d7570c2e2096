// Motion beats, alignment with music beats, and the figures of a beat tracker: closed forms and scipy figures.
#include "eval/beat_alignment.h"
#include "eval/metrics.h"
#include "support/testing.h"
#include "synthetic_motion.h"

using namespace choreia;

namespace {
constexpr double kTurn = 6.283185307179586;

std::vector<double> grid(double first, double step, int count) {
    std::vector<double> out;
    for (int i = 0; i < count; ++i) out.push_back(first + step * i);
    return out;
}
} // namespace

class BeatsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void smoothingAgreesWithScipy() {
        // scipy.ndimage.gaussian_filter1d([1, 4, 2, 8, 5, 7, 1, 3], 1.5): a kernel wider than the curve, mirrored.
        const std::array<double, 8> curve = {1, 4, 2, 8, 5, 7, 1, 3};
        const std::array<double, 8> expected = {2.4586107864071223, 3.089123479063705, 4.075650116841912,  4.931083025810064,
                                                5.137745609100373,  4.569027546302908, 3.6727514535295755, 3.06600798294434};
        const auto smooth = eval::gaussianSmooth(curve, 1.5);
        for (std::size_t i = 0; i < 8; ++i) QVERIFY(std::abs(smooth[i] - expected[i]) < 1e-12);
    }

    void beatsAreTheSlowMoments() {
        // Speed 1 - cos(2 pi 2 (t - 0.2)): slowest at 0.2 + 0.5 k seconds.
        const auto motion =
            testing::gliding(600, motion::Vec3::UnitX(), [](double t) { return 1 - std::cos(kTurn * 2 * (t - .2)); });
        const auto beats = eval::motionBeats(motion);
        QVERIFY(beats.size() >= 19 && beats.size() <= 20);
        for (std::size_t k = 0; k < beats.size(); ++k)
            QVERIFY(std::abs(beats[k] - (.2 + .5 * static_cast<double>(k))) < 1.01 / 60);
        const auto onBeat = eval::beatAlignment(motion, grid(.2, .5, 19));
        QVERIFY(onBeat.bas > .98);
        QVERIFY(std::abs(onBeat.motionBeatRateHz - 2) < .15);
        // Chance: uniform distance 0..15 frames to the nearest beat: (1/15) integral_0^15 exp(-d^2/18) dd = 0.2507.
        QVERIFY(std::abs(onBeat.chance - .2507) < .06);
        // Off by 3 frames: exp(-1/2).
        QVERIFY(std::abs(eval::beatAlignment(motion, grid(.25, .5, 19)).bas - std::exp(-.5)) < .02);
        // Half a period off: nothing.
        QVERIFY(eval::beatAlignment(motion, grid(.45, .5, 19)).bas < 1e-3);
    }

    void alignmentScoreCountsTheNearest() {
        const std::vector<double> events = {10, 20};
        const std::vector<double> targets = {7, 14, 26};
        const double expected = (std::exp(-9.0 / 18) + std::exp(-16.0 / 18) + std::exp(-36.0 / 18)) / 3;
        QVERIFY(std::abs(eval::alignmentScore(targets, events) - expected) < 1e-12);
        QCOMPARE(eval::alignmentScore({}, events), 0.0);
        QCOMPARE(eval::alignmentScore(targets, {}), 0.0);
    }

    void agreesWithScipyOnARichMotion() {
        // scipy: argrelextrema(gaussian_filter1d(mean speed, 5), less) on clip 0, 600 frames; music every 0.5 s from 0.25.
        const std::vector<int> expected = {19,  35,  61,  98,  138, 170, 184, 217, 231, 254, 278, 310, 332,
                                           357, 383, 407, 428, 443, 474, 488, 512, 528, 550, 569, 596};
        const auto motion = testing::swingingBody(0, 600);
        const auto beats = eval::motionBeats(motion);
        QCOMPARE(beats.size(), expected.size());
        for (std::size_t i = 0; i < beats.size(); ++i) QCOMPARE(std::lround(beats[i] * 60), static_cast<long>(expected[i]));
        QVERIFY(std::abs(eval::beatAlignment(motion, grid(.25, .5, 20)).bas - 0.22817393851697948) < 1e-9);
    }

    void sameSeedSameChance() {
        const auto motion = testing::swingingBody(2, 400);
        const auto music = grid(.1, .6, 10);
        QCOMPARE(eval::beatAlignment(motion, music, 5).chance, eval::beatAlignment(motion, music, 5).chance);
        QVERIFY(eval::beatAlignment(motion, music, 5).chance != eval::beatAlignment(motion, music, 6).chance);
        QCOMPARE(eval::beatAlignment(motion, {}).bas, 0.0);
        QCOMPARE(eval::beatAlignment({}, music).chance, 0.0);
    }
};

/// Expectations from the definitions (Davies 2009), case by case.
class BeatTrackingTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void perfectTracking() {
        const auto beats = grid(0, .5, 60);
        const auto f = eval::evaluateBeats(beats, beats);
        QCOMPARE(f.fMeasure, 1.0);
        QCOMPARE(f.cmlT, 1.0);
        QCOMPARE(f.amlT, 1.0);
        QCOMPARE(f.medianErrorMs, 0.0);
    }

    void firstFiveSecondsDoNotCount() {
        auto estimated = grid(0, .5, 60);
        for (std::size_t i = 0; i < 9; ++i) estimated[i] += .2; // up to 4.2 s
        QCOMPARE(eval::evaluateBeats(estimated, grid(0, .5, 60)).fMeasure, 1.0);
    }

    void aConstantDelayIsTheError() {
        const auto f = eval::evaluateBeats(grid(.03, .5, 60), grid(0, .5, 60));
        QCOMPARE(f.fMeasure, 1.0);
        QVERIFY(std::abs(f.medianErrorMs - 30) < 1e-6);
        // Beyond 70 ms nothing matches, but 80 ms of a 500 ms beat is still within 17.5% in phase.
        const auto late = eval::evaluateBeats(grid(.08, .5, 60), grid(0, .5, 60));
        QCOMPARE(late.fMeasure, 0.0);
        QCOMPARE(late.cmlT, 1.0);
    }

    void doubleTempoIsAnAllowedLevel() {
        // 50 reference beats from 5.0 to 29.5; 99 estimated: P = 50/99, R = 1.
        const auto reference = grid(5, .5, 50), estimated = grid(5, .25, 99);
        const auto f = eval::evaluateBeats(estimated, reference);
        QVERIFY(std::abs(f.fMeasure - 2 * (50.0 / 99) / (50.0 / 99 + 1)) < 1e-12);
        QCOMPARE(f.cmlT, 0.0);
        QCOMPARE(f.amlT, 1.0);
        const auto half = eval::evaluateBeats(reference, estimated);
        QCOMPARE(half.cmlT, 0.0);
        QCOMPARE(half.amlT, 1.0);
    }

    void offBeatIsAnAllowedLevel() {
        const auto f = eval::evaluateBeats(grid(5.25, .5, 49), grid(5, .5, 50));
        QCOMPARE(f.fMeasure, 0.0);
        QCOMPARE(f.cmlT, 0.0);
        QCOMPARE(f.amlT, 1.0);
    }

    void oneMissedBeatBreaksTheIntervalAfterIt() {
        // 40 beats, the 20th missing: the next one's interval is doubled, so 38 of 40 are right in period.
        auto estimated = grid(5, .5, 40);
        estimated.erase(estimated.begin() + 20);
        const auto f = eval::evaluateBeats(estimated, grid(5, .5, 40));
        QVERIFY(std::abs(f.cmlT - 38.0 / 40) < 1e-12);
        QVERIFY(std::abs(f.fMeasure - 2 * 39.0 / 79) < 1e-12);
    }

    void nothingToCompare() {
        const auto f = eval::evaluateBeats({}, grid(5, .5, 10));
        QCOMPARE(f.fMeasure, 0.0);
        QCOMPARE(f.amlT, 0.0);
        QCOMPARE(eval::evaluateBeats(grid(6, 1, 1), grid(6, 1, 1)).cmlT, 0.0);
    }
};

CHOREIA_TEST(BeatsTest)
CHOREIA_TEST(BeatTrackingTest)
#include "beats_test.moc"
