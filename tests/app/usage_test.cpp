// How the command line answers a person who asks wrongly: one line, exit status 2 or 3, nothing written.
#include "cli_runner.h"
#include "support/testing.h"

#include <QDir>
#include <QFile>
#include <QRandomGenerator>
#include <QTemporaryDir>

using choreia::testing::Answer;
using choreia::testing::runChoreia;

class UsageTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

    QString at(const QString& name) const { return folder_.filePath(name); }
    void write(const QString& name, const QByteArray& bytes) const {
        QFile file(at(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }

private Q_SLOTS:
    void helpAndVersion_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("expected");
        QTest::newRow("version") << QStringList{"--version"} << "choreia ";
        QTest::newRow("help") << QStringList{"--help"} << "generate";
        for (const char* verb : {"analyze", "generate", "remake", "export", "convert", "evaluate", "evaluate-beats", "dataset", "train", "models", "bench"})
            QTest::newRow(verb) << QStringList{verb, "--help"} << "Usage: ";
    }
    void helpAndVersion() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, expected);
        const Answer answer = runChoreia(arguments);
        QCOMPARE(answer.status, 0);
        QVERIFY2(answer.out.contains(expected), qPrintable(answer.out));
        QCOMPARE(answer.err, QString());
    }

    void wrongUsageIsOneLine_data() {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("named");  // what the line must name
        QTest::newRow("nothing") << QStringList{} << "generate";
        QTest::newRow("unknown verb") << QStringList{"dance"} << "dance";
        QTest::newRow("unknown option") << QStringList{"generate", "a.ogg", "--no-such"} << "--no-such";
        QTest::newRow("no song") << QStringList{"generate"} << "SONG";
        QTest::newRow("option without value") << QStringList{"analyze", "a.ogg", "--beats"} << "--beats";
        QTest::newRow("not a number") << QStringList{"generate", "a.ogg", "--seed", "many"} << "--seed";
        QTest::newRow("two songs, one project") << QStringList{"generate", "a.ogg", "b.ogg", "-o", "c.choreia"} << "--out-dir";
        QTest::newRow("sheet of nothing") << QStringList{"models", "--sheet", "a.png"} << "--codes";
        QTest::newRow("codes of no motion") << QStringList{"models", "--codes", "default"} << "--data";
        QTest::newRow("no model") << QStringList{"generate", "a.ogg", "--model", "gpt"} << "gpt";
        QTest::newRow("dancer") << QStringList{"generate", "a.ogg", "--video", "a.mp4", "--view", "dancer", "--dancer", "nobody"} << "--dancer";
        QTest::newRow("group") << QStringList{"generate", "a.ogg", "--bvh", "a.bvh", "--dancers", "9"} << "--dancers";
        QTest::newRow("pin of no form") << QStringList{"generate", "a.ogg", "--pin", "jump.bvh"} << "TIME=CLIP";
        QTest::newRow("pin before the song") << QStringList{"generate", "a.ogg", "--pin", "-3=jump.bvh"} << "--pin";
        QTest::newRow("pin of nothing") << QStringList{"generate", "a.ogg", "--pin", "3="} << "--pin";
        QTest::newRow("no takes") << QStringList{"generate", "a.ogg", "--takes", "0"} << "--takes";
        QTest::newRow("closeness to nothing") << QStringList{"generate", "a.ogg", "--closeness", "0.5"} << "--like";
        QTest::newRow("too close") << QStringList{"generate", "a.ogg", "--like", "b.choreia", "--closeness", "1.5"} << "--closeness";
        QTest::newRow("part like another") << QStringList{"generate", "a.ogg", "--like", "b.choreia", "--from", "3"} << "--like";
        QTest::newRow("remake what") << QStringList{"remake", "--from", "1", "--to", "2"} << "PROJECT";
        QTest::newRow("remake to where") << QStringList{"remake", "a.choreia", "--from", "1"} << "--to";
        QTest::newRow("remake backwards") << QStringList{"remake", "a.choreia", "--from", "5", "--to", "4"} << "--to";
        QTest::newRow("remake a blink") << QStringList{"remake", "a.choreia", "--from", "5", "--to", "5.3"} << "0.5 s";
        QTest::newRow("remake into film") << QStringList{"remake", "a.choreia", "--from", "5", "--to", "9", "-o", "b.mp4"} << "-o";
        QTest::newRow("sync method") << QStringList{"generate", "a.ogg", "--bvh", "a.bvh", "--sync-method", "annealing"} << "annealing";
        QTest::newRow("wrong extension") << QStringList{"export", "a.choreia", "--fbx", "a.bvh"} << "--fbx";
        QTest::newRow("odd picture") << QStringList{"export", "a.choreia", "--video", "a.mp4", "--size", "641x360"} << "641x360";
        QTest::newRow("size of words") << QStringList{"export", "a.choreia", "--video", "a.mp4", "--size", "large"} << "large";
        QTest::newRow("film of no kind") << QStringList{"export", "a.choreia", "--video", "a.avi"} << "a.avi";
        QTest::newRow("view") << QStringList{"export", "a.choreia", "--video", "a.mp4", "--view", "sides"} << "sides";
        QTest::newRow("inset of one") << QStringList{"export", "a.choreia", "--video", "a.mp4", "--view", "dancer", "--inset"} << "--view both";
        QTest::newRow("no colour") << QStringList{"export", "a.choreia", "--video", "a.mp4", "--background", "#12"} << "#rrggbb";
        QTest::newRow("weights for a motion") << QStringList{"convert", "a.bvh", "b.bvh", "--weights", "w.safetensors"} << "--weights";
        QTest::newRow("device") << QStringList{"generate", "a.ogg", "--bvh", "a.bvh", "--device", "abacus"} << "abacus";
        QTest::newRow("transparent in H.264") << QStringList{"export", "a.choreia", "--video", "a.mp4", "--background", "transparent"} << "transparency";
        QTest::newRow("counter of nothing") << QStringList{"export", "a.choreia", "--bvh", "a.bvh", "--beat-counter"} << "--beat-counter";
        QTest::newRow("counter without beats") << QStringList{"export", "a.bvh", "--video", "a.mp4", "--beat-counter"} << "--song";
        QTest::newRow("picture of no kind") << QStringList{"export", "a.choreia", "--picture", "a.jpg"} << "a.jpg";
        QTest::newRow("crop of words") << QStringList{"dataset", "import-video", "a.mp4", "-o", "a.h5", "--crop", "left"} << "--crop";
        QTest::newRow("no output") << QStringList{"export", "a.choreia"} << "--bvh";
        QTest::newRow("convert to") << QStringList{"convert", "a.bvh", "a.xyz"} << ".xyz";
        QTest::newRow("train what") << QStringList{"train", "horse", "--data", "a.h5", "--out", "run"} << "horse";
        QTest::newRow("dataset what") << QStringList{"dataset"} << "dataset";
    }
    void wrongUsageIsOneLine() {
        QFETCH(QStringList, arguments);
        QFETCH(QString, named);
        const Answer answer = runChoreia(arguments, folder_.path());
        QCOMPARE(answer.status, 2);
        QCOMPARE(answer.err.count(QLatin1Char('\n')), 1);
        QVERIFY2(answer.err.startsWith("choreia: ") && answer.err.contains(named), qPrintable(answer.err));
        QCOMPARE(answer.out, QString());
        QVERIFY(QDir(folder_.path()).isEmpty());
    }

    void unusableInputIsOneLine_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("bytes");
        QByteArray noise(65536, '\0');
        QRandomGenerator random(7);
        for (char& byte : noise) byte = static_cast<char>(random.bounded(256));
        QTest::newRow("empty") << "empty.wav" << QByteArray();
        QTest::newRow("text") << "text.mp3" << QByteArray("this is not music\n").repeated(50);
        QTest::newRow("noise") << "noise.ogg" << noise;
        QTest::newRow("project of text") << "text.choreia" << QByteArray("this is no project\n").repeated(50);
        QTest::newRow("motion of noise") << "noise.h5" << noise;
        QTest::newRow("motion of text") << "text.bvh" << QByteArray("HIERARCHY of nothing\n");
    }
    void unusableInputIsOneLine() {
        QFETCH(QString, name);
        QFETCH(QByteArray, bytes);
        write(name, bytes);
        const bool song = name.endsWith("wav") || name.endsWith("mp3") || name.endsWith("ogg");
        for (const QString& file : {name, QStringLiteral("missing-") + name}) {
            const Answer answer = runChoreia({song ? "analyze" : "export", at(file), song ? "--beats" : "--bvh", at("out.bvh")});
            QVERIFY2(answer.status == 3, qPrintable(answer.err));
            QVERIFY2(answer.complaint().startsWith("choreia: ") && answer.complaint().contains(file), qPrintable(answer.err));
            QVERIFY(!QFile::exists(at("out.bvh")));
        }
    }

    void trainingThatCannotBeginLeavesNoFolder_data() {
        QTest::addColumn<QString>("model");
        for (const char* model : {"vq-vae", "kmeans", "gcn-mhw", "lstm-vae", "sync", "all"}) QTest::newRow(model) << QString::fromLatin1(model);
    }
    void trainingThatCannotBeginLeavesNoFolder() {
        QFETCH(QString, model);
        write("junk.h5", "this is no data");
        const Answer answer = runChoreia({"train", model, "--data", "junk.h5", "--out", "run"}, folder_.path());
        QCOMPARE(answer.status, 3);
        QVERIFY2(answer.err.contains("junk.h5"), qPrintable(answer.err));
        QVERIFY(!QDir(at("run")).exists());
        QVERIFY(QFile::remove(at("junk.h5")));
    }

    void directoryIsNoSong() {
        const Answer answer = runChoreia({"analyze", folder_.path()});
        QCOMPARE(answer.status, 3);
        QVERIFY2(answer.complaint().startsWith("choreia: "), qPrintable(answer.err));
    }

    void unwritableOutputIsRefusedBeforeTheWork() {
        write("text.mp3", "not music");
        for (const char* place : {"/proc/no/where.beats", "/"}) {
            const Answer answer = runChoreia({"analyze", at("text.mp3"), "--beats", place});
            QCOMPARE(answer.status, 1);  // the place, not the song, is complained of
            QVERIFY2(answer.complaint().contains(place), qPrintable(answer.err));
        }
    }

    void failureLeavesTheOldFile() {
        write("keep.bvh", "precious\n");
        QCOMPARE(runChoreia({"convert", at("missing.h5"), at("keep.bvh")}).status, 3);
        QFile file(at("keep.bvh"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QCOMPARE(file.readAll(), QByteArray("precious\n"));
    }
};

CHOREIA_TEST(UsageTest)
#include "usage_test.moc"
