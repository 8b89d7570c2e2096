// The beat network: shapes, the reach it claims, and weights that come back as they were.
#include "nn/beat_net.h"

#include "nn/threads.h"
#include "nn/weights.h"
#include "support/testing.h"

using namespace choreia;

namespace {
nn::BeatNetConfig small() {
    nn::BeatNetConfig config;
    config.columns = 12;
    config.filters = 10;
    config.width = 8;
    config.blocks = 4;
    return config;
}
}  // namespace

class BeatNetTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void shapesAndSize() {
        torch::manual_seed(1);
        nn::BeatNet net(nn::BeatNetConfig{});
        std::int64_t count = 0;
        for (const auto& p : net->parameters()) count += p.numel();
        QVERIFY2(count < 1'000'000, qPrintable(QString::number(count)));
        const auto out = net->forward(torch::randn({2, 300, 100}));
        QVERIFY((out.sizes() == std::vector<std::int64_t>{2, 300, 2}));
        QVERIFY(torch::isfinite(out).all().item<bool>());
        QVERIFY_EXCEPTION_THROWN(net->forward(torch::randn({2, 300, 99})), c10::Error);
    }

    void aRowDependsOnItsReachAndNoFurther() {
        torch::manual_seed(2);
        nn::BeatNet net(small());
        net->eval();
        const torch::NoGradGuard noGrad;
        const auto reach = net->config().reach();
        const auto x = torch::randn({1, 400, 12});
        const auto y = net->forward(x);
        auto changed = x.clone();
        changed[0][200] += 3;
        const auto difference = (net->forward(changed) - y).abs().sum(2)[0];
        for (std::int64_t r = 0; r < 400; ++r)
            if (std::abs(r - 200) > reach) QVERIFY(difference[r].item<float>() == 0.0f);
        QVERIFY(difference[200 - reach].item<float>() > 0 && difference[200 + reach].item<float>() > 0);
    }

    void weightsComeBack() {
        torch::manual_seed(3);
        nn::BeatNet net(small());
        net->setNormalisation(torch::randn({12}), torch::rand({12}) + 0.5);
        net->eval();
        const auto table = nn::toTable(*net, "beats", net->config().toJson(), false);
        const auto config = nn::configOf(table, "beats", "here");
        QVERIFY(config.ok());
        nn::BeatNet again(nn::BeatNetConfig::fromJson(config.value()));
        QVERIFY(nn::fromTable(table, *again, "here").ok());
        again->eval();
        const auto x = torch::randn({1, 90, 12});
        QVERIFY(torch::equal(net->forward(x), again->forward(x)));
        nn::BeatNetConfig other = small();
        other.width = 9;
        nn::BeatNet wrong(other);
        QVERIFY(!nn::fromTable(table, *wrong, "here").ok());
    }

    void anImpossibleSizeIsRefused() {
        nn::BeatNetConfig config = small();
        config.blocks = 40;
        QVERIFY_EXCEPTION_THROWN(nn::BeatNet{config}, c10::Error);
    }

    void oneThreadGivesBackWhatItTook() {
        const int before = at::get_num_threads();
        { const nn::OneThread alone; }
        QCOMPARE(at::get_num_threads(), before);
    }
};

CHOREIA_TEST(BeatNetTest)
#include "beat_net_test.moc"
