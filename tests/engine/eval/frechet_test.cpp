// Frechet distance and diversity: closed forms, scipy figures, and sets of fewer clips than features.
#include "eval/metrics.h"
#include "support/testing.h"
#include "synthetic_motion.h"

using namespace choreia;

namespace {
using Set = std::vector<std::vector<double>>;

/// rows[i][k] = scale * sin(shift + 1.3 i + 0.7 k^2 + 0.1 i k) + offset
Set waves(int n, int d, double shift, double scale = 1, double offset = 0) {
    Set rows;
    for (int i = 0; i < n; ++i) {
        rows.emplace_back();
        for (int k = 0; k < d; ++k) rows.back().push_back(scale * std::sin(shift + 1.3 * i + .7 * k * k + .1 * i * k) + offset);
    }
    return rows;
}
} // namespace

class FrechetTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void oneFeatureHasAClosedForm() {
        // Reference {-1, 1}: mean 0, population deviation 1, sample variance 2. Generated {2, 6}: mean 4, sample variance 8.
        // FID = 16 + (sqrt 8 - sqrt 2)^2 = 16 + 2.
        QVERIFY(std::abs(eval::frechetDistance({{2}, {6}}, {{-1}, {1}}) - 18) < 1e-6);
        QVERIFY(std::abs(eval::diversity({{2}, {6}, {6}}, {{-1}, {1}}) - 8.0 / 3) < 1e-6);
        // With a floor of 2 all is divided by 2: 4 + (sqrt 2 - sqrt 0.5)^2.
        QVERIFY(std::abs(eval::frechetDistance({{2}, {6}}, {{-1}, {1}}, 2) - 4.5) < 1e-6);
    }

    void agreesWithScipy() {
        // scipy.linalg.sqrtm on numpy covariances of the same closed-form rows.
        const Set a = waves(12, 4, 0), b = waves(15, 4, .5, 1.4, .2);
        QVERIFY(std::abs(eval::frechetDistance(a, b) - 0.6041132124810487) < 1e-6);
        QVERIFY(std::abs(eval::diversity(a, b) - 1.9673878936299423) < 1e-6);
        QVERIFY(std::abs(eval::frechetDistance(a, b, 2) - 0.14689147289993887) < 1e-6);
        // 5 and 4 rows of 9 features: scipy's root of a singular product is good to about 1e-6.
        QVERIFY(std::abs(eval::frechetDistance(waves(5, 9, 0), waves(4, 9, .5)) - 0.9902294891271843) < 1e-4);
        Set g, r;
        for (int c = 0; c < 6; ++c) g.push_back(eval::kineticFeatures(testing::swingingBody(c, 150), true));
        for (int c = 0; c < 8; ++c) r.push_back(eval::kineticFeatures(testing::swingingBody(c + 10, 150), true));
        QVERIFY(std::abs(eval::frechetDistance(g, r) - 184.3425787811599) < 0.02);
        QVERIFY(std::abs(eval::diversity(g, r) - 15.682436618748865) < 1e-3);
    }

    void aSetAgainstItselfIsZero() {
        // 6 pieces of one motion, overlapping: far fewer clips than features, and many features alike.
        const auto whole = testing::swingingBody(1, 1200);
        Set kinetic, geometric;
        for (std::size_t k = 0; k < 6; ++k) {
            motion::Positions piece;
            piece.values.assign(whole.values.begin() + static_cast<std::ptrdiff_t>(k * 120 * 24),
                                whole.values.begin() + static_cast<std::ptrdiff_t>((k * 120 + 600) * 24));
            kinetic.push_back(eval::kineticFeatures(piece, true));
            geometric.push_back(eval::geometricFeatures(piece));
        }
        QVERIFY(std::abs(eval::frechetDistance(kinetic, kinetic)) < 1e-8);
        QVERIFY(std::abs(eval::frechetDistance(geometric, geometric)) < 1e-8);
        const Set many = waves(200, 32, .3);
        QVERIFY(std::abs(eval::frechetDistance(many, many)) < 1e-8);
    }

    void oneClipHasNoCovariance() {
        QVERIFY(std::isnan(eval::frechetDistance({{1, 2}}, {{1, 2}, {3, 4}})));
        QCOMPARE(eval::diversity({{1, 2}}, {{1, 2}, {3, 4}}), 0.0);
    }
};

CHOREIA_TEST(FrechetTest)
#include "frechet_test.moc"
