// The second seed's network: its shapes, its divergence in closed form, its gradient against finite differences.
#include "nn/lstm_vae.h"
#include "nn/weights.h"
#include "support/testing.h"

#include <cmath>

using namespace choreia;

namespace {

nn::LstmVaeConfig tiny() {
    nn::LstmVaeConfig c;
    c.steps = 7;
    c.mfccs = 3;
    c.landmarks = 4;
    c.units = 6;
    c.latent = 2;
    return c;
}

}  // namespace

class LstmVaeTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theSeedsShapes() {
        torch::manual_seed(1);
        nn::LstmVae model{nn::LstmVaeConfig{}};
        torch::NoGradGuard noGrad;
        const auto out = model->forward(torch::randn({2, 149, 13}), torch::randn({2, 32}));
        QCOMPARE(out.landmarks.sizes().vec(), (std::vector<std::int64_t>{2, 149, 33, 2}));
        QCOMPARE(out.mean.sizes().vec(), (std::vector<std::int64_t>{2, 32}));
        QCOMPARE(out.logVariance.sizes().vec(), (std::vector<std::int64_t>{2, 32}));
        // Layers as drawn, counted by hand: LSTM 4u(in + u + 2), dense in u + u.
        const std::int64_t u = 128, lstm1 = 4 * u * (13 + u + 2), lstm2 = 4 * u * (u + u + 2), heads = 2 * (u * 32 + 32), dense = 32 * u + u, out66 = u * 66 + 66;
        QCOMPARE(nn::countParameters(nn::toTable(*model, "lstm-vae", {}, false)), lstm1 + 2 * lstm2 + heads + dense + out66);
    }

    void divergenceInClosedForm() {
        // One latent number: 0.5 (m^2 + s^2 - 1 - ln s^2).
        const double m = 0.7, v = 0.4;
        const auto kl = nn::klDivergence(torch::tensor({{m}}), torch::tensor({{std::log(v)}})).item<double>();
        QVERIFY(std::abs(kl - 0.5 * (m * m + v - 1 - std::log(v))) < 1e-6);
        QVERIFY(std::abs(nn::klDivergence(torch::zeros({5, 3}), torch::zeros({5, 3})).item<double>()) < 1e-9);
        // And by sampling: mean of ln q(x) - ln p(x) over x from q.
        torch::manual_seed(2);
        const auto x = m + std::sqrt(v) * torch::randn({400000}, torch::kFloat64);
        const auto difference = -0.5 * std::log(v) - 0.5 * (x - m).pow(2) / v + 0.5 * x.pow(2);
        QVERIFY(std::abs(difference.mean().item<double>() - kl) < 0.01);
    }

    void gradientByFiniteDifferences() {
        torch::manual_seed(3);
        nn::LstmVae model(tiny());
        model->to(torch::kFloat64);
        const auto options = torch::TensorOptions().dtype(torch::kFloat64);
        const auto mfcc = torch::randn({2, 7, 3}, options), target = torch::rand({2, 7, 4, 2}, options), noise = torch::randn({2, 2}, options);
        const auto loss = [&] {
            const auto out = model->forward(mfcc, noise);
            return torch::mse_loss(out.landmarks, target) + 0.1 * nn::klDivergence(out.mean, out.logVariance);
        };
        loss().backward();
        constexpr double h = 1e-5;
        for (auto& item : model->named_parameters()) {
            auto& p = item.value();
            const auto gradient = p.grad().flatten();
            for (const std::int64_t i : {std::int64_t{0}, p.numel() / 2, p.numel() - 1}) {
                torch::NoGradGuard noGrad;
                auto flat = p.view({-1});
                const double before = flat[i].item<double>();
                flat[i] = before + h;
                const double above = loss().item<double>();
                flat[i] = before - h;
                const double below = loss().item<double>();
                flat[i] = before;
                const double wanted = (above - below) / (2 * h), found = gradient[i].item<double>();
                QVERIFY2(std::abs(wanted - found) < 1e-6 + 1e-4 * std::abs(wanted), qPrintable(QString("%1[%2]: %3 %4").arg(item.key().c_str()).arg(i).arg(wanted).arg(found)));
            }
        }
    }

    void lossFallsOnLittleData() {
        torch::manual_seed(4);
        nn::LstmVae model(tiny());
        // Each song has its own pose.
        const auto mfcc = torch::randn({6, 7, 3}), target = torch::rand({6, 1, 4, 2}).expand({6, 7, 4, 2}).contiguous();
        model->setMeanPose(target.mean(0).mean(0));
        torch::optim::Adam optimiser(model->parameters(), torch::optim::AdamOptions(0.02));
        double first = 0, last = 0;
        for (int i = 0; i < 150; ++i) {
            const auto out = model->forward(mfcc, torch::randn({6, 2}) * 0.1);
            const auto loss = torch::mse_loss(out.landmarks, target);
            optimiser.zero_grad();
            loss.backward();
            optimiser.step();
            if (i == 0) first = loss.item<double>();
            last = loss.item<double>();
        }
        QVERIFY2(last < 0.5 * first, qPrintable(QString("%1 -> %2").arg(first).arg(last)));
    }

    void withoutNoiseTheMeanIsTaken() {
        torch::manual_seed(5);
        nn::LstmVae model(tiny());
        torch::NoGradGuard noGrad;
        const auto mfcc = torch::randn({1, 7, 3});
        const auto a = model->forward(mfcc), b = model->forward(mfcc, torch::zeros({1, 2})), c = model->forward(mfcc, torch::ones({1, 2}));
        QVERIFY(torch::equal(a.landmarks, b.landmarks));
        QVERIFY(!torch::allclose(a.landmarks, c.landmarks));
        const auto sampled = a.mean + (0.5 * a.logVariance).exp();
        QVERIFY(torch::allclose(model->decode(sampled), c.landmarks));
    }
};

CHOREIA_TEST(LstmVaeTest)
#include "lstm_vae_test.moc"
