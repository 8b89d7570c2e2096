// Weights that learn further styles, and what holds them to what they knew.
#include "data/motion_energy.h"
#include "data/music_steps.h"
#include "nn/weights.h"
#include "support/testing.h"
#include "train/held_styles.h"

#include <cmath>
#include <cstring>

using namespace choreia;

namespace {

nn::GcnMhw smallPredictor(const std::vector<std::string>& styles) {
    nn::GcnMhwConfig config;
    config.streams = 2;
    config.codes = 12;
    config.codeSize = 4;
    config.nodeChannels = 4;
    config.width = 12;
    config.heads = 2;
    config.blocks = 1;
    config.window = 8;
    config.taps = 4;
    config.musicWidth = 6;
    config.musicColumns = static_cast<std::int64_t>(data::kMusicColumns + data::kControlColumns);
    config.controls = static_cast<std::int64_t>(data::kControlColumns);
    config.styles = styles;
    torch::manual_seed(5);
    return nn::GcnMhw(config);
}

std::vector<float> floatsOf(const TensorEntry& entry) {
    std::vector<float> values(entry.bytes.size() / sizeof(float));
    std::memcpy(values.data(), entry.bytes.data(), entry.bytes.size());
    return values;
}

train::TokenSequence someSequence(std::int64_t style, std::int64_t steps) {
    torch::manual_seed(8 + style);
    return {torch::randint(12, {2, steps}, torch::kInt64), torch::rand({steps, static_cast<std::int64_t>(data::kMusicColumns + data::kControlColumns)}), {}, style, true};
}

}  // namespace

class HeldStylesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aFurtherStyleLeavesTheKnownOnesAlone() {
        const auto model = smallPredictor({"salsa", "waltz"});
        const auto table = nn::toTable(*model, "gcn-mhw", model->config().toJson(), false);
        const auto grown = train::withFurtherStyles(table, {"salsa", "waltz"}, {"salsa", "waltz", "mine"}, "weights");
        QVERIFY(grown.ok());
        const auto before = floatsOf(table.tensors.at("style.weight")), after = floatsOf(grown->tensors.at("style.weight"));
        QCOMPARE(after.size(), before.size() / 2 * 3);
        for (std::size_t k = 0; k < before.size(); ++k) QCOMPARE(after[k], before[k]);
        for (std::size_t k = 0; k < 6; ++k) QVERIFY(std::abs(after[12 + k] - (before[k] + before[6 + k]) / 2) < 1e-6f);
        // The music never suggests it: its logit is below any other.
        QVERIFY(floatsOf(grown->tensors.at("style_head.bias"))[2] < -20);
        for (std::size_t k = 0; k < 6; ++k) QCOMPARE(floatsOf(grown->tensors.at("style_head.weight"))[12 + k], 0.0f);
        for (const auto& [name, entry] : table.tensors)
            if (!name.starts_with("style")) QVERIFY2(grown->tensors.at(name).bytes == entry.bytes, name.c_str());
        // It fits a network of three styles.
        auto wider = smallPredictor({"salsa", "waltz", "mine"});
        QVERIFY(nn::fromTable(*grown, *wider, "weights").ok());
        const auto wrong = train::withFurtherStyles(table, {"salsa"}, {"salsa", "mine"}, "weights");
        QVERIFY(!wrong.ok() && wrong.error().kind == ErrorKind::BadInput);
    }

    void aNewStyleBeginsNearItsNeighbour() {
        auto model = smallPredictor({"salsa", "waltz", "mine"});
        const auto rows = model->named_parameters()["style.weight"].detach().clone();
        Random random(3);
        train::beginNearKnownStyle(*model, 2, {someSequence(2, 40)}, torch::kCPU, random);
        const auto now = model->named_parameters()["style.weight"].detach();
        QVERIFY(torch::equal(now.narrow(0, 0, 2), rows.narrow(0, 0, 2)));
        const double salsa = (now[2] - rows[0]).norm().item<double>(), waltz = (now[2] - rows[1]).norm().item<double>();
        QVERIFY(std::min(salsa, waltz) > 0);
        QVERIFY(std::min(salsa, waltz) < (rows[0] - rows[1]).norm().item<double>());
        QVERIFY(model->is_training());
    }

    void dancesOfBeforeAreInTheKnownStyles() {
        auto model = smallPredictor({"salsa", "waltz", "mine"});
        const auto mean = torch::zeros({static_cast<std::int64_t>(data::kMusicColumns + data::kControlColumns)});
        const auto dances = [&] {
            Random random(9);
            return train::danceAsBefore(*model, 2, {someSequence(2, 50)}, mean, 3, 20, torch::kCPU, random);
        };
        const auto made = dances(), again = dances();
        QCOMPARE(made.size(), std::size_t{6});
        for (std::size_t k = 0; k < made.size(); ++k) {
            QCOMPARE(made[k].style, static_cast<std::int64_t>(k / 3));
            QCOMPARE(made[k].tokens.size(1), std::int64_t{20});
            QVERIFY(made[k].tokens.min().item<std::int64_t>() >= 0 && made[k].tokens.max().item<std::int64_t>() < 12);
            QVERIFY(torch::equal(made[k].tokens, again[k].tokens));
        }
        QVERIFY(!torch::equal(made[0].tokens, made[1].tokens));
    }

    void theDivergenceIsKullbacksAndLeiblers() {
        const auto logits = [](double p) { return torch::tensor({std::log(p), std::log(1 - p)}, torch::kFloat32).view({1, 1, 2}).expand({1, 3, 2}); };
        const auto weight = torch::tensor({{1.0f, 1.0f, 0.0f}}), known = torch::tensor(2.0f);
        const auto same = train::divergence({logits(0.3)}, {logits(0.3)}, {1.0}, weight, known);
        QVERIFY(std::abs(same.item<double>()) < 1e-7);
        const double wanted = 0.3 * std::log(0.3 / 0.6) + 0.7 * std::log(0.7 / 0.4);
        const auto away = train::divergence({logits(0.3), logits(0.3)}, {logits(0.6), logits(0.6)}, {1.0, 0.5}, weight, known);
        QVERIFY(std::abs(away.item<double>() - 1.5 * wanted) < 1e-6);
    }
};

CHOREIA_TEST(HeldStylesTest)
#include "held_styles_test.moc"
