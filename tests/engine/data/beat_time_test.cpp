// Time in beats: beats fall on whole tokens, what happened at a beat still happens at it, and motion keeps nearly its own speed.
#include "data/beat_time.h"
#include "data/music_steps.h"
#include "motion/skeleton.h"
#include "support/testing.h"

#include <cmath>
#include <numbers>

using namespace choreia;
using data::BeatTime;

namespace {

std::vector<double> every(double first, double interval, double end) {
    std::vector<double> out;
    for (double t = first; t < end; t += interval) out.push_back(t);
    return out;
}

/// Distance of a dance time from the nearest beginning of a token, in tokens.
double offToken(double dance) {
    const double place = dance * data::kTokensPerSecond;
    return std::abs(place - std::round(place));
}

audio::Analysis songOf(const std::vector<double>& beats, double duration) {
    audio::Analysis song;
    song.duration = duration;
    song.grid.beats = beats;
    for (std::size_t i = 1; i < beats.size(); i += 3) song.grid.downbeats.push_back(beats[i]);
    song.grid.beatsPerBar = 3;
    song.sections = {{0, beats[6], "A", false}, {beats[6], duration, "B", false}};
    song.features = Table(static_cast<std::size_t>(duration * 60) + 1, audio::columns::kCount);
    // A feature that tells the song's time.
    for (std::size_t r = 0; r < song.features.rows; ++r) song.features.at(r, audio::columns::kEnergy) = static_cast<float>(r) / 60.0f;
    audio::writeBeatColumns(song.grid, song.features);
    return song;
}

}  // namespace

class BeatTimeTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void motionKeepsNearItsOwnSpeed() {
        QCOMPARE(data::naturalTokens(every(0.2, 60 / 87.0, 30)), 5);
        QCOMPARE(data::danceableTokens(every(0.2, 60 / 87.0, 30)), (std::vector<int>{4, 5, 6}));
        QCOMPARE(data::naturalTokens(every(0.2, 60 / 126.0, 30)), 4);
        QCOMPARE(data::danceableTokens(every(0.2, 60 / 126.0, 30)), (std::vector<int>{3, 4}));
        QCOMPARE(data::naturalTokens(every(0.2, 1, 2)), 0);
        for (double bpm = 55; bpm <= 215; bpm += 0.5) {
            const double tokens = 60 / bpm * data::kTokensPerSecond, speed = tokens / data::naturalTokens(every(0, 60 / bpm, 30));
            QVERIFY2(speed > 0.75 && speed < 1.25 + 1e-9, qPrintable(QString::number(bpm)));
        }
    }

    void beatsFallOnWholeTokens() {
        // A drifting tempo with a hole of three beats.
        std::vector<double> beats{0.37};
        while (beats.back() < 40) beats.push_back(beats.back() + 0.62 + 0.002 * static_cast<double>(beats.size()));
        const std::vector<double> whole = beats;
        beats.erase(beats.begin() + 20, beats.begin() + 23);
        const BeatTime time(beats, 44, 5);
        QVERIFY(time.inBeats());
        for (std::size_t i = 0; i < beats.size(); ++i) {
            QVERIFY(offToken(time.dance(beats[i])) < 1e-6);
            if (i > 0 && i != 20) QVERIFY(std::abs(time.dance(beats[i]) - time.dance(beats[i - 1]) - 5 / data::kTokensPerSecond) < 1e-6);
        }
        QVERIFY(std::abs(time.dance(beats[20]) - time.dance(beats[19]) - 4 * 5 / data::kTokensPerSecond) < 1e-6);
        QVERIFY(time.dance(0) >= 0 && time.dance(0) < 1 / data::kTokensPerSecond);
        // There and back, and never backwards.
        for (double t = 0; t < 44; t += 0.05) {
            QVERIFY(std::abs(time.song(time.dance(t)) - t) < 0.004);
            QVERIFY(time.dance(t + 0.05) > time.dance(t));
        }
    }

    void aStretchHeardTwiceAsFastIsNotDancedTwiceAsFast() {
        auto beats = every(0.3, 0.6, 24.0);
        for (double t : every(24.3, 0.3, 33.0)) beats.push_back(t);
        for (double t : every(33.3, 0.6, 60.0)) beats.push_back(t);
        const BeatTime time(beats, 60, 5);
        for (double t = 1; t < 59; t += 0.1) {
            const double speed = (time.dance(t + 0.1) - time.dance(t)) / 0.1;
            QVERIFY2(std::abs(speed - 5 / data::kTokensPerSecond / 0.6) < 0.12, qPrintable(QString("%1 at %2").arg(speed).arg(t)));
        }
    }

    void eachTempoOfAMedleyIsDancedAtItsOwnSpeed() {
        // Thirty seconds each at 128, 87 and 182 beats a minute; bar lines every fourth beat.
        std::vector<double> beats, downbeats;
        double from = 0.4;
        for (const double bpm : {128.0, 87.0, 182.0}) {
            for (double t : every(from, 60 / bpm, from + 30)) beats.push_back(t);
            from = beats.back() + 60 / bpm;
        }
        for (std::size_t i = 0; i < beats.size(); i += 4) downbeats.push_back(beats[i]);
        const BeatTime time = BeatTime::natural(beats, downbeats, from);
        int changes = 0;
        long before = 0;
        for (std::size_t i = 0; i + 1 < beats.size(); ++i) {
            const double tokens = (time.dance(beats[i + 1]) - time.dance(beats[i])) * data::kTokensPerSecond;
            QVERIFY(std::abs(tokens - std::round(tokens)) < 1e-6);
            if (i > 0 && std::lround(tokens) != before) {
                ++changes;
                QVERIFY2(i % 4 == 0, qPrintable(QString("a change on beat %1 of the bar").arg(i % 4 + 1)));
            }
            before = std::lround(tokens);
            const double middle = std::fmod(beats[i] - 0.4, 30.2), speed = (beats[i + 1] - beats[i]) * data::kTokensPerSecond / tokens;
            if (middle > 6 && middle < 24) QVERIFY2(speed > 0.8 && speed < 1.25, qPrintable(QString("%1 at %2").arg(speed).arg(beats[i])));
        }
        QCOMPARE(changes, 2);
    }

    void aSteadySongHasOneCount() {
        // A band that breathes by six percent is not danced at two counts.
        std::vector<double> beats{0.5};
        while (beats.back() < 90) beats.push_back(beats.back() + 0.56 * (1 + 0.06 * std::sin(beats.back())));
        const BeatTime time = BeatTime::natural(beats, {}, 90);
        for (std::size_t i = 0; i + 1 < beats.size(); ++i)
            QVERIFY(std::abs(time.dance(beats[i + 1]) - time.dance(beats[i]) - data::naturalTokens(beats) / data::kTokensPerSecond) < 1e-6);
    }

    void withoutBeatsBothAreTheSame() {
        const BeatTime time(std::vector<double>{1, 2}, 10, 5);
        QVERIFY(!time.inBeats());
        QCOMPARE(time.dance(3.7), 3.7);
        QCOMPARE(time.song(3.7), 3.7);
        const audio::Analysis song = songOf(every(0.3, 0.5, 10), 10);
        QCOMPARE(data::inBeatTime(song, time).features.values, song.features.values);
    }

    void aSongIsHeardInTokens() {
        const auto beats = every(0.31, 60 / 87.0, 29);
        const audio::Analysis song = songOf(beats, 30);
        const BeatTime time(beats, 30, 5);
        const audio::Analysis heard = data::inBeatTime(song, time);
        QVERIFY(std::abs(heard.grid.tempoBpm - 450.0 / 5) < 1e-6);
        QCOMPARE(heard.grid.beats.size(), beats.size());
        QCOMPARE(heard.grid.downbeats.size(), song.grid.downbeats.size());
        QVERIFY(std::abs(heard.sections[1].start - heard.grid.beats[6]) < 1e-9);
        const Table steps = data::musicSteps(heard.features, 0, 1, static_cast<std::size_t>(heard.duration * data::kTokensPerSecond));
        for (std::size_t k = 3; k + 3 < beats.size(); ++k) {
            const auto step = static_cast<std::size_t>(std::llround(heard.grid.beats[k] * data::kTokensPerSecond));
            // Beat phase at the step's start: sine, then cosine.
            QVERIFY(std::abs(steps.at(step, data::kMusicEnergy + 1)) < 0.05f && steps.at(step, data::kMusicEnergy + 2) > 0.99f);
            // What the song does there is heard there.
            const auto row = static_cast<std::size_t>(std::llround(heard.grid.beats[k] * 60));
            QVERIFY(std::abs(heard.features.at(row, audio::columns::kEnergy) - static_cast<float>(beats[k])) < 0.02f);
        }
    }

    void motionIsStretchedAsTheSong() {
        data::TrainingClip clip;
        clip.clip.fps = 60;
        for (int f = 0; f < 1200; ++f) {
            clip.clip.root.emplace_back(static_cast<float>(f) / 60.0f, 0.9f, 0.0f);
            for (std::size_t j = 0; j < motion::kJoints; ++j) clip.clip.rotations.push_back(motion::Quat::Identity());
        }
        clip.beats = every(0.4, 0.5, 19.5);
        const audio::Analysis song = songOf(clip.beats, 20);
        clip.musicFeatures = song.features;
        clip.musicFeatures.rows = 1200;
        clip.musicFeatures.values.resize(1200 * clip.musicFeatures.columns);
        const BeatTime time(clip.beats, 1199 / 60.0, 4);
        const data::TrainingClip out = data::inBeatTime(clip, time);
        QCOMPARE(out.musicFeatures.rows, out.clip.frames());
        for (std::size_t f = 10; f + 10 < out.clip.frames(); f += 7)
            QVERIFY(std::abs(out.clip.root[f].x() - static_cast<float>(time.song(static_cast<double>(f) / 60))) < 0.01f);
        // The bar lines go along: one beat in three begins a bar.
        int bars = 0;
        for (const double beat : out.beats) {
            const auto row = std::min(static_cast<std::size_t>(std::llround(beat * 60)), out.musicFeatures.rows - 1);
            const float cosine = out.musicFeatures.at(row, audio::columns::kBarPhaseCos);
            bars += cosine > 0.98f;
        }
        QVERIFY(std::abs(bars - static_cast<int>((out.beats.size() + 2) / 3)) <= 1);
    }
};

CHOREIA_TEST(BeatTimeTest)
#include "beat_time_test.moc"
