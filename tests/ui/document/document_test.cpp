// The document: undo restores the hash, refused edits change nothing, files round-trip, failures leave it intact.
#include "ui/ui_fixtures.h"

#include "audio/beat_grid.h"
#include "support/testing.h"

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class DocumentTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { song_ = makeSong(folder_); }
    void undoOfBeatEditsRestoresTheHash();
    void aLockedGridRefuses();
    void oneDragIsOneEntry();
    void generatingIsUndoable();
    void everyPartCountsInTheHash();
    void saveAndOpenAgain();
    void savingElsewhereKeepsTheSong();
    void aBadFileLeavesEverythingAsItWas_data();
    void aBadFileLeavesEverythingAsItWas();
    void aMissingSongStillOpensTheProject();
    void abandonedGenerationIsDropped();
    void aNewSongAbandonsTheGeneration();
    void cannotSaveIntoNowhere();
    void editWhileSavingStaysUnsaved();

private:
    QTemporaryDir folder_;
    QString song_;
};

void DocumentTest::undoOfBeatEditsRestoresTheHash() {
    Document document(quickGenerator());
    QVERIFY(openAndWait(document, song_));
    QVERIFY(!document.dirty());
    const auto before = document.hash();
    const auto grid = document.state().grid;
    QVERIFY(grid.beats.size() > 8);
    QVERIFY(document.requestGrid(audio::doubled(grid), "Double"));
    QVERIFY(document.requestGrid(audio::shiftedHalfBeat(document.state().grid, kSongSeconds), "Shift"));
    // A beat that is not the first of its bar yet.
    const auto& now = document.state().grid;
    const auto other = std::find_if(now.beats.begin(), now.beats.end(), [&](double b) { return std::find(now.downbeats.begin(), now.downbeats.end(), b) == now.downbeats.end(); });
    QVERIFY(other != now.beats.end());
    QVERIFY(document.requestGrid(audio::withDownbeatAt(now, *other), "One"));
    QVERIFY(document.requestGridLock(true));
    const auto after = document.hash();
    QVERIFY(after != before);
    QVERIFY(document.dirty());
    QVERIFY(document.state().gridEdited);
    while (document.undoStack().canUndo()) document.undoStack().undo();
    QCOMPARE(document.hash(), before);
    QVERIFY(!document.dirty());
    QVERIFY(!document.state().gridEdited);
    while (document.undoStack().canRedo()) document.undoStack().redo();
    QCOMPARE(document.hash(), after);
}

void DocumentTest::aLockedGridRefuses() {
    Document document(quickGenerator());
    QVERIFY(openAndWait(document, song_));
    QVERIFY(document.requestGridLock(true));
    const auto before = document.hash();
    const int entries = document.undoStack().count();
    QSignalSpy message(&document, &Document::message);
    QVERIFY(!document.requestGrid(audio::doubled(document.state().grid), "Double"));
    QCOMPARE(document.hash(), before);
    QCOMPARE(document.undoStack().count(), entries);
    QCOMPARE(message.count(), 1);
}

void DocumentTest::oneDragIsOneEntry() {
    Document document(quickGenerator());
    const auto before = document.hash();
    for (const double value : {1.1, 1.2, 1.3}) {
        auto settings = document.state().settings;
        settings.temperature = value;
        QVERIFY(document.requestSettings(settings, "Change variation", 7));
    }
    QCOMPARE(document.undoStack().count(), 1);
    auto settings = document.state().settings;
    settings.temperature = 1.4;
    QVERIFY(document.requestSettings(settings, "Change variation", 8));  // the next drag
    QCOMPARE(document.undoStack().count(), 2);
    document.undoStack().undo();
    QCOMPARE(document.state().settings.temperature, 1.3);
    document.undoStack().undo();
    QCOMPARE(document.hash(), before);
    QVERIFY(!document.requestSettings(document.state().settings, "nothing", 9));
}

