// Convolutions on pixels and the generator made of them, against Torch's own.
#include "nn/dancer_painter.h"
#include "nn/few_rows.h"
#include "nn/plane_conv.h"
#include "support/testing.h"

#include <cmath>

using namespace choreia;

namespace {

std::vector<float> flatOf(const torch::Tensor& t) {
    const auto flat = t.contiguous();
    return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

/// [channels, h, w] into a plane, and back.
nn::Plane planeOf(const torch::Tensor& t) {
    nn::Plane plane(static_cast<std::size_t>(t.size(1)), static_cast<std::size_t>(t.size(2)), static_cast<std::size_t>(t.size(0)));
    for (std::int64_t c = 0; c < t.size(0); ++c)
        for (std::int64_t y = 0; y < t.size(1); ++y)
            for (std::int64_t x = 0; x < t.size(2); ++x) plane.at(y, x)[c] = t[c][y][x].item<float>();
    return plane;
}
torch::Tensor tensorOf(const nn::Plane& plane, std::int64_t channels) {
    auto t = torch::zeros({channels, static_cast<std::int64_t>(plane.height), static_cast<std::int64_t>(plane.width)});
    for (std::int64_t c = 0; c < channels; ++c)
        for (std::int64_t y = 0; y < t.size(1); ++y)
            for (std::int64_t x = 0; x < t.size(2); ++x) t[c][y][x] = plane.at(y, x)[c];
    return t;
}

double apart(const torch::Tensor& a, const torch::Tensor& b) { return a.sizes() == b.sizes() ? (a - b).abs().max().item<double>() : 1e9; }

nn::DancerGanConfig painted(std::int64_t size, std::int64_t unshuffle) {
    nn::DancerGanConfig c;
    c.size = size;
    c.unshuffle = unshuffle;
    c.maps = 11;
    c.widths = {16, 24, 32, 40};
    c.canvas = 5;
    c.noise = 3;
    return c;
}

/// A generator all of whose parts do something.
nn::DancerGenerator awake(const nn::DancerGanConfig& config) {
    torch::manual_seed(11);
    nn::DancerGenerator net(config);
    const torch::NoGradGuard noGrad;
    for (auto& item : net->named_parameters())
        if (item.key().find("norm") != std::string::npos || item.key().starts_with("last") || item.key().ends_with("bias") || item.key().find("out.weight") != std::string::npos)
            item.value().add_(0.2 * torch::randn(item.value().sizes()));
    net->eval();
    return net;
}

void comparePainted(const nn::DancerGanConfig& config, bool noisy) {
    const torch::NoGradGuard noGrad;
    auto net = awake(config);
    nn::DancerPainter painter(net);
    const auto w = config.working();
    for (int picture = 0; picture < 2; ++picture) {  // nothing is left of the one before
        const auto maps = torch::rand({1, config.maps, w, w}), noise = torch::randn({1, config.noise, w, w}), outside = (torch::rand({1, 1, w, w}) > 0.5).to(torch::kFloat32);
        const auto wanted = noisy ? net->forward({maps, outside, noise, {}}) : net->forward({maps, {}, {}, {}});
        std::vector<float> out(static_cast<std::size_t>(config.size * config.size * config.outputs()));
        painter.paint(flatOf(maps), noisy ? flatOf(noise * outside) : std::vector<float>(), out);
        const auto found = torch::from_blob(out.data(), {config.size, config.size, config.outputs()}).permute({2, 0, 1});
        const double difference = apart(found, wanted[0]);
        QVERIFY2(difference < 2e-4, qPrintable(QString::number(difference)));
        QVERIFY(wanted.std().item<double>() > 0.01);
    }
}

}  // namespace

class DancerPainterTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void convolutionsEqualTorchs_data() {
        QTest::addColumn<int>("out");
        QTest::addColumn<int>("in");
        QTest::addColumn<int>("kernel");
        QTest::addColumn<int>("stride");
        QTest::addColumn<int>("wide");
        QTest::newRow("3x3") << 16 << 16 << 3 << 1 << 12;
        QTest::newRow("a tail of outputs") << 40 << 11 << 3 << 1 << 13;
        QTest::newRow("few outputs") << 5 << 8 << 3 << 1 << 29;
        QTest::newRow("half the size") << 24 << 16 << 3 << 2 << 14;
        QTest::newRow("a point") << 33 << 7 << 1 << 1 << 9;
        QTest::newRow("one pixel") << 8 << 8 << 3 << 1 << 1;
    }
    void convolutionsEqualTorchs() {
        QFETCH(int, out);
        QFETCH(int, in);
        QFETCH(int, kernel);
        QFETCH(int, stride);
        QFETCH(int, wide);
        torch::manual_seed(1);
        const auto weight = torch::randn({out, in, kernel, kernel}), bias = torch::randn({out}), x = torch::randn({in, 10, wide});
        const auto wanted = torch::conv2d(x.unsqueeze(0), weight, bias, stride, kernel / 2)[0];
        const nn::PlaneConv conv(flatOf(weight), flatOf(bias), static_cast<std::size_t>(out), static_cast<std::size_t>(in), static_cast<std::size_t>(kernel), static_cast<std::size_t>(stride));
        nn::Plane made(static_cast<std::size_t>(wanted.size(1)), static_cast<std::size_t>(wanted.size(2)), static_cast<std::size_t>(out));
        conv.apply(planeOf(x), made);
        QVERIFY2(apart(tensorOf(made, out), wanted) < 1e-4, qPrintable(QString::number(apart(tensorOf(made, out), wanted))));
        conv.apply(planeOf(x), made, true);
        QVERIFY(apart(tensorOf(made, out), 2 * wanted) < 2e-4);
        for (std::size_t c = 0; c < made.channels; ++c) QVERIFY(made.at(-1, 0)[c] == 0 && made.at(0, -1)[c] == 0 && made.at(static_cast<std::ptrdiff_t>(made.height), 0)[c] == 0);
    }

