// The command line at work: files in, figures and files out, interruption.
#include "audio/synth.h"
#include "cli_runner.h"
#include "io/media.h"
#include "io/motion_files.h"
#include "io/picture_file.h"
#include "motion/kinematics.h"
#include "support/testing.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>

#include <algorithm>
#include <cmath>
#include <csignal>

using namespace choreia;
using choreia::testing::Answer;
using choreia::testing::runChoreia;

namespace {

/// A body that sways, steps and turns: nothing of it stands still.
motion::Clip swayingClip(std::size_t frames, float phase) {
    motion::Clip clip;
    for (std::size_t f = 0; f < frames; ++f) {
        const auto t = static_cast<float>(f) / 60.0f + phase;
        clip.root.emplace_back(0.3f * std::sin(t), 0.9f + 0.02f * std::sin(6 * t), 0.2f * std::cos(t));
        for (int j = 0; j < motion::kJoints; ++j) {
            const auto joint = static_cast<float>(j);
            const motion::Vec3 axis = motion::Vec3(std::sin(joint), std::cos(2 * joint), std::sin(3 * joint + 1)).normalized();
            clip.rotations.emplace_back(Eigen::AngleAxisf(0.3f * std::sin(2 * t + joint), axis));
        }
    }
    return clip;
}

QJsonObject readJson(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return {};
    return QJsonDocument::fromJson(file.readAll()).object();
}

}  // namespace

class CliTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

    QString at(const QString& name) const { return folder_.filePath(name); }
    std::string path(const QString& name) const { return at(name).toStdString(); }
    void write(const QString& name, const QByteArray& bytes) const {
        QFile file(at(name));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }

