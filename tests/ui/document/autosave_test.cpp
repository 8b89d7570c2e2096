// Unsaved work outlives a crash: a side file while there is something to lose, none when there is not, and an editor killed at fifty moments.
#include "ui/ui_fixtures.h"

#include "document/autosave.h"
#include "support/testing.h"

#include <QProcess>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;
using namespace std::chrono_literals;

namespace {

bool edit(Document& document, std::uint64_t seed) {
    auto settings = document.state().settings;
    settings.seed = seed;
    return document.requestSettings(settings, QStringLiteral("Seed"));
}

int filesIn(const QString& folder) { return static_cast<int>(QDir(folder).entryList({QStringLiteral("*.choreia"), QStringLiteral("*.json")}, QDir::Files).size()); }

}  // namespace

class AutosaveTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { song_ = makeSong(folder_); }

    void theSideFileHoldsTheWorkUntilItIsSaved() {
        const QTemporaryDir recovery;
        Document document(quickGenerator());
        QVERIFY(openAndWait(document, song_));
        Autosave autosave(document, recovery.path(), 20ms);
        QSignalSpy written(&autosave, &Autosave::written);
        QTest::qWait(100);
        QCOMPARE(filesIn(recovery.path()), 0);  // nothing to lose
        QVERIFY(generateAndWait(document));
        QVERIFY(edit(document, 5));
        QTRY_VERIFY(written.count() >= 1 && filesIn(recovery.path()) == 2);
        QVERIFY(Autosave::leftWork(recovery.path()).empty());  // this session lives
        const QString file = QDir(recovery.path()).filePath(QDir(recovery.path()).entryList({QStringLiteral("*.choreia")}).front());
        QTRY_COMPARE(hashOf(fromProject(io::readProject(file.toStdString()).value(), file.toStdString()).state), document.hash());
        const int before = static_cast<int>(written.count());
        QTest::qWait(100);
        QCOMPARE(written.count(), before);  // nothing new, nothing written
        QVERIFY(document.saveNow(folder_.filePath("kept.choreia")).ok());
        QCOMPARE(filesIn(recovery.path()), 0);
        QVERIFY(edit(document, 6));
        QTRY_COMPARE(filesIn(recovery.path()), 2);
        document.undoStack().undo();  // as saved
        QTRY_COMPARE(filesIn(recovery.path()), 0);
    }

    void closingTakesItAway() {
        const QTemporaryDir recovery;
        Document document(quickGenerator());
        QVERIFY(openAndWait(document, song_));
        {
            Autosave autosave(document, recovery.path(), 20ms);
            QVERIFY(edit(document, 9));
            QTRY_COMPARE(filesIn(recovery.path()), 2);
        }
        QVERIFY(QDir(recovery.path()).isEmpty());
    }

    void leftWorkIsOpenedUnsavedUnderItsOldName() {
        const QTemporaryDir recovery;
        const QString project = folder_.filePath("mine.choreia");
        std::uint64_t hash = 0;
        {
            Document document(quickGenerator());
            QVERIFY(openAndWait(document, song_));
            QVERIFY(generateAndWait(document));
            QVERIFY(document.saveNow(project).ok());
            QVERIFY(edit(document, 77));
            hash = document.hash();
            Autosave autosave(document, recovery.path(), 20ms);
            QVERIFY(edit(document, 78));
            QVERIFY(edit(document, 77));
            QTRY_COMPARE(filesIn(recovery.path()), 2);
            // As a crash leaves it: the files, and a lock whose holder is gone.
            for (const QString& name : QDir(recovery.path()).entryList({QStringLiteral("*.choreia"), QStringLiteral("*.json")}, QDir::Files))
                QVERIFY(QFile::copy(QDir(recovery.path()).filePath(name), QDir(recovery.path()).filePath("crashed." + QFileInfo(name).suffix())));
        }
        const auto left = Autosave::leftWork(recovery.path());
        QCOMPARE(left.size(), std::size_t(1));
        QCOMPARE(left[0].projectPath, project);
        QCOMPARE(left[0].title, QStringLiteral("mine.choreia"));
        Document document(quickGenerator());
        Autosave autosave(document, recovery.path(), 1h);
        autosave.recover(left[0]);
        QTRY_COMPARE(document.hash(), hash);
        QVERIFY(document.dirty());
        QCOMPARE(document.path(), project);
        QTRY_VERIFY(Autosave::leftWork(recovery.path()).empty());
        QCOMPARE(filesIn(recovery.path()), 2);  // held by this session now
        const auto saved = io::readProject(project.toStdString());
        QVERIFY(saved.ok() && saved->settings.seed != 77);  // the project itself is untouched
        QVERIFY(document.saveNow(document.path()).ok());
        QCOMPARE(io::readProject(project.toStdString())->settings.seed, std::uint64_t(77));
        QVERIFY(!document.dirty());
        QCOMPARE(filesIn(recovery.path()), 0);
    }

    void brokenLeftWorkIsToldAndOthersAreStillOffered() {
        const QTemporaryDir recovery;
        const auto put = [&](const char* name, const char* text) {
            QFile file(recovery.filePath(QString::fromLatin1(name)));
            if (file.open(QIODevice::WriteOnly)) file.write(text);
        };
        put("a.json", "{\"project\": 3}");
        put("a.choreia", "no project");
        put("b.json", "not json");
        put("b.choreia", "x");
        put("c.json", "{}");  // its project was never whole
        const auto left = Autosave::leftWork(recovery.path());
        QCOMPARE(left.size(), std::size_t(1));
        Document document(quickGenerator());
        QVERIFY(openAndWait(document, song_));
        Autosave autosave(document, recovery.path(), 1h);
        QSignalSpy message(&document, &Document::message);
        const auto before = document.hash();
        autosave.recover(left[0]);
        QTRY_COMPARE(message.count(), 1);
        QCOMPARE(document.hash(), before);
        QVERIFY(QFile::exists(left[0].file));  // nothing is thrown away unasked
        Autosave::discard(left[0]);
        QVERIFY(Autosave::leftWork(recovery.path()).empty());
    }

    // The editor's every edit is numbered (the seed) and told with its time; it saves now and then, and keeps unsaved work every 200 ms.
    void killedAtFiftyMomentsTheProjectOpensAndLittleIsLost() {
        constexpr int kKills = 50;
        constexpr double kEvery = 0.2, kSlack = 2.0;  // seconds; two busy cores write late
        Random random(4711);
        const QTemporaryDir work, recovery;
        const QString project = work.filePath("killed.choreia");
        {
            Document document(quickGenerator());
            QVERIFY(openAndWait(document, song_));
            QVERIFY(generateAndWait(document));
            QVERIFY(document.saveNow(project).ok());
        }
        int recovered = 0, later = 0;
        for (int kill = 0; kill < kKills; ++kill) {
            QProcess editor;
            editor.start(QCoreApplication::applicationDirPath() + "/choreia-edit-until-killed", {project, recovery.path(), QString::number(kEvery * 1000)});
            QVERIFY(editor.waitForStarted());
            QByteArray told;
            const auto listen = [&](int ms) {
                if (editor.waitForReadyRead(ms)) told += editor.readAllStandardOutput();
            };
            while (!told.contains('\n') && editor.state() == QProcess::Running) listen(1000);
            QElapsedTimer clock;
            clock.start();
            const auto life = static_cast<qint64>(random.uniform(0, 600));
            while (clock.elapsed() < life) listen(20);
            editor.kill();
            QVERIFY(editor.waitForFinished());
            told += editor.readAllStandardOutput();
            QCOMPARE(editor.exitStatus(), QProcess::CrashExit);
            // "seed seconds" a line, the last one perhaps cut off.
            std::vector<std::pair<std::uint64_t, double>> edits;
            for (const QByteArray& line : told.left(told.lastIndexOf('\n')).split('\n')) {
                const auto words = line.split(' ');
                if (words.size() == 2) edits.emplace_back(words[0].toULongLong(), words[1].toDouble());
            }
            QVERIFY(!edits.empty());

            const auto opened = io::readProject(project.toStdString());
            QVERIFY2(opened.ok(), opened.ok() ? "" : opened.error().line().c_str());
            std::uint64_t found = opened->settings.seed;
            for (const LeftWork& left : Autosave::leftWork(recovery.path())) {
                const auto kept = io::readProject(left.file.toStdString());
                QVERIFY2(kept.ok(), kept.ok() ? "" : kept.error().line().c_str());
                later += kept->settings.seed > found;
                found = std::max(found, kept->settings.seed);
                Autosave::discard(left);
                ++recovered;
            }
            const auto lost = std::find_if(edits.begin(), edits.end(), [&](const auto& one) { return one.first > found; });
            const double seconds = lost == edits.end() ? 0 : edits.back().second - lost->second;
            QVERIFY2(seconds <= kEvery + kSlack, qPrintable(QString("kill %1: %2 s lost").arg(kill).arg(seconds)));
        }
        QVERIFY2(recovered >= 5 && later >= 3, qPrintable(QString("%1 found, %2 later than the project").arg(recovered).arg(later)));  // else nothing was tested
    }

private:
    QTemporaryDir folder_;
    QString song_;
};

CHOREIA_TEST(AutosaveTest)
#include "autosave_test.moc"
