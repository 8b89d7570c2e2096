// Resampling keeps what both rates can carry and removes what the lower one cannot.
#include "audio/resample.h"

#include "sounds.h"
#include "support/testing.h"

using namespace choreia;
using namespace choreia::audio;

class ResampleTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aToneKeepsItsShape_data() {
        QTest::addColumn<int>("rate");
        for (int rate : {8000, 16000, 32000, 44100, 48000, 96000}) QTest::newRow(qPrintable(QString::number(rate))) << rate;
    }
    void aToneKeepsItsShape() {
        QFETCH(int, rate);
        Pcm pcm = testing::silence(0.5, rate, 2);
        testing::addTone(pcm, 1234.5, 0.5);
        const std::vector<float> out = toMono(pcm, kAnalysisRate);
        QCOMPARE(out.size(), static_cast<std::size_t>(std::ceil(0.5 * kAnalysisRate)));
        for (std::size_t i = 1000; i + 1000 < out.size(); ++i) {
            const double expected = 0.5 * std::sin(2 * std::numbers::pi * 1234.5 * static_cast<double>(i) / kAnalysisRate);
            QVERIFY(std::abs(static_cast<double>(out[i]) - expected) < 2e-3);
        }
    }
    void whatTheLowerRateCannotCarryGoes() {
        Pcm pcm = testing::silence(0.5, 48000);
        testing::addTone(pcm, 15000, 0.5);
        double top = 0;
        const std::vector<float> out = toMono(pcm, kAnalysisRate);
        for (std::size_t i = 1000; i + 1000 < out.size(); ++i) top = std::max(top, static_cast<double>(std::abs(out[i])));
        QVERIFY2(top < 5e-4, qPrintable(QString::number(top)));
    }
    void channelsAreAveragedAndBadSamplesAreSilence() {
        Pcm pcm = testing::silence(0.1, kAnalysisRate, 2);
        for (std::size_t i = 0; i < pcm.frames(); ++i) {
            pcm.samples[2 * i] = 0.5f;
            pcm.samples[2 * i + 1] = -0.1f;
        }
        pcm.samples[20] = std::numeric_limits<float>::quiet_NaN();
        pcm.samples[41] = std::numeric_limits<float>::infinity();
        const std::vector<float> out = toMono(pcm, kAnalysisRate);
        for (std::size_t i = 0; i < out.size(); ++i) QVERIFY(std::abs(out[i] - (i == 10 || i == 20 ? 0.0f : 0.2f)) < 1e-6f);
    }
};

CHOREIA_TEST(ResampleTest)
#include "resample_test.moc"
