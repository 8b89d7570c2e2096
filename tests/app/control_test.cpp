// Control from the command line: takes, pins and openings out of motion files, a part made anew, more like this.
#include "audio/synth.h"
#include "cli_runner.h"
#include "io/media.h"
#include "io/motion_files.h"
#include "io/picture_file.h"
#include "io/project.h"
#include "support/testing.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>

#include <algorithm>

using namespace choreia;
using choreia::testing::Answer;
using choreia::testing::runChoreia;

class ControlCliTest : public QObject {
    Q_OBJECT

    QTemporaryDir folder_;

    QString at(const QString& name) const { return folder_.filePath(name); }
    io::Project project(const QString& name) const {
        auto read = io::readProject(at(name).toStdString());
        if (!read.ok()) qFatal("%s", read.error().line().c_str());
        return std::move(read).value();
    }
    /// Bodies that stand apart in a picture of 640 x 360 on white; arms that reach across do not join them, and hands and feet stretched out are none.
    std::ptrdiff_t bodiesIn(const QString& name) const {
        const auto picture = io::readPicture(at(name).toStdString());
        if (!picture.ok() || picture->width != 640 || picture->height != 360) return 0;
        std::vector<int> parts;  // dark pixels of what stands apart
        int last = -100;         // a column where there was somebody
        for (int x = 0; x < picture->width; ++x) {
            int dark = 0;
            for (int y = 0; y < picture->height; ++y) {
                const auto* p = picture->rgb.data() + 3 * (y * picture->width + x);
                dark += std::min({p[0], p[1], p[2]}) < 90;  // cloth and hair, not shadow
            }
            if (dark < 12) continue;
            if (x > last + 4) parts.push_back(0);
            parts.back() += dark;
            last = x;
        }
        const int most = parts.empty() ? 0 : *std::max_element(parts.begin(), parts.end());
        return std::count_if(parts.begin(), parts.end(), [most](int dark) { return 3 * dark > most; });
    }
    static bool sameFrame(const motion::Clip& a, const motion::Clip& b, std::size_t f) {
        bool same = a.root[f] == b.root[f];
        for (std::size_t j = 0; j < motion::kJoints; ++j) same = same && a.pose(f)[j].coeffs() == b.pose(f)[j].coeffs();
        return same;
    }

private Q_SLOTS:
    void initTestCase() {
        audio::SynthSettings settings;
        settings.seconds = 14;
        QVERIFY(io::writeSound(at("song.wav").toStdString(), audio::synthesize(settings).pcm).ok());
    }

    void takesStandSideBySide() {
        const Answer answer = runChoreia({"generate", at("song.wav"), "--takes", "2", "--seed", "3", "-o", at("takes.choreia"), "--motion", at("t.h5"), "--json", "-"});
        QVERIFY2(answer.status == 0, qPrintable(answer.err));
        const QJsonArray figures = QJsonDocument::fromJson(answer.out.toUtf8()).array();
        QCOMPARE(figures.size(), 2);
        const io::Project takes = project("takes.choreia");
        QCOMPARE(takes.dances.size(), std::size_t{2});
        for (std::size_t k = 0; k < 2; ++k) {
            QCOMPARE(takes.dances[k].name, "Take " + std::to_string(k + 1));
            QCOMPARE(takes.dances[k].settings.seed, std::uint64_t{3 + k});
            QCOMPARE(figures[static_cast<int>(k)].toObject()["seed"].toInt(), static_cast<int>(3 + k));
            const auto clip = io::readClip(at(QString("t.take%1.h5").arg(k + 1)).toStdString());
            QVERIFY(clip.ok());
            QVERIFY((clip->root[300] - takes.dances[k].clip.root[300]).norm() < 1e-5f);
        }
        QVERIFY((takes.dances[0].clip.root[300] - takes.dances[1].clip.root[300]).norm() > 1e-4f);
    }

