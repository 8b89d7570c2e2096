// A training stopped by force at any moment and taken up again ends at the weights of one that nobody touched.
#include "app/cli_runner.h"
#include "io/safetensors.h"
#include "support/free_port.h"
#include "support/testing.h"
#include "support/tiny_dataset.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <cmath>
#include <map>
#include <memory>
#include <vector>

using namespace choreia;
using namespace choreia::testing;

namespace {

/// A small training file and a config, and what trains a VQ-VAE by them on one thread of the CPU.
struct TinyRun {
    explicit TinyRun(const char* config) {
        QFile file(folder.filePath("config.json"));
        ready = writeTinyDataset(folder.filePath("tiny.h5").toStdString()).ok() && file.open(QIODevice::WriteOnly) && file.write(config) > 0;
    }
    [[nodiscard]] QStringList arguments(const QString& out, int epochs) const {
        return {"train", "vq-vae", "--data", folder.filePath("tiny.h5"), "--out", folder.filePath(out), "--config", folder.filePath("config.json"), "--epochs", QString::number(epochs),
                "--threads", "1", "--device", "cpu"};
    }

    QTemporaryDir folder;
    bool ready = false;
};

/// Starts a process for each rank; once `whenThere` exists, `killed` is shot.
std::vector<Answer> runRanks(const std::vector<QStringList>& arguments, int killed, const QString& whenThere = {}) {
    std::vector<std::unique_ptr<QProcess>> processes;
    const int port = freePort();
    for (std::size_t rank = 0; rank < arguments.size(); ++rank) {
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert("RANK", QString::number(rank));
        environment.insert("WORLD_SIZE", QString::number(arguments.size()));
        environment.insert("MASTER_ADDR", "127.0.0.1");
        environment.insert("MASTER_PORT", QString::number(port));
        auto& process = processes.emplace_back(std::make_unique<QProcess>());
        process->setProcessEnvironment(environment);
        process->start(program(), arguments[rank]);
    }
    if (killed >= 0) {
        QElapsedTimer clock;
        for (clock.start(); !QFile::exists(whenThere) && clock.elapsed() < 120000;) QTest::qSleep(20);
        processes[static_cast<std::size_t>(killed)]->kill();
    }
    std::vector<Answer> answers;
    for (auto& process : processes) {
        const bool ended = process->waitForFinished(120000);
        if (!ended) process->kill();
        Answer answer;
        answer.status = ended && process->exitStatus() == QProcess::NormalExit ? process->exitCode() : -1;
        answer.err = QString::fromUtf8(process->readAllStandardError());
        answers.push_back(answer);
    }
    return answers;
}

std::map<int, double> lossesIn(const QString& path) {
    std::map<int, double> losses;
    QFile log(path);
    if (!log.open(QIODevice::ReadOnly)) return losses;
    for (const QByteArray& line : log.readAll().split('\n')) {
        const auto row = QJsonDocument::fromJson(line).object();
        if (row.contains("losses")) losses[row["step"].toInt()] = row["losses"].toObject()["total"].toDouble();
    }
    return losses;
}

/// Of training, by the log.
double lastSecondOf(const QString& path) {
    QFile log(path);
    if (!log.open(QIODevice::ReadOnly)) return 0;
    return QJsonDocument::fromJson(log.readAll().trimmed().split('\n').last()).object()["wall_s"].toDouble();
}

}  // namespace

class TrainTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void killedAndTakenUpAgainEqualsUnbroken() {
        const TinyRun tiny(R"({"width": 16, "codes": 16, "code_size": 8, "levels": 2, "batch": 2, "plain_steps": 20, "checkpoint_every_s": 0.1, "validate_every_s": 100000, "warmup_steps": 5})");
        QVERIFY(tiny.ready);
        const QTemporaryDir& folder = tiny.folder;
        // Six times where it is one test of many; CHOREIA_KILLS=50 (and QTEST_FUNCTION_TIMEOUT=3600000) for the acceptance.
        const int kills = std::max(6, qEnvironmentVariableIntValue("CHOREIA_KILLS"));
        const auto arguments = [&](const QString& out) { return tiny.arguments(out, kills == 6 ? 40 : 400); };
        QElapsedTimer clock;
        clock.start();
        const Answer whole = runChoreia(arguments("whole"), folder.path());
        QVERIFY2(whole.status == 0, qPrintable(whole.err));
        const auto span = static_cast<std::uint64_t>(clock.elapsed());
        // What passes before the first step, of every start anew: the moments of death are spread over that and over the start's share of the training.
        const double trained = 1000 * lastSecondOf(folder.filePath("whole/vq-vae.log.jsonl"));
        const double boot = std::max(0.0, static_cast<double>(span) - trained);

