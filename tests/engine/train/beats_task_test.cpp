// A very small beat network through the door that everybody uses: it learns, it leaves weights that can be loaded, and it names what it cannot use.
#include "core/parallel.h"
#include "io/safetensors.h"
#include "nn/beat_net.h"
#include "nn/weights.h"
#include "support/testing.h"
#include "train/train.h"

#include <QFile>
#include <QTemporaryDir>

using namespace choreia;

namespace {

train::TrainRequest requestIn(const QTemporaryDir& folder, const char* config) {
    QFile file(folder.path() + "/config.json");
    if (file.open(QIODevice::WriteOnly)) file.write(config);
    file.close();
    train::TrainRequest request;
    request.model = "beats";
    request.out = folder.path().toStdString() + "/run";
    request.config = folder.path().toStdString() + "/config.json";
    request.epochs = 1;  // by steps, not by the clock: a busy machine takes as many
    return request;
}

/// Asks a run to stop at its first word, which comes after the first step however fast the machine.
class StopAtOnce final : public Progress {
public:
    explicit StopAtOnce(std::stop_source& source) : source_(source) {}
    void report(std::string_view, double, double) override { source_.request_stop(); }

private:
    std::stop_source& source_;
};

}  // namespace

class BeatsTaskTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cleanup() { setThreadCount(0); }

    void aSmallNetworkIsTrainedOnGeneratedMusicAlone() {
        const QTemporaryDir folder;
        const auto request = requestIn(folder, R"({"name": "tiny", "width": 8, "filters": 8, "blocks": 3, "batch": 2, "window": 300, "pool": 6, "first_pool": 4,
                                                   "piece_seconds": 6, "validate_every_s": 1, "warmup_steps": 5})");
        NoProgress progress;
        const auto done = train::train(request, {}, progress);
        QVERIFY2(done.ok(), done.ok() ? "" : done.error().line().c_str());
        const auto path = request.out / "tiny.beats.safetensors";
        const auto table = io::readSafetensors(path);
        QVERIFY(table.ok());
        const auto config = nn::configOf(table.value(), "beats", "tiny");
        QVERIFY(config.ok());
        nn::BeatNet net(nn::BeatNetConfig::fromJson(config.value()));
        QVERIFY(nn::fromTable(table.value(), *net, "tiny").ok());
        // The log tells a falling loss.
        QFile log(QString::fromStdString((request.out / "beats.log.jsonl").string()));
        QVERIFY(log.open(QIODevice::ReadOnly));
        std::vector<double> losses;
        for (const QByteArray& line : log.readAll().split('\n')) {
            const auto json = nlohmann::json::parse(line.toStdString(), nullptr, false);
            if (json.is_object() && json.contains("losses")) losses.push_back(json["losses"]["total"].get<double>());
        }
        QVERIFY(losses.size() >= 2);
        QVERIFY(losses.back() < losses.front());
    }

    void aStoppedRunGoesOnWithThePiecesItWouldHaveHeard() {
        constexpr const char* kSmall = R"({"name": "tiny", "width": 8, "filters": 8, "blocks": 2, "batch": 2, "window": 200, "pool": 4, "first_pool": 3, "steps_per_piece": 9,
                                           "piece_seconds": 4, "validate_every_s": 1000, "warmup_steps": 5})";
        const QTemporaryDir one, two;
        NoProgress quiet;
        const auto unbroken = requestIn(one, kSmall);
        auto broken = requestIn(two, kSmall);
        setThreadCount(1);  // bit for bit on one thread only
        QVERIFY(train::train(unbroken, {}, quiet).ok());
        std::stop_source source;
        StopAtOnce stopping(source);
        const auto stopped = train::train(broken, source.get_token(), stopping);
        QVERIFY(!stopped.ok() && stopped.error().kind == ErrorKind::Cancelled);
        const auto early = io::readSafetensors(broken.out / "beats.last.ckpt");
        QVERIFY(early.ok());
        QCOMPARE(nlohmann::json::parse(early->metadata.at("state"))["step"].get<int>(), 1);
        broken.resume = true;
        QVERIFY(train::train(broken, {}, quiet).ok());
        const auto a = io::readSafetensors(unbroken.out / "tiny.beats.safetensors"), b = io::readSafetensors(broken.out / "tiny.beats.safetensors");
        QVERIFY(a.ok() && b.ok());
        for (const auto& [name, entry] : a->tensors) QVERIFY2(entry.bytes == b->tensors.at(name).bytes, name.c_str());
    }

    void whatCannotBeUsedIsNamed() {
        const QTemporaryDir folder;
        NoProgress progress;
        auto request = requestIn(folder, R"({"codes": 3})");
        const auto key = train::train(request, {}, progress);
        QVERIFY(!key.ok() && key.error().exitStatus() == 2);
        request = requestIn(folder, "{}");
        request.data = {folder.path().toStdString()};
        const auto empty = train::train(request, {}, progress);
        QVERIFY(!empty.ok() && empty.error().exitStatus() == 3);
    }
};

CHOREIA_TEST(BeatsTaskTest)
#include "beats_task_test.moc"
