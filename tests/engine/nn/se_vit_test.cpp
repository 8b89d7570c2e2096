// SE-ViT: shapes, the peak's place against a closed form, mirror images, gradients everywhere, sizes it refuses.
#include "nn/se_vit.h"

#include "motion/landmarks.h"
#include "nn/weights.h"
#include "support/testing.h"

#include <cmath>

using namespace choreia;

namespace {

nn::SeVitConfig small() {
    nn::SeVitConfig config;
    config.size = 64;
    config.width = 24;
    config.layers = 2;
    config.heads = 3;
    config.stem = 8;
    config.features = 20;
    return config;
}

nn::SeVitBasicConfig smallBasic() {
    nn::SeVitBasicConfig config;
    config.size = 64;
    config.width = 32;
    config.layers = 1;
    return config;
}

/// Names of the parameters that a loss over every output does not reach.
template <class Net>
std::string untouched(Net& net, const torch::Tensor& rgb) {
    const auto out = net->forward(rgb);
    auto loss = out.coarse.square().mean() + out.visible.square().mean() + out.depth.square().mean() + out.features.square().mean();
    if (out.heat.defined()) loss = loss + torch::log_softmax(out.heat.flatten(2), -1).select(2, 3).mean();
    loss.backward();
    std::string names;
    for (const auto& item : net->named_parameters())
        if (!item.value().grad().defined() || item.value().grad().abs().sum().template item<double>() == 0) names += item.key() + " ";
    return names;
}

}  // namespace

class SeVitTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theEarlyMapsAreThoseOfTheWhole() {
        torch::manual_seed(21);
        const torch::NoGradGuard noGrad;
        nn::SeVit net(nn::SeVitConfig::fromJson({{"size", 64}, {"width", 16}, {"layers", 1}, {"heads", 2}, {"stem", 8}, {"features", 8}}));
        const auto rgb = torch::rand({2, 3, 64, 96});
        const auto early = net->early(rgb);
        QCOMPARE(early.size(), std::size_t{2});
        QVERIFY((early[0].sizes() == std::vector<std::int64_t>{2, 8, 32, 48}));
        QVERIFY(torch::equal(early[1], net->levels(rgb)[0]));
    }

    void shapesAndSize() {
        torch::manual_seed(1);
        const torch::NoGradGuard noGrad;
        nn::SeVit net(nn::SeVitConfig{});
        std::int64_t count = 0;
        for (const auto& p : net->parameters()) count += p.numel();
        QVERIFY2(count > 3'000'000 && count < 5'000'000, qPrintable(QString::number(count)));
        for (const auto& [high, wide] : {std::pair{128, 128}, std::pair{160, 96}}) {
            const auto out = net->forward(torch::rand({2, 3, high, wide}));
            QVERIFY((out.heat.sizes() == std::vector<std::int64_t>{2, 33, high / 4, wide / 4}));
            QVERIFY((out.coarse.sizes() == std::vector<std::int64_t>{2, 33, 2}));
            QVERIFY((out.visible.sizes() == std::vector<std::int64_t>{2, 33}) && (out.depth.sizes() == std::vector<std::int64_t>{2, 33}));
            QVERIFY((out.features.sizes() == std::vector<std::int64_t>{2, 512}));
            QVERIFY(torch::isfinite(out.heat).all().item<bool>() && torch::isfinite(out.features).all().item<bool>());
        }
        const auto maps = net->levels(torch::rand({1, 3, 128, 128}));
        QVERIFY((maps[0].sizes() == std::vector<std::int64_t>{1, 48, 32, 32}) && (maps[1].sizes() == std::vector<std::int64_t>{1, 96, 16, 16}) &&
                (maps[2].sizes() == std::vector<std::int64_t>{1, 192, 8, 8}));
    }

    void theSeedsSizes() {
        torch::manual_seed(1);
        const torch::NoGradGuard noGrad;
        nn::SeVitBasicConfig config;
        QVERIFY(config.size == 384 && config.patch == 16 && config.heads == 8 && config.width == 512);
        config.layers = 1;
        nn::SeVitBasic net(config);
        const auto out = net->forward(torch::rand({1, 3, 384, 384}));
        QVERIFY(!out.heat.defined());
        QVERIFY((out.features.sizes() == std::vector<std::int64_t>{1, 512}) && (nn::landmarksOf(out).sizes() == std::vector<std::int64_t>{1, 33, 3}));
        QVERIFY_EXCEPTION_THROWN(net->forward(torch::rand({1, 3, 128, 128})), c10::Error);
    }

    void thePeakOfABumpIsItsMiddle() {
        // Logits -|cell - c|^2 / 2 s^2: by hand, the mean place over the 5 x 5 cells round the highest.
        const double cx = 9.3, cy = 5.8, s = 1.1;
        const auto heat = torch::full({1, 2, 16, 20}, -60.0);
        auto cells = heat.accessor<float, 4>();
        for (int y = 0; y < 16; ++y)
            for (int x = 0; x < 20; ++x) {
                cells[0][0][y][x] = static_cast<float>(-((x - cx) * (x - cx) + (y - cy) * (y - cy)) / (2 * s * s));
                if (x == 0 && y == 15) cells[0][1][y][x] = 5;  // all in a corner
            }
        double weight = 0, mx = 0, my = 0, all = 0;
        for (int y = 0; y < 16; ++y)
            for (int x = 0; x < 20; ++x) {
                const double w = std::exp(-((x - cx) * (x - cx) + (y - cy) * (y - cy)) / (2 * s * s));
                all += w;
                if (std::abs(x - 9) > 2 || std::abs(y - 6) > 2) continue;
                weight += w, mx += w * (x + 0.5), my += w * (y + 0.5);
            }
        const auto found = nn::decodeHeat(heat);
        QVERIFY(std::abs(found[0][0][0].item<double>() - mx / weight / 20) < 1e-5);
        QVERIFY(std::abs(found[0][0][1].item<double>() - my / weight / 16) < 1e-5);
        QVERIFY(std::abs(found[0][0][2].item<double>() - weight / all) < 1e-4);
        QVERIFY(std::abs(found[0][0][0].item<double>() * 20 - 0.5 - cx) < 0.1);  // and so near the middle
        QVERIFY(std::abs(found[0][1][0].item<double>() - 0.5 / 20) < 1e-4 && std::abs(found[0][1][1].item<double>() - 15.5 / 16) < 1e-4);
    }

    void aFarSecondPeakDoesNotPull() {
        auto heat = torch::full({1, 1, 32, 32}, -30.0);
        heat[0][0][4][4] = 3;
        heat[0][0][28][28] = 2.9;
        const auto found = nn::decodeHeat(heat);
        QVERIFY(std::abs(found[0][0][0].item<double>() - 4.5 / 32) < 1e-5 && std::abs(found[0][0][1].item<double>() - 4.5 / 32) < 1e-5);
        QVERIFY(found[0][0][2].item<double>() < 0.6);  // and it is less sure
    }

    void bothWaysIsExactUnderMirroring() {
        torch::manual_seed(3);
        const torch::NoGradGuard noGrad;
        nn::SeVit net(small());
        net->eval();
        const auto rgb = torch::rand({2, 3, 64, 64});
        const auto forward = [&](const torch::Tensor& x) { return net->forward(x); };
        const auto a = nn::bothWays(forward, rgb), b = nn::bothWays(forward, rgb.flip({3}));
        QVERIFY((nn::swapSides(b.heat.flip({3})) - a.heat).abs().max().item<float>() < 1e-4f);
        QVERIFY((nn::swapSides(b.visible) - a.visible).abs().max().item<float>() < 1e-4f);
        QVERIFY((nn::swapSides(b.depth) - a.depth).abs().max().item<float>() < 1e-4f);
        const auto mirrored = nn::swapSides(b.coarse);
        QVERIFY((1 - mirrored.select(2, 0) - a.coarse.select(2, 0)).abs().max().item<float>() < 1e-4f);
        QVERIFY((mirrored.select(2, 1) - a.coarse.select(2, 1)).abs().max().item<float>() < 1e-4f);
        // The places decoded mirror too: x to 1 - x, left to right.
        const auto pa = nn::landmarksOf(a), pb = nn::swapSides(nn::landmarksOf(b));
        QVERIFY((1 - pb.select(2, 0) - pa.select(2, 0)).abs().max().item<float>() < 1e-3f);
    }

    void swappingSidesTwiceChangesNothing() {
        const auto x = torch::rand({2, 33, 5});
        QVERIFY(torch::equal(nn::swapSides(nn::swapSides(x)), x));
        QVERIFY(torch::equal(nn::swapSides(x)[0][motion::LeftWristMark], x[0][motion::RightWristMark]));
        QVERIFY(torch::equal(nn::swapSides(x)[1][motion::Nose], x[1][motion::Nose]));
    }

    void gradientsReachEverything() {
        torch::manual_seed(4);
        nn::SeVit net(small());
        QCOMPARE(untouched(net, torch::rand({2, 3, 64, 64})), std::string());
        nn::SeVitBasic basic(smallBasic());
        QCOMPARE(untouched(basic, torch::rand({2, 3, 64, 64})), std::string());
    }

    void squeezeExciteIsAGateOfTheMeans() {
        // Pictures whose channel means agree get the same gates, wherever their pixels lie.
        torch::manual_seed(5);
        const torch::NoGradGuard noGrad;
        nn::SqueezeExcite gate(8);
        const auto x = torch::rand({1, 8, 4, 4}) + 0.5;
        const auto shifted = torch::roll(x, {1, 2}, {2, 3});
        QVERIFY((gate->forward(shifted) / shifted - torch::roll(gate->forward(x) / x, {1, 2}, {2, 3})).abs().max().item<float>() < 1e-5f);
        const auto ratio = gate->forward(x) / x;
        QVERIFY((ratio - ratio.mean({2, 3}, true)).abs().max().item<float>() < 1e-5f && ratio.min().item<float>() > 0 && ratio.max().item<float>() < 1);
        // Tokens are gated alike.
        const auto tokens = x.flatten(2).transpose(1, 2);
        QVERIFY((gate->tokens(tokens).transpose(1, 2).view({1, 8, 4, 4}) - gate->forward(x)).abs().max().item<float>() < 1e-5f);
    }

    void weightsComeBack() {
        torch::manual_seed(6);
        const torch::NoGradGuard noGrad;
        nn::SeVit net(small());
        const auto table = nn::toTable(*net, "se-vit", net->config().toJson(), false);
        const auto config = nn::configOf(table, "se-vit", "here");
        QVERIFY(config.ok());
        nn::SeVit again(nn::SeVitConfig::fromJson(config.value()));
        QVERIFY(nn::fromTable(table, *again, "here").ok());
        const auto rgb = torch::rand({1, 3, 64, 80});
        QVERIFY(torch::equal(net->forward(rgb).heat, again->forward(rgb).heat));
        QVERIFY(!nn::configOf(table, "se-vit-basic", "here").ok());
        const auto basic = nn::SeVitBasicConfig::fromJson(smallBasic().toJson());
        QVERIFY(basic.size == 64 && basic.width == 32 && basic.layers == 1 && basic.heads == 8);
    }

    void badSizesAreRefused() {
        nn::SeVit net(small());
        for (const auto& shape : std::vector<std::vector<std::int64_t>>{{1, 3, 65, 64}, {1, 3, 32, 64}, {1, 3, 64, 528}, {1, 4, 64, 64}, {3, 64, 64}})
            QVERIFY_EXCEPTION_THROWN(net->forward(torch::zeros(shape)), c10::Error);
        auto config = small();
        config.heads = 5;
        QVERIFY_EXCEPTION_THROWN(nn::SeVit{config}, c10::Error);
        config = small();
        config.size = 100;
        QVERIFY_EXCEPTION_THROWN(nn::SeVit{config}, c10::Error);
        auto basic = smallBasic();
        basic.patch = 15;
        QVERIFY_EXCEPTION_THROWN(nn::SeVitBasic{basic}, c10::Error);
    }
};

CHOREIA_TEST(SeVitTest)
#include "se_vit_test.moc"
