// The batch transform against the defining sum, for every lane.
#include "audio/fft.h"

#include "core/random.h"
#include "support/testing.h"

#include <complex>
#include <numbers>

using namespace choreia;
using namespace choreia::audio;

class FftTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void matchesTheDefiningSum_data() {
        QTest::addColumn<int>("size");
        for (int size : {8, 16, 32, 128, 512}) QTest::newRow(qPrintable(QString::number(size))) << size;
    }
    void matchesTheDefiningSum() {
        QFETCH(int, size);
        const auto n = static_cast<std::size_t>(size);
        const BatchFft fft(n);
        Random random(3);
        std::vector<float> frames(BatchFft::kBatch * fft.stride()), magnitudes(BatchFft::kBatch * fft.bins());
        for (float& v : frames) v = static_cast<float>(random.normal());
        BatchFft::Workspace work;
        fft.magnitudes(frames, magnitudes, work);
        for (std::size_t lane = 0; lane < BatchFft::kBatch; ++lane)
            for (std::size_t k = 0; k < fft.bins(); ++k) {
                std::complex<double> sum = 0;
                for (std::size_t t = 0; t < n; ++t)
                    sum += std::polar<double>(frames[lane * fft.stride() + t],
                                              -2 * std::numbers::pi * static_cast<double>(k * t % n) / static_cast<double>(n));
                const double error = std::abs(std::abs(sum) - static_cast<double>(magnitudes[lane * fft.bins() + k]));
                QVERIFY2(error < 1e-4 * static_cast<double>(n),
                         qPrintable(QString("lane %1 bin %2 error %3").arg(lane).arg(k).arg(error)));
            }
    }
    void hannWindowsOverlapToOne() {
        const std::vector<float> window = hannWindow(64);
        for (std::size_t i = 0; i < 32; ++i) QVERIFY(std::abs(window[i] + window[i + 32] - 1.0f) < 1e-6f);
    }
};

CHOREIA_TEST(FftTest)
#include "fft_test.moc"