void DocumentTest::generatingIsUndoable() {
    Document document(quickGenerator());
    QVERIFY(openAndWait(document, song_));
    const auto empty = document.hash();
    QVERIFY(generateAndWait(document));
    QVERIFY(document.dance());
    const auto& snapshot = *document.dance();
    QCOMPARE(snapshot.positions.frames(), snapshot.dance.clip.frames());
    QCOMPARE(snapshot.dance.contacts.size(), snapshot.dance.clip.frames());
    const auto first = document.hash();
    auto settings = document.state().settings;
    settings.seed = 99;
    document.requestSettings(settings, "Seed");
    QVERIFY(generateAndWait(document));
    QCOMPARE(document.state().dances.size(), std::size_t(1));
    QCOMPARE(document.dance()->dance.settings.seed, std::uint64_t(99));
    document.undoStack().undo();  // the second dance
    document.undoStack().undo();  // the seed
    QCOMPARE(document.hash(), first);
    document.undoStack().undo();
    QCOMPARE(document.hash(), empty);
    QVERIFY(!document.dance());
}

void DocumentTest::everyPartCountsInTheHash() {
    DocumentState state;
    state.grid.beats = {0.5, 1.0};
    state.dances.push_back({DanceId{1}, makeSnapshot(makeDance(0.2, 1))});
    const auto base = hashOf(state);
    const auto differs = [&](auto change) {
        DocumentState other = state;
        change(other);
        return hashOf(other) != base;
    };
    QVERIFY(differs([](DocumentState& s) { s.songPath = "x"; }));
    QVERIFY(differs([](DocumentState& s) { s.grid.beats[1] = 1.5; }));
    QVERIFY(differs([](DocumentState& s) { s.grid.downbeats = {0.5}; }));
    QVERIFY(differs([](DocumentState& s) { s.grid.locked = true; }));
    QVERIFY(differs([](DocumentState& s) { s.settings.style = "waltz"; }));
    QVERIFY(differs([](DocumentState& s) { s.sections.push_back({0, 1, "A"}); }));
    QVERIFY(differs([](DocumentState& s) { s.dances.clear(); }));
    const auto withDance = [&](auto change) {
        return differs([&](DocumentState& s) {
            io::Dance dance = s.dances[0].snapshot->dance;
            change(dance);
            s.dances[0].snapshot = makeSnapshot(std::move(dance));
        });
    };
    QVERIFY(withDance([](io::Dance& d) { d.clip.rotations[30] = motion::Quat(0.8f, 0.6f, 0, 0); }));
    QVERIFY(withDance([](io::Dance& d) { d.clip.root[3].x() += 0.001f; }));
    QVERIFY(withDance([](io::Dance& d) { d.tokens.lower[0] += 1; }));
    QVERIFY(withDance([](io::Dance& d) { d.contacts[2][1] = !d.contacts[2][1]; }));
    QVERIFY(withDance([](io::Dance& d) { d.keys.push_back({0.1, true, motion::Vec3::Zero(), {}}); }));
    QVERIFY(!withDance([](io::Dance&) {}));
}

void DocumentTest::saveAndOpenAgain() {
    Document document(quickGenerator());
    QVERIFY(openAndWait(document, song_));
    QVERIFY(document.requestGrid(audio::doubled(document.state().grid), "Double"));
    QVERIFY(generateAndWait(document));
    document.setPlayhead(2.5);
    document.setVisible(1, 4);
    const QString file = folder_.filePath("work.choreia");
    QSignalSpy saved(&document, &Document::saved);
    document.save(file);
    QTRY_COMPARE(saved.count(), 1);
    QVERIFY(!document.dirty());
    QCOMPARE(document.title(), QString("work.choreia"));

    Document again(quickGenerator());
    QVERIFY(openAndWait(again, file));
    QVERIFY(again.song());  // beside the project, found by its relative path
    QCOMPARE(again.hash(), document.hash());
    QCOMPARE(again.view().playhead, 2.5);
    QCOMPARE(again.view().viewEnd, 4.0);
    QVERIFY(!again.dirty());
    QCOMPARE(again.path(), file);
}

void DocumentTest::savingElsewhereKeepsTheSong() {
    Document document(quickGenerator());
    QVERIFY(openAndWait(document, song_));
    const QTemporaryDir other;
    const QString file = other.filePath("far.choreia");
    QVERIFY(document.saveNow(file).ok());
    Document again(quickGenerator());
    QVERIFY(openAndWait(again, file));
    QVERIFY(again.song());
    QCOMPARE(again.state().songPath, document.state().songPath);
}

void DocumentTest::aBadFileLeavesEverythingAsItWas_data() {
    QTest::addColumn<QString>("name");
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("missing") << "nowhere.mp3" << QByteArray();
    QTest::newRow("empty song") << "empty.mp3" << QByteArray("");
    QTest::newRow("text as song") << "words.mp3" << QByteArray("these are words, not music\n").repeated(200);
    QTest::newRow("text as project") << "words.choreia" << QByteArray("this is no HDF5 file\n").repeated(50);
    QTest::newRow("folder") << "." << QByteArray();
}

