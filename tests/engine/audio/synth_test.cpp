// The synthesised music: exact, repeatable, well mixed, and heard right by the analysis.
#include "audio/synth.h"

#include "audio/beat_grid.h"
#include "audio/synth_score.h"
#include "sounds.h"
#include "support/testing.h"

#include <array>
#include <fstream>

using namespace choreia;
using namespace choreia::audio;

namespace {

constexpr std::array<const char*, 10> kNames{"four on the floor", "rock",  "hip hop",       "house", "salsa", "waltz",
                                             "cha-cha",           "rumba", "drum and bass", "ballad"};
constexpr std::array<double, 10> kTempi{124, 118, 92, 122, 180, 90, 120, 104, 172, 74};

SynthSettings settingsOf(int groove, double seconds, std::uint64_t seed = 3) {
    SynthSettings settings;
    settings.groove = static_cast<Groove>(groove);
    settings.tempoBpm = kTempi[static_cast<std::size_t>(groove)];
    settings.seconds = seconds;
    settings.seed = seed;
    return settings;
}

void allGrooves() {
    QTest::addColumn<int>("groove");
    for (int g = 0; g < 10; ++g) QTest::newRow(kNames[static_cast<std::size_t>(g)]) << g;
}

} // namespace

class SynthTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theGridIsExactAndTheLevelIsRight_data() { allGrooves(); }
    void theGridIsExactAndTheLevelIsRight() {
        QFETCH(int, groove);
        const SynthSettings settings = settingsOf(groove, 24);
        const SynthSong song = synthesize(settings);
        QCOMPARE(song.pcm.channels, 2);
        QCOMPARE(song.pcm.frames(), static_cast<std::size_t>(24 * settings.rate));
        double peak = 0, squares = 0, difference = 0;
        for (std::size_t i = 0; i < song.pcm.frames(); ++i) {
            const double l = song.pcm.samples[2 * i], r = song.pcm.samples[2 * i + 1];
            peak = std::max({peak, std::abs(l), std::abs(r)});
            squares += 0.5 * (l * l + r * r);
            difference += 0.25 * (l - r) * (l - r);
        }
        const double level = 10 * std::log10(squares / static_cast<double>(song.pcm.frames()));
        const double side = 10 * std::log10(difference / static_cast<double>(song.pcm.frames()));
        QVERIFY2(peak < 1 && level > -17 && level < -12, qPrintable(QString("peak %1, level %2 dB").arg(peak).arg(level)));
        QVERIFY2(side > level - 30 && side < level - 4, qPrintable(QString("side %1 dB").arg(side))); // stereo, but gentle

        QVERIFY(isValid(song.grid));
        QCOMPARE(song.grid.beatsPerBar, groove == static_cast<int>(Groove::Waltz) ? 3 : 4);
        for (std::size_t i = 1; i < song.grid.beats.size(); ++i)
            QVERIFY(std::abs(song.grid.beats[i] - song.grid.beats[i - 1] - 60 / settings.tempoBpm) < 1e-9);
        QCOMPARE(song.grid.downbeats.front(), song.grid.beats.front());
        QVERIFY(song.grid.beats.front() < 0.6 && song.grid.beats.back() > 15);
        double end = 0;
        for (const Section& section : song.sections) {
            QCOMPARE(section.start, end);
            end = section.end;
        }
        QCOMPARE(end, 24.0);
    }

    void theSameSettingsGiveTheSameSamples_data() { allGrooves(); }
    void theSameSettingsGiveTheSameSamples() {
        QFETCH(int, groove);
        const SynthSong a = synthesize(settingsOf(groove, 8)), b = synthesize(settingsOf(groove, 8)),
                        c = synthesize(settingsOf(groove, 8, 4));
        QVERIFY(a.pcm.samples == b.pcm.samples && a.grid.beats == b.grid.beats);
        QVERIFY(a.pcm.samples != c.pcm.samples);
    }

    void theBassDrumStandsOnTheGrid() {
        // Independent of any tracker: in four on the floor, the energy under 100 Hz leaps at every beat of the lively parts.
        SynthSettings settings = settingsOf(0, 20);
        const SynthSong song = synthesize(settings);
        const double a = 1 - std::exp(-2 * std::numbers::pi * 100 / settings.rate);
        std::vector<double> low(song.pcm.frames());
        double one = 0, two = 0;
        for (std::size_t i = 0; i < low.size(); ++i) {
            one += a * (0.5 * (static_cast<double>(song.pcm.samples[2 * i]) + song.pcm.samples[2 * i + 1]) - one);
            two += a * (one - two);
            low[i] = two * two;
        }
        const auto energy = [&](double from, double to) {
            double sum = 0;
            for (auto i = static_cast<std::size_t>(from * settings.rate);
                 i < static_cast<std::size_t>(to * settings.rate) && i < low.size(); ++i)
                sum += low[i];
            return sum;
        };
        int leaps = 0, beats = 0;
        for (double t : song.grid.beats) {
            if (t < 10 || t > 15) continue;
            ++beats;
            if (energy(t, t + 0.05) > 1.5 * energy(t - 0.06, t - 0.01)) ++leaps;
        }
        QVERIFY(beats >= 8);
        QVERIFY2(leaps >= beats - 1, qPrintable(QString("%1 of %2").arg(leaps).arg(beats)));
    }

    void partsReturn() {
        const Score score = compose(Groove::House, 40, 5);
        QCOMPARE(score.parts.front().firstBar, 0);
        int bar = 0, choruses = 0;
        for (const Part& part : score.parts) {
            QCOMPARE(part.firstBar, bar);
            bar += part.bars;
            choruses += part.kind == PartKind::Chorus;
        }
        QCOMPARE(bar, 40);
        QVERIFY(choruses >= 2);
        // Both choruses sing the same tune.
        std::vector<std::vector<std::pair<double, int>>> tunes;
        for (const Part& part : score.parts) {
            if (part.kind != PartKind::Chorus) continue;
            auto& tune = tunes.emplace_back();
            for (const Note& note : score.notes)
                if (note.timbre == Timbre::Lead && note.beat >= part.firstBar * 4 && note.beat < (part.firstBar + 4) * 4)
                    tune.emplace_back(note.beat - part.firstBar * 4, note.pitch);
        }
        QVERIFY(tunes[0].size() > 6);
        QVERIFY(tunes[0] == tunes[1]);
    }

    void latinGroovesKeepTheClave() {
        // Son clave 3-2 in eighths over two bars: 1, 2&, 4 | 2, 3.
        const Score score = compose(Groove::Salsa, 16, 2);
        std::vector<double> strokes;
        for (const Hit& hit : score.hits)
            if (hit.drum == Drum::Clave && hit.beat >= 32 && hit.beat < 40) strokes.push_back(hit.beat - 32);
        QVERIFY((strokes == std::vector<double>{0, 1.5, 3, 5, 6}));
    }

    void swingMakesOffBeatsLate() {
        SynthSettings settings = settingsOf(static_cast<int>(Groove::Rock), 16);
        const SynthSong straight = synthesize(settings);
        settings.swing = 0.3;
        const SynthSong swung = synthesize(settings);
        QVERIFY(straight.grid.beats == swung.grid.beats);
        QVERIFY(straight.pcm.samples != swung.pcm.samples);
    }

    void shortSongsAndOddRatesWork() {
        for (double seconds : {0.6, 2.0, 7.3})
            for (int rate : {8000, 44100}) {
                SynthSettings settings = settingsOf(3, seconds);
                settings.rate = rate;
                const SynthSong song = synthesize(settings);
                QCOMPARE(song.pcm.frames(), static_cast<std::size_t>(std::llround(seconds * rate)));
                QVERIFY(isValid(song.grid));
                for (float v : song.pcm.samples) QVERIFY(std::abs(v) < 1.0f);
            }
    }

    void theShippedBeatsAreTheDemoTracks() {
        std::ifstream file(CHOREIA_SOURCE_DIR "/resources/demo_track.beats");
        std::vector<double> shipped;
        for (double t = 0; file >> t;) shipped.push_back(t);
        const SynthSong song = synthesize(demoTrack());
        QCOMPARE(shipped.size(), song.grid.beats.size());
        for (std::size_t i = 0; i < shipped.size(); ++i) QVERIFY(std::abs(shipped[i] - song.grid.beats[i]) < 0.0006);
        QCOMPARE(song.pcm.rate, kPlaybackRate);
        QVERIFY(song.pcm.seconds() >= 40 && song.pcm.seconds() <= 60);
    }
};

CHOREIA_TEST(SynthTest)
#include "synth_test.moc"
