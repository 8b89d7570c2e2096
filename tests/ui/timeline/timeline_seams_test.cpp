// Cross-fades drawn in the dance lane, by real mouse and key events.
#include "ui/timeline/timeline_fixture.h"

#include "document/time_range.h"
#include "support/testing.h"

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class TimelineSeamsTest : public QObject, protected ShownTimeline {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { prepare(); }
    void init() {
        openDance(360);
        document_->select(TimeRange{1, 3});
        const auto movement = document_->movementOfSelection();
        QVERIFY(movement && document_->requestMovement(*movement, 4, QStringLiteral("Paste movement")));
        document_->select({});
        before_ = document_->hash();
    }
    void cleanup() { close(); }

    void aFadeIsDrawnOutOfTheSeam() {
        const int entries = document_->undoStack().count(), y = foot();
        const double beat = beatAt(document_->state().grid, 4);
        QVERIFY(std::abs(beat - 0.5) < 0.02);
        const int without = inks(4 - beat, 4 + beat);
        drag(4, 4.47, y);  // nearly a beat to one side: two beats long
        QCOMPARE(document_->undoStack().count(), entries + 1);
        QCOMPARE(document_->undoStack().undoText(), QString("Cross-fade"));
        QVERIFY2(std::abs(fade() - 2 * beat) < 1e-9, qPrintable(QString::number(fade())));
        // The cross is seen over the tokens: light lines where there were none.
        const double half = fade() / 2;
        QCOMPARE(half, beat);
        QVERIFY2(inks(4 - half, 4 + half) > without + kCross, qPrintable(QString("%1, %2 without").arg(inks(4 - half, 4 + half)).arg(without)));
        // Its ends are taken where they are, and Shift leaves the beats alone.
        drag(4 - half, 4 - 0.3, y, Qt::ShiftModifier);
        QVERIFY2(std::abs(fade() - 0.6) < 0.04, qPrintable(QString::number(fade())));
        // Drawn back into the seam it is none.
        drag(4 + fade() / 2, 4.01, y);
        QCOMPARE(fade(), 0.0);
        QCOMPARE(document_->hash(), before_);
        for (int i = 0; i < 3; ++i) document_->undoStack().undo();
        QCOMPARE(document_->hash(), before_);
        QCOMPARE(document_->undoStack().undoText(), QString("Paste movement"));
    }

    void aFadeIsTakenInTheLaneOfACanonToo() {
        drag(4, 4.47, foot());
        QVERIFY(fade() > 0.9);
        QVERIFY(document_->requestAddDancer(Document::NewDancer::InCanon));
        const double at = document_->cutNear(5)->at;
        QVERIFY(std::abs(at - 5) < 0.05);
        const auto later = [&] { return document_->cutNear(at)->fade; };
        QCOMPARE(later(), document_->state().dances[0].snapshot->dance.seams[0].fade);
        const double half = later() / 2;
        const int with = inks(at - half, at + half);
        QVERIFY(document_->requestCrossFade(at, 0));
        QVERIFY2(with > inks(at - half, at + half) + kCross, qPrintable(QString("%1, %2 without").arg(with).arg(inks(at - half, at + half))));
        document_->undoStack().undo();
        const auto before = document_->hash();
        drag(at + later() / 2, at + 0.3, foot(), Qt::ShiftModifier);
        QVERIFY2(std::abs(later() - 0.6) < 0.04, qPrintable(QString::number(later())));
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
    }

    void whatIsUndoneInTheDragIsLetGoOf() {
        const int y = foot();
        const auto take = [&] {
            QTest::mousePress(view_.get(), Qt::LeftButton, {}, {x(4), y});
            for (const double to : {4.2, 4.3, 4.4}) QTest::mouseMove(view_.get(), {x(to), y});
        };
        const auto drop = [&] {
            QTest::mouseMove(view_.get(), {x(4.5), y});
            QTest::mouseRelease(view_.get(), Qt::LeftButton, {}, {x(4.5), y});
        };
        take();
        while (document_->undoStack().canUndo()) document_->undoStack().undo();
        QVERIFY(!document_->dance());
        drop();
        QCOMPARE(document_->undoStack().index(), 0);
        while (document_->undoStack().canRedo()) document_->undoStack().redo();
        QCOMPARE(document_->hash(), before_);
        take();
        document_->undoStack().setClean();
        QVERIFY(openAndWait(*document_, song_));
        drop();
        QVERIFY(!document_->undoStack().canUndo());
    }

    void escLetsGoAndAClickSetsThePlayhead() {
        const int entries = document_->undoStack().count(), y = foot();
        QTest::mousePress(view_.get(), Qt::LeftButton, {}, {x(4), y});
        QTest::mouseMove(view_.get(), {x(4.3), y});
        QTest::mouseMove(view_.get(), {x(4.5), y});
        QTest::keyClick(view_.get(), Qt::Key_Escape);
        QTest::mouseRelease(view_.get(), Qt::LeftButton, {}, {x(4.5), y});
        QCOMPARE(document_->hash(), before_);
        QTest::mouseClick(view_.get(), Qt::LeftButton, {}, {x(4), y});
        QCOMPARE(document_->undoStack().count(), entries);
        QVERIFY(std::abs(player_->position() - 4) < 1e-6);
    }

    void theNamesAboveStillTrim() {
        const int y = static_cast<int>(view_->laneOf(Lane::Grip::Dance).top()) + 10;
        drag(4, 3.4, y);
        QCOMPARE(document_->undoStack().undoText(), QString("Trim block"));
        document_->undoStack().undo();
        // And where a block was only split, the foot is no handle.
        QVERIFY(document_->requestSplit(2));
        const auto split = document_->hash();
        drag(2, 2.5, foot());
        QVERIFY(document_->undoStack().undoText() != QString("Cross-fade"));
        QVERIFY(document_->hash() != split || document_->selection());
    }

    void theCursorTells() {
        const auto over = [this](int y) {
            const QPointF at(x(4), y);
            QMouseEvent move(QEvent::MouseMove, at, view_->mapToGlobal(at), Qt::NoButton, Qt::NoButton, Qt::NoModifier);
            QCoreApplication::sendEvent(view_.get(), &move);
            return view_->cursor().shape();
        };
        QCOMPARE(over(foot()), Qt::SizeHorCursor);
        QCOMPARE(over(foot() - 30), Qt::SplitHCursor);
    }

private:
    /// Of the chosen dancer: the last one, under whoever else there is.
    [[nodiscard]] QRectF danceLane() const {
        const QRectF first = view_->laneOf(Lane::Grip::Dance), keys = view_->laneOf(Lane::Grip::Key);
        return document_->state().dances.size() < 2 ? first : QRectF(QPointF(first.left(), first.bottom()), keys.topRight());
    }
    [[nodiscard]] int foot() const { return static_cast<int>(danceLane().bottom()) - 5; }
    [[nodiscard]] double fade() const { return document_->cutNear(4)->fade; }
    /// Light pixels along a stretch of the lane, below the names.
    int inks(double from, double to) {
        const QImage shown = view_->grab().toImage();
        const QRectF lane = danceLane();
        int count = 0;
        for (int column = x(from); column <= x(to); ++column)
            for (int row = static_cast<int>(lane.top()) + 21; row < static_cast<int>(lane.bottom()) - 2; ++row) count += shown.pixelColor(column, row).lightness() > 200;
        return count;
    }

    std::uint64_t before_ = 0;
    static constexpr int kCross = 100;  ///< light pixels of a cross and its box, of several hundred
};

CHOREIA_TEST(TimelineSeamsTest)
#include "timeline_seams_test.moc"
