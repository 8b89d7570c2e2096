// Several dancers in one document: every edit undone by hash, saved and reopened equal.
#include "ui/ui_fixtures.h"

#include "motion/formation.h"
#include "support/testing.h"

#include <set>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;
using NewDancer = Document::NewDancer;

class DocumentDancersTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { song_ = makeSong(folder_); }
    void init() { document_ = documentWithDance(song_); }
    void cleanup() { document_.reset(); }

    void eachComesAtAPlaceOfTheirOwnAndIsUndone() {
        const auto start = document_->hash();
        std::vector<std::uint64_t> hashes = {start};
        const NewDancer ways[] = {NewDancer::Copy, NewDancer::Mirrored, NewDancer::InCanon};
        for (std::size_t i = 1; i < motion::kMostDancers; ++i) {
            QVERIFY(document_->requestAddDancer(ways[i % 3]));
            QCOMPARE(document_->dancerIndex(), i);  // the newcomer is chosen
            hashes.push_back(document_->hash());
        }
        std::set<std::string> names;
        for (const auto& entry : dances()) {
            names.insert(entry.snapshot->dance.name);
            for (const auto& other : dances())
                if (other.id != entry.id) QVERIFY(apart(entry, other) > 1.6f);
        }
        QCOMPARE(names.size(), motion::kMostDancers);
        QCOMPARE(dances()[0].snapshot->dance.place, motion::StagePlace{});  // who was there has not moved
        QSignalSpy told(document_.get(), &Document::message);
        QVERIFY(!document_->requestAddDancer(NewDancer::Copy));
        QCOMPARE(told.count(), 1);
        QCOMPARE(document_->hash(), hashes.back());
        for (std::size_t i = motion::kMostDancers - 1; i-- > 0;) {
            document_->undoStack().undo();
            QCOMPARE(document_->hash(), hashes[i]);
            QCOMPARE(document_->dancerIndex(), i);
        }
        for (std::size_t i = 1; i < hashes.size(); ++i) {
            document_->undoStack().redo();
            QCOMPARE(document_->hash(), hashes[i]);
        }
    }

    void aCopyDancesAlikeAMirrorTheOtherWayACanonLater() {
        const auto lead = document_->dance();
        QVERIFY(document_->requestAddDancer(NewDancer::Copy));
        QCOMPARE(document_->dance()->dance.clip.root, lead->dance.clip.root);
        document_->choose(dances()[0].id);
        QVERIFY(document_->requestAddDancer(NewDancer::Mirrored));
        const auto mirror = document_->dance();
        QVERIFY(std::abs(mirror->positions.at(200, motion::LeftWrist).x() + lead->positions.at(200, motion::RightWrist).x()) < 1e-4f);
        document_->choose(dances()[0].id);
        QVERIFY(document_->requestAddDancer(NewDancer::InCanon));
        const auto beats = static_cast<std::size_t>(std::lround(2 * 60 / document_->state().grid.tempoBpm * 60));
        QVERIFY((document_->dance()->dance.clip.root[300] - lead->dance.clip.root[300 - beats]).norm() < 2e-3f);
    }

    void aCanonKeepsTheMarksOfTheFeet() {
        const auto stands = [&](std::size_t from, std::size_t to) {
            std::size_t frames = 0;
            for (std::size_t f = from; f < to; ++f) frames += document_->dance()->dance.contacts[f][0] || document_->dance()->dance.contacts[f][1];
            return frames;
        };
        QVERIFY(stands(120, 240) > 10);
        QVERIFY(document_->requestFoot(0, {2, 4}, false));  // it moves as it did, so that it would be found to stand again
        QVERIFY(document_->requestFoot(1, {5, 6}, true));
        const auto lead = document_->dance();
        QVERIFY(document_->requestAddDancer(NewDancer::InCanon));
        const auto& contacts = document_->dance()->dance.contacts;
        const auto wait = static_cast<std::size_t>(std::lround(2 * 60 / document_->state().grid.tempoBpm * 60));
        QCOMPARE(contacts.size(), lead->dance.contacts.size());
        for (std::size_t f = wait; f < contacts.size(); ++f) QVERIFY2(contacts[f] == lead->dance.contacts[f - wait], qPrintable(QString::number(f)));
        QCOMPARE(stands(120 + wait, 240 + wait), std::size_t(0));
    }

    void editsAreOfTheChosenOne() {
        QVERIFY(document_->requestAddDancer(NewDancer::Copy));
        const auto first = dances()[0].snapshot;
        QVERIFY(document_->requestPin(3));
        QVERIFY(document_->requestMirror());
        QCOMPARE(dances()[0].snapshot, first);
        QCOMPARE(dances()[1].snapshot->dance.keys.size(), std::size_t(1));
        document_->choose(dances()[0].id);
        QCOMPARE(document_->dance(), first);
        const auto second = dances()[1].snapshot;
        document_->select(TimeRange{2, 4});
        QVERIFY(document_->requestSmooth());
        QCOMPARE(dances()[1].snapshot, second);
    }

    void whatIsGeneratedGoesToWhoItWasAskedFor() {
        QVERIFY(document_->requestAddDancer(NewDancer::Copy));
        QVERIFY(document_->requestDancerName("  Blue   one "));
        QCOMPARE(document_->dance()->dance.name, std::string("Blue one"));
        QVERIFY(document_->requestPlace({1, 2, 0.5f}));
        auto settings = document_->state().settings;
        settings.seed = 77;
        document_->requestSettings(settings, "Seed");
        const auto lead = dances()[0].snapshot;
        document_->generate();
        document_->choose(dances()[0].id);  // meanwhile
        QTRY_VERIFY(!document_->generator().busy());
        QCOMPARE(dances()[0].snapshot, lead);
        const io::Dance& made = dances()[1].snapshot->dance;
        QCOMPARE(made.settings.seed, std::uint64_t(77));
        QCOMPARE(made.name, std::string("Blue one"));
        QCOMPARE(made.place, (motion::StagePlace{1, 2, 0.5f}));
    }

    void anotherDancerIsGenerated() {
        QVERIFY(document_->requestPin(2));
        const auto before = document_->hash();
        document_->generateDancer(4242);
        QTRY_VERIFY(!document_->generator().busy());
        QCOMPARE(dances().size(), std::size_t(2));
        QCOMPARE(document_->dancerIndex(), std::size_t(1));
        QCOMPARE(document_->dance()->dance.settings.seed, std::uint64_t(4242));
        QVERIFY(document_->dance()->dance.keys.empty());  // pins are the other one's
        QVERIFY(document_->dance()->positions.values != dances()[0].snapshot->positions.values);
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
    }

    void removedRenamedMovedAndFormedUp() {
        QSignalSpy told(document_.get(), &Document::message);
        QVERIFY(!document_->requestRemoveDancer());
        QCOMPARE(told.count(), 1);
        for (int i = 0; i < 3; ++i) QVERIFY(document_->requestAddDancer(NewDancer::Copy));
        document_->choose(dances()[1].id);
        const auto before = document_->hash();
        QVERIFY(!document_->requestDancerName(" "));
        QVERIFY(!document_->requestPlace(document_->dance()->dance.place));
        QVERIFY(!document_->requestPlace({std::nanf(""), 0, 0}));
        QCOMPARE(document_->hash(), before);
        QVERIFY(document_->requestRemoveDancer());
        QCOMPARE(document_->dancerIndex(), std::size_t(0));  // whoever came before
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
        QCOMPARE(document_->dancerIndex(), std::size_t(1));
        QVERIFY(document_->requestPlace({3, -1, 1}));
        QVERIFY(document_->requestFormation());
        const auto places = motion::formation(4);
        for (std::size_t i = 0; i < 4; ++i) QCOMPARE(dances()[i].snapshot->dance.place, (motion::StagePlace{places[i].x, places[i].z, 0}));
        const int entries = document_->undoStack().count();
        told.clear();
        QVERIFY(!document_->requestFormation());  // they stand there, and a message says so
        QCOMPARE(told.count(), 1);
        QCOMPARE(document_->undoStack().count(), entries);
        document_->undoStack().undo();
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
    }

    void theNextIsChosenRoundAndRound() {
        document_->chooseNext(1);
        QCOMPARE(document_->dancerIndex(), std::size_t(0));
        for (int i = 0; i < 2; ++i) QVERIFY(document_->requestAddDancer(NewDancer::Copy));
        const auto before = document_->hash();
        const int entries = document_->undoStack().count();
        document_->chooseNext(1);
        QCOMPARE(document_->dancerIndex(), std::size_t(0));
        document_->chooseNext(-1);
        QCOMPARE(document_->dancerIndex(), std::size_t(2));
        document_->choose(DanceId{99});  // nobody
        QCOMPARE(document_->dancerIndex(), std::size_t(2));
        QCOMPARE(document_->hash(), before);
        QCOMPARE(document_->undoStack().count(), entries);
    }

    void savedAndReopenedEqual() {
        QVERIFY(document_->requestAddDancer(NewDancer::Mirrored));
        QVERIFY(document_->requestPlace({-2.5f, 1.25f, 0.75f}));
        QVERIFY(document_->requestDancerName("Zwei"));
        QVERIFY(document_->requestAddDancer(NewDancer::InCanon));
        QVERIFY(document_->requestFoot(1, {2, 3}, false) || document_->requestFoot(1, {2, 3}, true));
        const QString file = folder_.filePath("several.choreia");
        QVERIFY(document_->saveNow(file).ok());
        Document again(quickGenerator());
        QVERIFY(openAndWait(again, file));
        QCOMPARE(again.hash(), document_->hash());
        QCOMPARE(again.state().dances[1].snapshot->dance.place, (motion::StagePlace{-2.5f, 1.25f, 0.75f}));
    }

    void feetArePlantedAndFreedAndUndone() {
        const auto before = document_->hash();
        const auto stands = [&](double t) { return document_->dance()->dance.contacts[static_cast<std::size_t>(t * 60)][0]; };
        const bool first = stands(3.5);
        QVERIFY(document_->requestFoot(0, {3, 4}, !first));
        QCOMPARE(stands(3.5), !first);
        QVERIFY(!document_->requestFoot(0, {3, 4}, !first));  // it is so already
        QVERIFY(document_->requestFoot(0, {3, 4}, first));
        document_->undoStack().undo();
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
    }

    void whereOnlyTheMarkOfAFootChangesAMessageSaysSo() {
        io::Dance still = makeDance(kSongSeconds, 3);
        for (auto& root : still.clip.root) root = motion::Skeleton::body().offset(0);
        still.contacts.clear();
        QVERIFY(document_->requestDance(document_->danceId(), makeSnapshot(still), "Still"));
        QVERIFY(document_->dance()->dance.contacts[200][0] && document_->dance()->dance.contacts[200][2]);
        QSignalSpy told(document_.get(), &Document::message);
        const auto said = [&] { return told.isEmpty() ? QString() : told.takeFirst()[0].value<Message>().title; };
        QVERIFY(document_->requestFoot(0, {3, 4}, false));
        QCOMPARE(said(), QString("The left foot is free, and moves as it did."));
        QVERIFY(document_->requestFoot(0, {3, 4}, true));
        QCOMPARE(said(), QString("The left foot stood still there already."));
        QVERIFY(document_->requestFoot(1, {3, 4}, false));
        QCOMPARE(said(), QString("The right foot is free, and moves as it did."));
        QVERIFY(told.isEmpty());
        // Where it moves there is nothing to say.
        for (std::size_t f = 0; f < still.clip.frames(); ++f) still.clip.root[f].x() = 0.005f * static_cast<float>(f);
        still.contacts.assign(still.clip.frames(), {false, false, false, false});
        QVERIFY(document_->requestDance(document_->danceId(), makeSnapshot(still), "Sliding"));
        QVERIFY(document_->requestFoot(0, {3, 4}, true));
        QVERIFY(told.isEmpty());
    }

    void aMovementReadMeanwhileMakesNoNinthDancer() {
        document_->takeMovement(makeDance(3, 4).clip, "walk.bvh");
        const auto first = document_->danceId();
        QVERIFY(document_->requestAddDancer(Document::NewDancer::Copy));
        QVERIFY(document_->requestRemoveDance(first));
        while (dances().size() < motion::kMostDancers) QVERIFY(document_->requestAddDancer(Document::NewDancer::Copy));
        const auto before = document_->hash();
        QSignalSpy told(document_.get(), &Document::message);
        QVERIFY(QTest::qWaitFor([&] { return !document_->generator().busy(); }, 30000));
        QCOMPARE(dances().size(), motion::kMostDancers);
        QCOMPARE(document_->hash(), before);
        QCOMPARE(told.count(), 1);
        QCOMPARE(told[0][0].value<Message>().title, QString("The stage is full."));
    }

    void blocksAreTrimmedBetweenTheirNeighbours() {
        QVERIFY(document_->requestSplit(2));
        QVERIFY(document_->requestSplit(5));
        const auto before = document_->hash();
        QVERIFY(!document_->requestTrim(3, 4));  // no block begins there
        QVERIFY(!document_->requestTrim(2, 2));
        QVERIFY(document_->requestTrim(2, 3.25));
        QCOMPARE(document_->dance()->dance.blocks[1].start, 3.25);
        QCOMPARE(document_->dance()->dance.blocks[2].start, 5.0);
        QVERIFY(document_->requestTrim(3.25, 7));
        QVERIFY(document_->dance()->dance.blocks[1].start < 5);
        document_->undoStack().undo();
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
    }

private:
    const std::vector<DanceEntry>& dances() const { return document_->state().dances; }
    static float apart(const DanceEntry& a, const DanceEntry& b) {
        const auto &p = a.snapshot->dance.place, &q = b.snapshot->dance.place;
        return std::hypot(p.x - q.x, p.z - q.z);
    }

    QTemporaryDir folder_;
    QString song_;
    std::unique_ptr<Document> document_;
};

CHOREIA_TEST(DocumentDancersTest)
#include "document_dancers_test.moc"
