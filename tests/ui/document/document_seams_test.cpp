// Cross-fades in the document: one undo entry each, undone to the hash, kept by files, mirrored with the dance; refused where there is nothing to blend.
#include "ui/ui_fixtures.h"

#include "choreo/seams.h"
#include "document/dance_edits.h"
#include "motion/kinematics.h"
#include "support/testing.h"

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class DocumentSeamsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { song_ = makeSong(folder_); }
    void init() {
        document_ = documentWithDance(song_);
        document_->select(TimeRange{1, 3});
        const auto movement = document_->movementOfSelection();
        QVERIFY(movement && document_->requestMovement(*movement, 4, QStringLiteral("Paste movement")));
        QVERIFY(document_->cutNear(3.6));
        at_ = document_->cutNear(3.6)->at;
        before_ = document_->hash();
        entries_ = document_->undoStack().count();
    }

    void aFadeIsOneEntryAndIsUndone() {
        QVERIFY(std::abs(at_ - 4) < 1e-9);
        QVERIFY(document_->requestCrossFade(at_, 0.5));
        QCOMPARE(document_->undoStack().count(), entries_ + 1);
        QCOMPARE(document_->undoStack().undoText(), QString("Cross-fade"));
        QCOMPARE(document_->cutNear(at_)->fade, 0.5);
        const auto positions = motion::jointPositions(motion::Skeleton::body(), document_->dance()->dance.clip);
        QVERIFY(std::ranges::equal(document_->dance()->positions.values, positions.values, [](const auto& a, const auto& b) { return (a - b).norm() < 1e-5f; }));
        const auto faded = document_->hash();
        QVERIFY(faded != before_);
        QVERIFY(!document_->requestCrossFade(at_, 0.5));  // it is so already
        QVERIFY(document_->requestCrossFade(at_, 1));
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), faded);
        QVERIFY(document_->requestCrossFade(at_, 0));
        QCOMPARE(document_->undoStack().undoText(), QString("Take cross-fade back"));
        QCOMPARE(document_->hash(), before_);
        document_->undoStack().undo();
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before_);
    }

    void aFileKeepsIt() {
        QVERIFY(document_->requestCrossFade(at_, 0.75));
        const QString path = folder_.filePath("fade.choreia");
        QVERIFY(document_->saveNow(path).ok());
        Document reopened(quickGenerator());
        QVERIFY(openAndWait(reopened, path));
        QCOMPARE(reopened.hash(), document_->hash());
        QCOMPARE(reopened.cutNear(at_)->fade, 0.75);
        QVERIFY(reopened.requestCrossFade(at_, 0));
        QCOMPARE(reopened.hash(), before_);
    }

    void aMirroredFadeIsTakenBackMirrored() {
        QVERIFY(document_->requestMirror());
        const auto mirrored = document_->hash();
        document_->undoStack().undo();
        QVERIFY(document_->requestCrossFade(at_, 0.75));
        QVERIFY(document_->requestMirror());
        QVERIFY(document_->requestCrossFade(at_, 0));
        QCOMPARE(document_->hash(), mirrored);
        QCOMPARE(document_->cutNear(at_)->fade, 0.0);
        document_->undoStack().undo();
        document_->undoStack().undo();
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before_);
        QVERIFY(document_->requestMirror());
        QCOMPARE(document_->hash(), mirrored);
    }

    void aFadeWithoutRoomIsTakenBackStill() {
        QVERIFY(document_->requestCrossFade(at_, 0.5));
        QVERIFY(document_->requestSplit(at_ + 0.12));
        QVERIFY(document_->requestTrim(at_ + 0.12, at_ + 0.02));  // as near as a block may be: a tenth of a second
        QCOMPARE(choreo::longestFade(document_->dance()->dance, at_), 0.0);
        const auto blocks = document_->dance()->dance.blocks;
        QVERIFY(document_->requestCrossFade(at_, 0));
        QCOMPARE(document_->cutNear(at_)->fade, 0.0);
        QCOMPARE(document_->dance()->dance.blocks.size(), blocks.size());
        QVERIFY(!document_->requestCrossFade(at_, 0.5));
    }

    void aTrimmedBlockTakesItsFadeAlong() {
        QVERIFY(document_->requestCrossFade(at_, 0.5));
        const auto faded = document_->hash();
        document_->select(TimeRange{at_, at_ + 2});
        QVERIFY(document_->requestTrim(at_, at_ + 0.5));
        QVERIFY(std::abs(document_->selection()->from - at_ - 0.5) < 1e-9 && document_->selection()->to == at_ + 2);
        QCOMPARE(document_->undoStack().undoText(), QString("Trim block"));
        QCOMPARE(document_->cutNear(at_)->at, at_ + 0.5);
        QCOMPARE(document_->cutNear(at_)->fade, 0.5);
        QCOMPARE(document_->dance()->dance.seams.size(), std::size_t(2));
        QVERIFY(document_->requestTrim(at_ + 0.5, at_ + 5));  // as far as it is known
        QVERIFY(std::abs(document_->cutNear(at_)->at - at_ - 1) < 0.02);
        QSignalSpy told(document_.get(), &Document::message);
        QVERIFY(!document_->requestTrim(document_->cutNear(at_)->at, at_ + 5));
        QCOMPARE(told.count(), 1);
        QCOMPARE(told[0][0].value<Message>().title, QString("The block cannot be drawn out there."));
        document_->undoStack().undo();
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), faded);
    }

    void aCanonKeepsItsFadesAsMuchLater() {
        QVERIFY(document_->requestAddDancer(Document::NewDancer::InCanon));
        const motion::Clip plain = document_->dance()->dance.clip;
        document_->undoStack().undo();
        QVERIFY(document_->requestCrossFade(at_, 0.75));
        QVERIFY(document_->requestCrossFade(document_->cutNear(6)->at, 0.5));
        const auto lead = document_->dance();
        QCOMPARE(lead->dance.seams.size(), std::size_t(2));
        QVERIFY(document_->requestAddDancer(Document::NewDancer::InCanon));
        const double later = std::round(2 * 60 / document_->state().grid.tempoBpm * 60) / 60;
        const auto& seams = document_->dance()->dance.seams;
        QCOMPARE(seams.size(), std::size_t(2));
        QVERIFY(std::abs(seams[0].at - at_ - later) < 1e-6);
        QCOMPARE(document_->cutNear(at_ + later)->fade, 0.75);
        QVERIFY(choreo::isSeam(document_->dance()->dance, document_->cutNear(at_ + later)->at));
        const auto canon = document_->hash();
        // Kept by files, and taken back to what would be danced without them.
        const QString path = folder_.filePath("canon.choreia");
        QVERIFY(document_->saveNow(path).ok());
        Document reopened(quickGenerator());
        QVERIFY(openAndWait(reopened, path));
        QCOMPARE(reopened.hash(), canon);
        QVERIFY(document_->requestCrossFade(document_->cutNear(6 + later)->at, 0));
        QVERIFY(document_->requestCrossFade(document_->cutNear(at_ + later)->at, 0));
        const motion::Clip& now = document_->dance()->dance.clip;
        QCOMPARE(now.root, plain.root);
        for (std::size_t i = 0; i < now.rotations.size(); ++i) QVERIFY(now.rotations[i].coeffs() == plain.rotations[i].coeffs());
        // Where a fade would reach beyond the dance it is none any longer, and beyond it the seam is gone.
        const io::Dance cut = delayedDance(lead->dance, 1.85);
        QCOMPARE(cut.seams.size(), std::size_t(2));
        QCOMPARE(cut.seams[0].fade, 0.75);
        QVERIFY(cut.seams[1].fade == 0 && !cut.seams[1].blended && !cut.seams[1].unblended && cut.seams[1].contacts.empty() && cut.seams[1].earlier == lead->dance.seams[1].earlier);
        QCOMPARE(delayedDance(lead->dance, 2.5).seams.size(), std::size_t(1));
        QVERIFY(delayedDance(lead->dance, 5).seams.empty());
    }

    void aSeamHalfWayBetweenFramesGoesAlong() {
        QVERIFY(document_->requestCrossFade(at_, 0.75));
        io::Dance dance = document_->dance()->dance;
        for (const double beside : {0.5 / 60 - 1e-12, 0.5 / 60, 0.5 / 60 + 1e-12}) {
            dance.blocks[1].start = dance.seams[0].at = 4 - beside;
            for (std::size_t wait = 1; wait < 90; ++wait) {
                const io::Dance later = delayedDance(dance, static_cast<double>(wait) / 60);
                const auto frame = std::llround(dance.seams[0].at * 60), there = std::llround(later.seams[0].at * 60);
                QCOMPARE(there - frame, static_cast<long long>(wait));
                QVERIFY(choreo::seamAt(later, later.blocks[1].start));
            }
        }
    }

    void refusedWhereNothingMeets() {
        QSignalSpy messages(document_.get(), &Document::message);
        QVERIFY(!document_->requestCrossFade(2, 0.5));
        QVERIFY(document_->requestSplit(2));
        QVERIFY(!document_->requestCrossFade(2, 0.5));  // the same movement on both sides
        QCOMPARE(messages.count(), 2);
        QCOMPARE(document_->undoStack().count(), entries_ + 1);
        Document empty(quickGenerator());
        QVERIFY(!empty.cutNear(1) && !empty.requestCrossFade(1, 0.5));
        // More than there is room for is as much as there is room for.
        QVERIFY(document_->requestCrossFade(at_, 5));
        QVERIFY2(document_->cutNear(at_)->fade <= choreo::kLongestFade, qPrintable(QString::number(document_->cutNear(at_)->fade)));
    }

private:
    QTemporaryDir folder_;
    QString song_;
    std::unique_ptr<Document> document_;
    double at_ = 0;
    std::uint64_t before_ = 0;
    int entries_ = 0;
};

CHOREIA_TEST(DocumentSeamsTest)
#include "document_seams_test.moc"
