// choreia generate with the shipped weights: the same dance for the same seed, every output whole and in agreement, nothing half written.
#include "audio/synth.h"
#include "cli_runner.h"
#include "io/media.h"
#include "io/motion_files.h"
#include "io/project.h"
#include "support/testing.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>

#include <cmath>
#include <csignal>

using namespace choreia;
using choreia::testing::Answer;
using choreia::testing::runChoreia;

namespace {

QByteArray bytesOf(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

}  // namespace

class GenerateTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;
    double seconds_ = 0;

    QString at(const QString& name) const { return folder_.filePath(name); }
    std::string path(const QString& name) const { return at(name).toStdString(); }

private Q_SLOTS:
    void initTestCase() {
        audio::SynthSettings settings;
        settings.seconds = 14;
        const audio::SynthSong song = audio::synthesize(settings);
        seconds_ = song.pcm.seconds();
        QVERIFY(io::writeSound(path("song.wav"), song.pcm).ok());
        settings.seed = 2;
        QVERIFY(io::writeSound(path("other.wav"), audio::synthesize(settings).pcm).ok());
    }

    void everyOutputTellsTheSameDance() {
        const Answer answer = runChoreia({"generate", at("song.wav"), "-o", at("a.choreia"), "--bvh", at("a.bvh"), "--motion", at("a.h5"), "--csv", at("a.csv"), "--gltf",
                                          at("a.glb"), "--seed", "7", "--json", at("a.json")});
        QVERIFY2(answer.status == 0, qPrintable(answer.err));
        const QJsonObject figures = QJsonDocument::fromJson(bytesOf(at("a.json"))).object();
        for (const char* key : {"song", "frames", "fps", "seed", "model", "style", "bas", "bas_chance", "bas_above_chance", "seconds", "peak_memory_mb"})
            QVERIFY2(figures.contains(key), key);
        for (const char* key : {"decode", "analyze", "tokens", "decode_motion", "sync", "cleanup", "export", "total"})
            QVERIFY2(figures["seconds"].toObject().contains(key), key);
        QCOMPARE(figures["seed"].toInt(), 7);
        QVERIFY(std::abs(figures["frames"].toDouble() / figures["fps"].toDouble() - seconds_) < 0.1);

        const auto project = io::readProject(path("a.choreia"));
        QVERIFY(project.ok());
        QCOMPARE(project.value().dances.size(), std::size_t{1});
        const auto clip = io::readClip(path("a.h5"));
        QVERIFY(clip.ok());
        const motion::Clip& stored = project.value().dances[0].clip;
        QCOMPARE(clip.value().frames(), stored.frames());
        for (std::size_t f = 0; f < stored.frames(); f += 50) QVERIFY((clip.value().root[f] - stored.root[f]).norm() < 1e-5f);
        // The style that was chosen for the song goes along, out of the project as well.
        const std::string style = figures["style"].toString().toStdString();
        QVERIFY(!style.empty() && style != "auto");
        QCOMPARE(io::readMotion(path("a.h5"))->style, style);
        QCOMPARE(runChoreia({"export", at("a.choreia"), "--motion", at("again.h5")}).status, 0);
        QCOMPARE(io::readMotion(path("again.h5"))->style, style);
        // Export of the project is the same file as the one written at once.
        QCOMPARE(runChoreia({"export", at("a.choreia"), "--bvh", at("again.bvh")}).status, 0);
        QVERIFY(bytesOf(at("a.bvh")).size() > 10000);
        QVERIFY(bytesOf(at("a.bvh")) == bytesOf(at("again.bvh")));
        QVERIFY(bytesOf(at("a.glb")).startsWith("glTF"));
        QVERIFY(bytesOf(at("a.csv")).size() > 10000);
    }

