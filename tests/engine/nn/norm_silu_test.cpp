// Group norm with silu and the gated sum against Torch's own operations: values and every gradient, both layouts, both types, ends of the range.
#include "nn/norm_silu.h"

#include "nn/mixed_precision.h"
#include "support/testing.h"

using namespace choreia;

namespace {

struct Outcome {
    torch::Tensor value;
    std::vector<torch::Tensor> gradients;
};

/// Value, and gradients of a weighted sum of it, in float32.
template <class Function>
Outcome differentiated(std::vector<torch::Tensor> inputs, const Function& function) {
    for (auto& input : inputs) input = input.detach().clone().requires_grad_();
    const auto value = function(inputs);
    const auto weight = torch::linspace(-1, 2, value.numel()).view(value.sizes());
    (value.to(torch::kFloat32) * weight).sum().backward();
    Outcome out{value.detach().to(torch::kFloat32), {}};
    for (const auto& input : inputs) out.gradients.push_back(input.grad().to(torch::kFloat32));
    return out;
}

/// Largest difference over the largest of the numbers to be met.
double apart(const torch::Tensor& found, const torch::Tensor& expected) {
    return ((found - expected).abs().max() / expected.abs().max().clamp_min(1e-12)).item<double>();
}

double apart(const Outcome& found, const Outcome& expected) {
    double most = apart(found.value, expected.value);
    for (std::size_t i = 0; i < found.gradients.size(); ++i) most = std::max(most, apart(found.gradients[i], expected.gradients[i]));
    return most;
}

torch::nn::GroupNorm normWith(std::int64_t groups, const std::vector<torch::Tensor>& inputs) {
    torch::nn::GroupNorm norm(torch::nn::GroupNormOptions(groups, inputs[1].size(0)));
    norm->weight = inputs[1], norm->bias = inputs[2];
    return norm;
}

}  // namespace

class NormSiluTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theNormIsTorchs_data() {
        QTest::addColumn<int>("channels");
        QTest::addColumn<int>("groups");
        QTest::addColumn<int>("side");
        QTest::addColumn<bool>("silu");
        QTest::addColumn<bool>("last");
        for (const bool silu : {false, true})
            for (const bool last : {false, true}) {
                QTest::addRow("24 in 8 %d %d", silu, last) << 24 << 8 << 11 << silu << last;
                QTest::addRow("8 in 8 %d %d", silu, last) << 8 << 8 << 3 << silu << last;
                QTest::addRow("96 in 4 %d %d", silu, last) << 96 << 4 << 17 << silu << last;
            }
    }
    void theNormIsTorchs() {
        QFETCH(int, channels);
        QFETCH(int, groups);
        QFETCH(int, side);
        QFETCH(bool, silu);
        QFETCH(bool, last);
        torch::manual_seed(3);
        auto x = 2 * torch::randn({3, channels, side, side + 2}) + 0.7;
        if (last) x = x.contiguous(at::MemoryFormat::ChannelsLast);
        const std::vector<torch::Tensor> inputs = {x, torch::randn({channels}) + 1, torch::randn({channels})};
        const auto found = differentiated(inputs, [&](const auto& in) { return nn::groupNorm(in[0], normWith(groups, in), silu); });
        const auto expected = differentiated(inputs, [&](const auto& in) {
            const auto y = torch::group_norm(in[0], groups, in[1], in[2]);
            return silu ? torch::silu(y) : y;
        });
        QVERIFY2(apart(found, expected) < 2e-5, qPrintable(QString::number(apart(found, expected))));
    }

    void theGatedSumIsTorchs() {
        torch::manual_seed(4);
        const std::vector<torch::Tensor> inputs = {torch::randn({2, 16, 9, 7}), 3 * torch::randn({2, 16, 9, 7}), torch::rand({2, 16})};
        const auto found = differentiated(inputs, [](const auto& in) { return nn::gatedSum(in[0], in[1], in[2]); });
        const auto expected = differentiated(inputs, [](const auto& in) { return torch::silu(in[0] + in[2].unsqueeze(2).unsqueeze(3) * in[1]); });
        QVERIFY2(apart(found, expected) < 2e-5, qPrintable(QString::number(apart(found, expected))));
    }

    void bfloat16IsFloat32Rounded() {
        torch::manual_seed(5);
        const std::vector<torch::Tensor> inputs = {torch::randn({2, 24, 12, 12}), torch::randn({24}) + 1, torch::randn({24})};
        // What rounding the input alone does is not the function's fault: both get the rounded one.
        auto rounded = inputs;
        rounded[0] = rounded[0].to(torch::kBFloat16);
        const auto found = differentiated(rounded, [&](const auto& in) { return nn::groupNorm(in[0], normWith(8, in), true); });
        rounded[0] = rounded[0].to(torch::kFloat32);
        const auto expected = differentiated(rounded, [&](const auto& in) { return torch::silu(torch::group_norm(in[0], 8, in[1], in[2])); });
        QVERIFY2(apart(found, expected) < 0.015, qPrintable(QString::number(apart(found, expected))));  // 8 bits: half a step is .2 %
        QVERIFY(apart(found.value, expected.value) < 0.004);
    }

    void farValuesStayFinite() {
        auto x = torch::zeros({1, 8, 4, 4});
        x.select(1, 0).fill_(1e4f);
        x[0][0][0][0] = -1e4f;
        const auto y = nn::gatedSum(x, torch::zeros_like(x), torch::ones({1, 8}));
        QVERIFY(torch::isfinite(y).all().item<bool>());
        QCOMPARE(y[0][0][1][1].item<float>(), 1e4f);
        QVERIFY(std::abs(y[0][0][0][0].item<float>()) < 1e-20f);
        x[0][3][2][2] = std::numeric_limits<float>::quiet_NaN();
        QVERIFY(torch::isnan(nn::gatedSum(x, torch::zeros_like(x), torch::ones({1, 8}))).any().item<bool>());
    }

    void anythingElseGoesTorchsWay() {
        const std::vector<torch::Tensor> inputs = {torch::randn({2, 6, 5, 5}), torch::randn({6}), torch::randn({6})};  // no whole vectors
        const auto found = differentiated(inputs, [&](const auto& in) { return nn::groupNorm(in[0], normWith(3, in), true); });
        const auto expected = differentiated(inputs, [&](const auto& in) { return torch::silu(torch::group_norm(in[0], 3, in[1], in[2])); });
        QCOMPARE(apart(found, expected), 0.0);
    }

    void mixedPrecisionIsOverWhenItEnds() {
        torch::manual_seed(6);
        torch::nn::Linear linear(16, 16);
        const auto x = torch::randn({4, 16});
        {
            const nn::MixedPrecision off(torch::kCPU, false);
            QCOMPARE(linear->forward(x).scalar_type(), torch::kFloat32);
        }
        torch::Tensor y;
        {
            const nn::MixedPrecision on(torch::kCPU, true);
            y = linear->forward(x);
            QCOMPARE(y.scalar_type(), torch::kBFloat16);
        }
        QCOMPARE(linear->forward(x).scalar_type(), torch::kFloat32);
        y.to(torch::kFloat32).sum().backward();
        QCOMPARE(linear->weight.grad().scalar_type(), torch::kFloat32);
        QVERIFY(apart(linear->weight.grad(), x.sum(0).expand({16, 16})) < 0.02);
    }
};

CHOREIA_TEST(NormSiluTest)
#include "norm_silu_test.moc"
