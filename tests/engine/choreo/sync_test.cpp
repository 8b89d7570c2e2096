// The beat warp: motions whose beats are known in closed form, the promised bounds, and the figures recomputed by eval.
#include "choreo/sync.h"

#include "choreo/warp_search.h"
#include "core/parallel.h"
#include "engine/eval/synthetic_motion.h"
#include "eval/beat_alignment.h"
#include "eval/metrics.h"
#include "support/testing.h"

#include <cmath>
#include <numbers>

using namespace choreia;

namespace {
constexpr double kTurn = 6.283185307179586;

std::vector<double> grid(double first, double step, double end) {
    std::vector<double> out;
    for (double t = first; t < end; t += step) out.push_back(t);
    return out;
}

/// Speed minima at first + period * k.
motion::Positions pulsing(double first, double period, std::size_t frames) {
    return testing::gliding(frames, motion::Vec3(0.6f, 0, 0.8f),
                            [=](double t) { return .8 - .6 * std::cos(kTurn * (t - first) / period); });
}

/// The motion as the warp shows it, linear between frames.
motion::Positions warped(const motion::Positions& in, const std::vector<double>& times) {
    motion::Positions out = in;
    for (std::size_t f = 0; f < times.size(); ++f) {
        const double x = std::min(times[f] * 60, static_cast<double>(in.frames()) - 1.0001);
        const auto before = static_cast<std::size_t>(x);
        const auto share = static_cast<float>(x - static_cast<double>(before));
        for (std::size_t j = 0; j < 24; ++j) out.at(f, j) = in.at(before, j) * (1 - share) + in.at(before + 1, j) * share;
    }
    return out;
}
} // namespace

class SyncTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aDanceBesideTheBeatIsPulledOntoIt() {
        // Beats of the motion 0.1 s after those of the music, for 40 s.
        const auto motion = pulsing(.6, .5, 2400);
        const auto music = grid(.5, .5, 40);
        choreo::SyncReport report;
        const auto times = choreo::syncWarp(motion, music, {}, &report);
        QVERIFY(report.before < .2); // 6 frames: exp(-2) = 0.135
        QVERIFY2(report.after > .9, qPrintable(QString::number(report.after)));
        // In the middle the music's beat k shows the motion's beat k or a neighbour of it.
        for (double beat = 10; beat < 30; beat += .5) {
            const double shown = times[static_cast<std::size_t>(std::lround(beat * 60))];
            const double phase = (shown - .6) / .5;
            QVERIFY2(std::abs(phase - std::round(phase)) * .5 < .05, qPrintable(QString("%1 shows %2").arg(beat).arg(shown)));
        }
    }

    void anotherTempoIsFollowed() {
        // 120 motion beats a minute under music of 113: the dance may not end early, so it slows towards the beat and now and
        // then lets one slip.
        const auto motion = pulsing(.3, .5, 3600);
        const auto music = grid(.2, 60.0 / 113, 60);
        choreo::SyncReport report;
        const auto times = choreo::syncWarp(motion, music, {}, &report);
        QVERIFY2(report.after > .7, qPrintable(QString::number(report.after)));
        QVERIFY(report.after > report.before + .4);
        QVERIFY(report.meanSpeedChange < .12);
    }

    void theWarpKeepsItsPromises() {
        const auto motion = testing::swingingBody(3, 1800);
        const auto music = grid(.13, .47, 30);
        for (const double bound : {.2, .08}) {
            choreo::SyncSettings settings;
            settings.maxSpeedChange = bound;
            choreo::SyncReport report;
            const auto times = choreo::syncWarp(motion, music, settings, &report);
            QCOMPARE(times.size(), motion.frames());
            QCOMPARE(times.front(), 0.0);
            QVERIFY(std::abs(times.back() - 1799.0 / 60) < 1e-9);
            double largest = 0, mean = 0;
            for (std::size_t f = 0; f + 1 < times.size(); ++f) {
                const double speed = (times[f + 1] - times[f]) * 60;
                largest = std::max(largest, std::abs(speed - 1));
                mean += std::abs(speed - 1) / 1799;
                if (f > 0) {
                    // A cubic spline with controls 16 frames apart: its speed changes by at most 2 bound / 16 a frame.
                    const double before = (times[f] - times[f - 1]) * 60;
                    QVERIFY(std::abs(speed - before) <= 2 * bound / 16 + 1e-9);
                }
            }
            QVERIFY(largest <= bound + 1e-9);
            QVERIFY(std::abs(largest - report.maxSpeedChange) < 1e-9);
            QVERIFY(std::abs(mean - report.meanSpeedChange) < 1e-6);
        }
    }

    void theReportAgreesWithEval() {
        const auto motion = testing::swingingBody(5, 1800);
        const auto music = grid(.13, .47, 29.5);
        choreo::SyncReport report;
        const auto times = choreo::syncWarp(motion, music, {}, &report);
        QVERIFY(std::abs(report.before - eval::beatAlignment(motion, music).bas) < 1e-9);
        const auto after = eval::beatAlignment(warped(motion, times), music);
        QVERIFY2(std::abs(report.after - after.bas) < .03, qPrintable(QString("%1 %2").arg(report.after).arg(after.bas)));
        QVERIFY(after.aboveChance > .25);
    }

    void strengthLeadsToTheMotionAsItIs() {
        const auto motion = testing::swingingBody(3, 900);
        const auto music = grid(.2, .5, 15);
        double changeBefore = 1;
        for (const double strength : {1.0, .5, .1, 0.0}) {
            choreo::SyncSettings settings;
            settings.strength = strength;
            choreo::SyncReport report;
            const auto times = choreo::syncWarp(motion, music, settings, &report);
            QVERIFY(report.maxSpeedChange <= .15 * strength + 1e-9);
            QVERIFY(report.meanSpeedChange <= changeBefore);
            changeBefore = report.meanSpeedChange;
            if (strength == 0) {
                for (std::size_t f = 0; f < times.size(); ++f) QCOMPARE(times[f], static_cast<double>(f) / 60);
                QCOMPARE(report.after, report.before);
            }
        }
    }

    void sameSeedSameWarp() {
        const auto motion = testing::swingingBody(7, 900);
        const auto music = grid(.2, .55, 15);
        choreo::SyncSettings settings;
        settings.seed = 11;
        QCOMPARE(choreo::syncWarp(motion, music, settings, nullptr), choreo::syncWarp(motion, music, settings, nullptr));
        choreo::SyncSettings other = settings;
        other.seed = 12;
        QVERIFY(choreo::syncWarp(motion, music, settings, nullptr) != choreo::syncWarp(motion, music, other, nullptr));
    }

    void nothingToMeetChangesNothing() {
        const auto still = testing::gliding(300, motion::Vec3::UnitX(), [](double) { return 0.0; });
        for (const auto& [motion, music] :
             {std::pair(testing::swingingBody(1, 300), std::vector<double>{}), std::pair(still, grid(0, .5, 5)),
              std::pair(testing::swingingBody(1, 4), grid(0, .01, 1)),
              std::pair(testing::swingingBody(1, 300), grid(50, .5, 60))}) {
            const auto times = choreo::syncWarp(motion, music, {}, nullptr);
            QCOMPARE(times.size(), motion.frames());
            for (std::size_t f = 0; f < times.size(); ++f) QCOMPARE(times[f], static_cast<double>(f) / 60);
        }
        QVERIFY(choreo::syncWarp({}, grid(0, .5, 5), {}, nullptr).empty());
    }

    void theLossOfSimpleWarpsIsKnown() {
        // Unwarped: no roughness; beats as eval has them.
        const auto motion = pulsing(.5, .5, 600);
        const auto speed = eval::jointSpeedCurve(motion);
        std::vector<double> shown(600), beats;
        for (std::size_t f = 0; f < 600; ++f) shown[f] = static_cast<double>(f);
        for (double b = 33; b < 560; b += 30) beats.push_back(b); // three frames after each rest: exp(-9/18)
        auto terms = choreo::syncTerms(shown, speed, beats, {});
        QCOMPARE(terms.roughness, 0.0);
        QCOMPARE(terms.energy, 0.0);
        QVERIFY2(std::abs(terms.beats - (1 - std::exp(-.5))) < .06, qPrintable(QString::number(terms.beats)));
        // Speed 1.1 for 300 frames, then 0.9: (speed - 1)^2 is 0.01 throughout, the step of -0.2 is seen from 16 frames.
        for (std::size_t f = 0; f < 600; ++f) shown[f] = f <= 300 ? 1.1 * static_cast<double>(f) : 330 + .9 * static_cast<double>(f - 300);
        terms = choreo::syncTerms(shown, speed, beats, {});
        QVERIFY(std::abs(terms.roughness - (599 * .01 + 16 * .04) / 599 / .04) < 1e-9);
        const choreo::SyncWeights gamma{.5, .25, 1};
        QCOMPARE(choreo::SyncTerms({.4, .8, .1}).loss(gamma), .5 * .4 + .25 * .8 + .1);
    }

    void energyAgreesWithOnsetsThatFollowIt() {
        // A speed that rises and falls over four seconds; onsets the same, then the opposite, then constant.
        const std::size_t frames = 1200;
        std::vector<double> speed(frames - 1), shown(frames), onset(frames), opposite(frames);
        for (std::size_t f = 0; f < frames; ++f) {
            const double wave = std::sin(kTurn * static_cast<double>(f) / 240);
            if (f + 1 < frames) speed[f] = .02 + .01 * wave;
            onset[f] = .5 + .3 * wave;
            opposite[f] = .5 - .3 * wave;
            shown[f] = static_cast<double>(f);
        }
        QVERIFY(std::abs(choreo::syncTerms(shown, speed, {}, onset).energy) < 1e-9);
        QVERIFY(std::abs(choreo::syncTerms(shown, speed, {}, opposite).energy - 2) < 1e-9);
        QCOMPARE(choreo::syncTerms(shown, speed, {}, std::vector<double>(frames, .5)).energy, 0.0);
    }

    void motionBeatsBeyondThoseOfTheStyleAreCrowding() {
        QCOMPARE(choreo::crowdingOf(12, 10, 0), .2);
        QCOMPARE(choreo::crowdingOf(9, 10, 0), 0.0);
        QCOMPARE(choreo::crowdingOf(10, 10, 8), .2);
        QCOMPARE(choreo::crowdingOf(8, 10, 8), 0.0);
        QCOMPARE(choreo::crowdingOf(11, 10, 14), .1);  // it makes none that were not there
        QCOMPARE(choreo::crowdingOf(0, 0, 0), 0.0);
    }

    void whereSpeedAllButStandsStillIsAPauseToo() {
        const auto count = [](const std::vector<double>& curve) { return choreo::motionBeatsIn(curve, 0, std::ssize(curve), 0, std::ssize(curve)); };
        // Slopes a frame: the shelf's own decides, in both directions.
        const auto curveOf = [](double shelf, bool rising) {
            std::vector<double> curve = {1.0};
            for (int i = 0; i < 20; ++i) {
                const double away = std::abs(i - 10) / 10.0;
                curve.push_back(curve.back() - (shelf + .02 * away));
            }
            if (rising) std::reverse(curve.begin(), curve.end());
            return curve;
        };
        for (const bool rising : {false, true}) {
            QCOMPARE(count(curveOf(.5 * choreo::kShelf, rising)), std::size_t{1});
            QCOMPARE(count(curveOf(2 * choreo::kShelf, rising)), std::size_t{0});
        }
        // True minima, and none elsewhere; in parts as in one.
        std::vector<double> waves;
        for (int f = 0; f < 400; ++f) waves.push_back(2 + std::cos(2 * std::numbers::pi * f / 37.0) + .3 * std::cos(2 * std::numbers::pi * f / 11.0));
        QVERIFY(count(waves) >= eval::strictMinima(waves).size());
        const auto samples = std::ssize(waves);
        std::size_t parts = 0;
        for (std::ptrdiff_t begin = 0; begin < samples; begin += 23) {
            const std::ptrdiff_t from = std::max<std::ptrdiff_t>(0, begin - 1), to = std::min(samples, begin + 23 + 2);
            parts += choreo::motionBeatsIn(std::span(waves).subspan(static_cast<std::size_t>(from), static_cast<std::size_t>(to - from)), from, samples, begin, begin + 23);
        }
        QCOMPARE(parts, count(waves));
    }

    void shallowPausesThatTheStyleHasNotAreSmoothedAway() {
        // At rest every second, and a dip of a tenth between: a warp of 15 % can fill the dips, and no rest.
        motion::Positions motion;
        motion.fps = 60;
        double path = 0;
        constexpr std::size_t kFrames = 1800;
        for (std::size_t f = 0; f < kFrames; ++f) {
            const double phase = 2 * std::numbers::pi * static_cast<double>(f) / 60;
            for (std::size_t j = 0; j < motion::kJoints; ++j) motion.values.emplace_back(static_cast<float>(path), 1.0f, 0.0f);
            path += (1 - std::cos(phase) + .55 * (1 - std::cos(2 * phase))) / 60;
        }
        std::vector<double> beats;
        for (double b = 1.05; b < 29.5; b += 1) beats.push_back(b);
        const auto beatsOf = [&](double pauses) {
            choreo::SyncSettings settings;
            settings.pauses = pauses;
            choreo::SyncReport report;
            const auto times = choreo::syncWarp(motion, beats, settings, &report);
            std::vector<double> shown(times);
            for (double& time : shown) time *= 60;
            motion::Positions danced = motion;
            for (std::size_t f = 0; f < kFrames; ++f) {
                const auto at = std::min(static_cast<std::size_t>(shown[f]), kFrames - 2);
                const float share = static_cast<float>(shown[f] - static_cast<double>(at));
                for (std::size_t j = 0; j < motion::kJoints; ++j) danced.at(f, j) = motion.at(at, j) + share * (motion.at(at + 1, j) - motion.at(at, j));
            }
            const auto minima = eval::strictMinima(eval::gaussianSmooth(eval::jointSpeedCurve(danced), eval::kBeatSmoothingFrames));
            return std::pair{static_cast<double>(minima.size()) / 30, report};
        };
        const auto [asItIs, plain] = beatsOf(0);
        const auto [asTheStyle, smoothed] = beatsOf(1);
        QVERIFY2(asItIs > 1.6, qPrintable(QString::number(asItIs)));
        QVERIFY2(asTheStyle < 1.25, qPrintable(QString::number(asTheStyle)));
        QVERIFY2(smoothed.after > plain.after - .05 && smoothed.maxSpeedChange < .151, qPrintable(QStringLiteral("%1 %2").arg(smoothed.after).arg(plain.after)));
    }

    void thePiecewiseLossIsTheWholeOne() {
        const auto motion = testing::swingingBody(4, 1500);
        const auto speed = eval::jointSpeedCurve(motion);
        std::vector<double> beats, onset(1500);
        for (double b = 7.5; b < 1500; b += 27.3) beats.push_back(b);
        Random random(5);
        for (double& value : onset) value = random.uniform();
        const choreo::SyncWeights gamma{.9, .3, .2};
        constexpr double kPauses = .8;  // fewer than there are
        choreo::WarpModel model(speed, beats, onset, .2, gamma, kPauses);
        const auto agrees = [&](const char* when) {
            const auto whole = choreo::syncTerms(model.shown(), speed, beats, onset, kPauses), kept = model.terms();
            QVERIFY2(std::abs(whole.beats - kept.beats) < 1e-6, when); // a motion beat over 16 frames away counts as none
            QVERIFY2(std::abs(whole.energy - kept.energy) < 1e-9, when);
            QVERIFY2(std::abs(whole.roughness - kept.roughness) < 1e-9, when);
            QVERIFY2(std::abs(whole.crowding - kept.crowding) < 1e-9, when);
        };
        agrees("at rest");
        choreo::WarpModel::Trial trial;
        for (int i = 0; i < 300; ++i) {
            const std::size_t count = 1 + random.below(std::min<std::size_t>(9, model.freeCount()));
            trial.first = model.firstFree() + random.below(model.freeCount() - count + 1);
            trial.controls.resize(count);
            for (double& c : trial.controls) c = random.uniform(-12, 12);
            model.repair(trial.first, trial.controls);
            model.evaluate(trial);
            const auto before = model.shown();
            if (i % 3 == 0) {
                model.accept(trial);
                QVERIFY(std::abs(model.loss() - trial.loss) < 1e-12);
            } else {
                QCOMPARE(model.shown(), before);
            }
        }
        agrees("after changes");
        double largest = 0;
        for (std::size_t f = 0; f + 1 < 1500; ++f) largest = std::max(largest, std::abs(model.shown()[f + 1] - model.shown()[f] - 1));
        QVERIFY(largest <= .2 + 1e-9);
    }

    void everyMethodImprovesTheMatchAndKeepsItsPromises() {
        const auto motion = testing::swingingBody(6, 2400);
        const auto music = grid(.11, .49, 40);
        for (std::size_t m = 0; m < choreo::kSyncMethodNames.size(); ++m) {
            choreo::SyncSettings settings;
            settings.method = *choreo::parseSyncMethod(choreo::kSyncMethodNames[m]);
            choreo::SyncReport report;
            std::vector<std::vector<double>> warps;
            for (const int threads : {1, 2, 3}) {
                setThreadCount(threads);
                warps.push_back(choreo::syncWarp(motion, music, settings, &report));
            }
            setThreadCount(0);
            QCOMPARE(warps[1], warps[0]);
            QCOMPARE(warps[2], warps[0]);
            QVERIFY(report.maxSpeedChange <= .15 + 1e-9);
            QVERIFY(report.matched >= report.before);
            if (settings.method == choreo::SyncMethod::Match) QCOMPARE(report.after, report.matched);
            else QVERIFY2(report.after > report.matched, qPrintable(QString("%1 %2 %3").arg(m).arg(report.after).arg(report.matched)));
        }
        QVERIFY(!choreo::parseSyncMethod("annealing"));
    }

    void aStoppedSearchStillGivesAWarp() {
        const auto motion = testing::swingingBody(6, 1200);
        std::stop_source source;
        source.request_stop();
        choreo::SyncReport report;
        const auto times = choreo::syncWarp(motion, grid(.11, .49, 20), {}, &report, {}, source.get_token());
        QCOMPARE(times.size(), motion.frames());
        QVERIFY(report.after >= report.before);
    }

    void shortMotionsAreWarpedWithoutHarm() {
        for (const std::size_t frames : {8u, 20u, 40u, 64u, 100u, 131u}) {
            const auto motion = pulsing(.3, .45, frames);
            const auto times = choreo::syncWarp(motion, grid(.2, .5, 5), {}, nullptr);
            QCOMPARE(times.size(), frames);
            for (std::size_t f = 0; f + 1 < frames; ++f) QVERIFY(times[f + 1] > times[f]);
            QVERIFY(std::abs(times.back() - static_cast<double>(frames - 1) / 60) < 1e-9);
        }
    }
};

CHOREIA_TEST(SyncTest)
#include "sync_test.moc"