    void normsAndRearrangementsEqualTorchs() {
        torch::manual_seed(2);
        const auto x = torch::randn({16, 6, 10}) * 3 + 5, scale = torch::randn({16}), shift = torch::randn({16});
        const auto plane = planeOf(x);
        nn::Plane out(6, 10, 16);
        nn::groupNormOf(plane, 8, flatOf(scale), flatOf(shift), false, out);
        const auto normal = torch::group_norm(x.unsqueeze(0), 8, scale, shift, 1e-5)[0];
        QVERIFY(apart(tensorOf(out, 16), normal) < 1e-4);
        nn::groupNormOf(plane, 8, flatOf(scale), flatOf(shift), true, out);
        QVERIFY(apart(tensorOf(out, 16), torch::silu(normal)) < 1e-4);
        nn::siluOf(plane, out);
        QVERIFY(apart(tensorOf(out, 16), torch::silu(x)) < 1e-5);
        nn::Plane larger(12, 20, 16);
        nn::addTwice(plane, larger);
        nn::addTwice(plane, larger);
        QVERIFY(apart(tensorOf(larger, 16), 2 * x.repeat_interleave(2, 1).repeat_interleave(2, 2)) < 1e-5);
        // Channels of four pixels together: what pixel-shuffle makes of them in Torch's order.
        const auto four = torch::randn({32, 3, 5});
        nn::Plane shuffled(6, 10, 8);
        nn::spread(planeOf(four), 2, shuffled);
        const auto inTorchsOrder = four.view({4, 8, 3, 5}).transpose(0, 1).reshape({1, 32, 3, 5});
        QVERIFY(apart(tensorOf(shuffled, 8), torch::pixel_shuffle(inTorchsOrder, 2)[0]) == 0);
        auto numbers = flatOf(torch::linspace(-12, 12, 101));
        nn::tanhRows(numbers.data(), numbers.size());
        QVERIFY(apart(torch::tensor(numbers), torch::tanh(torch::linspace(-12, 12, 101))) < 1e-6);
    }

    void picturesEqualTheGenerators_data() {
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("unshuffle");
        QTest::addColumn<int>("middle");
        QTest::addColumn<int>("fine");
        QTest::addColumn<bool>("layered");
        QTest::newRow("layers, as shipped") << 96 << 4 << 16 << 8 << true;
        QTest::newRow("a photograph's") << 64 << 2 << 0 << 8 << false;
        QTest::newRow("without what is fine") << 64 << 2 << 0 << 0 << false;
        QTest::newRow("at its own size") << 32 << 1 << 0 << 6 << false;
        QTest::newRow("middle alone") << 64 << 2 << 8 << 0 << true;
    }
    void picturesEqualTheGenerators() {
        QFETCH(int, size);
        QFETCH(int, unshuffle);
        QFETCH(int, middle);
        QFETCH(int, fine);
        QFETCH(bool, layered);
        auto config = painted(size, unshuffle);
        config.middle = middle;
        config.fine = fine;
        config.layered = layered;
        comparePainted(config, false);
        comparePainted(config, true);
    }
};

CHOREIA_TEST(DancerPainterTest)
#include "dancer_painter_test.moc"
