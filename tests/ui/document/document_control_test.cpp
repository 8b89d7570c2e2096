// What a person holds on to: every edit undone to the hash, refused ones leave it, made dances pass through what is held, files keep it.
#include "ui/ui_fixtures.h"

#include "io/motion_files.h"
#include "support/testing.h"

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

namespace {

bool waitForJob(Document& document) {
    return QTest::qWaitFor([&] { return !document.generator().busy(); }, 60000);
}

bool samePose(const motion::Clip& a, std::size_t frameA, const motion::Clip& b, std::size_t frameB) {
    const auto x = a.pose(frameA), y = b.pose(frameB);
    return std::equal(x.begin(), x.end(), y.begin(), y.end(), [](const motion::Quat& p, const motion::Quat& q) { return p.coeffs() == q.coeffs(); });
}

}  // namespace

class DocumentControlTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { song_ = makeSong(folder_); }
    void init() {
        document_ = std::make_unique<Document>(quickGenerator());
        QVERIFY(openAndWait(*document_, song_));
        QVERIFY(generateAndWait(*document_));
    }

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

    void remakingChangesThePartAlone() {
        QVERIFY(document_->requestPin(3));
        QVERIFY(document_->requestPin(4.05));  // within 0.1 s of the part's end: the part gives way to it
        const auto before = document_->hash();
        const int entries = document_->undoStack().count();
        const auto old = document_->dance();
        document_->select(TimeRange{2, 4.1});
        document_->remakeSelection(4711);
        QVERIFY(waitForJob(*document_));
        QCOMPARE(document_->undoStack().count(), entries + 1);
        QVERIFY(document_->undoStack().undoText().startsWith("Remake bar"));
        const auto &was = old->dance.clip, &now = document_->dance()->dance.clip;
        std::size_t other = 0;
        for (std::size_t f = 0; f < was.frames(); ++f) {
            const bool same = samePose(was, f, now, f);
            if (f <= 120 || f >= 243 || f == 180) QVERIFY2(same, qPrintable(QString::number(f)));
            other += !same;
        }
        QVERIFY(other > 100);
        QCOMPARE(document_->dance()->dance.settings.seed, old->dance.settings.seed);
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
    }

    void remakingIsRefusedWithoutAPart() {
        const auto before = document_->hash();
        QSignalSpy message(document_.get(), &Document::message);
        document_->remakeSelection(1);
        document_->select(TimeRange{2, 2.3});
        document_->remakeSelection(1);
        QCOMPARE(message.count(), 2);
        QVERIFY(!document_->generator().busy());
        QCOMPARE(document_->hash(), before);
    }

    void aPinSetMeanwhileIsKeptAndAChangedDanceIsNotOverwritten() {
        document_->select(TimeRange{2, 4});
        document_->remakeSelection(5);
        QVERIFY(document_->requestPin(6));  // before the worker's answer is delivered
        QVERIFY(waitForJob(*document_));
        QVERIFY(document_->undoStack().undoText().startsWith("Remake"));
        QCOMPARE(document_->dance()->dance.keys.size(), std::size_t(1));
        const auto before = document_->hash();
        document_->remakeSelection(6);
        document_->undoStack().undo();  // the dance that is being worked on goes
        QSignalSpy message(document_.get(), &Document::message);
        QVERIFY(waitForJob(*document_));
        QCOMPARE(message.count(), 1);
        document_->undoStack().redo();
        QCOMPARE(document_->hash(), before);
    }

    void partsWaitTheirTurn() {
        const auto before = document_->hash();
        const int entries = document_->undoStack().count();
        const auto remake = [&](double from, double to, std::uint64_t seed) {
            document_->select(TimeRange{from, to});
            document_->remakeSelection(seed);
        };
        // Each of the dancer it was asked for, whoever is chosen when its turn comes.
        QVERIFY(document_->requestAddDancer(Document::NewDancer::Copy));
        const auto first = document_->state().dances[0], second = document_->state().dances[1];
        remake(1, 2.5, 11);
        QVERIFY(document_->waiting().empty());
        remake(4, 6, 12);
        document_->choose(first.id);
        remake(2, 3.5, 13);
        QCOMPARE(document_->waiting().size(), std::size_t(2));
        QVERIFY(document_->waiting()[0].startsWith("Remaking"));
        QVERIFY(waitForJob(*document_));  // busy from the first to the last
        QVERIFY(document_->waiting().empty());
        QCOMPARE(document_->undoStack().count(), entries + 4);
        const auto differs = [](const DanceEntry& was, const DanceEntry& now, std::size_t frame) { return !samePose(was.snapshot->dance.clip, frame, now.snapshot->dance.clip, frame); };
        const auto& dances = document_->state().dances;
        QVERIFY(differs(first, dances[0], 165) && !differs(first, dances[0], 100) && !differs(first, dances[0], 300));
        QVERIFY(differs(second, dances[1], 100) && differs(second, dances[1], 300) && !differs(second, dances[1], 165));
        while (document_->undoStack().index() > entries) document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
        // Nor is it forgotten behind takes, each of which begins the next.
        document_->makeTakes(700);
        remake(1, 2.5, 14);
        QCOMPARE(document_->waiting().size(), std::size_t(1));
        QVERIFY(waitForJob(*document_));
        QCOMPARE(document_->takes().size(), std::size_t(3));
        QVERIFY(document_->waiting().empty());
        QVERIFY2(document_->undoStack().undoText().startsWith("Remake"), qPrintable(document_->undoStack().undoText()));
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
    }

    void whatIsCutOrMarkedMeanwhileStays() {
        QVERIFY(document_->requestSplit(1));
        QVERIFY(document_->requestSplit(7));
        document_->select(TimeRange{3, 5});
        document_->remakeSelection(15);
        QVERIFY(document_->requestJoin(1));
        QVERIFY(document_->requestSplit(2));
        QVERIFY(document_->requestTrim(7, 6.5));
        auto marked = std::make_shared<DanceSnapshot>(*document_->dance());  // feet where only the mark changes
        marked->dance.contacts[60] = {true, false, true, false};
        marked->dance.contacts[420] = {false, true, false, true};
        QVERIFY(document_->requestDance(document_->danceId(), marked, "Mark"));
        const auto meanwhile = document_->hash();
        QVERIFY(waitForJob(*document_));
        QVERIFY(document_->undoStack().undoText().startsWith("Remake"));
        const auto& dance = document_->dance()->dance;
        std::vector<double> starts;
        for (const io::Block& block : dance.blocks) starts.push_back(block.start);
        QCOMPARE(starts, (std::vector<double>{0, 2, 3, 5, 6.5}));
        QVERIFY(dance.blocks[2].name.starts_with("remade"));
        QCOMPARE(dance.blocks[3].name, dance.blocks[1].name);
        QVERIFY(dance.contacts[60] == marked->dance.contacts[60] && dance.contacts[420] == marked->dance.contacts[420]);
        QVERIFY(!samePose(dance.clip, 240, marked->dance.clip, 240) && samePose(dance.clip, 100, marked->dance.clip, 100));
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), meanwhile);
        // A turned wrist moves no joint, and is an edit all the same.
        document_->remakeSelection(16);
        auto turned = std::make_shared<DanceSnapshot>(*document_->dance());
        turned->dance.clip.pose(400)[motion::LeftHand] = motion::Quat(Eigen::AngleAxisf(0.4f, motion::Vec3::UnitX()));
        QVERIFY(document_->requestDance(document_->danceId(), turned, "Turn"));
        const auto after = document_->hash();
        QVERIFY(waitForJob(*document_));
        QCOMPARE(document_->hash(), after);
    }

    void nothingBeginsWhereTheDanceEnds() {
        const double end = document_->state().duration;
        document_->select(TimeRange{end - 2, end});
        document_->remakeSelection(17);
        QVERIFY(waitForJob(*document_));
        QVERIFY(document_->undoStack().undoText().startsWith("Remake"));
        QCOMPARE(document_->dance()->dance.blocks.size(), std::size_t(2));
        QCOMPARE(document_->dance()->dance.blocks[1].start, end - 2);
        // And so where the dance is over before the song.
        QVERIFY(document_->requestDance(document_->danceId(), makeSnapshot(makeDance(6, 3)), "Shorter"));
        document_->select(TimeRange{1, 3});
        const auto movement = document_->movementOfSelection();
        QVERIFY(movement && document_->requestMovement(*movement, 4.5, "Paste movement"));
        QCOMPARE(document_->dance()->dance.blocks.size(), std::size_t(2));
        QCOMPARE(document_->dance()->dance.blocks[1].start, 4.5);
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

    void whatWaitsIsLeftOrGoesOn() {
        const int entries = document_->undoStack().count();
        const auto two = [&] {
            for (const double from : {1.0, 4.0}) {
                document_->select(TimeRange{from, from + 1.5});
                document_->remakeSelection(21);
            }
            QCOMPARE(document_->waiting().size(), std::size_t(1));
        };
        two();
        document_->clearWaiting();
        QVERIFY(waitForJob(*document_));
        QCOMPARE(document_->undoStack().count(), entries + 1);
        two();
        document_->generator().cancel();  // of what is being made
        QVERIFY(document_->generator().busy() && document_->waiting().empty());
        QVERIFY(waitForJob(*document_));
        QCOMPARE(document_->undoStack().count(), entries + 2);
        two();
        document_->generate();  // takes the place of both
        QVERIFY(document_->waiting().empty());
        QVERIFY(waitForJob(*document_));
        QCOMPARE(document_->undoStack().count(), entries + 3);
        QCOMPARE(document_->undoStack().undoText(), QString("Generate dance"));
        // A dancer who has gone meanwhile: the next one's turn.
        QVERIFY(document_->requestAddDancer(Document::NewDancer::Copy));
        const auto second = document_->danceId();
        document_->choose(document_->state().dances[0].id);
        document_->select(TimeRange{1, 2.5});
        document_->remakeSelection(31);
        document_->choose(second);
        document_->remakeSelection(32);
        QVERIFY(document_->requestRemoveDance(second));
        QSignalSpy message(document_.get(), &Document::message);
        QVERIFY(waitForJob(*document_));
        QCOMPARE(message.count(), 1);
        QVERIFY(document_->waiting().empty());
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

    void aTakeIsChosenAsOneEntry() {
        QVERIFY(document_->requestPin(3));
        const auto before = document_->hash();
        const int entries = document_->undoStack().count();
        document_->makeTakes(500);
        QVERIFY(waitForJob(*document_));
        QCOMPARE(document_->takes().size(), std::size_t(3));
        QCOMPARE(document_->hash(), before);  // nothing is chosen yet
        QCOMPARE(document_->currentTake(), -1);
        for (std::size_t i = 0; i < 3; ++i) {
            QCOMPARE(document_->takes()[i]->dance.settings.seed, std::uint64_t(500 + i));
            QVERIFY(std::ranges::equal(document_->takes()[i]->dance.clip.pose(180), document_->dance()->dance.keys[0].rotations,
                                       [](auto& p, auto& q) { return p.coeffs() == q.coeffs(); }));
        }
        QVERIFY(document_->requestTake(1));
        QCOMPARE(document_->undoStack().count(), entries + 1);
        QCOMPARE(document_->currentTake(), 1);
        QVERIFY(!document_->requestTake(1));
        QVERIFY(!document_->requestTake(3));
        QVERIFY(document_->requestTake(2));
        document_->undoStack().undo();
        QCOMPARE(document_->currentTake(), 1);
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
        document_->makeTakes(600);
        document_->generator().cancel();
        QTRY_COMPARE(document_->generator().threads(), std::size_t(0));
        QVERIFY(document_->takes().empty());
    }

    void moreLikeThisAsksForTheDanceAndItsCloseness() {
        DanceRequest asked;
        Document document([&](const DanceRequest& request, std::stop_token stop, Progress& progress) {
            asked = request;
            return quickGenerator()(request, stop, progress);
        });
        QVERIFY(openAndWait(document, song_));
        document.moreLikeThis(8, 0.25);
        QVERIFY(!document.generator().busy());  // like what?
        QVERIFY(generateAndWait(document));
        QVERIFY(asked.kind == DanceRequest::Kind::Whole && !asked.dance);
        const auto first = document.dance();
        const auto before = document.hash();
        document.moreLikeThis(8, 0.25);
        QVERIFY(waitForJob(document));
        QVERIFY(asked.kind == DanceRequest::Kind::Like);
        QCOMPARE(asked.dance, first);
        QCOMPARE(asked.closeness, 0.25);
        QCOMPARE(document.dance()->dance.settings.seed, std::uint64_t(8));
        document.undoStack().undo();
        QCOMPARE(document.hash(), before);
    }

private:
    QTemporaryDir folder_;
    QString song_;
    std::unique_ptr<Document> document_;
};

CHOREIA_TEST(DocumentControlTest)
#include "document_control_test.moc"