    void theSeedDecides() {
        for (const char* name : {"s1", "s2"}) QCOMPARE(runChoreia({"generate", at("song.wav"), "--bvh", at(QString(name) + ".bvh"), "--seed", "3"}).status, 0);
        QCOMPARE(runChoreia({"generate", at("song.wav"), "--bvh", at("s3.bvh"), "--seed", "4"}).status, 0);
        QVERIFY(!bytesOf(at("s1.bvh")).isEmpty());
        QVERIFY(bytesOf(at("s1.bvh")) == bytesOf(at("s2.bvh")));
        QVERIFY(bytesOf(at("s1.bvh")) != bytesOf(at("s3.bvh")));
    }

    void theStageIsAsLargeAsAsked() {
        const auto furthest = [&](const QString& file) {
            const auto clip = io::readClip(path(file));
            double most = clip.ok() ? 0 : 1e9;
            if (clip.ok())
                for (const auto& root : clip.value().root) most = std::max(most, std::hypot(static_cast<double>(root.x()), static_cast<double>(root.z())));
            return most;
        };
        QCOMPARE(runChoreia({"generate", at("song.wav"), "--motion", at("wide.h5"), "--seed", "3"}).status, 0);
        const Answer answer = runChoreia({"generate", at("song.wav"), "--motion", at("narrow.h5"), "-o", at("narrow.choreia"), "--seed", "3", "--stage", "0.5"});
        QVERIFY2(answer.status == 0, qPrintable(answer.err));
        QVERIFY2(furthest("wide.h5") > 0.5 && furthest("wide.h5") <= 2.01, qPrintable(QString::number(furthest("wide.h5"))));
        QVERIFY2(furthest("narrow.h5") <= 0.51, qPrintable(QString::number(furthest("narrow.h5"))));
        const auto project = io::readProject(path("narrow.choreia"));
        QVERIFY(project.ok());
        QCOMPARE(project.value().dances[0].settings.stage, 0.5);
        QCOMPARE(runChoreia({"generate", at("song.wav"), "--motion", at("q.h5"), "--stage", "-1"}).status, 2);
        QCOMPARE(runChoreia({"generate", at("song.wav"), "--motion", at("q.h5"), "--stage", "nan"}).status, 2);
    }

    void aPartIsAsLongAsThePart() {
        const Answer answer = runChoreia({"generate", at("song.wav"), "--from", "4", "--length", "5", "--motion", at("p.h5"), "-o", at("p.choreia"), "--json", "-"});
        QVERIFY2(answer.status == 0, qPrintable(answer.err));
        const QJsonObject figures = QJsonDocument::fromJson(answer.out.toUtf8()).object();  // nothing else stands on standard output
        QVERIFY2(std::abs(figures["frames"].toInt() - 300) <= 2, qPrintable(answer.out));
        const auto part = io::readClip(path("p.h5"));
        const auto project = io::readProject(path("p.choreia"));
        QVERIFY(part.ok() && project.ok());
        const motion::Clip& whole = project.value().dances[0].clip;
        QVERIFY(std::abs(whole.seconds() - seconds_) < 0.1);
        QVERIFY((whole.root[240] - part.value().root[0]).norm() < 1e-5f);
        QVERIFY((whole.root[100] - whole.root[0]).norm() < 1e-6f);  // holds still before the part
        QVERIFY((whole.root[400] - part.value().root[160]).norm() < 1e-5f);
        QCOMPARE(runChoreia({"generate", at("song.wav"), "--from", "400", "--bvh", at("q.bvh")}).status, 2);
    }