void DocumentTest::aBadFileLeavesEverythingAsItWas() {
    QFETCH(QString, name);
    QFETCH(QByteArray, bytes);
    QTemporaryDir place;
    const QString path = place.filePath(name);
    if (!bytes.isNull()) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(bytes);
    }
    Document document(quickGenerator());
    QVERIFY(openAndWait(document, song_));
    QVERIFY(document.requestGrid(audio::halved(document.state().grid), "Halve"));
    const auto before = document.hash();
    QSignalSpy message(&document, &Document::message);
    QVERIFY(openAndWait(document, path));
    QCOMPARE(message.count(), 1);
    const auto told = message.front().front().value<Message>();
    QCOMPARE(told.kind, Message::Kind::Error);
    QVERIFY2(told.advice.contains("unchanged") && told.advice.contains("Choose another file"), qPrintable(told.advice));
    QCOMPARE(document.hash(), before);
    QVERIFY(document.dirty());
    QVERIFY(document.undoStack().canUndo());
    QVERIFY(document.song());
}

void DocumentTest::aMissingSongStillOpensTheProject() {
    QTemporaryDir place;
    Document document(quickGenerator());
    const QString song = makeSong(place, "gone.wav");
    QVERIFY(openAndWait(document, song));
    QVERIFY(generateAndWait(document));
    const QString file = place.filePath("kept.choreia");
    QVERIFY(document.saveNow(file).ok());
    QVERIFY(QFile::remove(song));
    Document again(quickGenerator());
    QSignalSpy message(&again, &Document::message);
    QVERIFY(openAndWait(again, file));
    QTRY_COMPARE(message.count(), 1);
    QCOMPARE(message.front().front().value<Message>().kind, Message::Kind::Warning);
    QVERIFY(again.dance());
    QCOMPARE(again.hash(), document.hash());
    QVERIFY(again.state().duration > 7.9);
}

void DocumentTest::abandonedGenerationIsDropped() {
    Document document(stubbornGenerator(std::chrono::milliseconds(20)));
    QVERIFY(openAndWait(document, song_));
    const auto before = document.hash();
    document.generate();
    QSignalSpy message(&document, &Document::message);
    QVERIFY(document.generator().busy());
    document.generator().cancel();
    QVERIFY(!document.generator().busy());
    QTRY_COMPARE(document.generator().threads(), std::size_t(0));
    QCOMPARE(document.hash(), before);
    QCOMPARE(document.undoStack().count(), 0);
    QCOMPARE(message.count(), 0);  // the person knows that they cancelled
}

void DocumentTest::aNewSongAbandonsTheGeneration() {
    Document document(stubbornGenerator(std::chrono::milliseconds(5)));
    QVERIFY(openAndWait(document, song_));
    document.generate();
    const QString other = makeSong(folder_, "other.wav");
    QVERIFY(openAndWait(document, other));
    QVERIFY(!document.generator().busy());
    QTRY_COMPARE(document.generator().threads(), std::size_t(0));
    QVERIFY(!document.dance());
    QCOMPARE(QString::fromStdString(document.state().songPath), other);
}

void DocumentTest::cannotSaveIntoNowhere() {
    Document document(quickGenerator());
    QVERIFY(openAndWait(document, song_));
    QVERIFY(generateAndWait(document));
    QSignalSpy message(&document, &Document::message);
    document.save("/nowhere/at/all/x.choreia");
    QTRY_COMPARE(message.count(), 1);
    QVERIFY(document.dirty());
    QVERIFY(document.path().isEmpty());
    QVERIFY(document.dance());
}

void DocumentTest::editWhileSavingStaysUnsaved() {
    Document document(quickGenerator());
    QVERIFY(openAndWait(document, song_));
    QVERIFY(generateAndWait(document));
    QSignalSpy saved(&document, &Document::saved);
    document.save(folder_.filePath("racing.choreia"));
    auto settings = document.state().settings;
    settings.seed = 5;
    document.requestSettings(settings, "Seed");  // before the worker's answer is delivered
    QTRY_COMPARE(saved.count(), 1);
    QVERIFY(document.dirty());
}

CHOREIA_TEST(DocumentTest)
#include "document_test.moc"
