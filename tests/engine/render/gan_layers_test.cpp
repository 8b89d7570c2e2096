// Layers set into pictures: pixel for pixel against the formula, larger and smaller, over the edge, before no background.
#include "render/gan_layers.h"

#include "core/random.h"
#include "support/testing.h"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace choreia;

namespace {

render::Picture plain(int width, int height, std::array<std::uint8_t, 4> colour) {
    render::Picture picture{width, height, {}};
    for (int i = 0; i < width * height; ++i) picture.rgba.insert(picture.rgba.end(), colour.begin(), colour.end());
    return picture;
}

std::vector<render::LayerPixel> even(int size, render::LayerPixel pixel) { return std::vector<render::LayerPixel>(static_cast<std::size_t>(size * size), pixel); }

const std::uint8_t* at(const render::Picture& picture, int x, int y) { return picture.rgba.data() + 4 * (y * picture.width + x); }

}  // namespace

class GanLayersTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void pixelForPixelByTheFormula() {
        Random random(3);
        std::vector<render::LayerPixel> layers(64 * 64);
        for (auto& pixel : layers)
            for (float& v : pixel) v = static_cast<float>(random.uniform(-1, 1));
        auto out = plain(80, 70, {200, 120, 40, 255});
        render::LayerSetter setter;
        setter.set(layers, 64, {10, 3, 64}, out);
        // Light of the dancer's own and what is let through; at their own size a slight unsharp mask goes over both, lines and columns.
        const auto veil = [&](int x, int y, std::size_t c) {
            const auto& l = layers[static_cast<std::size_t>(y * 64 + x)];
            const double coverage = (l[3] + 1.0) / 2, light = (l[4] + 1.0) / 2;
            return c < 3 ? coverage * 255 * (l[c] + 1.0) / 2 : (1 - coverage) * light;
        };
        const auto sharp = [&](int x, int y, std::size_t c) {
            constexpr double kShares[] = {-0.07, 1.14, -0.07};
            double sum = 0;
            for (int j = -1; j <= 1; ++j)
                for (int i = -1; i <= 1; ++i) sum += kShares[j + 1] * kShares[i + 1] * veil(x + i, y + j, c);
            return sum;
        };
        for (int y = 5; y < 59; ++y)  // within the edge that fades
            for (int x = 5; x < 59; ++x) {
                const std::array<double, 3> behind = {200, 120, 40};
                for (std::size_t c = 0; c < 3; ++c) {
                    const double wanted = std::clamp(sharp(x, y, c) + std::clamp(sharp(x, y, 3), 0.0, 1.0) * behind[c], 0.0, 255.0);
                    QVERIFY2(std::abs(at(out, x + 10, y + 3)[c] - wanted) < 1.01, qPrintable(QStringLiteral("%1 %2").arg(x).arg(y)));
                }
                QCOMPARE(at(out, x + 10, y + 3)[3], std::uint8_t{255});
            }
        for (const auto& [x, y] : {std::pair{0, 0}, std::pair{9, 30}, std::pair{75, 30}, std::pair{40, 68}}) QCOMPARE(at(out, x, y)[0], std::uint8_t{200});
    }

    void anySizeKeepsTheMean_data() {
        QTest::addColumn<float>("side");
        for (const float side : {21.0f, 40.3f, 64.0f, 150.7f, 333.3f}) QTest::addRow("%g", static_cast<double>(side)) << side;
    }
    void anySizeKeepsTheMean() {
        QFETCH(float, side);
        // A soft bump of coverage; the white that arrives is its mean times the area.
        auto layers = even(64, {1, 1, 1, -1, 1});
        double wanted = 0;
        for (int y = 0; y < 64; ++y)
            for (int x = 0; x < 64; ++x) {
                const double bump = std::exp(-0.5 * ((x - 31.5) * (x - 31.5) + (y - 31.5) * (y - 31.5)) / 64);
                layers[static_cast<std::size_t>(y * 64 + x)][3] = static_cast<float>(2 * bump - 1);
                wanted += bump / (64 * 64);
            }
        auto out = plain(360, 360, {0, 0, 0, 255});
        render::LayerSetter setter;
        setter.set(layers, 64, {11.4f, 7.7f, side}, out);
        double sum = 0, across = 0;
        for (int y = 0; y < 360; ++y)
            for (int x = 0; x < 360; ++x) {
                sum += at(out, x, y)[1] / 255.0;
                across += (x + 0.5) * at(out, x, y)[1] / 255.0;
            }
        QVERIFY2(std::abs(sum / static_cast<double>(side * side) - wanted) < 0.03 * wanted, qPrintable(QString::number(sum / static_cast<double>(side * side) / wanted)));
        QVERIFY2(std::abs(across / sum - 11.4 - 0.5 * static_cast<double>(side)) < 0.1, "in its place");
    }

    void overTheEdgeAndFarAwayDoNoHarm() {
        const auto layers = even(32, {1, -1, -1, 1, 1});
        render::LayerSetter setter;
        auto out = plain(50, 40, {10, 10, 10, 255});
        setter.set(layers, 32, {-20, -16, 40}, out);
        QVERIFY(at(out, 2, 2)[0] > 240 && at(out, 2, 2)[1] < 5 && at(out, 30, 30)[0] == 10);
        const auto before = out.rgba;
        for (const render::PictureSquare far : {render::PictureSquare{500, 0, 30}, {0, -1e9f, 30}, {0, 0, 0}, {0, 0, std::nanf("")}}) setter.set(layers, 32, far, out);
        QVERIFY(out.rgba == before);
    }

    void beforeNothingTheyBringTheirOpacity() {
        render::LayerSetter setter;
        auto out = plain(32, 32, {0, 0, 0, 0});
        setter.set(even(32, {0.5f, 0.5f, 0.5f, 0, 1}), 32, {0, 0, 32}, out);  // half covered
        QVERIFY(std::abs(at(out, 16, 16)[3] - 128) <= 1 && std::abs(at(out, 16, 16)[0] - 96) <= 1);  // 0.5 * 0.75 * 255
        out = plain(32, 32, {0, 0, 0, 0});
        setter.set(even(32, {1, 1, 1, -1, 0}), 32, {0, 0, 32}, out);  // a shadow: half of the light
        QVERIFY(std::abs(at(out, 16, 16)[3] - 128) <= 1 && at(out, 16, 16)[0] <= 1);
        QCOMPARE(at(out, 0, 0)[3], std::uint8_t{0});  // faded at the edge
    }
};

CHOREIA_TEST(GanLayersTest)
#include "gan_layers_test.moc"