private Q_SLOTS:
    void analyzeHearsTheScore() {
        audio::SynthSettings settings;
        settings.groove = audio::Groove::House;
        settings.tempoBpm = 124;
        settings.seconds = 30;
        const audio::SynthSong song = audio::synthesize(settings);
        QVERIFY(io::writeSound(path("song.wav"), song.pcm).ok());
        const Answer answer = runChoreia({"analyze", at("song.wav"), "--json", at("a.json"), "--beats", at("a.beats"), "--downbeats", at("a.downbeats")});
        QVERIFY2(answer.status == 0, qPrintable(answer.err));
        const QJsonObject figures = readJson(at("a.json"));
        QVERIFY(std::abs(figures["duration_s"].toDouble() - song.pcm.seconds()) < 0.05);
        QVERIFY2(std::abs(figures["tempo_bpm"].toDouble() - 124) < 2, qPrintable(QString::number(figures["tempo_bpm"].toDouble())));
        const QJsonArray beats = figures["beats_s"].toArray();
        // The score knows where its beats are: nearly all of them must be found within 70 ms.
        int hits = 0;
        for (const double wanted : song.grid.beats)
            for (const auto& beat : beats)
                if (std::abs(beat.toDouble() - wanted) < 0.07) {
                    ++hits;
                    break;
                }
        QVERIFY2(hits > 0.85 * static_cast<double>(song.grid.beats.size()), qPrintable(QString::number(hits)));
        QFile file(at("a.beats"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QList<QByteArray> lines = file.readAll().trimmed().split('\n');
        QCOMPARE(lines.size(), beats.size());
        for (qsizetype i = 0; i < lines.size(); ++i) {
            QCOMPARE(lines[i], QByteArray::number(beats[i].toDouble(), 'f', 3));
        }
        QVERIFY(QFile::exists(at("a.downbeats")));
        QVERIFY(figures["seconds"].toObject().contains("features"));
    }

    void fullStandardOutputIsAFailure() {
        audio::SynthSettings settings;
        settings.seconds = 5;
        QVERIFY(io::writeSound(path("short.wav"), audio::synthesize(settings).pcm).ok());
        const Answer answer = runChoreia({"analyze", at("short.wav"), "--json", "-"}, {}, "/dev/full");
        QCOMPARE(answer.status, 1);
        QVERIFY2(answer.complaint().contains("standard output"), qPrintable(answer.err));
    }

    void convertKeepsTheMotion() {
        const motion::Clip clip = swayingClip(90, 0);
        QVERIFY(io::writeClip(path("a.bvh"), clip).ok());
        QCOMPARE(runChoreia({"convert", at("a.bvh"), at("b.h5")}).status, 0);
        QCOMPARE(runChoreia({"convert", at("b.h5"), at("c.bvh")}).status, 0);
        const auto back = io::readClip(path("c.bvh"));
        QVERIFY(back.ok());
        QCOMPARE(back.value().frames(), clip.frames());
        const motion::Positions before = motion::jointPositions(motion::Skeleton::body(), clip);
        const motion::Positions after = motion::jointPositions(motion::Skeleton::body(), back.value());
        float worst = 0;
        for (std::size_t i = 0; i < before.values.size(); ++i) worst = std::max(worst, (before.values[i] - after.values[i]).norm());
        QVERIFY2(worst < 1e-3f, qPrintable(QString::number(static_cast<double>(worst))));
        for (const char* name : {"d.csv", "d.gltf", "d.glb", "d.fbx"}) {
            const Answer answer = runChoreia({"convert", at("a.bvh"), at(name)});
            QVERIFY2(answer.status == 0, qPrintable(answer.err));
            QVERIFY2(QFile(at(name)).size() > 1000, name);
        }
    }

    void exportCountsBeatsAndLeavesTheBackgroundOut() {
        QVERIFY(io::writeClip(path("count.bvh"), swayingClip(120, 1)).ok());
        audio::SynthSettings settings;
        settings.seconds = 6;
        QVERIFY(io::writeSound(path("count.wav"), audio::synthesize(settings).pcm).ok());
        const auto picture = [&](const char* name, const QStringList& more) {
            const Answer answer = runChoreia(QStringList{"export", at("count.bvh"), "--picture", at(name), "--at", "1", "--size", "320x180"} + more);
            if (answer.status != 0) qWarning("%s", qPrintable(answer.err));
            const auto read = io::readPicture(path(name));
            return read.ok() ? *read : io::RgbPicture{};
        };
        const auto plain = picture("plain.png", {}), counted = picture("counted.png", {"--song", at("count.wav"), "--beat-counter"});
        QVERIFY(plain.width == 320 && plain.height == 180 && counted.rgb.size() == plain.rgb.size());
        int inCorner = 0, elsewhere = 0;
        for (std::size_t p = 0; p < plain.rgb.size(); p += 3)
            if (!std::equal(plain.rgb.begin() + static_cast<std::ptrdiff_t>(p), plain.rgb.begin() + static_cast<std::ptrdiff_t>(p + 3), counted.rgb.begin() + static_cast<std::ptrdiff_t>(p)))
                ++(p / 3 % 320 < 120 && p / 3 / 320 > 150 ? inCorner : elsewhere);
        QVERIFY2(inCorner > 300 && elsewhere == 0, qPrintable(QStringLiteral("%1, %2").arg(inCorner).arg(elsewhere)));
        // The kind of colour in the PNG's header: with opacity, and without.
        QCOMPARE(picture("clear.png", {"--background", "transparent", "--view", "dancer"}).width, 320);
        const auto kind = [&](const char* name) {
            QFile file(at(name));
            return file.open(QIODevice::ReadOnly) ? static_cast<int>(file.read(26).back()) : -1;
        };
        QCOMPARE(kind("clear.png"), 6);
        QCOMPARE(kind("plain.png"), 2);
        // A song without beats has none to count.
        QVERIFY(io::writeSound(path("still.wav"), audio::Pcm{48000, 1, std::vector<float>(4 * 48000, 0.0f)}).ok());
        const Answer still = runChoreia({"export", at("count.bvh"), "--video", at("still.mp4"), "--song", at("still.wav"), "--beat-counter"});
        QCOMPARE(still.status, 3);
        QVERIFY2(still.complaint().contains("still.wav: has no beats to count"), qPrintable(still.err));
    }

    void exportFilmsAMotion() {
        QVERIFY(io::writeClip(path("film.bvh"), swayingClip(60, 1)).ok());
        const Answer answer = runChoreia({"export", at("film.bvh"), "--video", at("film.mp4"), "--size", "160x120", "--fps", "30", "--json", at("film.json")});
        QVERIFY2(answer.status == 0, qPrintable(answer.err));
        QFile film(at("film.mp4"));
        QVERIFY(film.open(QIODevice::ReadOnly));
        QCOMPARE(film.read(8).mid(4), QByteArray("ftyp"));
        QCOMPARE(readJson(at("film.json"))["video"].toObject()["frames"].toInt(), 30);
        // Both views before a colour, and half a second of it.
        const Answer both = runChoreia({"export", at("film.bvh"), "--video", at("both.mp4"), "--size", "160x120", "--fps", "30", "--view", "both", "--inset", "--background", "#ffffff",
                                        "--from", "0.25", "--length", "0.5", "--json", at("both.json")});
        QVERIFY2(both.status == 0, qPrintable(both.err));
        QCOMPARE(readJson(at("both.json"))["video"].toObject()["frames"].toInt(), 15);
        // Three in formation: a film, and a motion file each.
        const Answer group = runChoreia({"export", at("film.bvh"), "--video", at("three.mp4"), "--size", "160x120", "--fps", "10", "--view", "dancer", "--dancers", "3", "--canon", "0.2", "--bvh", at("three.bvh"),
                                         "--json", at("three.json")});
        QVERIFY2(group.status == 0, qPrintable(group.err));
        QCOMPARE(readJson(at("three.json"))["video"].toObject()["frames"].toInt(), 10);
        const auto lead = io::readClip(path("three.bvh")), second = io::readClip(path("three.dancer2.bvh")), third = io::readClip(path("three.dancer3.bvh"));
        QVERIFY(lead.ok() && second.ok() && third.ok());
        QVERIFY(std::abs((second->root[0] - third->root[0]).norm() - 1.8f) < 0.01f && lead->root[0].z() > second->root[0].z() + 1);
        const Answer late = runChoreia({"export", at("film.bvh"), "--video", at("late.mp4"), "--from", "5"});
        QCOMPARE(late.status, 2);
        QVERIFY2(late.err.contains("--from"), qPrintable(late.err));
    }

    void evaluateASetAgainstItself() {
        QDir(folder_.path()).mkdir("set");
        for (int k = 0; k < 4; ++k) QVERIFY(io::writeClip(path(QString("set/clip%1.h5").arg(k)), swayingClip(300, static_cast<float>(k) * 1.7f)).ok());
        write("set/clip0.beats", "0.500\n1.000\n1.500\n2.000\n2.500\n3.000\n");
        const Answer answer = runChoreia({"evaluate", at("set"), "--reference", at("set"), "--json", at("e.json")});
        QVERIFY2(answer.status == 0, qPrintable(answer.err));
        const QJsonObject figures = readJson(at("e.json"));
        QVERIFY(std::abs(figures["fid_k"].toDouble(9)) < 1e-2);
        QVERIFY(std::abs(figures["fid_g"].toDouble(9)) < 1e-2);
        QCOMPARE(figures["clips"].toArray().size(), 4);
        QCOMPARE(figures["reference_clips"].toInt(), 4);
        QVERIFY(!figures["warnings"].toArray().isEmpty());  // fewer clips than features
        QCOMPARE(figures["mean_joint_speed_m_s"].toDouble(), figures["reference_mean_joint_speed_m_s"].toDouble());
        QVERIFY(figures["mean_joint_speed_m_s"].toDouble() > 0.05);
        QCOMPARE(figures["clips"].toArray()[0].toObject()["name"].toString(), QString("clip0"));
    }

    void evaluateHoldsStylesAgainstTheirOwn() {
        for (const char* name : {"styled", "mixed", "reference"}) QDir(folder_.path()).mkdir(name);
        const auto put = [&](const QString& name, float phase, double fps, const char* style) {
            motion::Clip clip = swayingClip(300, phase);
            clip.fps = fps;
            return io::writeClip(path(name), clip, style).ok();
        };
        // Salsa is danced half as fast as house. Two salsas are held against salsa, not against the mean of both.
        QVERIFY(put("reference/a.h5", 0, 60, "salsa") && put("reference/b.h5", 2, 60, "house") && put("reference/c.h5", 3, 120, "house"));
        QVERIFY(put("styled/x.h5", 5, 60, "salsa") && put("styled/y.h5", 6, 60, "salsa"));
        const Answer answer = runChoreia({"evaluate", at("styled"), "--reference", at("reference"), "--json", at("styled.json")});
        QVERIFY2(answer.status == 0, qPrintable(answer.err));
        const QJsonObject figures = readJson(at("styled.json"));
        for (const char* key : {"reference_of_styles_motion_beat_rate_hz", "reference_of_styles_mean_joint_speed_m_s", "reference_of_styles_foot_skating_ratio",
                                "reference_of_styles_lowest_foot_speed_m_s", "reference_of_styles_freezing_ratio"})
            QVERIFY2(figures[key].isDouble(), key);
        const double ofAll = figures["reference_mean_joint_speed_m_s"].toDouble(), ofStyles = figures["reference_of_styles_mean_joint_speed_m_s"].toDouble();
        QVERIFY2(ofStyles > 0.05 && ofStyles < 0.9 * ofAll, qPrintable(QStringLiteral("%1, %2").arg(ofStyles).arg(ofAll)));
        QCOMPARE(answer.out.count("of these styles"), 5);
        // A clip without a style: the table and the figures are those of always.
        QVERIFY(put("mixed/x.h5", 5, 60, "salsa") && put("mixed/y.h5", 6, 60, ""));
        const Answer mixed = runChoreia({"evaluate", at("mixed"), "--reference", at("reference"), "--json", at("mixed.json")});
        QVERIFY2(mixed.status == 0, qPrintable(mixed.err));
        for (const QString& key : readJson(at("mixed.json")).keys()) QVERIFY2(!key.contains("of_styles"), qPrintable(key));
        QVERIFY(!mixed.out.contains("of these styles 0") && !mixed.out.contains("of these styles 1"));
        QCOMPARE(readJson(at("mixed.json"))["reference_mean_joint_speed_m_s"].toDouble(), ofAll);
    }

    void convertAndExportKeepTheStyle() {
        QVERIFY(io::writeClip(path("salsa.h5"), swayingClip(60, 0), "salsa").ok());
        QCOMPARE(runChoreia({"convert", at("salsa.h5"), at("salsa2.h5")}).status, 0);
        QCOMPARE(runChoreia({"export", at("salsa.h5"), "--motion", at("salsa3.h5"), "--dancers", "2"}).status, 0);
        for (const char* name : {"salsa2.h5", "salsa3.h5", "salsa3.dancer2.h5"}) QCOMPARE(io::readMotion(path(name))->style, std::string("salsa"));
        QCOMPARE(runChoreia({"convert", at("salsa.h5"), at("salsa.bvh")}).status, 0);
        QCOMPARE(runChoreia({"convert", at("salsa.bvh"), at("salsa4.h5")}).status, 0);
        QCOMPARE(io::readMotion(path("salsa4.h5"))->style, std::string());
    }

    void evaluateOfNothingIsRefused() {
        QDir(folder_.path()).mkdir("void");
        QCOMPARE(runChoreia({"evaluate", at("void"), "--reference", at("void")}).status, 3);
        QCOMPARE(runChoreia({"evaluate", at("absent"), "--reference", at("void")}).status, 3);
    }

    void evaluateBeatsByHand() {
        // Reference every half second from 6 s; estimated 20 ms late, the last two left out: recall 18/20, precision 1.
        QByteArray reference, estimated;
        for (int i = 0; i < 20; ++i) reference += QByteArray::number(6 + 0.5 * i, 'f', 3) + '\n';
        for (int i = 0; i < 18; ++i) estimated += QByteArray::number(6.02 + 0.5 * i, 'f', 3) + '\n';
        write("r.beats", reference);
        write("e.beats", estimated);
        QCOMPARE(runChoreia({"evaluate-beats", at("e.beats"), "--reference", at("r.beats"), "--json", at("b.json")}).status, 0);
        const QJsonObject figures = readJson(at("b.json"));
        QVERIFY(std::abs(figures["f_measure"].toDouble() - 2 * 0.9 / 1.9) < 1e-6);
        QVERIFY(std::abs(figures["median_error_ms"].toDouble() - 20) < 0.01);
        write("bad.beats", "1.0\nsoon\n");
        const Answer answer = runChoreia({"evaluate-beats", at("bad.beats"), "--reference", at("r.beats")});
        QCOMPARE(answer.status, 3);
        QVERIFY2(answer.complaint().contains("line 2"), qPrintable(answer.err));
    }

    void interruptionLeavesNothing_data() {
        QTest::addColumn<int>("signal");
        QTest::newRow("SIGINT") << SIGINT;
        QTest::newRow("SIGTERM") << SIGTERM;
    }
    void interruptionLeavesNothing() {
        QFETCH(int, signal);
        if (!QFile::exists(at("long.wav"))) {
            const audio::SynthSong song = audio::synthesize({});
            audio::Pcm longSong{song.pcm.rate, song.pcm.channels, {}};
            for (int i = 0; i < 30; ++i) longSong.samples.insert(longSong.samples.end(), song.pcm.samples.begin(), song.pcm.samples.end());
            QVERIFY(io::writeSound(path("long.wav"), longSong).ok());
        }
        write("long.beats", "precious\n");
        QDir(folder_.path()).mkdir("out");
        QProcess process;
        process.start(choreia::testing::program(), {"analyze", at("long.wav"), "--beats", at("out/long.beats"), "--json", at("out/long.json")});
        QVERIFY(process.waitForStarted());
        process.setReadChannel(QProcess::StandardError);
        QVERIFY(process.waitForReadyRead(60000));  // the first line of progress
        ::kill(static_cast<pid_t>(process.processId()), signal);
        QVERIFY(process.waitForFinished(60000));
        QCOMPARE(process.exitStatus(), QProcess::NormalExit);
        QCOMPARE(process.exitCode(), 130);
        const QString said = QString::fromUtf8(process.readAllStandardError());
        QVERIFY2(said.trimmed().section('\n', -1).startsWith("choreia: analyze: cancelled"), qPrintable(said));
        QVERIFY(QDir(at("out")).entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot).isEmpty());
    }

    void datasetFaultsAreNamed() {
        write("junk.h5", "no data");
        QCOMPARE(runChoreia({"dataset", "info", at("junk.h5")}).status, 3);
        QCOMPARE(runChoreia({"dataset", "check", at("absent.h5")}).status, 3);
        QCOMPARE(runChoreia({"train", "vq-vae", "--data", at("absent.h5"), "--out", at("run")}).status, 3);
        QVERIFY(!QFile::exists(at("run")));
    }
};

CHOREIA_TEST(CliTest)
#include "cli_test.moc"
