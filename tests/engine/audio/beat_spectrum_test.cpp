// The beat network's ear: rows at the right time, bands at the right pitch, the same whatever stretch is asked for.
#include "audio/beat_spectrum.h"

#include "audio/beat_model.h"
#include "audio/spectra.h"
#include "sounds.h"
#include "support/testing.h"

using namespace choreia;
using namespace choreia::audio;

class BeatSpectrumTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void stretchesAgreeWithTheWhole() {
        const Pcm pcm = testing::noise(6, 4);
        const Table whole = *beatSpectrum(pcm.samples, 2, 0, beatRows(pcm.samples.size()), {});
        QCOMPARE(whole.rows, std::size_t{601});
        for (std::size_t first : {0u, 1u, 77u, 300u}) {
            const Table part = *beatSpectrum(pcm.samples, 2, first, 150, {});
            for (std::size_t r = 0; r < part.rows; ++r)
                for (std::size_t c = 0; c < part.columns; ++c) QVERIFY(std::abs(part.at(r, c) - whole.at(first + r, c)) < 1e-4f);
        }
    }

    void anOnsetStandsAtItsRow() {
        const Pcm pcm = testing::clicks(4, {1.0, 2.505});
        const Table table = *beatSpectrum(pcm.samples, 1, 0, 400, {});
        for (int row : {100, 250}) {
            int peak = row - 20;
            for (int r = row - 20; r < row + 20; ++r)
                if (table.at(static_cast<std::size_t>(r), beat_columns::kFlux + 1) > table.at(static_cast<std::size_t>(peak), beat_columns::kFlux + 1)) peak = r;
            QVERIFY2(std::abs(peak - row) <= 1, qPrintable(QString::number(peak)));
        }
    }

    void aToneIsItsPitchClass() {
        for (const auto& [hz, column] : {std::pair{440.0, 12 + 9}, {523.25, 12 + 0}, {110.0, 9}, {659.26, 12 + 4}}) {
            Pcm pcm = testing::silence(2);
            testing::addTone(pcm, hz, 0.3);
            const auto row = beatSpectrum(pcm.samples, 1, 0, 200, {})->row(100);
            const auto from = row.begin() + beat_columns::kPitch;
            QCOMPARE(std::max_element(from, from + beat_columns::kPitches) - from, static_cast<std::ptrdiff_t>(column));
        }
    }

    void aWaveringPitchIsNoOnset() {
        Pcm steady = testing::silence(3), struck = testing::silence(3);
        double phase = 0;
        for (std::size_t i = 0; i < steady.samples.size(); ++i) {
            const double t = static_cast<double>(i) / kAnalysisRate;
            phase += 2 * std::numbers::pi * 880 * (1 + 0.01 * std::sin(2 * std::numbers::pi * 6 * t)) / kAnalysisRate;
            steady.samples[i] = static_cast<float>(0.3 * std::sin(phase));
            struck.samples[i] = static_cast<float>(0.3 * std::sin(phase) * std::exp(-6 * std::fmod(t, 0.5)));
        }
        const auto flux = [](const Pcm& pcm) {
            const Table table = *beatSpectrum(pcm.samples, 1, 50, 200, {});
            double sum = 0;
            for (std::size_t r = 0; r < table.rows; ++r) sum += table.at(r, beat_columns::kFlux + 1);
            return sum;
        };
        QVERIFY(flux(struck) > 5 * flux(steady));
    }

    void aModelIsAskedForStretchesWithItsReach() {
        // A model that answers with the sum of the rows around: whole and stretches must agree.
        const Pcm pcm = testing::noise(130, 2);
        const BeatModel model{[](const Table& spectrum) -> Result<BeatActivations> {
                                  BeatActivations said{Table(spectrum.rows, 2), Table((spectrum.rows + 99) / 100, kTempoBins)};
                                  Table& out = said.rows;
                                  for (std::size_t r = 0; r < spectrum.rows; ++r)
                                      for (std::size_t n = r > 3 ? r - 3 : 0; n <= std::min(r + 3, spectrum.rows - 1); ++n) out.at(r, 0) += spectrum.at(n, 40);
                                  for (std::size_t s = 0; s < said.tempo.rows; ++s) said.tempo.at(s, 1) = out.at(100 * s, 0);
                                  return said;
                              },
                              3};
        const BeatActivations both = *beatActivations(pcm.samples, 1, model, {}, [](double) {});
        const Table direct = model.activations(*beatSpectrum(pcm.samples, 1, 0, beatRows(pcm.samples.size()), {}))->rows;
        const Table& heard = both.rows;
        QCOMPARE(heard.rows, direct.rows);
        for (std::size_t r = 0; r < heard.rows; ++r) QVERIFY(std::abs(heard.at(r, 0) - direct.at(r, 0)) < 1e-3f);
        QCOMPARE(both.tempo.rows, (heard.rows + 99) / 100);
        for (std::size_t s = 0; s < both.tempo.rows; ++s) QVERIFY(std::abs(both.tempo.at(s, 1) - direct.at(100 * s, 0)) < 1e-3f);
    }

    void aModelsFailureIsPassedOn() {
        const Pcm pcm = testing::noise(2, 2);
        const BeatModel broken{[](const Table&) -> Result<BeatActivations> { return failed("model", "broken"); }, 0};
        QVERIFY(!beatActivations(pcm.samples, 1, broken, {}, [](double) {}).ok());
        const BeatModel small{[](const Table&) -> Result<BeatActivations> { return BeatActivations{Table(1, 2), {}}; }, 0};
        QVERIFY(!beatActivations(pcm.samples, 1, small, {}, [](double) {}).ok());
    }
};

CHOREIA_TEST(BeatSpectrumTest)
#include "beat_spectrum_test.moc"
