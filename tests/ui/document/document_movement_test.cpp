// Movement and blocks in the document: one undo entry each, undone to the hash; refused ones leave it; files keep the blocks.
#include "ui/ui_fixtures.h"

#include "motion/kinematics.h"
#include "support/testing.h"

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

namespace {

using Names = std::vector<std::string>;

Names namesOf(const Document& document) {
    Names names;
    for (const auto& block : document.dance()->dance.blocks) names.push_back(block.name);
    return names;
}

bool positionsAreThoseOfTheClip(const DanceSnapshot& dance) {
    const auto expected = motion::jointPositions(motion::Skeleton::body(), dance.dance.clip);
    return dance.positions.values.size() == expected.values.size() &&
           std::ranges::equal(dance.positions.values, expected.values, [](const auto& a, const auto& b) { return (a - b).norm() < 1e-5f; });
}

}  // namespace

class DocumentMovementTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { song_ = makeSong(folder_); }
    void init() {
        document_ = documentWithDance(song_);
        before_ = document_->hash();
        entries_ = document_->undoStack().count();
    }

    void pastingIsOneEntryAndIsUndone() {
        document_->select(TimeRange{1, 3});
        const auto movement = document_->movementOfSelection();
        QVERIFY(movement);
        QVERIFY(document_->requestMovement(*movement, 4, QStringLiteral("Paste movement")));
        QVERIFY(oneEntry(QStringLiteral("Paste movement")));
        QVERIFY(std::abs(document_->selection()->from - 4) < 1e-9 && std::abs(document_->selection()->to - 6) < 0.05);
        QCOMPARE(namesOf(*document_), (Names{"dance", "dance", "dance"}));
        QVERIFY(positionsAreThoseOfTheClip(*document_->dance()));
        // The right arm is where it was three seconds before.
        const auto& clip = document_->dance()->dance.clip;
        QVERIFY(clip.pose(300)[motion::RightShoulder].angularDistance(clip.pose(120)[motion::RightShoulder]) < 0.05f);
    }

    void aDuplicateFollowsAtOnce() {
        document_->select(TimeRange{1, 3});
        QVERIFY(document_->requestDuplicate());
        QVERIFY(oneEntry(QStringLiteral("Duplicate movement")));
        QVERIFY(std::abs(document_->selection()->from - 3) < 1e-9);
    }

    void halfAndDoubleTimeAreNamed() {
        document_->select(TimeRange{1, 5});
        QVERIFY(document_->requestOtherTime(0.5));
        QCOMPARE(namesOf(*document_), (Names{"dance", "dance, half time", "dance"}));
        QVERIFY(oneEntry(QStringLiteral("Half time")));
        document_->select(TimeRange{1, 5});
        QVERIFY(document_->requestOtherTime(2));
        QVERIFY(positionsAreThoseOfTheClip(*document_->dance()));
        QVERIFY(oneEntry(QStringLiteral("Double time")));
    }

    void movementIsExchanged() {
        document_->select(TimeRange{1, 3});
        QVERIFY(document_->requestExchange(6));
        QVERIFY(oneEntry(QStringLiteral("Move movement")));
        QVERIFY2(std::abs(document_->selection()->to - 6) < 1e-6 && std::abs(document_->selection()->from - 4) < 0.05, qPrintable(QString::number(document_->selection()->from)));
        document_->select(TimeRange{5, 7});
        QVERIFY(document_->requestExchange(2));
        QVERIFY(std::abs(document_->selection()->from - 2) < 1e-9);
        QVERIFY(oneEntry(QStringLiteral("Move movement")));
    }

    void partsAreTakenOutAndPutIn() {
        document_->select(TimeRange{1, 3});
        const auto movement = document_->movementOfSelection();
        const auto was = document_->dance()->dance.clip;
        QVERIFY(document_->requestTakeOut());
        QVERIFY(!document_->selection());
        QVERIFY(positionsAreThoseOfTheClip(*document_->dance()));
        const auto& clip = document_->dance()->dance.clip;
        QVERIFY(clip.pose(120)[motion::RightShoulder].angularDistance(was.pose(240)[motion::RightShoulder]) < 0.05f);
        QVERIFY(clip.pose(clip.frames() - 10)[motion::RightShoulder].coeffs() == was.pose(clip.frames() - 10)[motion::RightShoulder].coeffs());
        QVERIFY(oneEntry(QStringLiteral("Take part out")));
        QVERIFY(document_->requestPutIn(*movement, 5, QStringLiteral("Put movement in")));
        QVERIFY(std::abs(document_->selection()->from - 5) < 1e-9 && std::abs(document_->selection()->to - 7) < 0.05);
        QVERIFY(positionsAreThoseOfTheClip(*document_->dance()));
        const auto& longer = document_->dance()->dance.clip;
        QVERIFY(longer.pose(360)[motion::RightShoulder].angularDistance(was.pose(120)[motion::RightShoulder]) < 0.05f);
        QCOMPARE(longer.frames(), was.frames());
        QVERIFY(oneEntry(QStringLiteral("Put movement in")));
        document_->select(TimeRange{1, document_->state().duration});
        QVERIFY(!document_->requestTakeOut());
        QCOMPARE(document_->hash(), before_);
    }

    void aPartOfATakeIsDanced() {
        document_->makeTakes(90);
        QVERIFY(QTest::qWaitFor([&] { return !document_->generator().busy(); }, 60000));
        before_ = document_->hash();
        entries_ = document_->undoStack().count();
        const auto take = document_->takes()[1];
        document_->select(TimeRange{2, 4});
        QVERIFY(document_->requestPartOfTake(1));
        const auto& clip = document_->dance()->dance.clip;
        QVERIFY(clip.pose(180)[motion::RightShoulder].angularDistance(take->dance.clip.pose(180)[motion::RightShoulder]) < 0.02f);
        QCOMPARE(namesOf(*document_)[1], std::string("take 2"));
        QVERIFY(oneEntry(QStringLiteral("Part of take 2")));
        QVERIFY(!document_->requestPartOfTake(7));
    }

    void blocksAreSplitJoinedChosenAndKept() {
        QVERIFY(document_->requestSplit(2));
        QVERIFY(document_->requestSplit(5));
        QCOMPARE(document_->dance()->dance.blocks.size(), std::size_t{3});
        QVERIFY(!document_->requestSplit(5.05));
        document_->selectBlock(3);
        QCOMPARE(*document_->selection(), (TimeRange{2, 5}));
        document_->selectBlock(7);
        QCOMPARE(document_->selection()->to, document_->state().duration);
        const QString file = folder_.filePath(QStringLiteral("blocks.choreia"));
        QVERIFY(document_->saveNow(file).ok());
        Document again(quickGenerator());
        QVERIFY(openAndWait(again, file));
        QCOMPARE(again.dance()->dance.blocks, document_->dance()->dance.blocks);
        QCOMPARE(again.hash(), document_->hash());
        QVERIFY(document_->requestJoin(4.6));
        QCOMPARE(document_->dance()->dance.blocks.size(), std::size_t{2});
        QVERIFY(document_->requestJoin(2));
        QVERIFY(document_->dance()->dance.blocks.empty());
        QVERIFY(!document_->requestJoin(2));
        while (document_->undoStack().count() > entries_ && document_->undoStack().index() > entries_) document_->undoStack().undo();
        QCOMPARE(document_->hash(), before_);
    }

    void aRemadePartIsABlock() {
        document_->select(TimeRange{2, 4});
        document_->remakeSelection(12);
        QVERIFY(QTest::qWaitFor([&] { return !document_->generator().busy(); }, 60000));
        QCOMPARE(namesOf(*document_), (Names{"dance", "remade 12", "dance"}));
    }

    void refusedOnesChangeNothing() {
        QSignalSpy message(document_.get(), &Document::message);
        QVERIFY(!document_->movementOfSelection());
        QVERIFY(!document_->requestDuplicate());
        document_->select(TimeRange{1, 1.2});
        QVERIFY(!document_->requestOtherTime(2));
        document_->select(TimeRange{1, 3});
        const auto movement = document_->movementOfSelection();
        QVERIFY(!document_->requestMovement(*movement, document_->state().duration - 0.2, QStringLiteral("Paste")));
        QVERIFY(!document_->requestPartOfTake(0));
        QCOMPARE(message.count(), 5);
        QVERIFY(!document_->requestExchange(2));  // inside itself: no message, nothing to do
        QCOMPARE(message.count(), 5);
        QCOMPARE(document_->hash(), before_);
        QCOMPARE(document_->undoStack().count(), entries_);
    }

private:
    /// That the last entry is this one, and that undoing it leads back; redone, forward.
    bool oneEntry(const QString& text) {
        auto& stack = document_->undoStack();
        const auto after = document_->hash();
        bool right = stack.count() == entries_ + 1 && stack.undoText() == text && after != before_;
        stack.undo();
        right = right && document_->hash() == before_;
        stack.redo();
        right = right && document_->hash() == after;
        before_ = after;
        entries_ = stack.count();
        return right;
    }

    QTemporaryDir folder_;
    QString song_;
    std::unique_ptr<Document> document_;
    std::uint64_t before_ = 0;
    int entries_ = 0;
};

CHOREIA_TEST(DocumentMovementTest)
#include "document_movement_test.moc"
