// Nucleus sampling against its definition.
#include "choreo/sampling.h"
#include "support/testing.h"

#include <array>
#include <cmath>

using namespace choreia;

class SamplingTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void drawsFollowTheSoftmax() {
        const std::array<float, 3> logits = {std::log(0.5f), std::log(0.3f), std::log(0.2f)};
        std::array<int, 3> counts{};
        Random random(3);
        for (int i = 0; i < 20000; ++i) ++counts[static_cast<std::size_t>(choreo::sampleToken(logits, 1.0, 1.0, random))];
        QVERIFY(std::abs(counts[0] / 20000.0 - 0.5) < 0.015);
        QVERIFY(std::abs(counts[1] / 20000.0 - 0.3) < 0.015);
    }
    void topPLeavesTheTailOut() {
        const std::array<float, 3> logits = {std::log(0.5f), std::log(0.3f), std::log(0.2f)};
        Random random(3);
        for (int i = 0; i < 2000; ++i) QVERIFY(choreo::sampleToken(logits, 1.0, 0.7, random) < 2);
        for (int i = 0; i < 2000; ++i) QCOMPARE(choreo::sampleToken(logits, 1.0, 0.4, random), std::int64_t{0});
    }
    void coldTakesTheLargest() {
        const std::array<float, 3> logits = {0.1f, 0.3f, 0.2f};
        Random random(1);
        QCOMPARE(choreo::sampleToken(logits, 0.0, 1.0, random), std::int64_t{1});
    }
};

CHOREIA_TEST(SamplingTest)
#include "sampling_test.moc"
