// The banded solver against a dense one, and corrections whose answer is known.
#include "choreo/smooth_offsets.h"

#include "support/testing.h"

#include <Eigen/Dense>

using namespace choreia;

class SmoothOffsetsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void agreesWithADenseSolution() {
        // The same sum of squares, written as rows of A x = b and solved by Eigen.
        constexpr int n = 12;
        constexpr double fps = 30;
        choreo::OffsetProblem problem(n, fps, .3);
        std::vector<Eigen::VectorXd> rows;
        std::vector<double> right;
        const auto row = [&](std::initializer_list<std::pair<int, double>> entries, double weight, double target) {
            Eigen::VectorXd r = Eigen::VectorXd::Zero(n);
            for (const auto& [at, value] : entries) r[at] = value * std::sqrt(weight);
            rows.push_back(r);
            right.push_back(target * std::sqrt(weight));
        };
        for (int f = 0; f < n; ++f) {
            row({{f, 1}}, .3, 0);
            const double weight = .1 + .5 * f, target = std::sin(1.0 * f);
            problem.pullTo(static_cast<std::size_t>(f), weight, target);
            row({{f, 1}}, weight, target);
            if (f + 1 < n) {
                problem.moveAt(static_cast<std::size_t>(f), .01 * (f + 1), std::cos(2.0 * f));
                row({{f, -fps}, {f + 1, fps}}, .01 * (f + 1), std::cos(2.0 * f));
            }
            if (f + 2 < n) row({{f, fps * fps}, {f + 1, -2 * fps * fps}, {f + 2, fps * fps}}, 1e-6, 0);
        }
        problem.bend(1e-6);
        Eigen::MatrixXd a(static_cast<Eigen::Index>(rows.size()), n);
        for (std::size_t i = 0; i < rows.size(); ++i) a.row(static_cast<Eigen::Index>(i)) = rows[i].transpose();
        const Eigen::VectorXd b = Eigen::Map<Eigen::VectorXd>(right.data(), static_cast<Eigen::Index>(right.size()));
        const Eigen::VectorXd expected = a.colPivHouseholderQr().solve(b);
        const auto x = problem.solve();
        for (int f = 0; f < n; ++f) QVERIFY(std::abs(x[static_cast<std::size_t>(f)] - expected[f]) < 1e-9);
    }

    void velocitiesAreIntegrated() {
        choreo::OffsetProblem problem(601, 60, 1e-9);
        problem.pullTo(0, 1e3, 2);
        for (std::size_t f = 0; f < 600; ++f) problem.moveAt(f, 1, .25);
        const auto x = problem.solve();
        QVERIFY(std::abs(x[0] - 2) < 1e-4);
        QVERIFY(std::abs(x[600] - 4.5) < 1e-3); // 10 s at 0.25 m/s
    }

    void aDisturbanceFadesExponentially() {
        // Velocity weight W and rest weight r: away from the pull x decays as exp(-t sqrt(r / W)); here 1 / s.
        choreo::OffsetProblem problem(1201, 60, .5);
        problem.pullTo(600, 1e6, 1);
        for (std::size_t f = 0; f < 1200; ++f) problem.moveAt(f, .5, 0);
        const auto x = problem.solve();
        for (const std::size_t seconds : {1u, 2u, 3u})
            QVERIFY(std::abs(x[600 + 60 * seconds] - std::exp(-static_cast<double>(seconds))) < 2e-3);
    }

    void nothingAskedNothingChanged() {
        choreo::OffsetProblem problem(50, 60, 1);
        problem.bend(1);
        for (const double x : problem.solve()) QCOMPARE(x, 0.0);
        QVERIFY(choreo::OffsetProblem(0, 60, 1).solve().empty());
        QCOMPARE(choreo::OffsetProblem(1, 60, 1).solve().size(), std::size_t{1});
    }
};

CHOREIA_TEST(SmoothOffsetsTest)
#include "smooth_offsets_test.moc"
