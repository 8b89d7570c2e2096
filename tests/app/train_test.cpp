// A training stopped by force at any moment and taken up again ends at the weights of one that nobody touched.
#include "app/cli_runner.h"
#include "io/safetensors.h"
#include "support/testing.h"
#include "support/tiny_dataset.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest/QtTest>

using namespace choreia;
using namespace choreia::testing;

class TrainTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void killedAndTakenUpAgainEqualsUnbroken() {
        QTemporaryDir folder;
        QVERIFY(writeTinyDataset(folder.filePath("tiny.h5").toStdString()).ok());
        QFile config(folder.filePath("config.json"));
        QVERIFY(config.open(QIODevice::WriteOnly));
        config.write(R"({"width": 16, "codes": 16, "code_size": 8, "levels": 2, "batch": 2, "plain_steps": 20, "checkpoint_every_s": 0.1, "validate_every_s": 100000, "warmup_steps": 5})");
        config.close();
        const auto arguments = [&](const QString& out) {
            return QStringList{"train", "vq-vae", "--data", folder.filePath("tiny.h5"), "--out", folder.filePath(out), "--config", config.fileName(), "--epochs", "40", "--threads", "1", "--device", "cpu"};
        };
        QElapsedTimer clock;
        clock.start();
        const Answer whole = runChoreia(arguments("whole"), folder.path());
        QVERIFY2(whole.status == 0, qPrintable(whole.err));
        const auto span = static_cast<std::uint64_t>(clock.elapsed());

        Random random(20);
        int killed = 0;
        const std::string checkpoint = folder.filePath("broken/vq-vae.last.ckpt").toStdString();
        for (int i = 0; i < 6; ++i) {
            QProcess process;
            process.start(program(), arguments("broken") + QStringList{"--resume"});
            QVERIFY(process.waitForStarted());
            if (!process.waitForFinished(static_cast<int>(span / 8 + random.below(span / 2)))) {
                process.kill();
                process.waitForFinished();
                ++killed;
            }
            if (QFile::exists(QString::fromStdString(checkpoint))) {
                const auto table = io::readSafetensors(checkpoint);
                QVERIFY2(table.ok(), table.ok() ? "" : table.error().line().c_str());
            }
        }
        QVERIFY(killed > 0);
        const Answer end = runChoreia(arguments("broken") + QStringList{"--resume"}, folder.path());
        QVERIFY2(end.status == 0, qPrintable(end.err));

        const auto one = io::readSafetensors(folder.filePath("whole/vq-vae.last.ckpt").toStdString()), two = io::readSafetensors(checkpoint);
        QVERIFY(one.ok() && two.ok());
        QCOMPARE(two->tensors.size(), one->tensors.size());
        for (const auto& [name, entry] : one->tensors) QVERIFY2(two->tensors.at(name).bytes == entry.bytes, name.c_str());
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
