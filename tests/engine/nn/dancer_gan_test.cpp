// The dancer GAN's networks and losses: shapes at every size, the spectral norm against a singular value decomposition, losses worked out by hand.
#include "nn/dancer_gan.h"

#include "nn/dancer_gan_basic.h"
#include "nn/weights.h"
#include "support/testing.h"

#include <array>
#include <cmath>

using namespace choreia;

namespace {

nn::DancerGanConfig sized(std::int64_t size) { return nn::DancerGanConfig::fromJson({{"size", size}, {"widths", {8, 16, 16, 24}}, {"critic", {8, 16}}}); }

nn::DancerInput inputFor(const nn::DancerGanConfig& config, std::int64_t batch) {
    const auto w = config.working();
    return {torch::rand({batch, config.maps, w, w}), torch::ones({batch, 1, w, w}), torch::randn({1, config.noise, w, w}), {}};
}

double largestSingularValue(const torch::Tensor& weight) { return std::get<1>(torch::linalg_svd(weight.detach().flatten(1), false)).max().item<double>(); }

nn::Verdict verdict(const std::vector<float>& scores, const std::vector<float>& features = {}) {
    nn::Verdict v;
    v.scores = torch::tensor(scores);
    if (!features.empty()) v.features = {torch::tensor(features)};
    return v;
}

}  // namespace

class DancerGanTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void shapesAtEverySize() {
        torch::manual_seed(1);
        const torch::NoGradGuard noGrad;
        for (const std::int64_t size : {64, 128, 256}) {
            const auto config = sized(size);
            QCOMPARE(config.working(), std::int64_t{64});
            nn::DancerGenerator generator(config);
            nn::DancerDiscriminator discriminator(config);
            const auto input = inputFor(config, 2);
            const auto picture = generator->forward(input);
            QVERIFY((picture.sizes() == std::vector<std::int64_t>{2, 3, size, size}));
            QVERIFY(picture.abs().max().item<float>() <= 1.0f);
            const auto verdicts = discriminator->forward(input.maps, picture);
            QCOMPARE(verdicts.size(), std::size_t{2});
            QVERIFY((verdicts[0].scores.sizes() == std::vector<std::int64_t>{2, 1, 16, 16}));
            QVERIFY((verdicts[1].scores.sizes() == std::vector<std::int64_t>{2, 1, 8, 8}));
            QCOMPARE(verdicts[0].features.size(), std::size_t{2});
        }
        // Smaller maps, a smaller picture; not of every size, and not larger.
        nn::DancerGenerator grown(sized(128));
        QVERIFY((grown->forward({torch::rand({1, 33, 32, 32}), {}, {}, {}}).sizes() == std::vector<std::int64_t>{1, 3, 64, 64}));
        for (const std::int64_t side : {36, 72}) QVERIFY_EXCEPTION_THROWN(grown->forward({torch::rand({1, 33, side, side}), {}, {}, {}}), c10::Error);
        QVERIFY_EXCEPTION_THROWN(grown->forward({torch::rand({1, 33, 32, 64}), {}, {}, {}}), c10::Error);
    }

    void layersHaveTheirChannelsAndGoOverABackdrop() {
        torch::manual_seed(11);
        const torch::NoGradGuard noGrad;
        auto config = sized(128);
        config.layered = true;
        config.maps = 45;
        config.frame = 160;
        config.middle = 8;
        nn::DancerGenerator generator(nn::DancerGanConfig::fromJson(config.toJson()));
        QVERIFY(generator->config().layered);
        QCOMPARE(generator->config().frame, std::int64_t{160});
        const nn::DancerInput input{torch::rand({2, 45, 64, 64}), {}, {}, {}};
        const auto made = generator->forward(input);
        QVERIFY((made.sizes() == std::vector<std::int64_t>{2, 5, 128, 128}));
        {
            const torch::AutoGradMode learning(true);  // another order in memory, the same picture
            QVERIFY(torch::allclose(generator->forward(input).detach(), made, 1e-3, 1e-4));
        }
        // One pixel each: uncovered in full light, covered, half covered in half light. 0..1: backdrop 0.6, colour 0.2.
        const auto layers = torch::tensor({-0.6f, -0.6f, -0.6f, /*green*/ -0.6f, -0.6f, -0.6f, /*blue*/ -0.6f, -0.6f, -0.6f, /*coverage*/ -1.0f, 1.0f, 0.0f, /*light*/ 1.0f, 0.3f, 0.0f}).view({1, 5, 1, 3});
        const auto seen = 0.5 * (nn::overBackdrop(layers, torch::full({1, 3, 1, 3}, 0.2f)) + 1);
        const std::array<float, 3> wanted = {0.6f, 0.2f, 0.5f * 0.2f + 0.5f * 0.5f * 0.6f};
        for (std::int64_t c = 0; c < 3; ++c)
            for (std::int64_t x = 0; x < 3; ++x) QVERIFY(std::abs(seen[0][c][0][x].item<float>() - wanted[static_cast<std::size_t>(x)]) < 1e-6f);
        QVERIFY(torch::allclose(nn::coverageOf(layers).flatten(), torch::tensor({0.0f, 1.0f, 0.5f})));
    }

    void theProductsOwnSizeIsSmall() {
        nn::DancerGenerator generator(nn::DancerGanConfig{});
        std::int64_t count = 0;
        for (const auto& parameter : generator->parameters()) count += parameter.numel();
        QVERIFY2(count > 1'000'000 && count < 2'000'000, qPrintable(QString::number(count)));
    }

    void impossibleSizesAreRefused() {
        auto config = sized(128);
        config.size = 100;
        QVERIFY_EXCEPTION_THROWN(nn::DancerGenerator{config}, c10::Error);
        config = sized(128);
        config.widths = {8, 16};
        QVERIFY_EXCEPTION_THROWN(nn::DancerGenerator{config}, c10::Error);
        QVERIFY_EXCEPTION_THROWN(nn::DancerGanBasic(nn::DancerGanBasicConfig{100}), c10::Error);
    }

    void thePictureBeforeIsSeen() {
        torch::manual_seed(2);
        const torch::NoGradGuard noGrad;
        auto config = sized(64);
        config.previous = true;
        nn::DancerGenerator generator(config);
        auto input = inputFor(config, 1);
        const auto without = generator->forward(input);
        input.previous = torch::zeros({1, 3, 64, 64});
        QVERIFY(torch::equal(generator->forward(input), without));  // none stands for zeros
        input.previous = torch::ones({1, 3, 64, 64});
        QVERIFY(!torch::equal(generator->forward(input), without));
    }

    void noiseStaysOutsideThePerson() {
        torch::manual_seed(3);
        const torch::NoGradGuard noGrad;
        nn::DancerGenerator generator(sized(64));
        auto input = inputFor(generator->config(), 1);
        input.outside.zero_();
        const auto person = generator->forward(input);
        input.noise = torch::randn_like(input.noise);
        QVERIFY(torch::equal(generator->forward(input), person));
        input.outside.fill_(1);
        QVERIFY(!torch::equal(generator->forward(input), person));
    }

    void sameSeedSamePicture() {
        const torch::NoGradGuard noGrad;
        std::vector<torch::Tensor> pictures;
        for (int run = 0; run < 2; ++run) {
            torch::manual_seed(4);
            nn::DancerGenerator generator(sized(64));
            pictures.push_back(generator->forward(inputFor(generator->config(), 1)));
        }
        QVERIFY(torch::equal(pictures[0], pictures[1]));
    }

    void spectralNormIsTheLargestSingularValue() {
        torch::manual_seed(5);
        nn::SpectralConv2d conv(3, 12, 4, 2, 1);
        const torch::NoGradGuard noGrad;
        conv->named_parameters()["weight"].mul_(7);
        const auto x = torch::randn({1, 3, 8, 8});
        for (int k = 0; k < 200; ++k) conv->forward(x);
        QVERIFY(std::abs(largestSingularValue(conv->normalised()) - 1.0) < 1e-4);
        // And the convolution is the plain one with that weight.
        conv->eval();
        const auto plain = torch::conv2d(x, conv->named_parameters()["weight"] / largestSingularValue(conv->named_parameters()["weight"]), conv->named_parameters()["bias"], 2, 1);
        QVERIFY((conv->forward(x) - plain).abs().max().item<float>() < 1e-4f);
    }

    void anEvaluatedSpectralConvolutionDoesNotChange() {
        torch::manual_seed(6);
        nn::SpectralConv2d conv(2, 4, 3, 1, 1);
        conv->eval();
        const auto before = conv->named_buffers()["left"].clone();
        conv->forward(torch::randn({1, 2, 5, 5}));
        QVERIFY(torch::equal(conv->named_buffers()["left"], before));
    }

    void hingeLossesByHand() {
        // real: max(0, 1 - 2) and max(0, 1 - 0.5): 0, 0.5 -> 0.25. generated: max(0, 1 - 3) and max(0, 1 + 1): 0, 2 -> 1.
        const std::vector<nn::Verdict> real = {verdict({2.0f, 0.5f})}, generated = {verdict({-3.0f, 1.0f})};
        QVERIFY(std::abs(nn::hingeOfDiscriminator(real, generated).item<double>() - 1.25) < 1e-6);
        QVERIFY(std::abs(nn::hingeOfGenerator(generated).item<double>() - 1.0) < 1e-6);
        // Two scales are averaged: the second adds max(0, 1 - 1) + max(0, 1 + 0) = 1.
        const std::vector<nn::Verdict> real2 = {real[0], verdict({1.0f})}, generated2 = {generated[0], verdict({0.0f})};
        QVERIFY(std::abs(nn::hingeOfDiscriminator(real2, generated2).item<double>() - 1.125) < 1e-6);
    }

    void featureMatchingByHand() {
        auto real = verdict({0.0f}, {1.0f, 2.0f}), generated = verdict({0.0f}, {1.5f, 0.0f});
        real.features[0].requires_grad_();
        generated.features[0].requires_grad_();
        const auto loss = nn::featureMatching({real}, {generated});
        QVERIFY(std::abs(loss.item<double>() - 1.25) < 1e-6);  // (0.5 + 2) / 2
        loss.backward();
        QVERIFY(!real.features[0].grad().defined());
        QVERIFY(torch::allclose(generated.features[0].grad(), torch::tensor({0.5f, -0.5f})));
    }

    void theMaskCountsMore() {
        const auto a = torch::zeros({1, 3, 1, 2}), b = torch::ones({1, 3, 1, 2});
        const auto mask = torch::tensor({1.0f, 0.0f}).view({1, 1, 1, 2});
        QVERIFY(std::abs(nn::maskedL1(a, b, mask, 5).item<double>() - 3.5) < 1e-6);  // (6 + 1) / 2
    }

    void contrastIsTheDetailOfAWindowWhereverItLies() {
        // Stripes of 1 and -1 along x: squared differences of 4 one way, 0 the other. Shifted by a pixel they have the same contrast; a plain picture has none.
        const auto line = torch::arange(17).remainder(2).mul(2).sub(1).to(torch::kFloat32);
        const auto stripes = line.expand({1, 3, 17, 17}).clone(), shifted = (-line).expand({1, 3, 17, 17}).clone(), plain = torch::zeros({1, 3, 17, 17});
        const auto none = torch::zeros({1, 1, 17, 17}), all = torch::ones({1, 1, 17, 17});
        QVERIFY(std::abs(nn::maskedContrast(stripes, shifted, none, 0).item<double>()) < 1e-6);
        QVERIFY(std::abs(nn::maskedContrast(stripes, plain, none, 5).item<double>() - (std::sqrt(4.0001) - 0.01)) < 1e-4);
        QVERIFY(std::abs(nn::maskedContrast(plain, stripes, all, 2).item<double>() - 3 * (std::sqrt(4.0001) - 0.01)) < 1e-3);
        // A speck on a plain picture costs where it is.
        auto speck = plain.clone();
        speck.index_put_({0, 0, 4, 4}, 1.0f);
        QVERIFY(nn::maskedContrast(speck, plain, none, 0).item<double>() > 0.01);
        auto asked = plain.clone().requires_grad_(true);
        nn::maskedContrast(asked, stripes, none, 0).backward();
        QVERIFY(torch::isfinite(asked.grad()).all().item<bool>());
    }

    void curvatureIsThatOfWeavesNotOfEdges() {
        const auto line = torch::arange(18).to(torch::kFloat32);
        const auto picture = [](const torch::Tensor& row) { return row.expand({1, 3, 18, 18}).clone(); };
        const auto plain = torch::zeros({1, 3, 18, 18}), ramp = picture(0.1f * line), stripes = picture(line.remainder(2).mul(2).sub(1));
        const auto weave = stripes * stripes.transpose(2, 3);
        const auto none = torch::zeros({1, 1, 18, 18}), all = torch::ones({1, 1, 18, 18});
        const auto of = [&](const torch::Tensor& x, const torch::Tensor& mask, double extra) { return nn::maskedCurvature(x, plain, mask, extra).item<double>(); };
        QVERIFY(of(ramp, none, 0) < 1e-4);
        // Of one along rows: 4 each; of a weave 4 along, 4 down and 4 mixed, which counts twice.
        QVERIFY(std::abs(of(stripes, none, 3) - (std::sqrt(16.0001) - 0.01)) < 1e-4);
        QVERIFY(std::abs(of(weave, all, 1) - 2 * (std::sqrt(64.0001) - 0.01)) < 1e-3);
        QVERIFY(nn::maskedCurvature(weave, weave, all, 1).item<double>() < 1e-9);
    }

    void gradientsReachEveryParameter() {
        torch::manual_seed(7);
        auto config = sized(64);
        nn::DancerGenerator generator(config);
        nn::DancerDiscriminator discriminator(config);
        {
            const torch::NoGradGuard noGrad;  // attention begins as nothing, and passes no gradient inwards then
            for (auto& item : generator->named_parameters())
                if (item.key().ends_with("out.weight")) item.value().normal_(0, 0.1);
        }
        const auto input = inputFor(config, 2);
        const auto picture = generator->forward(input);
        nn::setTrainable(*discriminator, false);
        const auto loss = nn::hingeOfGenerator(discriminator->forward(input.maps, picture));
        nn::setTrainable(*discriminator, true);
        loss.backward();
        for (const auto& item : generator->named_parameters()) QVERIFY2(item.value().grad().defined() && item.value().grad().abs().sum().item<double>() > 0, item.key().c_str());
        for (const auto& item : discriminator->named_parameters()) QVERIFY2(!item.value().grad().defined(), item.key().c_str());
        // Not the discriminator's own loss: where it is undecided, both halves pull at the last bias alike.
        nn::hingeOfGenerator(discriminator->forward(input.maps, picture.detach())).backward();
        for (const auto& item : discriminator->named_parameters())
            QVERIFY2(item.value().grad().defined() && item.value().grad().abs().sum().item<double>() > 0, item.key().c_str());
    }

    void spectralGradientAgreesWithFiniteDifferences() {
        torch::manual_seed(8);
        nn::SpectralConv2d conv(1, 2, 3, 1, 1);
        conv->to(torch::kFloat64);
        conv->eval();  // the estimate's vectors stay, so that the function is one and the same
        const auto x = torch::randn({1, 1, 4, 4}, torch::kFloat64), target = torch::randn({1, 2, 4, 4}, torch::kFloat64);
        auto weight = conv->named_parameters()["weight"];
        const auto value = [&] { return ((conv->forward(x) - target).pow(2)).sum(); };
        value().backward();
        const auto gradient = weight.grad().flatten().clone();
        const torch::NoGradGuard noGrad;
        auto flat = weight.view({-1});
        for (std::int64_t i = 0; i < flat.numel(); ++i) {
            const double kept = flat[i].item<double>(), h = 1e-6;
            flat[i] = kept + h;
            const double above = value().item<double>();
            flat[i] = kept - h;
            const double below = value().item<double>();
            flat[i] = kept;
            QVERIFY(std::abs((above - below) / (2 * h) - gradient[i].item<double>()) < 1e-5);
        }
    }

    void theSeedsNetworksHaveItsShapes() {
        torch::manual_seed(9);
        const torch::NoGradGuard noGrad;
        for (const std::int64_t size : {32, 64, 128}) {
            nn::DancerGanBasic generator(nn::DancerGanBasicConfig{size});
            nn::DancerCriticBasic critic(nn::DancerGanBasicConfig{size});
            const auto picture = generator->forward(torch::rand({2, 66}));
            QVERIFY((picture.sizes() == std::vector<std::int64_t>{2, 3, size, size}));
            QVERIFY((critic->forward(picture).sizes() == std::vector<std::int64_t>{2}));
        }
    }

    void weightsComeBack() {
        torch::manual_seed(10);
        const torch::NoGradGuard noGrad;
        const auto config = sized(128);
        nn::DancerGenerator generator(config);
        const auto table = nn::toTable(*generator, "dancer-gan", config.toJson(), false);
        const auto read = nn::configOf(table, "dancer-gan", "here");
        QVERIFY(read.ok() && !nn::configOf(table, "se-vit", "here").ok());
        nn::DancerGenerator again(nn::DancerGanConfig::fromJson(*read));
        QVERIFY(nn::fromTable(table, *again, "here").ok());
        const auto input = inputFor(config, 1);
        QVERIFY(torch::equal(generator->forward(input), again->forward(input)));
        nn::DancerGenerator other(sized(256));
        QVERIFY(!nn::fromTable(table, *other, "here").ok());
    }
};

CHOREIA_TEST(DancerGanTest)
#include "dancer_gan_test.moc"