    void aBatchWritesASetThatEvaluateReads() {
        QCOMPARE(runChoreia({"generate", at("song.wav"), at("other.wav"), "--out-dir", at("batch"), "--json", at("batch.json")}).status, 0);
        for (const char* name : {"song", "other"})
            for (const char* extension : {".choreia", ".bvh", ".h5", ".beats"}) QVERIFY(QFile::exists(at(QString("batch/") + name + extension)));
        QCOMPARE(QJsonDocument::fromJson(bytesOf(at("batch.json"))).array().size(), 2);
        QCOMPARE(runChoreia({"evaluate", at("batch"), "--reference", at("batch"), "--json", at("e.json")}).status, 0);
        const QJsonObject figures = QJsonDocument::fromJson(bytesOf(at("e.json"))).object();
        QCOMPARE(figures["clips"].toArray().size(), 2);
        QVERIFY(figures["bas"].toDouble() > 0);
        QVERIFY(figures["bas_chance"].toDouble() > 0);
        QCOMPARE(runChoreia({"generate", at("song.wav"), at("batch/../song.wav"), "--out-dir", at("batch")}).status, 2);
    }

    void unknownStyleNamesTheKnown() {
        const Answer answer = runChoreia({"generate", at("song.wav"), "--bvh", at("x.bvh"), "--style", "polka-on-ice"});
        QCOMPARE(answer.status, 2);
        QVERIFY2(answer.complaint().contains("auto, ") && answer.complaint().contains("polka-on-ice"), qPrintable(answer.err));
        QVERIFY(!QFile::exists(at("x.bvh")));
    }

    void damagedWeightsAreNamed() {
        QDir(folder_.path()).mkdir("models");
        for (const QString& name : QDir(CHOREIA_SOURCE_DIR "/models").entryList({"*.safetensors"})) {
            QFile file(at("models/" + name));
            QVERIFY(file.open(QIODevice::WriteOnly));
            const QByteArray whole = bytesOf(QString(CHOREIA_SOURCE_DIR "/models/") + name);
            file.write(whole.left(whole.size() / 2));
        }
        const Answer answer = runChoreia({"generate", at("song.wav"), "--bvh", at("x.bvh")}, {}, {}, at("models"));
        QCOMPARE(answer.status, 3);
        QVERIFY2(answer.complaint().contains(".safetensors"), qPrintable(answer.err));
        QCOMPARE(runChoreia({"models"}, {}, {}, at("models")).status, 3);
        QCOMPARE(runChoreia({"models"}, {}, {}, at("no-models")).status, 3);
    }

    void shippedModelsAreListed() {
        const Answer answer = runChoreia({"models", "--json", "-"});
        QCOMPARE(answer.status, 0);
        const QJsonArray list = QJsonDocument::fromJson(answer.out.toUtf8()).array();
        QVERIFY(list.size() >= 2);
        for (const auto& row : list)
            for (const char* key : {"name", "kind", "file", "parameters", "trained_on", "licence", "figures", "command"}) QVERIFY2(row.toObject().contains(key), key);
    }

    void defaultProjectIsNeverWrittenOver() {
        QDir(folder_.path()).mkdir("plain");
        QCOMPARE(runChoreia({"generate", at("song.wav"), "--length", "3"}, at("plain")).status, 0);
        const QByteArray first = bytesOf(at("plain/song.choreia"));
        QVERIFY(!first.isEmpty());
        QCOMPARE(runChoreia({"generate", at("song.wav"), "--length", "3"}, at("plain")).status, 2);
        QVERIFY(bytesOf(at("plain/song.choreia")) == first);
    }

    void filmIsInterruptedClean() {
        QDir(folder_.path()).mkdir("film");
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("CHOREIA_MODELS", CHOREIA_SOURCE_DIR "/models");
        process.setProcessEnvironment(environment);
        process.start(choreia::testing::program(), {"generate", at("song.wav"), "--video", at("film/a.mp4"), "--json", at("film/a.json")});
        QVERIFY(process.waitForStarted());
        process.setReadChannel(QProcess::StandardError);
        QByteArray said;
        while (!said.contains("filming") && process.waitForReadyRead(120000)) said += process.readAllStandardError();
        QVERIFY2(said.contains("filming"), said.constData());
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        QVERIFY(process.waitForFinished(60000));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 130);
        QVERIFY(QDir(at("film")).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot).isEmpty());
    }
};

CHOREIA_TEST(GenerateTest)
#include "generate_test.moc"
