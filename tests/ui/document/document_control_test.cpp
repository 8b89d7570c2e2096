// What a person holds on to: every edit undone to the hash, refused ones leave it, made dances pass through what is held, files keep it.
#include "ui/ui_fixtures.h"

#include "io/motion_files.h"
#include "support/testing.h"

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class DocumentControlTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { song_ = makeSong(folder_); }
    void init() { document_ = documentWithDance(song_); }

    void aSelectionIsNoEdit() {
        const auto before = document_->hash();
        QSignalSpy changed(document_.get(), &Document::changed);
        document_->select(TimeRange{2, 99});
        QCOMPARE(document_->selection()->to, document_->state().duration);
        document_->select(TimeRange{3, 3});
        QVERIFY(!document_->selection());
        QCOMPARE(changed.count(), 2);
        QCOMPARE(document_->hash(), before);
        QCOMPARE(document_->undoStack().count(), 1);
    }

    void pinsAreMovedAndRemovedWithUndo() {
        const auto before = document_->hash();
        QVERIFY(document_->requestPin(2.004));
        const auto pinned = document_->dance()->dance.keys;
        QCOMPARE(pinned.size(), std::size_t(1));
        QVERIFY(pinned[0].pinned);
        QCOMPARE(pinned[0].time, 2.0);  // on a frame
        QVERIFY(std::ranges::equal(pinned[0].rotations, document_->dance()->dance.clip.pose(120), [](auto& p, auto& q) { return p.coeffs() == q.coeffs(); }));
        QVERIFY(document_->requestPin(5));
        QVERIFY(document_->requestMoveKey(2.0, 6.5));
        QCOMPARE(document_->dance()->dance.keys[0].time, 5.0);  // in order of time
        QCOMPARE(document_->dance()->dance.keys[1].time, 6.5);
        QVERIFY(document_->requestRemoveKey(5.0));
        QCOMPARE(document_->dance()->dance.keys.size(), std::size_t(1));
        const auto after = document_->hash();
        for (int i = 0; i < 4; ++i) document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
        for (int i = 0; i < 4; ++i) document_->undoStack().redo();
        QCOMPARE(document_->hash(), after);
    }

    void refusedKeysChangeNothing() {
        QVERIFY(document_->requestPin(2));
        QVERIFY(document_->requestPin(4));
        const auto before = document_->hash();
        const int entries = document_->undoStack().count();
        QSignalSpy message(document_.get(), &Document::message);
        QVERIFY(!document_->requestPin(2.01));
        QVERIFY(!document_->requestMoveKey(4, 2.01));
        QVERIFY(!document_->requestMoveKey(3.5, 6));  // there is none
        QVERIFY(!document_->requestRemoveKey(3.5));
        QCOMPARE(message.count(), 2);
        QCOMPARE(document_->hash(), before);
        QCOMPARE(document_->undoStack().count(), entries);
        Document empty(quickGenerator());
        QVERIFY(!empty.requestPin(1));
        QVERIFY(!empty.requestOpeningFromPose(1));
        QCOMPARE(empty.undoStack().count(), 0);
    }

    void generatingPassesThroughThePins() {
        QVERIFY(document_->requestPin(3));
        const auto key = document_->dance()->dance.keys[0];
        auto settings = document_->state().settings;
        settings.seed = 77;
        QVERIFY(document_->requestSettings(settings, "Seed"));
        QVERIFY(generateAndWait(*document_));
        const auto& dance = document_->dance()->dance;
        QCOMPARE(dance.keys.size(), std::size_t(1));
        QVERIFY(std::ranges::equal(dance.clip.pose(180), key.rotations, [](auto& p, auto& q) { return p.coeffs() == q.coeffs(); }));
    }

    void twoFramesAreFarEnoughApart() {
        for (int frame = 3; frame < 470; frame += 7) {
            const double early = frame / 60.0, late = (frame + 2) / 60.0;
            QVERIFY2(document_->requestPin(early) && document_->requestPin(late), qPrintable(QString::number(frame)));
            QVERIFY(document_->requestMoveKeys({document_->dance()->dance.keys[0].time, document_->dance()->dance.keys[1].time}, 1.0 / 60));
            // A pose that is shaped beside them leaves both.
            auto pose = motion::poseAt(document_->dance()->dance.clip, static_cast<std::size_t>(frame + 5));
            pose.rotations[motion::Head] = motion::Quat(Eigen::AngleAxisf(0.2f, motion::Vec3::UnitY()));
            QVERIFY(document_->requestPose((frame + 5) / 60.0, pose, "Shape"));
            QCOMPARE(document_->dance()->dance.keys.size(), std::size_t(3));
            QVERIFY(!document_->requestPin((frame + 4) / 60.0));  // one frame is not
            while (document_->undoStack().index() > 1) document_->undoStack().undo();
        }
    }

    void manyKeysMoveAndGoTogether() {
        io::Dance held = document_->dance()->dance;
        std::vector<double> odd, even;
        for (std::size_t frame = 30; frame < 400; frame += 4) {
            const auto pose = held.clip.pose(frame);
            held.keys.push_back({static_cast<double>(frame) / 60, true, held.clip.root[frame], {pose.begin(), pose.end()}});
            (frame % 8 == 6 ? even : odd).push_back(held.keys.back().time);
        }
        QVERIFY(document_->requestDance(document_->danceId(), makeSnapshot(held), "Held"));
        const auto before = document_->hash();
        const auto times = [&] {
            std::vector<double> all;
            for (const auto& key : document_->dance()->dance.keys) all.push_back(key.time);
            return all;
        };
        std::vector<double> asked(odd.rbegin(), odd.rend());  // in any order
        QVERIFY(!document_->requestMoveKeys(asked, 3.0 / 60));  // a frame beside the others
        QVERIFY(document_->requestMoveKeys(asked, 2.0 / 60));
        std::vector<double> expected = even;
        for (const double time : odd) expected.push_back(std::round((time + 2.0 / 60) * 60) / 60);
        std::sort(expected.begin(), expected.end());
        QCOMPARE(times(), expected);
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
        QVERIFY(document_->requestRemoveKeys(asked));
        QCOMPARE(times(), even);
        document_->undoStack().undo();
        asked.push_back(asked.front());  // twice the same
        QVERIFY(!document_->requestRemoveKeys(asked) && !document_->requestMoveKeys(asked, 1.0 / 60));
        QCOMPARE(document_->hash(), before);
    }

    void theOpeningIsUndoneSavedAndDanced() {
        const auto before = document_->hash();
        const auto pose = motion::slice(document_->dance()->dance.clip, 100, 1);
        QVERIFY(document_->requestOpeningFromPose(100.0 / 60));
        QVERIFY(document_->hash() != before);
        QVERIFY(generateAndWait(*document_));
        QVERIFY(samePose(document_->dance()->dance.clip, 0, pose, 0));
        QVERIFY(!document_->requestPin(0));  // there is one already
        QVERIFY(document_->requestPin(4));
        const QString file = folder_.filePath("held.choreia");
        QVERIFY(document_->saveNow(file).ok());
        Document again(quickGenerator());
        QVERIFY(openAndWait(again, file));
        QVERIFY(again.state().opening);
        QCOMPARE(again.dance()->dance.keys.size(), std::size_t(1));
        QCOMPARE(again.hash(), document_->hash());
        while (document_->undoStack().index() > 1) document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
        QVERIFY(!document_->requestOpening(nullptr, "nothing to take away"));
    }

    void anOpeningIsReadFromAFile() {
        const QString path = folder_.filePath("begin.bvh");
        QVERIFY(io::writeClip(path.toStdString(), makeDance(1, 9).clip).ok());
        document_->openOpening(path);
        QTRY_VERIFY(document_->state().opening);
        QCOMPARE(document_->state().opening->frames(), std::size_t(60));
        document_->undoStack().undo();
        const auto before = document_->hash();
        QSignalSpy message(document_.get(), &Document::message);
        document_->openOpening(song_);  // a song is no motion
        QTRY_COMPARE(message.count(), 1);
        QCOMPARE(message.front().front().value<Message>().kind, Message::Kind::Error);
        QCOMPARE(document_->hash(), before);
    }

    void aMotionFileBecomesTheDance() {
        const QString path = folder_.filePath("other.bvh");
        const io::Dance other = makeDance(1, 9);
        QVERIFY(io::writeClip(path.toStdString(), other.clip).ok());
        const auto before = document_->hash();
        document_->openDance(path);
        QVERIFY(waitForJob(*document_));
        const motion::Clip& clip = document_->dance()->dance.clip;
        QCOMPARE(clip.frames(), static_cast<std::size_t>(std::round(document_->song()->analysis.duration * 60)));
        QVERIFY(document_->dance()->dance.keys.empty() && document_->dance()->dance.contacts.size() == clip.frames());
        const std::size_t last = clip.frames() - 1, end = other.clip.frames() - 1;
        for (std::size_t joint = 0; joint < motion::kJoints; ++joint) {
            QVERIFY(clip.pose(30)[joint].angularDistance(other.clip.pose(30)[joint]) < 1e-2f);
            QVERIFY(clip.pose(last)[joint].angularDistance(other.clip.pose(end)[joint]) < 1e-2f);  // its last pose stays
        }
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
        QSignalSpy message(document_.get(), &Document::message);
        document_->openDance(song_);  // a song is no motion
        QTRY_COMPARE(message.count(), 1);
        QCOMPARE(document_->hash(), before);
    }

private:
    QTemporaryDir folder_;
    QString song_;
    std::unique_ptr<Document> document_;
};

CHOREIA_TEST(DocumentControlTest)
#include "document_control_test.moc"
