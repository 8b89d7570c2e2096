// From weights to weights that know a style more: the way of the dialog's "Begin from", with networks small enough for seconds.
#include "core/atomic_file.h"
#include "io/safetensors.h"
#include "nn/weights.h"
#include "support/testing.h"
#include "support/tiny_dataset.h"
#include "train/train.h"

#include <QFile>
#include <QTemporaryDir>
#include <nlohmann/json.hpp>

#include <cmath>
#include <fstream>
#include <functional>
#include <stop_token>
#include <string_view>

using namespace choreia;

namespace {

std::vector<nlohmann::json> validationsIn(const std::string& log) {
    std::vector<nlohmann::json> lines;
    std::ifstream in(log);
    for (std::string line; std::getline(in, line);)
        if (auto json = nlohmann::json::parse(line); json.contains("val")) lines.push_back(json);
    return lines;
}

/// Asks to stop once half is done.
class StopHalfway final : public Progress {
public:
    explicit StopHalfway(std::stop_source& source) : source_(source) {}
    void report(std::string_view, double fraction, double) override {
        if (fraction > 0.5) source_.request_stop();
    }

private:
    std::stop_source& source_;
};

}  // namespace

class FineTuneTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    std::stop_token stop_;
    Progress* progress_ = nullptr;
    [[nodiscard]] std::string at(const std::string& name) const { return (folder_.path().toStdString() + "/" + name); }

    Result<void> run(const char* model, const std::string& out, const std::string& config, int epochs, const std::function<void(train::TrainRequest&)>& change = {}) {
        CHOREIA_TRY(writeFile(at(out + ".json"), config));
        train::TrainRequest request;
        request.model = model;
        request.data = {at("known.h5")};
        request.out = at(out);
        request.config = at(out + ".json");
        request.epochs = epochs;
        request.device = "cpu";
        if (change) change(request);
        NoProgress quiet;
        return train::train(request, stop_, progress_ ? *progress_ : quiet);
    }
    Result<void> tune(const std::string& out, const std::string& more, int epochs, const std::function<void(train::TrainRequest&)>& change = {}) {
        return run("gcn-mhw", out, R"({"batch": 3, "sequence": 24, "learning_rate": 0.004, "warmup_steps": 1, "validate_every_s": 100000, "dropout": 0)" + more + "}", epochs, [&](train::TrainRequest& request) {
            request.data = {at("own.h5")};
            request.from = at("base/default.gcn-mhw.safetensors");
            request.style = "mine";
            if (change) change(request);
        });
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY(testing::writeTinyDataset(at("known.h5"), 4, 8).ok());
        QVERIFY(testing::writeTinyDataset(at("own.h5"), 3, 8, /*validation=*/false).ok());
        const auto words = run("vq-vae", "base", R"({"width": 16, "codes": 16, "code_size": 8, "levels": 1, "batch": 2, "warmup_steps": 2, "plain_steps": 5})", 4);
        QVERIFY2(words.ok(), words.ok() ? "" : words.error().line().c_str());
        const auto base = run("gcn-mhw", "base", R"({"width": 24, "heads": 3, "blocks": 1, "node_channels": 4, "window": 8, "taps": 4, "music_width": 12, "batch": 2, "sequence": 24})", 3);
        QVERIFY2(base.ok(), base.ok() ? "" : base.error().line().c_str());
    }

    void aStyleIsLearnedBesideTheKnownOnes() {
        const auto done = tune("mine", "", 12);
        QVERIFY2(done.ok(), done.ok() ? "" : done.error().line().c_str());
        const auto made = io::readSafetensors(at("mine/default.gcn-mhw.safetensors"));
        QVERIFY(made.ok());
        QCOMPARE(made->metadata.at("styles"), std::string(R"(["salsa","waltz","mine"])"));
        QCOMPARE(made->metadata.at("own_styles"), std::string(R"(["mine"])"));
        // A set of its own: the words lie beside it.
        QCOMPARE(*readFile(at("mine/default.vq-vae.safetensors")), *readFile(at("base/default.vq-vae.safetensors")));
        const auto lines = validationsIn(at("mine/gcn-mhw.log.jsonl"));
        QVERIFY(lines.size() >= 2);
        QCOMPARE(lines.front()["step"].get<int>(), 0);
        QVERIFY(std::abs(lines.front()["val"]["away_from_before"].get<double>()) < 1e-5);
        QVERIFY(lines.back()["val"]["entropy"].get<double>() < lines.front()["val"]["entropy"].get<double>());
    }

    void weightsThatWereNeverToldOfAlterationsCanBeTold() {
        const auto done = tune("told", R"(, "tell_alterations": true, "bearings": 1)", 4);
        QVERIFY2(done.ok(), done.ok() ? "" : done.error().line().c_str());
        const auto lines = validationsIn(at("told/gcn-mhw.log.jsonl"));
        QVERIFY(std::abs(lines.front()["val"]["away_from_before"].get<double>()) < 1e-5);  // at first it makes no difference
        const auto made = io::readSafetensors(at("told/default.gcn-mhw.safetensors"));
        QVERIFY(made.ok());
        const auto learned = nn::toTensor(made->tensors.at("alteration.weight"));
        QCOMPARE(learned.size(0), std::int64_t{12});
        QCOMPARE(learned.size(1), std::int64_t{2});
        for (const std::int64_t way : {0, 1}) QVERIFY(learned.select(1, way).abs().max().item<float>() > 1e-4f);
        // Trained on, weights go on being told.
        const auto again = run("gcn-mhw", "again", R"({"batch": 2, "sequence": 24, "dropout": 0})", 1, [&](train::TrainRequest& request) {
            request.from = at("told/default.gcn-mhw.safetensors");
            request.data = {at("known.h5")};
        });
        QVERIFY2(again.ok(), again.ok() ? "" : again.error().line().c_str());
        QVERIFY(io::readSafetensors(at("again/default.gcn-mhw.safetensors"))->tensors.contains("alteration.weight"));
    }

    void whatIsHeldMovesLess() {
        QVERIFY(tune("held", R"(, "hold": 5)", 12).ok());
        QVERIFY(tune("loose", R"(, "hold": 1e-6)", 12).ok());
        const auto away = [&](const char* run) { return validationsIn(at(std::string(run) + "/gcn-mhw.log.jsonl")).back()["val"]["away_from_before"].get<double>(); };
        QVERIFY2(away("held") < 0.5 * away("loose"), qPrintable(QString("%1, %2").arg(away("held")).arg(away("loose"))));
    }

    void aGeneralSetIsRehearsedAndMeasured() {
        const auto done = tune("kept", "", 3, [&](train::TrainRequest& request) { request.keep = {at("known.h5")}; });
        QVERIFY2(done.ok(), done.ok() ? "" : done.error().line().c_str());
        const auto last = validationsIn(at("kept/gcn-mhw.log.jsonl")).back();
        QVERIFY(last["val"].contains("entropy_held"));
        QVERIFY(last["val"]["away_from_before"].get<double>() > 0);
    }

    // The dances that are held are the same again, and the weights to begin from may be gone by then.
    void stoppedAndResumedEqualsUnbroken() {
        const char* everyStep = R"(, "log_every_s": 0)";
        QVERIFY(tune("whole", everyStep, 6).ok());
        std::stop_source source;
        StopHalfway halfway(source);
        stop_ = source.get_token();
        progress_ = &halfway;
        const auto stopped = tune("parts", everyStep, 6);
        stop_ = {};
        progress_ = nullptr;
        QVERIFY(!stopped.ok() && stopped.error().kind == ErrorKind::Cancelled);
        const auto resumed = tune("parts", everyStep, 6, [&](train::TrainRequest& request) {
            request.from = at("gone.safetensors");
            request.resume = true;
        });
        QVERIFY2(resumed.ok(), resumed.ok() ? "" : resumed.error().line().c_str());
        const auto a = io::readSafetensors(at("whole/gcn-mhw.last.ckpt")), b = io::readSafetensors(at("parts/gcn-mhw.last.ckpt"));
        QVERIFY(a.ok() && b.ok());
        for (const auto& [name, entry] : a->tensors) QVERIFY2(b->tensors.at(name).bytes == entry.bytes, name.c_str());
    }

    void whatCannotBeBegunFromIsRefused() {
        auto done = tune("none", "", 1, [&](train::TrainRequest& request) { request.from = at("base/default.vq-vae.safetensors"); });
        QVERIFY(!done.ok() && done.error().kind == ErrorKind::BadInput);
        done = tune("none", "", 1, [&](train::TrainRequest& request) { request.from = at("no-such.safetensors"); });
        QVERIFY(!done.ok() && done.error().kind == ErrorKind::BadInput);
        done = run("vq-vae", "none", "{}", 1, [&](train::TrainRequest& request) { request.keep = {at("known.h5")}; });
        QVERIFY(!done.ok() && done.error().kind == ErrorKind::Usage);
    }
};

CHOREIA_TEST(FineTuneTest)
#include "fine_tune_test.moc"
