// The networks' promises: causality, step equals window, codes survive the round trip, weights are checked by name.
#include "motion/pose_features.h"
#include "nn/gcn_mhw.h"
#include "nn/vq_vae.h"
#include "nn/weights.h"
#include "support/testing.h"
#include "support/tiny_predictor.h"

#include <cmath>

using namespace choreia;

namespace {

nn::GcnMhwConfig tinyPredictor() { return testing::tinyPredictor(4, 16, 7); }

nn::VqVaeConfig tinyCoder() {
    nn::VqVaeConfig c;
    c.width = 16;
    c.codeSize = 8;
    c.codes = 16;
    return c;
}

// Smooth pose rows of a body that turns its arms: valid rotations, gentle numbers.
torch::Tensor someMotion(std::int64_t batch, std::int64_t frames) {
    motion::Clip clip;
    clip.fps = motion::kPoseFps;
    const auto total = static_cast<std::size_t>(batch * frames);
    for (std::size_t f = 0; f < total; ++f) {
        const float t = static_cast<float>(f) / 30.0f;
        clip.root.emplace_back(0.1f * std::sin(t), 0.95f, 0.1f * std::cos(t));
        for (int j = 0; j < motion::kJoints; ++j)
            clip.rotations.emplace_back(Eigen::AngleAxisf(0.3f * std::sin(t * 2 + static_cast<float>(j)), motion::Vec3::UnitX()));
    }
    const Table table = motion::poseFeatures(clip);
    return torch::from_blob(const_cast<float*>(table.values.data()), {batch, frames, static_cast<std::int64_t>(table.columns)}, torch::kFloat32).clone();
}

}  // namespace

class NetworksTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void poseFeaturesRoundTrip() {
        motion::Clip clip;
        clip.fps = motion::kPoseFps;
        for (int f = 0; f < 60; ++f) {
            const float t = static_cast<float>(f) / 30.0f;
            clip.root.emplace_back(std::sin(t) - 0.0f, 0.9f + 0.05f * std::sin(3 * t), t * 0.2f);
            for (int j = 0; j < motion::kJoints; ++j)
                clip.rotations.push_back(j == 0 ? motion::Quat(Eigen::AngleAxisf(t, motion::Vec3::UnitY()))
                                                : motion::Quat(Eigen::AngleAxisf(0.5f * std::sin(t + static_cast<float>(j)), motion::Vec3(1, 2, 3).normalized())));
        }
        const motion::Clip back = motion::clipFromFeatures(motion::poseFeatures(clip));
        QCOMPARE(back.frames(), clip.frames());
        for (std::size_t f = 0; f < clip.frames(); ++f) {
            QVERIFY((back.root[f] - (clip.root[f] - motion::Vec3(clip.root[0].x(), 0, clip.root[0].z()))).norm() < 1e-3f);
            for (std::size_t j = 0; j < motion::kJoints; ++j) QVERIFY(back.pose(f)[j].angularDistance(clip.pose(f)[j]) < 2e-3f);
        }
    }

    void predictorIsCausalInTokens() {
        torch::manual_seed(5);
        nn::GcnMhw model(tinyPredictor());
        model->eval();
        torch::NoGradGuard noGrad;
        const auto previous = torch::randint(16, {1, 4, 20}, torch::kInt64);
        const auto music = torch::randn({1, 20, 7});
        const auto style = torch::zeros({1}, torch::kInt64);
        const auto a = model->forward(previous, previous, music, style);
        auto changed = previous.clone();
        changed.narrow(2, 13, 7).fill_(3);
        const auto b = model->forward(changed, previous, music, style);
        for (std::size_t s = 0; s < a.size(); ++s) {
            QVERIFY((a[s].narrow(1, 0, 13) - b[s].narrow(1, 0, 13)).abs().max().item<float>() < 1e-5f);
            QVERIFY((a[s].narrow(1, 13, 7) - b[s].narrow(1, 13, 7)).abs().max().item<float>() > 1e-4f);
        }
    }

    void whatIsNotAlteredIsForetoldAsIfNothingEverWere() {
        torch::manual_seed(4);
        auto config = tinyPredictor();
        nn::GcnMhw plain(config);
        config.alterations = 2;
        QCOMPARE(nn::GcnMhwConfig::fromJson(config.toJson()).alterations, config.alterations);
        nn::GcnMhw told(config);
        torch::NoGradGuard noGrad;
        for (auto& item : told->named_parameters()) {
            if (const auto* same = plain->named_parameters().find(item.key())) item.value().copy_(*same);
            else item.value().normal_(0, 0.5);
        }
        plain->eval();
        told->eval();
        const auto previous = torch::randint(16, {2, 4, 12}, torch::kInt64);
        const auto music = torch::randn({2, 12, 7});
        const auto style = torch::tensor({0, 1}, torch::kInt64);
        const auto expected = plain->forward(previous, previous, music, style);
        const auto left = told->forward(previous, previous, music, style);
        const auto mirrored = told->forward(previous, previous, music, style, torch::tensor({{0.0F, 0.0F}, {1.0F, 0.0F}}));
        for (std::size_t s = 0; s < expected.size(); ++s) {
            QVERIFY(torch::equal(left[s], expected[s]));
            QVERIFY(torch::allclose(mirrored[s][0], expected[s][0], 1e-5, 1e-5));                             // told that nothing was altered
            QVERIFY((mirrored[s][1] - expected[s][1]).abs().max().item<float>() > 1e-4f);
        }
        // A step at a time nothing is ever altered.
        auto state = told->start(music[1]);
        told->step(state, {16, 16, 16, 16}, 1, [&](std::int64_t stream, std::span<const float> logits) {
            auto begun = previous.clone();
            begun.select(2, 0).fill_(16);
            const auto whole = plain->forward(begun, previous, music, style)[static_cast<std::size_t>(stream)][1][0];
            worst_ = std::max(worst_, (torch::tensor(std::vector<float>(logits.begin(), logits.end())) - whole).abs().max().item<float>());
            return previous[1][stream][0].item<std::int64_t>();
        });
        QVERIFY(worst_ < 1e-4f);
        worst_ = 0;
    }

    void guidanceGoesOnFromTheDeafToTheHearing() {
        torch::manual_seed(8);
        auto config = tinyPredictor();
        config.controls = 2;
        nn::GcnMhw model(config);
        {
            torch::NoGradGuard noGrad;
            for (auto& item : model->named_parameters()) item.value().normal_(0, 0.3);
        }
        const auto mean = torch::randn({7});
        model->setMusicNormalisation(mean, torch::ones({7}));
        model->eval();
        torch::NoGradGuard noGrad;
        const auto music = torch::randn({9, 7});
        auto deaf = music.clone();
        deaf.narrow(1, 0, 5).copy_(mean.narrow(0, 0, 5).unsqueeze(0).expand({9, 5}));  // the wishes stay
        auto guided = model->start(music, 1.5), plain = model->start(music), silent = model->start(deaf);
        std::vector<std::int64_t> before(4, 16);
        for (int i = 0; i < 9; ++i) {
            std::vector<torch::Tensor> heard, unheard;
            const std::vector<std::int64_t> fixed{i % 16, (i * 3) % 16, 5, 7};
            const auto keep = [&](std::vector<torch::Tensor>& into) {
                return [&](std::int64_t stream, std::span<const float> logits) {
                    into.push_back(torch::tensor(std::vector<float>(logits.begin(), logits.end())));
                    return fixed[static_cast<std::size_t>(stream)];
                };
            };
            model->step(plain, before, 1, keep(heard));
            model->step(silent, before, 1, keep(unheard));
            float furthest = 0;
            before = model->step(guided, before, 1, [&](std::int64_t stream, std::span<const float> spoken) {
                const auto k = static_cast<std::size_t>(stream);
                const auto logits = torch::tensor(std::vector<float>(spoken.begin(), spoken.end()));
                const auto wanted = heard[k] + 1.5 * (heard[k] - unheard[k]);
                furthest = std::max(furthest, (logits - wanted).abs().max().item<float>());
                return fixed[k];
            });
            QVERIFY2(furthest < 1e-4f, qPrintable(QString::number(static_cast<double>(furthest))));
        }
        guided.seek(2);
        QCOMPARE(guided.step, std::int64_t{2});
    }

    void gradientsEqualFiniteDifferences_data() {
        QTest::addColumn<bool>("plain");
        QTest::newRow("wavelets") << false;
        QTest::newRow("plain graph and time") << true;
    }
    void gradientsEqualFiniteDifferences() {
        QFETCH(bool, plain);
        torch::manual_seed(11);
        auto config = tinyPredictor();
        config.plainGraph = config.plainTime = plain;
        nn::GcnMhw model(config);
        model->to(torch::kFloat64);
        model->eval();
        {
            torch::NoGradGuard noGrad;
            for (auto& item : model->named_parameters())
                if (item.key().find("relative") != std::string::npos) item.value().normal_(0, 0.3);
        }
        const auto wanted = torch::randint(16, {2, 4, 9}, torch::kInt64), previous = torch::randint(17, {2, 4, 9}, torch::kInt64);
        const auto music = torch::randn({2, 9, 7}, torch::kFloat64), style = torch::tensor({0, 1}, torch::kInt64);
        const auto lossOf = [&] {
            auto total = torch::zeros({}, torch::kFloat64);
            const auto logits = model->forward(previous, wanted, music, style);
            for (std::size_t s = 0; s < logits.size(); ++s)
                total = total - logits[s].log_softmax(-1).gather(2, wanted.select(1, static_cast<std::int64_t>(s)).unsqueeze(2)).mean();
            return total + torch::nn::functional::cross_entropy(model->styleFromMusic(music), style);
        };
        lossOf().backward();
        constexpr double kStep = 1e-6;
        for (auto& item : model->named_parameters()) {
            auto values = item.value().detach().view({-1});
            const auto gradient = item.value().grad();
            if (item.key().starts_with("depth_3.") || item.key().starts_with("block_1.tell.")) {  // nothing comes after the last stream, and the last block
                QVERIFY(!gradient.defined());
                continue;
            }
            QVERIFY2(gradient.defined(), item.key().c_str());
            for (const std::int64_t at : {values.numel() / 3, values.numel() - 1}) {
                torch::NoGradGuard noGrad;
                const double before = values[at].item<double>();
                values[at] = before + kStep;
                const double above = lossOf().item<double>();
                values[at] = before - kStep;
                const double below = lossOf().item<double>();
                values[at] = before;
                const double numeric = (above - below) / (2 * kStep), found = gradient.view({-1})[at].item<double>();
                QVERIFY2(std::abs(numeric - found) < 1e-6 + 1e-4 * std::abs(numeric),
                         qPrintable(QString("%1[%2]: %3 by differences, %4 by backward").arg(QString::fromStdString(item.key())).arg(at).arg(numeric).arg(found)));
            }
        }
    }

    void stepEqualsWindow() {
        torch::manual_seed(6);
        nn::GcnMhw model(tinyPredictor());
        {
            torch::NoGradGuard noGrad;
            for (auto& item : model->named_parameters())
                if (item.key().find("relative") != std::string::npos) item.value().normal_();
        }
        model->eval();
        torch::NoGradGuard noGrad;
        const std::int64_t time = 20;
        const auto wanted = torch::randint(16, {1, 4, time}, torch::kInt64);
        auto previous = torch::full({1, 4, time}, 16, torch::kInt64);
        previous.narrow(2, 1, time - 1).copy_(wanted.narrow(2, 0, time - 1));
        const auto music = torch::randn({time, 7});
        const auto whole = model->forward(previous, wanted, music.unsqueeze(0), torch::ones({1}, torch::kInt64));
        auto state = model->start(music);
        std::vector<std::int64_t> before(4, 16);
        for (std::int64_t t = 0; t < time; ++t) {
            before = model->step(state, before, 1, [&](std::int64_t stream, std::span<const float> spoken) {
                const auto logits = torch::tensor(std::vector<float>(spoken.begin(), spoken.end()));
                const float gap = (logits - whole[static_cast<std::size_t>(stream)][0][t]).abs().max().item<float>();
                if (gap > 1e-4f) qWarning("stream %d step %d gap %g", static_cast<int>(stream), static_cast<int>(t), static_cast<double>(gap));
                worst_ = std::max(worst_, gap);
                return wanted[0][stream][t].item<std::int64_t>();
            });
        }
        QVERIFY(worst_ < 1e-4f);
    }

    void walkersSideBySideGoAsAlone_data() {
        QTest::addColumn<bool>("doubles");
        QTest::newRow("plain memory") << false;  // float32 on the CPU
        QTest::newRow("tensors") << true;
    }
    void walkersSideBySideGoAsAlone() {
        QFETCH(bool, doubles);
        torch::manual_seed(9);
        const auto type = doubles ? torch::kFloat64 : torch::kFloat32;
        nn::GcnMhw model(tinyPredictor());
        {
            torch::NoGradGuard noGrad;
            for (auto& item : model->named_parameters()) item.value().normal_(0, 0.3);
        }
        model->to(type);
        model->eval();
        torch::NoGradGuard noGrad;
        const auto music = torch::randn({40, 7}, type);
        constexpr std::int64_t kWalkers = 5;  // with two hearers enough rows for a second core
        const auto token = [](std::int64_t walker, std::int64_t stream, int step) { return (walker * 7 + stream * 3 + step * (walker + 1)) % 16; };
        auto common = model->start(music, 0.8);
        QCOMPARE(common.stepper != nullptr, !doubles);
        std::vector<std::int64_t> before(4, 16);
        for (int i = 0; i < 9; ++i) before = model->step(common, before, 1, [&](std::int64_t stream, std::span<const float>) { return token(0, stream, i); });
        std::vector<nn::GcnMhwState> apart(kWalkers, common);
        auto together = common.forked(kWalkers);
        std::vector<std::vector<std::int64_t>> tokens(kWalkers, before);
        float gap = 0;
        const auto goOn = [&](int from, int to) {
            for (int i = from; i < to; ++i) {
                std::vector<std::vector<std::vector<float>>> heard(kWalkers, std::vector<std::vector<float>>(4));
                for (std::int64_t w = 0; w < kWalkers; ++w)
                    model->step(apart[static_cast<std::size_t>(w)], tokens[static_cast<std::size_t>(w)], 1, [&](std::int64_t stream, std::span<const float> logits) {
                        heard[static_cast<std::size_t>(w)][static_cast<std::size_t>(stream)].assign(logits.begin(), logits.end());
                        return token(w, stream, i);
                    });
                tokens = model->stepTogether(together, tokens, 1, [&](std::int64_t w, std::int64_t stream, std::span<const float> logits) {
                    for (std::size_t c = 0; c < logits.size(); ++c)
                        gap = std::max(gap, std::abs(logits[c] - heard[static_cast<std::size_t>(w)][static_cast<std::size_t>(stream)][c]));
                    return token(w, stream, i);
                });
            }
        };
        goOn(9, 20);
        QVERIFY2(gap < 1e-4f, qPrintable(QString::number(static_cast<double>(gap))));
        // One of them goes on alone, and its choice does not touch the others.
        auto one = together.alone(3);
        const auto kept = together;
        QCOMPARE(one.walkers, std::int64_t{1});
        std::vector<float> alone, among;
        model->step(one, tokens[3], 1, [&](std::int64_t stream, std::span<const float> logits) {
            if (stream == 3) alone.assign(logits.begin(), logits.end());
            return stream;
        });
        together = kept;
        model->stepTogether(together, tokens, 1, [&](std::int64_t w, std::int64_t stream, std::span<const float> logits) {
            if (stream == 3 && w == 3) among.assign(logits.begin(), logits.end());
            return stream;
        });
        QCOMPARE(alone.size(), std::size_t{16});
        for (std::size_t c = 0; c < alone.size(); ++c) QVERIFY(std::abs(alone[c] - among[c]) < 1e-4f);
    }

    void plainMemoryGoesAsTensors() {
        for (const bool plain : {false, true}) {
            torch::manual_seed(10);
            auto config = tinyPredictor();
            config.plainGraph = config.plainTime = config.noStyle = plain;
            nn::GcnMhw model(config);
            model->eval();
            torch::NoGradGuard noGrad;
            for (auto& item : model->named_parameters()) item.value().normal_(0, 0.3);
            const auto music = torch::randn({50, 7});
            const auto walk = [&] {
                auto state = model->start(music.to(model->parameters().front().scalar_type()), 0.5);
                std::vector<std::int64_t> before(4, 16);
                std::vector<float> all;
                for (int i = 0; i < 40; ++i)
                    before = model->step(state, before, 1, [&](std::int64_t stream, std::span<const float> logits) {
                        all.insert(all.end(), logits.begin(), logits.end());
                        return (stream * 5 + i * 3) % 16;
                    });
                return all;
            };
            const auto fast = walk();
            model->to(torch::kFloat64);
            const auto slow = walk();
            QCOMPARE(fast.size(), slow.size());
            for (std::size_t k = 0; k < fast.size(); ++k) QVERIFY(std::abs(fast[k] - slow[k]) < 1e-3f * (1 + std::abs(slow[k])));
        }
    }

    void lossFallsAndCodesAreUsed() {
        torch::manual_seed(7);
        nn::VqVae model(tinyCoder());
        const auto batch = someMotion(4, 64);
        model->train();
        torch::optim::Adam optimiser(model->parameters(), torch::optim::AdamOptions(3e-3));
        float first = 0, last = 0;
        for (int i = 0; i < 60; ++i) {
            const auto losses = nn::vqVaeLosses(model->forward(batch), batch);
            optimiser.zero_grad();
            losses.total.backward();
            optimiser.step();
            if (i == 1) first = losses.total.item<float>();
            last = losses.total.item<float>();
        }
        QVERIFY2(last < 0.7f * first, qPrintable(QString("%1 -> %2").arg(first).arg(last)));
        model->eval();
        torch::NoGradGuard noGrad;
        const auto tokens = model->encode(batch);
        QCOMPARE(tokens.sizes().vec(), (std::vector<std::int64_t>{4, 4, 16}));
        QVERIFY(std::get<0>(torch::_unique2(tokens)).numel() > 3);
        const auto decoded = model->decode(tokens);
        const auto straight = model->forward(batch).decoded;
        const auto rotations = static_cast<std::int64_t>(motion::pose::kUpperRotations);
        QVERIFY((decoded.narrow(2, rotations, 90) - straight.narrow(2, rotations, 90)).abs().max().item<float>() < 1e-4f);
    }

    // Two processes with half of a batch each, what they counted added up, have the codebooks of one with the whole of it; where codes are dead, and at the very start, those of the one that speaks.
    void codebooksFollowWhatAllProcessesSaw() {
        torch::manual_seed(9);
        const auto batch = torch::randn({4, 8, 20});
        const auto begun = [](bool together, bool speaks, bool kept) {
            torch::manual_seed(3);
            nn::ResidualQuantiser quantiser(2, 16, 8);
            if (kept) quantiser->keepCodes(2);
            if (together) quantiser->countTogether(speaks);
            return quantiser;
        };
        const auto stepTogether = [&](nn::ResidualQuantiser& first, nn::ResidualQuantiser& second) {
            first->forward(batch.narrow(0, 0, 2));
            second->forward(batch.narrow(0, 2, 2));
            auto mine = first->counts(), theirs = second->counts();
            QVERIFY(!mine.empty());
            QCOMPARE(mine.size(), theirs.size());
            for (std::size_t i = 0; i < mine.size(); ++i) {
                QVERIFY(mine[i].sizes() == theirs[i].sizes());
                const auto sum = mine[i] + theirs[i];
                mine[i].copy_(sum);
                theirs[i].copy_(sum);
            }
            for (auto* one : {&first, &second}) {
                (*one)->followCounts();
                QVERIFY((*one)->counts().empty());
            }
        };
        auto whole = begun(false, true, true), first = begun(true, true, true), second = begun(true, false, true);
        for (int step = 0; step < 5; ++step) {  // 4 x 0.98^5 is no dead code yet
            whole->forward(batch);
            stepTogether(first, second);
        }
        for (std::int64_t level = 0; level < 2; ++level) {
            QVERIFY(!torch::allclose(whole->codebook(level), begun(false, true, true)->codebook(level), 1e-2, 1e-2));
            QVERIFY(torch::allclose(first->codebook(level), whole->codebook(level), 1e-5, 1e-6));
            QVERIFY(torch::equal(first->codebook(level), second->codebook(level)));
        }
        // From the first batch on, and long enough for codes to die: 0.98^100 < 0.2.
        auto speaker = begun(true, true, false), listener = begun(true, false, false);
        for (int step = 0; step < 120; ++step) {
            stepTogether(speaker, listener);
            if (step > 0) continue;
            const auto rows = batch.narrow(0, 0, 2).permute({0, 2, 1}).reshape({-1, 8});
            QVERIFY(((speaker->codebook(0).unsqueeze(1) - rows.unsqueeze(0)).abs().amax(2).amin(1) < 1e-6).all().item<bool>());
        }
        for (std::int64_t level = 0; level < 2; ++level) QVERIFY(torch::equal(speaker->codebook(level), listener->codebook(level)));
    }

    void onlyTheDecoderLearnsWhereTokensAreKept() {
        torch::manual_seed(10);
        nn::VqVae model(tinyCoder());
        const auto batch = someMotion(2, 32);
        model->train();
        model->forward(batch);  // seeds the codes
        model->eval();
        const auto before = model->encode(batch);
        const auto heads = model->named_parameters()["upper_head.1.weight"].clone();
        model->keepTokens();
        model->train();
        torch::optim::Adam optimiser(model->parameters(), torch::optim::AdamOptions(1e-2));
        for (int i = 0; i < 5; ++i) {
            optimiser.zero_grad();
            nn::vqVaeLosses(model->forward(batch), batch).total.backward();
            optimiser.step();
        }
        model->eval();
        QVERIFY(torch::equal(model->encode(batch), before));
        QVERIFY((model->named_parameters()["upper_head.1.weight"] - heads).abs().max().item<float>() > 1e-3f);
    }

    void decodesTheFirstLevelsAlone() {
        torch::manual_seed(9);
        auto config = tinyCoder();
        config.levels = 3;
        config.dancedLevels = 2;
        nn::VqVae model(config);
        QCOMPARE(nn::VqVaeConfig::fromJson(config.toJson()).dancedLevels, std::int64_t{2});
        QCOMPARE(model->streams(), std::int64_t{6});
        QCOMPARE(model->dancedStreams(), std::int64_t{4});
        model->eval();
        const torch::NoGradGuard noGrad;
        const auto rows = someMotion(1, 32);
        const auto tokens = model->encode(rows);
        QCOMPARE(tokens.size(1), std::int64_t{6});
        const auto fewer = model->decode(tokens.narrow(1, 0, 4));
        const auto straight = model->forward(rows, 2).decoded;  // what training with two levels sees
        const auto rotations = static_cast<std::int64_t>(motion::pose::kUpperRotations);
        QVERIFY((fewer - straight).narrow(2, rotations, 90).abs().max().item<float>() < 1e-4f);
        QVERIFY((fewer - model->decode(tokens)).narrow(2, rotations, 90).abs().max().item<float>() > 1e-4f);
        // Weights from before there was a choice speak all.
        QCOMPARE(nn::VqVae(tinyCoder())->dancedStreams(), std::int64_t{4});
    }

    void weightsRoundTripAndRefuse() {
        torch::manual_seed(8);
        nn::VqVae a(tinyCoder()), b(tinyCoder());
        auto table = nn::toTable(*a, "vq-vae", a->config().toJson(), false);
        QVERIFY(nn::fromTable(table, *b, "here").ok());
        for (const auto& item : a->named_parameters()) QVERIFY(torch::equal(item.value(), b->named_parameters()[item.key()]));
        QVERIFY(!nn::configOf(table, "gcn-mhw", "here").ok());
        auto missing = table;
        missing.tensors.erase("mean");
        const auto refused = nn::fromTable(missing, *b, "here");
        QVERIFY(!refused.ok() && refused.error().what.find("'mean'") != std::string::npos);
        auto other = table;
        other.tensors["mean"].shape = {1, 2};
        QVERIFY(!nn::fromTable(other, *b, "here").ok());
        auto extra = table;
        extra.tensors["more"] = table.tensors["mean"];
        QVERIFY(!nn::fromTable(extra, *b, "here").ok());
        auto version = table;
        version.metadata["format_version"] = "99";
        QVERIFY(!nn::configOf(version, "vq-vae", "here").ok());
        auto broken = table;
        reinterpret_cast<float*>(broken.tensors["mean"].bytes.data())[0] = std::nanf("");
        QVERIFY(!nn::fromTable(broken, *b, "here").ok());
    }

private:
    float worst_ = 0;
};

CHOREIA_TEST(NetworksTest)
#include "networks_test.moc"
