// The installed network on music whose beats are known from its score, as it comes and as life treats it.
#include "hearing/hearing.h"

#include "audio/beat_grid.h"
#include "audio/synth.h"
#include "audio/synth_voices.h"
#include "core/parallel.h"
#include "sounds.h"
#include "support/testing.h"

#include <QFile>
#include <QTemporaryDir>

using namespace choreia;
using namespace choreia::audio;

namespace {

Analysis hear(const Pcm& pcm) {
    NoProgress progress;
    auto result = hearing::hear(pcm, "test", {}, progress);
    if (!result.ok()) qFatal("%s", result.error().line().c_str());
    return std::move(result).value();
}

SynthSong song(Groove groove, double tempo, double seconds, std::uint64_t seed = 3) {
    SynthSettings settings;
    settings.groove = groove;
    settings.tempoBpm = tempo;
    settings.seconds = seconds;
    settings.seed = seed;
    return synthesize(settings);
}

/// F-measure over the stretch that the score covers.
double score(const std::vector<double>& wanted, std::vector<double> found, double from = 0) {
    std::erase_if(found, [&](double t) { return t > wanted.back() + 0.1; });
    return testing::beatScore(wanted, found, 0.07, from);
}

#define SCORES(wanted, analysis, least)                                                                                               \
    QVERIFY2(score(wanted, (analysis).grid.beats) >= (least),                                                                          \
             qPrintable(QString("F %1, %2 BPM, confidence %3").arg(score(wanted, (analysis).grid.beats)).arg((analysis).grid.tempoBpm).arg((analysis).grid.confidence)))

/// Played at a speed that wavers: place of time t of the original is the integral of 1 + depth sin.
double waver(double t) { return t + 0.25 * std::sin(2 * std::numbers::pi * t / 11); }

Pcm wavering(const Pcm& pcm) {
    Pcm out = pcm;
    const auto channels = static_cast<std::size_t>(pcm.channels);
    for (std::size_t i = 0; i < pcm.frames(); ++i) {
        // Newton's way back from the new time to the old.
        const double wanted = static_cast<double>(i) / pcm.rate;
        double t = wanted;
        for (int k = 0; k < 4; ++k) t -= (waver(t) - wanted) / (1 + 0.25 * 2 * std::numbers::pi / 11 * std::cos(2 * std::numbers::pi * t / 11));
        const double at = std::clamp(t * pcm.rate, 0.0, static_cast<double>(pcm.frames() - 2));
        const auto below = static_cast<std::size_t>(at);
        const auto part = static_cast<float>(at - static_cast<double>(below));
        for (std::size_t c = 0; c < channels; ++c)
            out.samples[i * channels + c] = (1 - part) * pcm.samples[below * channels + c] + part * pcm.samples[(below + 1) * channels + c];
    }
    return out;
}

} // namespace

class HearingTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() { setThreadCount(0); }

    void theNetworkIsInstalled() {
        const auto model = hearing::installedBeatModel();
        QVERIFY2(model.ok(), model.ok() ? "" : model.error().line().c_str());
        QVERIFY(model->reach >= 500);
    }

    void everyGrooveIsHeard_data() {
        QTest::addColumn<int>("groove");
        QTest::addColumn<double>("tempo");
        const double tempi[] = {124, 118, 92, 122, 184, 88, 122, 96, 174, 74};
        const char* names[] = {"four on the floor", "rock", "hip-hop", "house", "salsa", "waltz", "cha-cha", "rumba", "drum and bass", "ballad"};
        for (int g = 0; g < 10; ++g) QTest::newRow(names[g]) << g << tempi[g];
    }
    void everyGrooveIsHeard() {
        QFETCH(int, groove);
        QFETCH(double, tempo);
        SynthSong played = song(static_cast<Groove>(groove), tempo, 30);
        const Analysis a = hear(played.pcm);
        QVERIFY(isValid(a.grid));
        QCOMPARE(a.grid.strength.size(), a.grid.beats.size());
        // Salsa is counted at 184 and stepped at 92: either level is right, so long as it is held.
        if (static_cast<Groove>(groove) == Groove::Salsa && a.grid.tempoBpm < 0.7 * tempo) {
            tempo /= 2;
            std::vector<double> steps;
            for (std::size_t i = 0; i < played.grid.beats.size(); i += 2) steps.push_back(played.grid.beats[i]);
            QVERIFY(score(steps, a.grid.beats) >= 0.9 || score(std::vector<double>(steps.begin(), steps.end() - 1), a.grid.beats) >= 0.9);
            QVERIFY2(std::abs(a.grid.tempoBpm / tempo - 1) < 0.005, qPrintable(QString::number(a.grid.tempoBpm)));
            return;
        }
        SCORES(played.grid.beats, a, 0.9);
        QVERIFY2(std::abs(a.grid.tempoBpm / tempo - 1) < 0.005, qPrintable(QString::number(a.grid.tempoBpm)));
        QCOMPARE(a.grid.beatsPerBar, played.grid.beatsPerBar);
    }

    void rubato() {
        const SynthSong played = song(Groove::Rock, 108, 40);
        std::vector<double> beats;
        for (const double t : played.grid.beats) beats.push_back(waver(t));
        SCORES(beats, hear(wavering(played.pcm)), 0.9);
    }

    void aFadeIn() {
        SynthSong played = song(Groove::House, 120, 40);
        const std::size_t length = 2 * 12 * static_cast<std::size_t>(played.pcm.rate);
        for (std::size_t i = 0; i < length; ++i) played.pcm.samples[i] *= static_cast<float>(i) / static_cast<float>(length);
        const Analysis a = hear(played.pcm);
        QVERIFY(score(played.grid.beats, a.grid.beats, 4) >= 0.9);
    }

    void aPickUpBar() {
        const SynthSong played = song(Groove::Rock, 112, 40);
        const double from = played.grid.beats[3] - 0.1;  // one beat before the second bar
        Pcm cut = played.pcm;
        cut.samples.erase(cut.samples.begin(), cut.samples.begin() + 2 * static_cast<std::ptrdiff_t>(from * cut.rate));
        const Analysis a = hear(cut);
        std::vector<double> beats, downbeats;
        for (const double t : played.grid.beats)
            if (t > from) beats.push_back(t - from);
        for (const double t : played.grid.downbeats)
            if (t > from) downbeats.push_back(t - from);
        SCORES(beats, a, 0.9);
        QVERIFY(score(downbeats, a.grid.downbeats) >= 0.85);
    }

    void aChangeOfTempo() {
        SynthSong slow = song(Groove::Rock, 96, 24), fast = song(Groove::House, 126, 24);
        std::vector<double> beats = slow.grid.beats;
        for (const double t : fast.grid.beats) beats.push_back(t + slow.pcm.seconds());
        slow.pcm.samples.insert(slow.pcm.samples.end(), fast.pcm.samples.begin(), fast.pcm.samples.end());
        const Analysis a = hear(slow.pcm);
        SCORES(beats, a, 0.85);
        QVERIFY(std::abs(120 * std::exp2(static_cast<double>(a.features.at(12 * 60, columns::kTempo))) - 96) < 3);
        QVERIFY(std::abs(120 * std::exp2(static_cast<double>(a.features.at(38 * 60, columns::kTempo))) - 126) < 3);
    }

    void fiveSeconds() {
        const SynthSong played = song(Groove::House, 124, 30);
        Pcm cut = played.pcm;
        const std::ptrdiff_t from = 2 * 12 * cut.rate;
        cut.samples = {cut.samples.begin() + from, cut.samples.begin() + from + 2 * 5 * cut.rate};
        std::vector<double> beats;
        for (const double t : played.grid.beats)
            if (t >= 12 && t < 17) beats.push_back(t - 12);
        SCORES(beats, hear(cut), 0.85);
    }

    void monoEightKilohertzAndClipping() {
        const SynthSong played = song(Groove::Rock, 118, 30);
        Pcm mono;
        mono.rate = played.pcm.rate;
        mono.channels = 1;
        for (std::size_t i = 0; i < played.pcm.frames(); ++i) mono.samples.push_back(0.5f * (played.pcm.samples[2 * i] + played.pcm.samples[2 * i + 1]));
        SCORES(played.grid.beats, hear(mono), 0.9);
        Pcm clipped = mono;
        for (float& v : clipped.samples) v = std::clamp(8 * v, -0.6f, 0.6f);
        SCORES(played.grid.beats, hear(clipped), 0.85);
        SynthSettings settings;
        settings.groove = Groove::Rock;
        settings.tempoBpm = 118;
        settings.seconds = 30;
        settings.rate = 8000;
        const SynthSong narrow = synthesize(settings);
        SCORES(narrow.grid.beats, hear(narrow.pcm), 0.85);
    }

    void aCappella() {
        // A voice alone, mostly on the beats, at 100 BPM. There need not be a grid; where there is one its tempo is the song's, at some level.
        Mix mix(30 * kAnalysisRate);
        Voices voices(kAnalysisRate);
        const int pitches[] = {60, 62, 64, 65, 67, 64, 62, 60};
        for (int i = 0; i < 46; ++i) {
            const double length = i % 8 == 7 ? 0.3 : 0.5;
            voices.play(mix, (0.4 + 0.6 * i) * kAnalysisRate, length * kAnalysisRate, {0, 1, pitches[i % 8], 0.7f, Timbre::Voice, 0}, {});
        }
        Pcm pcm{kAnalysisRate, 1, mix.left};
        const Analysis a = hear(pcm);
        QVERIFY(isValid(a.grid));
        if (a.grid.beats.empty()) return;
        const double level = std::log2(a.grid.tempoBpm / 100);
        QVERIFY2(std::abs(level - std::round(level)) < 0.03, qPrintable(QString::number(a.grid.tempoBpm)));
    }

    void whereThereIsNoBeatThereIsNoGrid_data() {
        QTest::addColumn<Pcm>("pcm");
        QTest::newRow("silence") << testing::silence(20);
        for (std::uint64_t seed : {1u, 2u, 3u, 4u}) QTest::newRow(qPrintable(QString("noise %1").arg(seed))) << testing::noise(10 + 5.0 * static_cast<double>(seed), seed);
        Pcm tone = testing::silence(20);
        testing::addTone(tone, 330, 0.3);
        QTest::newRow("tone") << tone;
        QTest::newRow("whisper of noise") << testing::noise(15, 9, 1e-6);
    }
    void whereThereIsNoBeatThereIsNoGrid() {
        QFETCH(Pcm, pcm);
        const Analysis a = hear(pcm);
        QVERIFY2(a.grid.beats.empty(), qPrintable(QString("%1 beats, confidence %2").arg(a.grid.beats.size()).arg(a.grid.confidence)));
        QCOMPARE(a.grid.tempoBpm, 0.0);
    }

    void threadsDoNotChangeTheResult() {
        const SynthSong played = song(Groove::Salsa, 184, 75);  // more than one stretch
        setThreadCount(1);
        const Analysis one = hear(played.pcm);
        setThreadCount(4);
        const Analysis four = hear(played.pcm);
        QVERIFY(one.grid.beats == four.grid.beats && one.grid.strength == four.grid.strength && one.features.values == four.features.values);
    }

    void whatIsNoNetworkIsRefused() {
        const QTemporaryDir folder;
        QVERIFY(!hearing::loadBeatModel((folder.path() + "/none.safetensors").toStdString()).ok());
        const QString path = folder.path() + "/bad.beats.safetensors";
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("not weights at all");
        file.close();
        const auto model = hearing::loadBeatModel(path.toStdString());
        QVERIFY(!model.ok());
        QCOMPARE(model.error().exitStatus(), 3);
    }
};

CHOREIA_TEST(HearingTest)
#include "hearing_test.moc"
