// What is heard in sounds whose content is known beforehand.
#include "audio/analysis.h"

#include "audio/chroma.h"
#include "audio/spectra.h"
#include "core/parallel.h"
#include "sounds.h"
#include "support/testing.h"

using namespace choreia;
using namespace choreia::audio;

namespace {

Analysis hear(const Pcm& pcm) {
    NoProgress progress;
    auto result = analyze(pcm, "test", {}, progress);
    if (!result.ok()) qFatal("%s", result.error().line().c_str());
    return std::move(result).value();
}

std::size_t strongest(std::span<const float> row, std::size_t from, std::size_t count) {
    return static_cast<std::size_t>(std::max_element(row.begin() + static_cast<std::ptrdiff_t>(from),
                                                     row.begin() + static_cast<std::ptrdiff_t>(from + count)) -
                                    row.begin()) -
           from;
}

} // namespace

class AnalysisTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() { setThreadCount(0); }

    void sixtyRowsASecond_data() {
        QTest::addColumn<double>("seconds");
        QTest::addColumn<int>("rows");
        QTest::newRow("half") << 0.5 << 31;
        QTest::newRow("two") << 2.0 << 121;
        QTest::newRow("odd") << 3.2101 << 193;
    }
    void sixtyRowsASecond() {
        QFETCH(double, seconds);
        QFETCH(int, rows);
        for (int rate : {22050, 44100, 48000, 8000}) {
            Pcm pcm = testing::silence(seconds, rate);
            testing::addTone(pcm, 300, 0.3);
            const Analysis a = hear(pcm);
            QCOMPARE(a.features.rows, static_cast<std::size_t>(rows));
            QCOMPARE(a.features.columns, columns::kCount);
            QVERIFY(std::abs(a.duration - seconds) < 1e-3);
        }
    }

    void aToneFallsIntoItsBandAndPitchClass_data() {
        QTest::addColumn<double>("hz");
        QTest::addColumn<int>("pitchClass");
        QTest::newRow("A2") << 110.0 << 9;
        QTest::newRow("C4") << 261.6256 << 0;
        QTest::newRow("A4") << 440.0 << 9;
        QTest::newRow("F#5") << 739.9888 << 6;
        QTest::newRow("C6") << 1046.502 << 0;
    }
    void aToneFallsIntoItsBandAndPitchClass() {
        QFETCH(double, hz);
        QFETCH(int, pitchClass);
        Pcm pcm = testing::silence(2);
        testing::addTone(pcm, hz, 0.4);
        const Analysis a = hear(pcm);
        const auto row = a.features.row(60);
        // The band is the one whose centre is nearest on the mel scale, here by the formula of that scale.
        const auto mel = [](double f) { return f < 1000 ? f / (200.0 / 3) : 15 + std::log(f / 1000) / (std::log(6.4) / 27); };
        const double step = (mel(11000) - mel(30)) / 65;
        const auto expected = static_cast<std::size_t>(std::lround((mel(hz) - mel(30)) / step)) - 1;
        QCOMPARE(strongest(row, columns::kMel, columns::kMelBands), expected);
        QCOMPARE(strongest(row, columns::kChroma, columns::kChromas), static_cast<std::size_t>(pitchClass));
        QVERIFY(std::abs(row[columns::kChroma + static_cast<std::size_t>(pitchClass)] - 1.0f) < 1e-6f);
        for (std::size_t c = 0; c < columns::kChromas; ++c)
            if (c != static_cast<std::size_t>(pitchClass)) QVERIFY(row[columns::kChroma + c] < 0.1f);
    }

    void aSongOutOfTuneKeepsItsPitchClasses() {
        Pcm pcm = testing::silence(3);
        const double off = std::exp2(35.0 / 1200);
        for (double hz : {261.63, 329.63, 392.0, 523.25}) testing::addTone(pcm, hz * off, 0.15);
        const auto chroma = computeChroma(pcm.samples, 1, 120, {}, [](double) {});
        QVERIFY(chroma.has_value());
        QVERIFY2(std::abs(chroma->tuningCents - 35) < 4, qPrintable(QString::number(chroma->tuningCents)));
        const auto row = chroma->rows.row(60);
        for (std::size_t in : {0u, 4u, 7u})
            for (std::size_t out : {1u, 2u, 3u, 5u, 6u, 8u, 9u, 10u, 11u}) QVERIFY(row[in] > 4 * row[out]);
    }

    void theCosineTransformIsOrthonormal() {
        const std::vector<float> m = dctMatrix(64, 64);
        for (std::size_t a = 0; a < 64; ++a)
            for (std::size_t b = 0; b < 64; ++b) {
                double dot = 0;
                for (std::size_t n = 0; n < 64; ++n) dot += static_cast<double>(m[a * 64 + n]) * m[b * 64 + n];
                QVERIFY(std::abs(dot - (a == b ? 1 : 0)) < 1e-5);
            }
    }

    void mfccIsTheTransformOfTheLogMelColumns() {
        const Analysis a = hear(testing::noise(1, 5));
        const auto row = a.features.row(30);
        for (std::size_t k = 0; k < columns::kMfccs; ++k) {
            double sum = 0;
            for (std::size_t n = 0; n < 64; ++n)
                sum += static_cast<double>(row[columns::kMel + n]) *
                       std::cos(std::numbers::pi * (static_cast<double>(n) + 0.5) * static_cast<double>(k) / 64);
            sum *= std::sqrt((k == 0 ? 1.0 : 2.0) / 64);
            QVERIFY(std::abs(sum - static_cast<double>(row[columns::kMfcc + k])) < 1e-3);
        }
    }

    void anOnsetStandsAtItsTime() {
        const Analysis a = hear(testing::clicks(3, {1.0, 2.25}));
        std::vector<float> onset;
        for (std::size_t r = 0; r < a.features.rows; ++r) onset.push_back(a.features.at(r, columns::kOnset));
        for (int row : {60, 135}) {
            const auto from = onset.begin() + row - 20;
            const auto peak = std::max_element(from, from + 40) - onset.begin();
            QVERIFY2(std::abs(static_cast<int>(peak) - row) <= 1,
                     qPrintable(QString("peak at row %1, not %2").arg(peak).arg(row)));
        }
    }

    void loudnessFollowsTheLevel() {
        Pcm pcm = testing::silence(4);
        testing::addTone(pcm, 500, 0.4, 0, 2);
        testing::addTone(pcm, 500, 0.1, 2, 4);
        const Analysis a = hear(pcm);
        QVERIFY(std::abs(a.features.at(60, columns::kEnergy) - 1.0f) < 0.02f);
        QVERIFY(std::abs(a.features.at(180, columns::kEnergy) - 0.25f) < 0.01f);
    }

    void clicksGiveTheirBeats_data() {
        QTest::addColumn<double>("tempo");
        for (double tempo : {70.0, 90.0, 104.7, 120.0, 128.0, 150.0}) QTest::newRow(qPrintable(QString::number(tempo))) << tempo;
    }
    void clicksGiveTheirBeats() {
        QFETCH(double, tempo);
        const std::vector<double> times = testing::everySoOften(0.4, 60 / tempo, 29.5);
        const Analysis a = hear(testing::clicks(30, times));
        QVERIFY2(std::abs(a.grid.tempoBpm / tempo - 1) < 0.01, qPrintable(QString::number(a.grid.tempoBpm)));
        QVERIFY(testing::beatScore(times, a.grid.beats, 0.020, 0) >= 0.97);
        QVERIFY(a.grid.confidence > 0.5);
    }

    void aQuickeningPulseIsFollowed() {
        // 95 to 125 BPM over 40 s.
        std::vector<double> times{0.5};
        while (times.back() < 39) times.push_back(times.back() + 60 / (95 + 30 * times.back() / 40));
        const Analysis a = hear(testing::clicks(40, times));
        QVERIFY(testing::beatScore(times, a.grid.beats, 0.04, 3) >= 0.95);
        const float early = a.features.at(5 * 60, columns::kTempo), late = a.features.at(35 * 60, columns::kTempo);
        QVERIFY(std::abs(120 * std::exp2(static_cast<double>(early)) - 98.75) < 4);
        QVERIFY(std::abs(120 * std::exp2(static_cast<double>(late)) - 121.25) < 4);
    }

    void whereThereIsNoBeatThereIsNoGrid_data() {
        QTest::addColumn<Pcm>("pcm");
        QTest::newRow("silence") << testing::silence(20);
        for (std::uint64_t seed : {1u, 2u, 3u})
            QTest::newRow(qPrintable(QString("noise %1").arg(seed))) << testing::noise(8.0 * static_cast<double>(seed), seed);
        Pcm tone = testing::silence(20);
        testing::addTone(tone, 330, 0.3);
        QTest::newRow("tone") << tone;
        QTest::newRow("whisper of noise") << testing::noise(15, 9, 1e-6);
        Pcm constant = testing::silence(10);
        for (float& v : constant.samples) v = 0.5f;
        QTest::newRow("constant") << constant;
    }
    void whereThereIsNoBeatThereIsNoGrid() {
        QFETCH(Pcm, pcm);
        const Analysis a = hear(pcm);
        QVERIFY2(a.grid.beats.empty(),
                 qPrintable(QString("%1 beats, confidence %2").arg(a.grid.beats.size()).arg(a.grid.confidence)));
        QVERIFY(a.grid.downbeats.empty());
        QCOMPARE(a.grid.tempoBpm, 0.0);
        for (std::size_t r = 0; r < a.features.rows; ++r)
            for (std::size_t c = columns::kBeatPhaseSin; c <= columns::kTempo; ++c) QCOMPARE(a.features.at(r, c), 0.0f);
        for (float v : a.features.values) QVERIFY(std::isfinite(v));
        QVERIFY(!a.sections.empty());
    }

    void silenceHasNoHarmonyAndFloorMel() {
        const Analysis a = hear(testing::silence(2));
        for (std::size_t r = 0; r < a.features.rows; ++r) {
            for (std::size_t c = 0; c < columns::kMelBands; ++c) QVERIFY(std::abs(a.features.at(r, c) - std::log(1e-5f)) < 1e-4f);
            for (std::size_t c = 0; c < columns::kChromas; ++c) QCOMPARE(a.features.at(r, columns::kChroma + c), 0.0f);
            QCOMPARE(a.features.at(r, columns::kOnset), 0.0f);
            QCOMPARE(a.features.at(r, columns::kEnergy), 0.0f);
        }
    }

    void whatIsNoSongIsRefused() {
        NoProgress progress;
        const auto brief = analyze(testing::silence(0.3), "brief.wav", {}, progress);
        QVERIFY(!brief.ok());
        QCOMPARE(brief.error().exitStatus(), 3);
        QVERIFY(brief.error().line().find("brief.wav") == 0);
        QVERIFY(!analyze(Pcm{}, "empty", {}, progress).ok());
        Pcm five = testing::silence(1);
        five.channels = 5;
        QVERIFY(!analyze(five, "five", {}, progress).ok());
    }

    void stopping() {
        NoProgress progress;
        std::stop_source source;
        source.request_stop();
        const auto result = analyze(testing::noise(5, 1), "stopped", source.get_token(), progress);
        QVERIFY(!result.ok());
        QCOMPARE(result.error().exitStatus(), 130);
    }

    void progressRises() {
        struct Recorder final : Progress {
            std::vector<double> fractions;
            void report(std::string_view, double fraction, double) override { fractions.push_back(fraction); }
        } recorder;
        QVERIFY(analyze(testing::noise(120, 1), "long", {}, recorder).ok());
        QVERIFY(recorder.fractions.size() >= 2);
        QVERIFY(std::is_sorted(recorder.fractions.begin(), recorder.fractions.end()));
        QCOMPARE(recorder.fractions.back(), 1.0);
    }

    void threadsDoNotChangeTheResult() {
        Pcm pcm = testing::clicks(12, testing::everySoOften(0.2, 0.5, 11.8));
        testing::addTone(pcm, 220, 0.1, 2, 6);
        testing::addTone(pcm, 330, 0.1, 6, 10);
        setThreadCount(1);
        const Analysis one = hear(pcm);
        setThreadCount(3);
        const Analysis three = hear(pcm), again = hear(pcm);
        QVERIFY(one.features.values == three.features.values && again.features.values == three.features.values);
        QVERIFY(one.grid.beats == three.grid.beats && again.grid.downbeats == three.grid.downbeats);
    }

    void stereoAtAnyRateIsHeardAsMonoAtOurs() {
        // Everything under 9 kHz, so that both rates carry it.
        const auto fill = [](Pcm pcm) {
            for (int i = 0; i < 18; ++i) {
                const double from = 0.3 + 0.5 * i;
                const double hz = 200 + 37 * i;
                for (int h : {1, 2, 3, 5}) testing::addTone(pcm, hz * h, 0.12 / h, from, from + 0.35);
            }
            return pcm;
        };
        const Analysis mono = hear(fill(testing::silence(10))), stereo = hear(fill(testing::silence(10, 48000, 2)));
        QCOMPARE(stereo.features.rows, mono.features.rows);
        double worst = 0, chroma = 0;
        for (std::size_t r = 0; r < mono.features.rows; ++r) {
            for (std::size_t c = 0; c < 40; ++c) {
                const float a = mono.features.at(r, c), b = stereo.features.at(r, c);
                if (a > -4) worst = std::max(worst, static_cast<double>(std::abs(a - b)));
            }
            for (std::size_t c = 0; c < 12; ++c)
                chroma += std::abs(mono.features.at(r, columns::kChroma + c) - stereo.features.at(r, columns::kChroma + c));
        }
        QVERIFY2(worst < 0.35, qPrintable(QString::number(worst)));
        QVERIFY(chroma / static_cast<double>(12 * mono.features.rows) < 0.02);
        QVERIFY(testing::beatScore(mono.grid.beats, stereo.grid.beats, 0.015, 0) > 0.95);
    }

    void volumeDoesNotMatter() {
        Pcm loud = testing::clicks(6, testing::everySoOften(0.25, 0.5, 5.8));
        testing::addTone(loud, 440, 0.2, 1, 4);
        Pcm quiet = loud;
        for (float& v : quiet.samples) v *= 0.125f;
        const Analysis a = hear(loud), b = hear(quiet);
        for (std::size_t i = 0; i < a.features.values.size(); ++i)
            QVERIFY(std::abs(a.features.values[i] - b.features.values[i]) < 1e-3f);
        QVERIFY(a.grid.beats == b.grid.beats);
    }

    void badSamplesDoNotSpread() {
        Pcm pcm = testing::clicks(8, testing::everySoOften(0.25, 0.5, 7.8));
        pcm.samples[5000] = std::numeric_limits<float>::quiet_NaN();
        pcm.samples[50000] = std::numeric_limits<float>::infinity();
        const Analysis a = hear(pcm);
        for (float v : a.features.values) QVERIFY(std::isfinite(v));
        QVERIFY(a.grid.beats.size() > 10);
    }

    void beatColumnsFollowTheGrid() {
        BeatGrid grid;
        grid.beats = {0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5};
        grid.downbeats = {1.0, 2.5};
        grid.beatsPerBar = 3;
        grid.tempoBpm = 120;
        Table features(241, columns::kCount);
        writeBeatColumns(grid, features);
        for (std::size_t r : {30u, 60u, 90u, 180u}) {
            QVERIFY(std::abs(features.at(r, columns::kBeatPhaseSin)) < 1e-4f);
            QVERIFY(std::abs(features.at(r, columns::kBeatPhaseCos) - 1) < 1e-4f);
        }
        QVERIFY(std::abs(features.at(45, columns::kBeatPhaseCos) + 1) < 1e-4f); // half-way
        QVERIFY(std::abs(features.at(15, columns::kBeatPhaseCos) + 1) < 1e-4f); // and before the first beat
        for (std::size_t r : {60u, 150u}) QVERIFY(std::abs(features.at(r, columns::kBarPhaseCos) - 1) < 1e-4f);
        // A third of a bar on: cos 120 degrees.
        QVERIFY(std::abs(features.at(90, columns::kBarPhaseCos) + 0.5f) < 1e-4f);
        for (std::size_t r = 0; r < features.rows; ++r) QVERIFY(std::abs(features.at(r, columns::kTempo)) < 1e-5f);
        writeBeatColumns(BeatGrid{}, features);
        for (std::size_t r = 0; r < features.rows; ++r) QCOMPARE(features.at(r, columns::kBeatPhaseCos), 0.0f);
    }

    void sectionColumnsFollowTheSections() {
        BeatGrid grid;
        grid.tempoBpm = 120;
        grid.beatsPerBar = 4;  // a bar takes 2 s
        Table features(601, columns::kCount);
        writeSectionColumns({{0, 4, "A", false}, {4, 10, "B", true}}, grid, features);
        for (const auto& [second, began, ends, loud] : {std::array{0.0, 1.0, std::exp(-1.0), 0.0}, std::array{3.0, std::exp(-0.75), std::exp(-0.25), 0.0},
                                                        std::array{4.0, 1.0, std::exp(-1.5), 1.0}, std::array{10.0, std::exp(-1.5), 1.0, 1.0}}) {
            const auto row = static_cast<std::size_t>(60 * second);
            QVERIFY(std::abs(features.at(row, columns::kSectionBegan) - static_cast<float>(began)) < 1e-5f);
            QVERIFY(std::abs(features.at(row, columns::kSectionEnds) - static_cast<float>(ends)) < 1e-5f);
            QCOMPARE(features.at(row, columns::kSectionLoud), static_cast<float>(loud));
        }
        writeSectionColumns({}, grid, features);
        for (std::size_t r = 0; r < features.rows; ++r) QCOMPARE(features.at(r, columns::kSectionBegan), 0.0f);
    }
};

CHOREIA_TEST(AnalysisTest)
#include "analysis_test.moc"
