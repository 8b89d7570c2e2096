// The lifting network: what it says without weights, how far it looks, its gradients.
#include "nn/lift_net.h"
#include "nn/weights.h"
#include "support/testing.h"

using namespace choreia;

namespace {

nn::LiftNetConfig smallLift() {
    nn::LiftNetConfig c;
    c.landmarks = 5;
    c.width = 8;
    c.dilations = {1, 3};
    return c;
}

}  // namespace

class LiftNetTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void withoutWeightsThePictureStandsAtDepthNothing() {
        nn::LiftNet net(smallLift());
        const torch::NoGradGuard noGrad;
        for (auto& parameter : net->parameters()) parameter.zero_();
        const auto flat = torch::arange(2 * 7 * 10).to(torch::kFloat32).view({2, 7, 10});
        const auto out = net->forward(flat).view({2, 7, 5, 3});
        QVERIFY(torch::equal(out.narrow(3, 0, 2), flat.view({2, 7, 5, 2})));
        QVERIFY(torch::equal(out.select(3, 2), torch::zeros({2, 7, 5})));
        QVERIFY_THROWS_EXCEPTION(c10::Error, net->forward(torch::zeros({1, 7, 9})));
    }

    void aFrameSeesAsFarAsTheDilationsReach() {
        torch::manual_seed(2);
        nn::LiftNet net(smallLift());
        const torch::NoGradGuard noGrad;
        const auto flat = torch::randn({1, 31, 10});
        auto other = flat.clone();
        other.narrow(1, 15, 1) += 1;
        const auto changed = (net->forward(flat) - net->forward(other)).abs().sum(-1).squeeze(0) > 1e-7;
        // 1 of the first convolution, 1 and 3 of the blocks.
        for (std::int64_t f = 0; f < 31; ++f) QCOMPARE(changed[f].item<bool>(), std::abs(f - 15) <= 5);
    }

    void gradientsReachEveryParameterAndWeightsTravel() {
        torch::manual_seed(3);
        nn::LiftNet net(smallLift());
        net->forward(torch::randn({2, 12, 10})).square().sum().backward();
        for (const auto& item : net->named_parameters()) QVERIFY2(item.value().grad().abs().sum().item<double>() > 0, item.key().c_str());
        const auto table = nn::toTable(*net, "lift", net->config().toJson(), false);
        const auto json = nn::configOf(table, "lift", "here");
        QVERIFY(json.ok());
        nn::LiftNet again(nn::LiftNetConfig::fromJson(*json));
        QVERIFY(nn::fromTable(table, *again, "here").ok());
        const torch::NoGradGuard noGrad;
        const auto flat = torch::randn({1, 9, 10});
        QVERIFY(torch::equal(net->forward(flat), again->forward(flat)));
        QVERIFY(!nn::configOf(table, "se-vit", "here").ok());
    }
};

CHOREIA_TEST(LiftNetTest)
#include "lift_net_test.moc"
