// The training music: endless, repeatable, and its beats are where it says.
#include "audio/training_music.h"

#include "audio/beat_spectrum.h"
#include "audio/spectra.h"
#include "support/testing.h"

#include <cmath>
#include <set>

using namespace choreia;
using namespace choreia::audio;

class TrainingMusicTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void piecesAreSoundAndDiffer() {
        TrainingBand band;
        std::set<std::string> genres;
        std::set<int> metres;
        int without = 0, restless = 0;
        for (std::uint64_t seed = 0; seed < 60; ++seed) {
            const TrainingPiece piece = band.play(seed, 12);
            QCOMPARE(piece.mono.size(), static_cast<std::size_t>(12 * kAnalysisRate));
            for (float v : piece.mono) QVERIFY(std::isfinite(v) && std::abs(v) < 30);
            genres.insert(piece.genre);
            if (piece.beats.empty()) {
                ++without;
                QVERIFY(piece.downbeats.empty() && piece.tempoBpm == 0);
                continue;
            }
            restless += !piece.steady;
            metres.insert(piece.beatsPerBar);
            for (std::size_t i = 0; i < piece.beats.size(); ++i) {
                QVERIFY(piece.beats[i] >= 0 && piece.beats[i] < 12);
                if (i > 0) QVERIFY(piece.beats[i] - piece.beats[i - 1] > 0.2 && piece.beats[i] - piece.beats[i - 1] < 2);
            }
            for (double t : piece.downbeats) QVERIFY(std::binary_search(piece.beats.begin(), piece.beats.end(), t));
        }
        QVERIFY(genres.size() >= 18);
        QVERIFY((metres == std::set<int>{2, 3, 4}));
        QVERIFY(without >= 1 && without <= 8);
        QVERIFY(restless >= 8);
    }

    void sameSeedSameSamples() {
        TrainingBand one, two;
        two.play(5, 4);  // what was played before does not matter
        const TrainingPiece a = one.play(9, 8), b = two.play(9, 8);
        QVERIFY(a.mono == b.mono && a.beats == b.beats && a.genre == b.genre);
        QVERIFY(one.play(10, 8).mono != a.mono);
    }

    void onsetsGatherOnTheBeats() {
        TrainingBand band;
        double on = 0, off = 0;
        for (std::uint64_t seed = 100; seed < 130; ++seed) {
            const TrainingPiece piece = band.play(seed, 15);
            const Table table = *beatSpectrum(piece.mono, listeningGain(piece.mono), 0, beatRows(piece.mono.size()), {});
            const auto flux = [&](double seconds) {
                const auto row = std::min(static_cast<std::size_t>(std::lround(seconds * kBeatRate)), table.rows - 1);
                return static_cast<double>(table.at(row, beat_columns::kFlux) + table.at(row, beat_columns::kFlux + 1) + table.at(row, beat_columns::kFlux + 2));
            };
            for (std::size_t i = 0; i + 1 < piece.beats.size(); ++i) {
                on += flux(piece.beats[i]);
                off += flux(piece.beats[i] + 0.4 * (piece.beats[i + 1] - piece.beats[i]));
            }
        }
        QVERIFY2(on > 4 * off, qPrintable(QString("%1 on, %2 between").arg(on).arg(off)));
    }
};

CHOREIA_TEST(TrainingMusicTest)
#include "training_music_test.moc"
