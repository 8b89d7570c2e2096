// Picture measures against hand-worked cases.
#include "eval/picture_quality.h"

#include "core/random.h"
#include "support/testing.h"

#include <cmath>
#include <vector>

using namespace choreia;

namespace {

struct Held {
    std::vector<float> planes;
    std::size_t width, height;
    [[nodiscard]] eval::PictureView view() const { return {planes, width, height}; }
};

Held flat(std::size_t width, std::size_t height, float value) { return {std::vector<float>(3 * width * height, value), width, height}; }

Held noisy(std::size_t width, std::size_t height, std::uint64_t seed) {
    Random random(seed);
    Held held = flat(width, height, 0);
    for (float& v : held.planes) v = static_cast<float>(random.uniform());
    return held;
}

}  // namespace

class PictureQualityTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void errorAndPsnrByHand() {
        const Held a = flat(4, 3, 0.5f), b = flat(4, 3, 0.6f);
        QVERIFY(std::abs(eval::meanSquaredError(a.view(), b.view()) - 0.01) < 1e-6);
        QVERIFY(std::abs(eval::psnr(0.01) - 20.0) < 1e-9);
        QCOMPARE(eval::psnr(0.0), 100.0);
    }

    void theMaskChoosesThePerson() {
        Held a = flat(2, 1, 0.0f);
        const Held b = flat(2, 1, 0.0f);
        for (std::size_t c = 0; c < 3; ++c) a.planes[2 * c] = 1.0f;  // the left pixel is wrong
        QVERIFY(std::abs(eval::meanSquaredError(a.view(), b.view()) - 0.5) < 1e-9);
        QVERIFY(std::abs(eval::meanSquaredError(a.view(), b.view(), std::vector<float>{1, 0}) - 1.0) < 1e-9);
        QVERIFY(std::abs(eval::meanSquaredError(a.view(), b.view(), std::vector<float>{0, 1})) < 1e-9);
        QVERIFY(std::abs(eval::meanSquaredError(a.view(), b.view(), std::vector<float>{0.25f, 0.75f}) - 0.25) < 1e-9);
    }

    void similarityOfFlatPicturesIsTheLuminanceTerm() {
        const Held a = flat(16, 16, 0.2f), b = flat(16, 16, 0.8f);
        const double wanted = (2 * 0.2 * 0.8 + 1e-4) / (0.2 * 0.2 + 0.8 * 0.8 + 1e-4);  // no variance: the other term is 1
        QVERIFY(std::abs(eval::ssim(a.view(), b.view()) - wanted) < 1e-5);
        const Held small = flat(4, 4, 0.2f), other = flat(4, 4, 0.8f);
        QVERIFY(std::abs(eval::ssim(small.view(), other.view()) - wanted) < 1e-5);
    }

    void similarityIsOneForItselfAndFallsWithNoise() {
        const Held a = noisy(20, 14, 1), b = noisy(20, 14, 2);
        QVERIFY(std::abs(eval::ssim(a.view(), a.view()) - 1.0) < 1e-9);
        QVERIFY(std::abs(eval::ssim(a.view(), b.view())) < 0.3);
        // The negative of a picture has the opposite structure.
        Held negative = a;
        for (float& v : negative.planes) v = 1 - v;
        QVERIFY(eval::ssim(a.view(), negative.view()) < -0.5);
    }

    void gradientEnergyByHand() {
        // One white row over one black: of 2 x 2 pixels two vertical neighbours differ by 1, two level ones by 0.
        Held a = flat(2, 2, 0.0f);
        for (std::size_t c = 0; c < 3; ++c) a.planes[4 * c] = a.planes[4 * c + 1] = 1.0f;
        QVERIFY(std::abs(eval::gradientEnergy(a.view()) - 0.5) < 1e-6);
        QCOMPARE(eval::gradientEnergy(flat(3, 3, 0.4f).view()), 0.0);
    }
};

CHOREIA_TEST(PictureQualityTest)
#include "picture_quality_test.moc"
