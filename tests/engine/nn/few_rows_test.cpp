// Few-row arithmetic against the tensor library's, at sizes that fill whole tiles and that do not.
#include "nn/few_rows.h"
#include "support/testing.h"

#include <torch/torch.h>

using namespace choreia;

namespace {

std::vector<float> numbersOf(const torch::Tensor& t) {
    const auto flat = t.contiguous();
    return {flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()};
}

float furthest(const std::vector<float>& found, const torch::Tensor& wanted) {
    const auto expected = numbersOf(wanted);
    if (found.size() != expected.size()) return 1e9f;
    float most = 0;
    for (std::size_t i = 0; i < found.size(); ++i) most = std::max(most, std::abs(found[i] - expected[i]));
    return most;
}

}  // namespace

class FewRowsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void linearEqualsTheTensorLibrarys_data() {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("in");
        QTest::addColumn<int>("out");
        QTest::newRow("one number") << 1 << 1 << 1;
        QTest::newRow("whole tiles") << 8 << 192 << 64;
        QTest::newRow("odd") << 7 << 23 << 37;
    }
    void linearEqualsTheTensorLibrarys() {
        QFETCH(int, rows);
        QFETCH(int, in);
        QFETCH(int, out);
        torch::manual_seed(3);
        const auto weight = torch::randn({out, in}), bias = torch::randn({out}), x = torch::randn({rows, in});
        const auto wanted = torch::nn::functional::linear(x, weight, bias);
        const nn::FewRowsLinear layer(numbersOf(weight), numbersOf(bias), static_cast<std::size_t>(in), static_cast<std::size_t>(out));
        std::vector<float> y(static_cast<std::size_t>(rows * out), -5.0f);
        layer.apply(numbersOf(x).data(), static_cast<std::size_t>(rows), y.data());
        QVERIFY(furthest(y, wanted) < 1e-4f);
        layer.apply(numbersOf(x).data(), static_cast<std::size_t>(rows), y.data(), true);
        QVERIFY(furthest(y, 2 * wanted) < 2e-4f);
    }

    void smallProductsEqualTheTensorLibrarys() {
        torch::manual_seed(4);
        for (const std::int64_t columns : {24, 5}) {
            const auto a = torch::randn({10, 24}), b = torch::randn({24, columns});
            std::vector<float> c(static_cast<std::size_t>(10 * columns));
            nn::multiplySmall(numbersOf(a).data(), numbersOf(b).data(), c.data(), 10, 24, static_cast<std::size_t>(columns));
            QVERIFY(furthest(c, torch::matmul(a, b)) < 1e-5f);
        }
    }

    void curvesEqualTheTensorLibrarys() {
        const auto x = torch::cat({torch::linspace(-100, 100, 403), torch::linspace(-1, 1, 100)});
        auto silu = numbersOf(x), softmax = numbersOf(torch::linspace(-30, 5, 61));
        nn::siluRows(silu.data(), silu.size());
        QVERIFY(furthest(silu, torch::silu(x)) < 1e-5f);
        nn::softmaxRow(softmax.data(), softmax.size());
        QVERIFY(furthest(softmax, torch::softmax(torch::linspace(-30, 5, 61), 0)) < 1e-6f);
        torch::manual_seed(5);
        const auto row = 3 + 2 * torch::randn({27}), scale = torch::randn({27}), shift = torch::randn({27});
        std::vector<float> plain(27), scaled(27);
        nn::layerNormRow(numbersOf(row).data(), nullptr, nullptr, plain.data(), 27);
        nn::layerNormRow(numbersOf(row).data(), numbersOf(scale).data(), numbersOf(shift).data(), scaled.data(), 27);
        QVERIFY(furthest(plain, torch::layer_norm(row, {27})) < 1e-5f);
        QVERIFY(furthest(scaled, torch::layer_norm(row, {27}, scale, shift)) < 1e-5f);
    }

    void sumsEqualTheTensorLibrarys() {
        torch::manual_seed(6);
        const auto a = torch::randn({13}), x = torch::randn({3, 13}), y = torch::randn({3, 13});
        auto sum = numbersOf(y), products = numbersOf(y);
        nn::addScaled(0.5f, numbersOf(x).data(), sum.data(), 39);
        QVERIFY(furthest(sum, y + 0.5 * x) < 1e-6f);
        nn::addProducts(numbersOf(a).data(), numbersOf(x).data(), products.data(), 3, 13);
        QVERIFY(furthest(products, y + a * x) < 1e-6f);
    }

    void attentionEqualsTheTensorLibrarys_data() {
        QTest::addColumn<int>("size");  // of a head
        QTest::addColumn<int>("step");
        QTest::newRow("a ring not yet full") << 32 << 3;
        QTest::newRow("a ring gone round") << 32 << 17;
        QTest::newRow("wide heads") << 64 << 12;
        QTest::newRow("odd heads") << 43 << 9;
    }

    void attentionEqualsTheTensorLibrarys() {
        QFETCH(int, size);
        QFETCH(int, step);
        const int window = 7, stride = size + 5, past = std::min(step + 1, window);
        torch::manual_seed(7);
        const auto keys = torch::randn({window, stride}), values = torch::randn({window, stride}), query = torch::randn({size}), relative = torch::randn({window});
        std::vector<std::int64_t> slots;
        for (int lag = 0; lag < past; ++lag) slots.push_back((step - lag) % window);
        const auto order = torch::tensor(slots, torch::kInt64);
        const auto of = [&](const torch::Tensor& ring) { return ring.index_select(0, order).narrow(1, 0, size); };
        const auto expected = torch::softmax(of(keys).mv(query) / std::sqrt(static_cast<double>(size)) + relative.narrow(0, 0, past), 0).unsqueeze(0).mm(of(values)).squeeze(0);
        std::vector<float> scores(static_cast<std::size_t>(past)), out(static_cast<std::size_t>(size));
        const auto place = [](int value) { return static_cast<std::size_t>(value); };
        nn::attendRow(query.data_ptr<float>(), {keys.data_ptr<float>(), values.data_ptr<float>(), place(window), place(stride), place(size), place(step), place(past)},
                      relative.data_ptr<float>(), scores.data(), out.data());
        QVERIFY(furthest(out, expected) < 1e-5f);
    }
};

CHOREIA_TEST(FewRowsTest)
#include "few_rows_test.moc"
