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
        QVERIFY((out.logits.sizes() == std::vector<std::int64_t>{2, 300, 2}));
        QVERIFY((out.tempo.sizes() == std::vector<std::int64_t>{2, 3, 56}));
        QVERIFY(torch::isfinite(out.logits).all().item<bool>() && torch::isfinite(out.tempo).all().item<bool>());
        // Any number of rows; a part of a second counts as one.
        const auto odd = net->forward(torch::randn({1, 237, 100}));
        QVERIFY(odd.logits.size(1) == 237 && odd.tempo.size(1) == 3);
        QVERIFY_EXCEPTION_THROWN(net->forward(torch::randn({2, 300, 99})), c10::Error);
    }

    void aRowDependsOnItsReachAndNoFurther() {
        torch::manual_seed(2);
        nn::BeatNet net(small());
        net->eval();
        const torch::NoGradGuard noGrad;
        const auto reach = net->config().reach();
        const auto x = torch::randn({1, 700, 12});
        const auto y = net->forward(x);
        auto changed = x.clone();
        changed[0][320] += 3;
        const auto z = net->forward(changed);
        const auto difference = (z.logits - y.logits).abs().sum(2)[0], tempo = (z.tempo - y.tempo).abs().sum(2)[0];
        std::int64_t furthest = 0;
        for (std::int64_t r = 0; r < 700; ++r)
            if (difference[r].item<float>() != 0.0f) furthest = std::max(furthest, std::abs(r - 320));
        QVERIFY2(furthest <= reach && furthest > reach - 100, qPrintable(QString::number(furthest)));
        for (std::int64_t s = 0; s < 7; ++s)
            if (std::abs(100 * s + 50 - 320) > reach + 50) QVERIFY(tempo[s].item<float>() == 0.0f);
    }

    void stretchesMeetWithoutASeam() {
        // Heard from a whole second on, with the reach on both sides, rows are those of the whole.
        torch::manual_seed(4);
        nn::BeatNet net(small());
        net->eval();
        const torch::NoGradGuard noGrad;
        const auto x = torch::randn({1, 1200, 12});
        const auto whole = net->forward(x), part = net->forward(x.narrow(1, 300, 600));
        QVERIFY((whole.logits.narrow(1, 500, 200) - part.logits.narrow(1, 200, 200)).abs().max().item<float>() < 1e-4f);
        QVERIFY((whole.tempo.narrow(1, 5, 2) - part.tempo.narrow(1, 2, 2)).abs().max().item<float>() < 1e-4f);
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
        QVERIFY(torch::equal(net->forward(x).logits, again->forward(x).logits));
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
