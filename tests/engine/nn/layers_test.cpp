// Layers against closed forms and finite differences.
#include "nn/layers.h"

#include "motion/kinematics.h"
#include "motion/skeleton.h"
#include "support/testing.h"

#include <cmath>
#include <numbers>

using namespace choreia;

class LayersTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void matricesAreRotations() {
        torch::manual_seed(1);
        const auto m = nn::rotationMatrices(torch::randn({50, 6}));
        const auto identity = torch::matmul(m.transpose(1, 2), m);
        QVERIFY((identity - torch::eye(3)).abs().max().item<float>() < 1e-5f);
        QVERIFY((torch::linalg_det(m) - 1).abs().max().item<float>() < 1e-5f);
    }

    void positionsEqualForwardKinematics() {
        torch::manual_seed(2);
        const auto m = nn::rotationMatrices(torch::randn({3 * motion::kJoints, 6})).view({3, motion::kJoints, 3, 3});
        const auto p = nn::bodyPositions(m);
        for (std::int64_t f = 0; f < 3; ++f) {
            std::vector<motion::Quat> rotations;
            for (std::int64_t j = 0; j < motion::kJoints; ++j) {
                motion::Mat3 r;
                for (int a = 0; a < 3; ++a)
                    for (int b = 0; b < 3; ++b) r(a, b) = m.index({f, j, a, b}).item<float>();
                rotations.emplace_back(r);
            }
            std::vector<motion::Vec3> wanted(motion::kJoints);
            motion::forwardKinematics(motion::Skeleton::body(), motion::Vec3::Zero(), rotations, wanted);
            for (std::int64_t j = 0; j < motion::kJoints; ++j)
                for (int a = 0; a < 3; ++a) QVERIFY(std::abs(p.index({f, j, a}).item<float>() - wanted[static_cast<std::size_t>(j)][a]) < 1e-5f);
        }
    }

    void positionGradientEqualsFiniteDifference() {
        torch::manual_seed(3);
        const auto m = nn::rotationMatrices(torch::randn({2 * motion::kJoints, 6})).view({2, motion::kJoints, 3, 3}).clone().requires_grad_(true);
        const auto weight = torch::randn({2, motion::kJoints, 3});
        const auto value = [&](const torch::Tensor& at) { return (nn::bodyPositions(at) * weight).sum(); };
        value(m).backward();
        const auto gradient = m.grad();
        torch::NoGradGuard noGrad;
        const float h = 1e-2f;  // the function is linear in each single entry, so a wide step costs no accuracy
        for (int k = 0; k < 40; ++k) {
            const auto at = (k * 131) % m.numel();
            auto up = m.detach().clone(), down = m.detach().clone();
            up.view({-1})[at] += h;
            down.view({-1})[at] -= h;
            const float numeric = (value(up) - value(down)).item<float>() / (2 * h);
            QVERIFY(std::abs(numeric - gradient.view({-1})[at].item<float>()) < 2e-2f);
        }
    }

    void waveletBandsAreSilentOnTheGraphsConstant() {
        const auto parents = motion::Skeleton::body().parents();
        const std::vector<int> tree(parents.begin(), parents.end());
        nn::GraphWavelet layer(tree, 4, 3, false);
        const auto w = layer->operators();
        QCOMPARE(w.size(0), std::int64_t{4});
        QVERIFY((w - w.transpose(1, 2)).abs().max().item<float>() < 1e-5f);
        // The eigenvector of eigenvalue 0 is D^1/2 1: band-pass filters give 0 there, the low band gives it back.
        auto degree = torch::zeros({motion::kJoints});
        for (int j = 0; j < motion::kJoints; ++j)
            if (tree[static_cast<std::size_t>(j)] >= 0) {
                degree[j] += 1;
                degree[tree[static_cast<std::size_t>(j)]] += 1;
            }
        const auto constant = degree.sqrt();
        QVERIFY((torch::matmul(w[0], constant) - constant).abs().max().item<float>() < 1e-4f);
        for (int s = 1; s < 4; ++s) QVERIFY(torch::matmul(w[s], constant).abs().max().item<float>() < 1e-4f);
    }

    void rickerKernelIsTheMexicanHat() {
        nn::RickerConv layer(1, 1, 16, false);
        torch::NoGradGuard noGrad;
        auto parameters = layer->named_parameters();
        parameters["log_width"].fill_(std::log(2.0));
        parameters["delay"].fill_(5.0);
        parameters["amplitude"].fill_(1.0);
        parameters["present"].fill_(0.0);
        const auto k = layer->kernel();
        for (int lag = 0; lag < 16; ++lag) {
            const double u = (lag - 5.0) / 2.0;
            const double wanted = 2.0 / (std::sqrt(3.0 * 2.0) * std::pow(std::numbers::pi, 0.25)) * (1 - u * u) * std::exp(-u * u / 2);
            QVERIFY(std::abs(k[0][lag].item<double>() - wanted) < 1e-5);
        }
    }

    void rickerIsCausalAndStepsAlike() {
        torch::manual_seed(4);
        nn::RickerConv layer(3, 2, 8, false);
        torch::NoGradGuard noGrad;
        const auto x = torch::randn({20, 5, 3});
        const auto y = layer->forward(x);
        auto changed = x.clone();
        changed[12] += 1.0;
        const auto z = layer->forward(changed);
        QVERIFY((y.narrow(0, 0, 12) - z.narrow(0, 0, 12)).abs().max().item<float>() < 1e-6f);
        auto history = torch::zeros({8, 5, 3});
        for (int t = 0; t < 20; ++t) {
            history = torch::cat({history.narrow(0, 1, 7), x[t].unsqueeze(0)}, 0);
            QVERIFY((layer->step(history) - y[t]).abs().max().item<float>() < 1e-5f);
        }
    }
};

CHOREIA_TEST(LayersTest)
#include "layers_test.moc"