    void everybodyIsExportedTogether() {
        const Answer answer = runChoreia({"export", at("takes.choreia"), "--everybody", "--bvh", at("e.bvh"), "--picture", at("e.png"), "--view", "dancer", "--at", "5", "--size", "640x360",
                                          "--background", "#ffffff", "--from", "2", "--length", "6", "--json", "-"});
        QVERIFY2(answer.status == 0, qPrintable(answer.err));
        QCOMPARE(QJsonDocument::fromJson(answer.out.toUtf8()).object()["dancers"].toInt(), 2);
        // Takes that stand in one place are set side by side: two bodies, with a gap between them but where their ways cross.
        QVERIFY(bodiesIn("e.png") > 0);
        bool apart = false;
        for (int second = 3; second <= 9 && !apart; ++second) {
            const Answer moment = runChoreia({"export", at("takes.choreia"), "--everybody", "--picture", at("m.png"), "--view", "dancer", "--at", QString::number(second), "--size", "640x360",
                                              "--background", "#ffffff"});
            QVERIFY2(moment.status == 0, qPrintable(moment.err));
            const auto bodies = bodiesIn("m.png");
            QVERIFY(bodies == 1 || bodies == 2);
            apart = bodies == 2;
        }
        QVERIFY(apart);
        const auto first = io::readClip(at("e.bvh").toStdString()), second = io::readClip(at("e.dancer2.bvh").toStdString());
        QVERIFY(first.ok() && second.ok());
        QCOMPARE(first->frames(), std::size_t(360));
        QCOMPARE(second->frames(), std::size_t(360));
        const auto takes = project("takes.choreia");
        QVERIFY(std::abs((second->root[0].x() - first->root[0].x()) - (takes.dances[1].clip.root[120].x() - takes.dances[0].clip.root[120].x())) > 0.8f);
        for (const QStringList& more : {QStringList{"--dance", "1"}, QStringList{"--dancers", "2"}}) {
            const Answer refused = runChoreia(QStringList{"export", at("takes.choreia"), "--everybody", "--bvh", at("no.bvh")} + more);
            QCOMPARE(refused.status, 2);
            QVERIFY2(refused.complaint().contains("--everybody"), qPrintable(refused.complaint()));
        }
        QCOMPARE(runChoreia({"export", at("e.bvh"), "--everybody", "--csv", at("no.csv")}).status, 2);
    }

    void aPinAndAnOpeningOutOfAFile() {
        const Answer answer =
            runChoreia({"generate", at("song.wav"), "--seed", "3", "--pin", "6.5=" + at("t.take2.h5") + "@2.5", "--opening", at("t.take2.h5"), "-o", at("pinned.choreia")});
        QVERIFY2(answer.status == 0, qPrintable(answer.err));
        const motion::Clip clip = project("pinned.choreia").dances[0].clip, source = project("takes.choreia").dances[1].clip;
        for (std::size_t j = 1; j < motion::kJoints; ++j) QVERIFY(clip.pose(390)[j].angularDistance(source.pose(150)[j]) < 0.5 / 57.3);
        for (std::size_t j = 0; j < motion::kJoints; ++j) QVERIFY(clip.pose(0)[j].angularDistance(source.pose(source.frames() - 1)[j]) < 0.5 / 57.3);
        for (const auto& [pin, status, named] : {std::tuple("60=" + at("t.take2.h5"), 2, "60"), std::tuple("6=" + at("t.take2.h5") + "@99", 2, "99"),
                                                 std::tuple(QString("6=") + at("none.bvh"), 3, "none.bvh"), std::tuple("6=" + at("song.wav"), 3, "song.wav")}) {
            const Answer refused = runChoreia({"generate", at("song.wav"), "--pin", pin, "-o", at("x.choreia")});
            QVERIFY2(refused.status == status && refused.complaint().contains(named), qPrintable(refused.err));
            QVERIFY(!QFile::exists(at("x.choreia")));
        }
    }

