// Motion beats, tempo and matching on motions whose pauses are known.
#include "core/random.h"
#include "motion/beat_match.h"
#include "support/testing.h"

#include <cmath>

using namespace choreia;
using namespace choreia::motion;

namespace {

/// All joints move together along x with speed 1 - cos: at rest at offset + k * period.
Positions pulsing(double seconds, double period, double offset) {
    Positions out;
    out.fps = 60;
    out.joints = 2;
    for (int f = 0; f < static_cast<int>(seconds * 60); ++f) {
        const double t = f / 60.0 - offset, w = 2 * M_PI / period;
        const auto x = static_cast<float>(t - std::sin(w * t) / w);
        out.values.insert(out.values.end(), {Vec3(x, 0, 0), Vec3(x, 1, 0)});
    }
    return out;
}

MotionBeats regular(double period, double seconds, double offset, Random& random, double jitter) {
    MotionBeats out;
    for (double t = offset; t < seconds; t += period) {
        out.times.push_back(t + jitter * random.normal());
        out.strengths.push_back(0.8);
    }
    return out;
}

} // namespace

class BeatMatchTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void pausesAreBeats() {
        const auto beats = motionBeats(pulsing(10, 0.5, 0.2));
        QVERIFY(beats.times.size() >= 18 && beats.times.size() <= 20);
        for (std::size_t k = 1; k + 1 < beats.times.size(); ++k) {
            // A speed between frames f and f + 1 belongs to their middle.
            const double phase = std::remainder(beats.times[k] + 0.5 / 60 - 0.2, 0.5);
            QVERIFY2(std::abs(phase) < 0.02, qPrintable(QString::number(phase)));
            QVERIFY(beats.strengths[k] > 0.5);
        }
    }

    void tempoIsFound() {
        Random random(2);
        for (const double bpm : {85.0, 110.0, 133.0}) {
            const auto guess = motionTempo(regular(60 / bpm, 30, 0.1, random, 0.02), 60, 180, 110, 0.5);
            QVERIFY2(std::abs(guess.bpm / bpm - 1) < 0.01, qPrintable(QString::number(guess.bpm)));
            QVERIFY(guess.confidence > 0.8);
        }
        QCOMPARE(motionTempo({}, 60, 180, 110, 0.5).bpm, 0.0);
    }

    void trackBridgesMissingBeats() {
        Random random(3);
        auto beats = regular(0.6, 30, 0.3, random, 0.015);
        for (const std::size_t gone : {7, 20, 21}) {
            beats.times.erase(beats.times.begin() + static_cast<std::ptrdiff_t>(gone));
            beats.strengths.erase(beats.strengths.begin() + static_cast<std::ptrdiff_t>(gone));
        }
        const auto track = trackMotionBeats(beats, 30, 100);
        QVERIFY(track.size() >= 48 && track.size() <= 51);
        for (std::size_t k = 1; k < track.size(); ++k) QVERIFY(track[k] - track[k - 1] > 0.5 && track[k] - track[k - 1] < 0.7);
    }

    void matchPutsBeatsOnBeats() {
        Random random(4);
        const auto beats = regular(0.63, 20, 0.25, random, 0.03);
        std::vector<double> music;
        for (double t = 0.1; t < 20; t += 0.6) music.push_back(t);
        MatchSettings settings;
        settings.maxDrift = 2;
        const auto map = matchBeats(beats, music, 20, settings);
        int met = 0;
        for (const double m : music) {
            double nearest = 1;
            for (const double b : beats.times) nearest = std::min(nearest, std::abs(map(m) - b));
            met += nearest < 0.02;
        }
        QVERIFY2(met > static_cast<int>(music.size()) / 2, qPrintable(QString::number(met)));
        double before = -1;
        for (double t = 0; t <= 20; t += 0.01) {
            QVERIFY(map(t) > before);
            before = map(t);
        }
        QVERIFY(std::abs(map(0.0)) < 1e-9 && std::abs(map(20.0) - 20) < 1e-9);
        QVERIFY2(map.maxSpeedChange() < 0.30, qPrintable(QString::number(map.maxSpeedChange())));
        QVERIFY(map.meanSpeedChange() < 0.15);
    }

    void nothingToMatchLeavesTimeAlone() {
        const auto map = matchBeats({}, std::vector<double>{1, 2, 3}, 10);
        for (double t = 0; t <= 10; t += 0.5) QVERIFY(std::abs(map(t) - t) < 1e-9);
    }
};

CHOREIA_TEST(BeatMatchTest)
#include "beat_match_test.moc"
