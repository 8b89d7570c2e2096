// Kinetic and geometric features against closed forms and against an independent numpy computation of metrics.md.
#include "eval/metrics.h"
#include "support/testing.h"
#include "synthetic_motion.h"

#include <numeric>

using namespace choreia;
using testing::swingingBody;

namespace {
bool near(double a, double b, double relative = 1e-4) { return std::abs(a - b) <= relative * std::max(1e-3, std::abs(b)); }
} // namespace

class FeaturesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void steadyGlideHasItsSquaredSpeed() {
        // 3-4-0 m/s along x and y: E_h = 9, E_v = 16, no acceleration.
        const auto motion = testing::gliding(60, motion::Vec3(0.6f, 0.8f, 0), [](double) { return 5.0; });
        const auto features = eval::kineticFeatures(motion, false);
        QCOMPARE(features.size(), eval::kKineticFeatures);
        for (std::size_t j = 0; j < 24; ++j) {
            QVERIFY(near(features[3 * j], 9));
            QVERIFY(near(features[3 * j + 1], 16));
            QVERIFY(features[3 * j + 2] < 0.05);
        }
    }

    void accelerationIsTheSecondDerivative() {
        // x = 0.5 * 2 t^2: acceleration 2 m/s^2; the last window of the mean holds one term fewer, the value stays.
        motion::Positions motion;
        motion.values.resize(120 * 24);
        for (std::size_t f = 0; f < 120; ++f) {
            const auto t = static_cast<double>(f) / 60.0;
            for (std::size_t j = 0; j < 24; ++j) motion.at(f, j) = motion::Vec3(static_cast<float>(t * t), 1, 0);
        }
        const auto features = eval::kineticFeatures(motion, false);
        QVERIFY(near(features[2], 2, 5e-3));
    }

    void kineticAgreesWithNumpy() {
        // numpy: loops over the definition on clip 0, 150 frames.
        const auto motion = swingingBody(0, 150);
        const std::array<std::size_t, 10> at = {0, 1, 2, 21, 22, 23, 63, 64, 65, 71};
        const std::array<double, 10> parity = {3.229806506e-02, 6.236784169e-02, 6.158869596e+02, 4.339165782e-02,
                                               5.527627969e-01, 3.373744038e+03, 1.004211429e-01, 9.183490852e-01,
                                               1.807218422e+03, 1.913634489e+03};
        const std::array<double, 10> corrected = {0.032298065, 0.062367842, 1.707900837, 0.043391658, 0.552762797,
                                                  4.747755252, 0.100421143, 0.918349085, 6.606522025, 9.505510881};
        const auto p = eval::kineticFeatures(motion, true), c = eval::kineticFeatures(motion, false);
        for (std::size_t i = 0; i < at.size(); ++i) {
            QVERIFY2(near(p[at[i]], parity[i]), qPrintable(QString::number(p[at[i]])));
            QVERIFY2(near(c[at[i]], corrected[i]), qPrintable(QString::number(c[at[i]])));
        }
        QVERIFY(near(std::accumulate(p.begin(), p.end(), 0.0), 47063.9623234812));
        QVERIFY(near(std::accumulate(c.begin(), c.end(), 0.0), 182.6123796365108));
    }

    void kineticForgetsWhereTheDanceStarts() {
        auto motion = swingingBody(3, 100);
        const auto before = eval::kineticFeatures(motion, true);
        for (auto& p : motion.values) p += motion::Vec3(2, 0, -1);
        const auto after = eval::kineticFeatures(motion, true);
        for (std::size_t k = 0; k < before.size(); ++k) QVERIFY(near(before[k], after[k], 1e-3));
    }

    void geometricAgreesWithNumpy() {
        // numpy: counts of frames in which each question holds, clip 0, 600 frames (599 answers).
        const std::array<int, 32> counts = {278, 238, 70,  213, 187, 187, 256, 318, 446, 246, 260, 240, 564, 591, 79, 272,
                                            0,   43,  123, 54,  77,  581, 510, 599, 579, 0,   34,  79,  0,   0,   0,  343};
        const auto features = eval::geometricFeatures(swingingBody(0, 600));
        QCOMPARE(features.size(), eval::kGeometricFeatures);
        for (std::size_t k = 0; k < counts.size(); ++k) {
            QVERIFY2(std::abs(features[k] * 599 - counts[k]) < 0.5, qPrintable(QString("%1: %2").arg(k).arg(features[k] * 599)));
        }
    }

    void geometricAnswersOneByOne() {
        // A body at rest with the right hand raised above the head and the left knee bent to a right angle.
        motion::Positions motion = swingingBody(0, 2);
        const std::array<motion::Vec3, 24> pose = {
            {{0, .95f, 0},     {.09f, .88f, 0},   {-.09f, .88f, 0},  {0, 1.05f, 0},    {.09f, .88f, .4f}, {-.09f, .47f, 0},
             {0, 1.17f, 0},    {.09f, .48f, .4f}, {-.09f, .08f, 0},  {0, 1.24f, 0},    {.09f, .44f, .5f}, {-.09f, .02f, .1f},
             {0, 1.44f, 0},    {.06f, 1.35f, 0},  {-.06f, 1.35f, 0}, {0, 1.53f, 0},    {.18f, 1.38f, 0},  {-.18f, 1.38f, 0},
             {.43f, 1.38f, 0}, {-.2f, 1.62f, 0},  {.67f, 1.38f, 0},  {-.2f, 1.85f, 0}, {.75f, 1.38f, 0},  {-.2f, 1.93f, 0}}};
        for (std::size_t f = 0; f < 2; ++f) std::copy(pose.begin(), pose.end(), motion.frame(f).begin());
        const auto features = eval::geometricFeatures(motion);
        // Counting from 1 as metrics.md does.
        QCOMPARE(features[3 - 1], 1.0);  // right wrist above the neck
        QCOMPARE(features[4 - 1], 0.0);  // left wrist below it
        QCOMPARE(features[7 - 1], 0.0);  // right elbow straight
        QCOMPARE(features[17 - 1], 0.0); // right ankle on the floor
        QCOMPARE(features[18 - 1], 1.0); // left ankle raised 0.46 m
        QCOMPARE(features[20 - 1], 0.0); // right knee straight
        QCOMPARE(features[21 - 1], 1.0); // left knee at 90 degrees
        QCOMPARE(features[26 - 1], 0.0); // right thigh along the trunk
        QCOMPARE(features[27 - 1], 1.0); // left thigh at 90 degrees to it
        for (const int still : {1, 2, 5, 6, 10, 11, 12, 13, 14, 22, 23, 32})
            QCOMPARE(features[static_cast<std::size_t>(still - 1)], 0.0);
    }

    void tooShortGivesZeros() {
        const auto motion = swingingBody(0, 1);
        for (const double value : eval::kineticFeatures(motion, true)) QCOMPARE(value, 0.0);
        for (const double value : eval::geometricFeatures(motion)) QCOMPARE(value, 0.0);
    }
};

CHOREIA_TEST(FeaturesTest)
#include "features_test.moc"
