// What is made anew of a dance: parts, in their turn and beside what is edited meanwhile, takes, and dances like it.
#include "ui/ui_fixtures.h"

#include "support/testing.h"

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class DocumentRemakeTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { song_ = makeSong(folder_); }
    void init() { document_ = documentWithDance(song_); }

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

CHOREIA_TEST(DocumentRemakeTest)
#include "document_remake_test.moc"