        Random random(20);
        int killed = 0, ended = 0;
        const std::string checkpoint = folder.filePath("broken/vq-vae.last.ckpt").toStdString();
        for (int i = 0; i < kills; ++i) {
            QProcess process;
            process.start(program(), arguments("broken") + QStringList{"--resume"});
            QVERIFY(process.waitForStarted());
            if (!process.waitForFinished(static_cast<int>(random.uniform(0.2 * boot, 1.5 * boot + 2 * trained / kills)))) {
                process.kill();
                process.waitForFinished();
                ++killed;
            } else {
                ++ended;
            }
            if (QFile::exists(QString::fromStdString(checkpoint))) {
                const auto table = io::readSafetensors(checkpoint);
                QVERIFY2(table.ok(), table.ok() ? "" : table.error().line().c_str());
            }
        }
        QVERIFY(killed > 0);
        if (kills > 6) qInfo("%d killed, %d had ended before; last second trained %.1f", killed, ended, lastSecondOf(folder.filePath("broken/vq-vae.log.jsonl")));
        const Answer end = runChoreia(arguments("broken") + QStringList{"--resume"}, folder.path());
        QVERIFY2(end.status == 0, qPrintable(end.err));

        const auto one = io::readSafetensors(folder.filePath("whole/vq-vae.last.ckpt").toStdString()), two = io::readSafetensors(checkpoint);
        QVERIFY(one.ok() && two.ok());
        QCOMPARE(two->tensors.size(), one->tensors.size());
        for (const auto& [name, entry] : one->tensors) QVERIFY2(two->tensors.at(name).bytes == entry.bytes, name.c_str());
    }

    // One after another into one folder, each by its section of the config; what needs music is left out where there is none, and said.
    void allTrainsWhatAChoreographerNeeds() {
        const TinyRun tiny(R"({"vq-vae": {"width": 16, "codes": 16, "code_size": 8, "levels": 1, "batch": 2, "warmup_steps": 2},
            "gcn-mhw": {"width": 24, "heads": 3, "blocks": 1, "node_channels": 4, "window": 8, "taps": 4, "music_width": 12, "batch": 2, "sequence": 16},
            "lstm-vae": {"units": 16, "latent": 4, "batch": 4}})");
        QVERIFY(tiny.ready);
        const QTemporaryDir& folder = tiny.folder;
        QStringList arguments = tiny.arguments(QStringLiteral("run"), 1);
        arguments[1] = QStringLiteral("all");
        const Answer all = runChoreia(arguments + QStringList{"--log", folder.filePath("all.jsonl")}, folder.path());
        QVERIFY2(all.status == 0, qPrintable(all.err));
        for (const char* model : {"vq-vae", "gcn-mhw"}) {
            const auto table = io::readSafetensors(folder.filePath(QStringLiteral("run/default.%1.safetensors").arg(QLatin1String(model))).toStdString());
            QVERIFY2(table.ok() && table->metadata.at("kind") == model, model);
            QVERIFY2(all.out.contains(QStringLiteral("training ") + QLatin1String(model)), qPrintable(all.out));
        }
        for (const char* model : {"lstm-vae", "sync"}) QVERIFY2(all.out.contains(QStringLiteral("note: %1 is left out: ").arg(QLatin1String(model))), qPrintable(all.out));
        QFile log(folder.filePath("all.jsonl")), config(folder.filePath("config.json"));
        QVERIFY(log.open(QIODevice::ReadOnly));
        QVERIFY(log.readAll().count('\n') >= 2);
        QCOMPARE(QDir(folder.filePath("run")).entryList({"*.section.json"}).size(), 0);
        // A section of something else is told.
        QVERIFY(config.open(QIODevice::WriteOnly) && config.write(R"({"vqvae": {}})") > 0);
        config.close();
        arguments[5] = folder.filePath("other");
        const Answer wrong = runChoreia(arguments, folder.path());
        QCOMPARE(wrong.status, 2);
        QVERIFY2(wrong.err.contains("vqvae"), qPrintable(wrong.err));
    }

    // Two processes of one machine, as torchrun would start them: the losses of one process with the same batch; the codebooks too follow both.
    void twoProcessesTrainTogether() {
        const TinyRun tiny(R"({"width": 16, "codes": 16, "code_size": 8, "levels": 1, "batch": 4, "plain_steps": 20, "log_every_s": 0, "validate_every_s": 100000, "warmup_steps": 5})");
        QVERIFY(tiny.ready);
        const QTemporaryDir& folder = tiny.folder;
        const auto arguments = [&](const QString& out) { return tiny.arguments(out, 16); };
        const Answer alone = runChoreia(arguments("one"), folder.path());
        QVERIFY2(alone.status == 0, qPrintable(alone.err));
        const auto ends = runRanks({arguments("two"), arguments("two")}, -1);
        for (const Answer& end : ends) QVERIFY2(end.status == 0, qPrintable(end.err));
        const auto one = lossesIn(folder.filePath("one/vq-vae.log.jsonl")), two = lossesIn(folder.filePath("two/vq-vae.log.jsonl"));
        QVERIFY(one.size() > 22);
        QCOMPARE(two.size(), one.size());
        // Up to where the codebooks are seeded, from rank 0's batch there, the losses are the same.
        for (const auto& [step, loss] : one)
            if (step <= 20) QVERIFY2(std::abs(two.at(step) - loss) < 2e-4 * loss, qPrintable(QString("step %1: %2, %3").arg(step).arg(loss).arg(two.at(step))));
        const auto mean = [&](int first, int last) {
            double sum = 0;
            for (int step = first; step <= last; ++step) sum += two.at(step) / (last - first + 1);
            return sum;
        };
        QVERIFY2(mean(16, 20) < mean(1, 5), qPrintable(QString("%1, %2").arg(mean(1, 5)).arg(mean(16, 20))));
        QVERIFY(io::readSafetensors(folder.filePath("two/default.vq-vae.safetensors").toStdString()).ok());
    }

    void aKilledProcessEndsTheOthersAndIsNamed() {
        const TinyRun tiny(R"({"width": 16, "codes": 16, "code_size": 8, "levels": 2, "batch": 3, "plain_steps": 20, "checkpoint_every_s": 0.1, "validate_every_s": 100000, "warmup_steps": 5})");
        QVERIFY(tiny.ready);
        const QTemporaryDir& folder = tiny.folder;
        const QStringList arguments = tiny.arguments("run", 100000);
        const auto ends = runRanks({arguments, arguments, arguments}, 1, folder.filePath("run/vq-vae.last.ckpt"));
        QCOMPARE(ends[1].status, -1);
        for (const int rank : {0, 2}) {
            QCOMPARE(ends[static_cast<std::size_t>(rank)].status, 1);
            QVERIFY2(ends[static_cast<std::size_t>(rank)].complaint().contains("rank 1 of 3"), qPrintable(ends[static_cast<std::size_t>(rank)].err));
        }
        QVERIFY(io::readSafetensors(folder.filePath("run/vq-vae.last.ckpt").toStdString()).ok());
    }

    void whatCannotBeSharedIsRefused() {
        QTemporaryDir folder;
        QVERIFY(writeTinyDataset(folder.filePath("tiny.h5").toStdString()).ok());
        QProcess process;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert("WORLD_SIZE", "2");
        environment.insert("RANK", "5");
        environment.insert("MASTER_ADDR", "127.0.0.1");
        process.setProcessEnvironment(environment);
        process.start(program(), {"train", "vq-vae", "--data", folder.filePath("tiny.h5"), "--out", folder.filePath("run")});
        QVERIFY(process.waitForFinished(60000));
        QCOMPARE(process.exitCode(), 2);
        QVERIFY(process.readAllStandardError().contains("RANK"));
        QVERIFY(!QDir(folder.filePath("run")).exists());
    }

    // A limit on the size of files stands for a full disk: what was whole stays whole, and one line says what happened.
    void aDiskThatFillsLeavesTheLastCheckpoint() {
        const TinyRun tiny(R"({"width": 16, "codes": 16, "code_size": 8, "levels": 2, "batch": 2, "plain_steps": 20, "checkpoint_every_s": 0.1, "validate_every_s": 100000, "warmup_steps": 5})");
        QVERIFY(tiny.ready);
        const Answer first = runChoreia(tiny.arguments("run", 6), tiny.folder.path());
        QVERIFY2(first.status == 0, qPrintable(first.err));
        const QString path = tiny.folder.filePath("run/vq-vae.last.ckpt");
        QFile checkpoint(path);
        QVERIFY(checkpoint.open(QIODevice::ReadOnly));
        const QByteArray before = checkpoint.readAll();
        checkpoint.close();
        QVERIFY(before.size() > 60 * 1024);
        QProcess process;
        // The limit's signal is passed over, so that the program meets an error as on a full disk.
        const QString limited = QStringLiteral("trap '' XFSZ; ulimit -f 40; exec \"$@\"");
        process.start("bash", QStringList{"-c", limited, "bash", program()} + tiny.arguments("run", 60) + QStringList{"--resume"});
        QVERIFY(process.waitForFinished(120000));
        QCOMPARE(process.exitCode(), 1);
        const QString said = QString::fromUtf8(process.readAllStandardError()).trimmed().section(QLatin1Char('\n'), -1);
        QVERIFY2(said.contains("vq-vae.last.ckpt"), qPrintable(said));
        QVERIFY(checkpoint.open(QIODevice::ReadOnly));
        QCOMPARE(checkpoint.readAll() == before, true);
        const auto left = QDir(tiny.folder.filePath("run")).entryList(QDir::Files);
        QVERIFY2(left.filter("ckpt").size() == 1, qPrintable(left.join(' ')));
        // With room again it goes on.
        const Answer again = runChoreia(tiny.arguments("run", 8) + QStringList{"--resume"}, tiny.folder.path());
        QVERIFY2(again.status == 0, qPrintable(again.err));
    }

    void aGraphicsCardThatIsNotThereIsSaid() {
        const TinyRun tiny("{}");
        QVERIFY(tiny.ready);
        QStringList arguments = tiny.arguments("run", 1);
        arguments.last() = "cuda";
        QProcess process;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert("CUDA_VISIBLE_DEVICES", "");
        process.setProcessEnvironment(environment);
        process.start(program(), arguments);
        QVERIFY(process.waitForFinished(60000));
        QCOMPARE(process.exitCode(), 3);
        const QString said = QString::fromUtf8(process.readAllStandardError()).trimmed();
        QVERIFY2(said.contains("--device") && said.contains("CUDA") && !said.contains('\n'), qPrintable(said));
        QVERIFY(!QDir(tiny.folder.filePath("run")).exists());
    }

    void weightsToBeginFromAreFoundByName() {
        const TinyRun tiny("{}");
        QVERIFY(tiny.ready);
        QStringList arguments = tiny.arguments("run", 1);
        arguments[1] = "gcn-mhw";
        const Answer none = runChoreia(arguments + QStringList{"--from", "no-such-set"}, tiny.folder.path());
        QCOMPARE(none.status, 3);
        QVERIFY2(none.complaint().contains("no-such-set"), qPrintable(none.err));
        const Answer alone = runChoreia(arguments + QStringList{"--keep", tiny.folder.filePath("tiny.h5")}, tiny.folder.path());
        QCOMPARE(alone.status, 2);
    }

    void eventFilesStandBesideTheLog() {
        QTemporaryDir folder;
        QVERIFY(writeTinyDataset(folder.filePath("tiny.h5").toStdString()).ok());
        const Answer answer = runChoreia({"train", "vq-vae", "--data", folder.filePath("tiny.h5"), "--out", folder.filePath("run"), "--epochs", "1", "--threads", "1"}, folder.path());
        QVERIFY2(answer.status == 0, qPrintable(answer.err));
        const auto events = QDir(folder.filePath("run")).entryInfoList({"events.out.tfevents.*"}, QDir::Files);
        QCOMPARE(events.size(), 1);
        QVERIFY(events.front().size() > 100);
    }
};

CHOREIA_TEST(TrainTest)
#include "train_test.moc"
