// A step, an impulse and a constant, against values by hand.
#include "core/smoothing.h"
#include "support/testing.h"

#include <cmath>
#include <numeric>

using namespace choreia;

class SmoothingTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anImpulseBecomesTheKernel() {
        std::vector<double> impulse(21, 0.0);
        impulse[10] = 1;
        const auto smooth = gaussianSmoothed(impulse, 2);
        QVERIFY(std::abs(std::accumulate(smooth.begin(), smooth.end(), 0.0) - 1) < 1e-12);
        QVERIFY(std::abs(smooth[12] / smooth[10] - std::exp(-0.5)) < 1e-12);
        QVERIFY(std::abs(smooth[8] - smooth[12]) < 1e-15);
        QCOMPARE(smooth[3], 0.0);  // beyond three spreads
    }
    void endsAreHeld() {
        const std::vector<double> same(5, 3.0);
        for (const double value : gaussianSmoothed(same, 40)) QVERIFY(std::abs(value - 3) < 1e-12);
        std::vector<double> step(40, 0.0);
        std::fill(step.begin() + 20, step.end(), 1.0);
        const auto smooth = gaussianSmoothed(step, 3);
        QVERIFY(std::abs(smooth[19] + smooth[20] - 1) < 1e-12);
        QVERIFY(smooth.front() == 0 && std::abs(smooth.back() - 1) < 1e-12);
        QVERIFY(gaussianSmoothed({}, 1).empty());
    }
};

CHOREIA_TEST(SmoothingTest)
#include "smoothing_test.moc"