    void energyAndStyleTakeACourse() {
        const Answer answer = runChoreia({"generate", at("song.wav"), "--seed", "3", "--style", "pop", "--energy-at", "9=0.5", "--energy-at", "3=-0.5", "--style-at", "8=salsa", "-o", at("course.choreia"), "--motion", at("course.h5")});
        QVERIFY2(answer.status == 0, qPrintable(answer.err));
        const io::GenerateSettings settings = project("course.choreia").dances[0].settings;
        QVERIFY(settings.energyCourse == (std::vector<io::EnergyPoint>{{3, -0.5}, {9, 0.5}}));
        QVERIFY(settings.styleCourse == (std::vector<io::StyleChange>{{8, "salsa"}}));
        QCOMPARE(io::readMotion(at("course.h5").toStdString())->style, std::string());  // two of them: none
        // Of a part too a project counts in the song's time.
        QCOMPARE(runChoreia({"generate", at("song.wav"), "--from", "4", "--length", "6", "--energy-at", "3=-0.5", "--energy-at", "9=0.5", "--style-at", "8=salsa", "-o", at("part.choreia")}).status, 0);
        const io::GenerateSettings part = project("part.choreia").dances[0].settings;
        QCOMPARE(part.energyCourse.size(), std::size_t{2});
        QVERIFY(std::abs(part.energyCourse[0].time - 4) < 1e-9 && std::abs(part.energyCourse[0].value + 1.0 / 3) < 1e-6 && std::abs(part.energyCourse[1].time - 9) < 1e-9);
        QVERIFY(part.styleCourse == (std::vector<io::StyleChange>{{8, "salsa"}}));
        for (const auto& [option, value] : {std::pair("--energy-at", "3"), std::pair("--energy-at", "3=2"), std::pair("--energy-at", "x=0"), std::pair("--energy-at", "3="), std::pair("--style-at", "salsa"),
                                            std::pair("--style-at", "8=polka"), std::pair("--style-at", "-1=salsa")}) {
            const Answer refused = runChoreia({"generate", at("song.wav"), option, value, "-o", at("x.choreia")});
            QVERIFY2(refused.status == 2 && refused.complaint().contains("expected"), qPrintable(refused.err));
        }
        const Answer twice = runChoreia({"generate", at("song.wav"), "--energy-at", "3=0", "--energy-at", "3=1", "-o", at("x.choreia")});
        QCOMPARE(twice.status, 2);
        QVERIFY(!QFile::exists(at("x.choreia")));
    }

    void aPartIsMadeAnew() {
        const Answer answer = runChoreia({"remake", at("takes.choreia"), "--dance", "2", "--from", "4", "--to", "8", "--seed", "9", "-o", at("new.choreia"), "--json", "-"});
        QVERIFY2(answer.status == 0, qPrintable(answer.err));
        const io::Project was = project("takes.choreia"), now = project("new.choreia");
        QCOMPARE(now.dances.size(), std::size_t{2});
        std::size_t changed = 0;
        for (std::size_t f = 0; f < was.dances[1].clip.frames(); ++f) {
            QVERIFY(sameFrame(was.dances[0].clip, now.dances[0].clip, f));
            const bool same = sameFrame(was.dances[1].clip, now.dances[1].clip, f);
            if (f < 240 || f > 480) QVERIFY(same);
            changed += !same;
        }
        QVERIFY(changed > 200);
        // Where it meets the rest, both movements are kept: the window can cross-fade them.
        QCOMPARE(now.dances[1].seams.size(), std::size_t{2});
        QVERIFY(std::abs(now.dances[1].seams[0].at - 4) < 1e-6 && std::abs(now.dances[1].seams[1].at - 8) < 1e-6);
        QVERIFY(now.dances[1].seams[0].earlier && now.dances[1].seams[1].later);
        QVERIFY(now.dances[0].seams.empty());
        QVERIFY(std::any_of(now.dances[1].blocks.begin(), now.dances[1].blocks.end(), [](const io::Block& block) { return block.name == "remade 9" && std::abs(block.start - 4) < 1e-6; }));
        for (const QStringList& more : {QStringList{"--from", "4", "--to", "99"}, QStringList{"--from", "4", "--to", "8", "--dance", "3"},
                                        QStringList{"--from", "4", "--to", "8", "--pin", "9=" + at("t.take2.h5")}}) {
            const Answer refused = runChoreia(QStringList{"remake", at("takes.choreia"), "-o", at("x.choreia")} + more);
            QVERIFY2(refused.status == 2, qPrintable(refused.err));
            QVERIFY(!QFile::exists(at("x.choreia")));
        }
        QCOMPARE(runChoreia({"remake", at("none.choreia"), "--from", "4", "--to", "8"}).status, 3);
    }

    void moreLikeThis() {
        const Answer answer = runChoreia({"generate", at("song.wav"), "--like", at("takes.choreia"), "--closeness", "1", "-o", at("like.choreia")});
        QVERIFY2(answer.status == 0, qPrintable(answer.err));
        QCOMPARE(runChoreia({"generate", at("song.wav"), "--like", at("none.choreia"), "--bvh", at("x.bvh")}).status, 3);
        QCOMPARE(runChoreia({"generate", at("song.wav"), "--like", at("song.wav"), "--bvh", at("x.bvh")}).status, 3);
    }
};

CHOREIA_TEST(ControlCliTest)
#include "control_test.moc"
