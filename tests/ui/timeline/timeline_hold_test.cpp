// Parts and key poses by real mouse and key events.
#include "ui/timeline/timeline_fixture.h"

#include "document/time_range.h"
#include "support/testing.h"

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class TimelineHoldTest : public QObject, protected ShownTimeline {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { prepare(); }
    void init() {
        openDance(340);
        findLanes();
    }
    void cleanup() { close(); }

    void draggingSelectsOnBeats() {
        const auto before = document_->hash();
        drag(2.1, 5.15, tokens_);
        QVERIFY(document_->selection());
        const auto& beats = document_->state().grid.beats;
        for (const double end : {document_->selection()->from, document_->selection()->to})
            QVERIFY(std::any_of(beats.begin(), beats.end(), [&](double beat) { return std::abs(beat - end) < 1e-9; }));
        QVERIFY(std::abs(document_->selection()->from - 2.1) < 0.27 && std::abs(document_->selection()->to - 5.15) < 0.27);
        QCOMPARE(document_->hash(), before);
        // It is to be seen: an outline round the dancer's lane.
        const QImage shown = view_->grab().toImage();
        const int edge = x(document_->selection()->from);
        QVERIFY(shown.pixelColor(edge, tokens_).lightness() > 200);
        QTest::keyClick(view_.get(), Qt::Key_Escape);
        QVERIFY(!document_->selection());
        QVERIFY(view_->grab().toImage().pixelColor(edge, tokens_).lightness() < 200);
    }

    void shiftAndAltSuspendTheSnap() {
        for (const auto key : {Qt::ShiftModifier, Qt::AltModifier}) {
            drag(2.13, 5.17, tokens_, key);
            QVERIFY(std::abs(document_->selection()->from - view_->axis().seconds(x(2.13))) < 1e-9);
            QVERIFY(std::abs(document_->selection()->to - view_->axis().seconds(x(5.17))) < 1e-9);
            document_->select({});
        }
        QVERIFY(!player_->loop().active());
    }

    void anEdgeIsDraggedOnAndAClickLetsGo() {
        document_->select(TimeRange{2.13, 4});
        drag(4, 6.4, tokens_);
        QCOMPARE(document_->selection()->from, 2.13);
        QCOMPARE(document_->selection()->to, snappedToBeat(document_->state().grid, kSongSeconds, view_->axis().seconds(x(6.4))));
        QTest::mouseClick(view_.get(), Qt::LeftButton, Qt::NoModifier, {x(1), tokens_});
        QVERIFY(!document_->selection());
        QVERIFY(std::abs(player_->position() - view_->axis().seconds(x(1))) < 1e-9);
    }

    void escInTheDragRollsBack() {
        document_->select(TimeRange{1, 2});
        QTest::mousePress(view_.get(), Qt::LeftButton, Qt::NoModifier, {x(4), tokens_});
        QTest::mouseMove(view_.get(), {x(6), tokens_});
        QVERIFY(document_->selection()->from > 3);
        QTest::keyClick(view_.get(), Qt::Key_Escape);
        QTest::mouseMove(view_.get(), {x(7), tokens_});
        QTest::mouseRelease(view_.get(), Qt::LeftButton, Qt::NoModifier, {x(7), tokens_});
        QCOMPARE(*document_->selection(), (TimeRange{1, 2}));
    }

    void chosenMovementIsDraggedToAnotherBeatOrCopied() {
        const auto& beats = document_->state().grid.beats;
        const double a = beats[2], b = beats[6];
        const auto before = document_->hash();
        const int entries = document_->undoStack().count();
        document_->select(TimeRange{a, b});
        QTest::mousePress(view_.get(), Qt::LeftButton, Qt::NoModifier, {x(a + 0.6), tokens_});
        QTest::mouseMove(view_.get(), {x(a + 1.2), tokens_});
        QTest::mouseMove(view_.get(), {x(a + 3.15), tokens_});
        QCOMPARE(document_->hash(), before);  // not before it is dropped
        QTest::keyClick(view_.get(), Qt::Key_Escape);
        QTest::mouseRelease(view_.get(), Qt::LeftButton, Qt::NoModifier, {x(a + 3.15), tokens_});
        QCOMPARE(document_->hash(), before);
        QCOMPARE(*document_->selection(), (TimeRange{a, b}));
        drag(a + 0.6, a + 3.15, tokens_);  // five beats on
        QCOMPARE(document_->undoStack().count(), entries + 1);
        QCOMPARE(document_->undoStack().undoText(), QStringLiteral("Move movement"));
        QVERIFY(std::abs(document_->selection()->to - beats[11]) < 0.03);
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
        document_->select(TimeRange{a, b});
        drag(a + 0.6, a + 3.15, tokens_, Qt::ControlModifier);
        QCOMPARE(document_->undoStack().undoText(), QStringLiteral("Copy movement"));
        QVERIFY(std::abs(document_->selection()->from - beats[7]) < 0.03);
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
    }

    void aDoubleClickChoosesABlock() {
        QVERIFY(document_->requestSplit(2));
        QVERIFY(document_->requestSplit(5));
        QTest::mouseDClick(view_.get(), Qt::LeftButton, Qt::NoModifier, {x(3), tokens_});
        QCOMPARE(*document_->selection(), (TimeRange{2, 5}));
    }

    void energyIsDrawnBentAndTakenAway() {
        const auto before = document_->hash();
        const int entries = document_->undoStack().count();
        const auto y = [&](double value) { return static_cast<int>(std::lround(courseY(course_, value))); };
        const auto& beats = document_->state().grid.beats;
        const auto course = [&] { return document_->state().settings.energyCourse; };
        QTest::mouseClick(view_.get(), Qt::LeftButton, Qt::NoModifier, {x(beats[2] + 0.1), y(0.6)});
        QCOMPARE(course().size(), std::size_t{1});
        QVERIFY(std::abs(course()[0].time - beats[2]) < 1e-9 && std::abs(course()[0].value - 0.6) < 0.06);
        drag(beats[6], beats[8], y(-0.5), Qt::NoModifier);  // a new point, drawn on to another beat
        QCOMPARE(document_->undoStack().count(), entries + 2);
        QVERIFY(std::abs(course()[1].time - beats[8]) < 1e-9 && std::abs(course()[1].value + 0.5) < 0.06);
        // It is to be seen.
        const QColor point = view_->grab().toImage().pixelColor(x(beats[8]), y(-0.5)), want = style::colors().accent;
        QVERIFY(std::abs(point.red() - want.red()) < 40 && std::abs(point.green() - want.green()) < 40);
        // A point does not pass its neighbour; Esc lets go.
        const auto two = course();
        QTest::mousePress(view_.get(), Qt::LeftButton, Qt::NoModifier, {x(beats[8]), y(-0.5)});
        QTest::mouseMove(view_.get(), {x(beats[6]), y(1)});
        QTest::keyClick(view_.get(), Qt::Key_Escape);
        QTest::mouseRelease(view_.get(), Qt::LeftButton, Qt::NoModifier, {x(beats[6]), y(1)});
        QVERIFY(course() == two);
        drag(beats[8], beats[0], y(-0.5));
        QVERIFY(course()[1].time > course()[0].time);
        document_->undoStack().undo();
        QVERIFY(course() == two);
        QTest::mouseDClick(view_.get(), Qt::LeftButton, Qt::NoModifier, {x(beats[8]), y(-0.5)});
        QCOMPARE(course().size(), std::size_t{1});
        QTest::mouseClick(view_.get(), Qt::LeftButton, Qt::NoModifier, {x(beats[2]), y(0.6)});
        QTest::keyClick(view_.get(), Qt::Key_Delete);
        QVERIFY(course().empty());
        while (document_->undoStack().index() > entries) document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
    }

    void aPointOfAnotherLineIsNotInHand() {
        const auto y = [&](double value) { return static_cast<int>(std::lround(courseY(course_, value))); };
        const auto& beats = document_->state().grid.beats;
        const auto course = [&] { return document_->state().settings.energyCourse; };
        QTest::mouseClick(view_.get(), Qt::LeftButton, Qt::NoModifier, {x(beats[8]), y(0.5)});
        auto settings = document_->state().settings;
        settings.energyCourse.insert(settings.energyCourse.begin(), {beats[2], -0.5});  // by another hand: the first point is another now
        QVERIFY(document_->requestSettings(settings, "Draw energy"));
        QVERIFY(!view_->removeChosen());
        QCOMPARE(course().size(), std::size_t{2});
        // While a point is dragged nothing is taken away, and after it is dropped it is in hand.
        QTest::mousePress(view_.get(), Qt::LeftButton, Qt::NoModifier, {x(beats[8]), y(0.5)});
        QTest::keyClick(view_.get(), Qt::Key_Delete);
        QVERIFY(!view_->removeChosen());
        QCOMPARE(course().size(), std::size_t{2});
        QTest::mouseMove(view_.get(), {x(beats[8]), y(-0.8)});
        QTest::mouseRelease(view_.get(), Qt::LeftButton, Qt::NoModifier, {x(beats[8]), y(-0.8)});
        QVERIFY(std::abs(course()[1].value + 0.8) < 0.06);
        QTest::keyClick(view_.get(), Qt::Key_Delete, Qt::ControlModifier);  // that is another key
        QCOMPARE(course().size(), std::size_t{2});
        QTest::keyClick(view_.get(), Qt::Key_Delete);
        QCOMPARE(course().size(), std::size_t{1});
        QCOMPARE(course()[0].time, beats[2]);
        // Nor in another song, where the line is the same.
        QTest::mouseClick(view_.get(), Qt::LeftButton, Qt::NoModifier, {x(beats[2]), y(-0.5)});
        document_->undoStack().setClean();
        QVERIFY(openAndWait(*document_, song_));
        QVERIFY(!view_->removeChosen());
        QCOMPARE(course().size(), std::size_t{1});
    }

    void aDiamondIsDraggedAsOneEntry() {
        QVERIFY(document_->requestPin(2));
        QVERIFY(gold(2) > 40);
        const auto before = document_->hash();
        const int entries = document_->undoStack().count();
        QTest::mousePress(view_.get(), Qt::LeftButton, Qt::NoModifier, {x(2), keys_});
        for (const double to : {3.0, 4.0, 5.1}) QTest::mouseMove(view_.get(), {x(to), keys_});
        QCOMPARE(document_->hash(), before);  // not before it is dropped
        QTest::mouseRelease(view_.get(), Qt::LeftButton, Qt::NoModifier, {x(5.1), keys_});
        QCOMPARE(document_->undoStack().count(), entries + 1);
        const double time = document_->dance()->dance.keys[0].time, beat = snappedToBeat(document_->state().grid, kSongSeconds, 5.1);
        QVERIFY(std::abs(time - beat) <= 0.5 / 60 + 1e-9);
        QVERIFY(gold(time) > 40);
        QCOMPARE(gold(2), 0);
        // In hand: Delete takes it away.
        QTest::keyClick(view_.get(), Qt::Key_Delete);
        QVERIFY(document_->dance()->dance.keys.empty());
        document_->undoStack().undo();
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
    }

    void escLeavesTheDiamondWhereItWas() {
        QVERIFY(document_->requestPin(2));
        const auto before = document_->hash();
        const int entries = document_->undoStack().count();
        QTest::mousePress(view_.get(), Qt::LeftButton, Qt::NoModifier, {x(2), keys_});
        QTest::mouseMove(view_.get(), {x(5), keys_});
        QTest::keyClick(view_.get(), Qt::Key_Escape);
        QTest::mouseRelease(view_.get(), Qt::LeftButton, Qt::NoModifier, {x(5), keys_});
        QCOMPARE(document_->hash(), before);
        QCOMPARE(document_->undoStack().count(), entries);
        QVERIFY(gold(2) > 40);
    }

    void aDiamondIsNotDroppedOnAnother() {
        QVERIFY(document_->requestPin(2));
        QVERIFY(document_->requestPin(4));
        const auto before = document_->hash();
        QTest::mousePress(view_.get(), Qt::LeftButton, Qt::NoModifier, {x(2), keys_});
        QTest::mouseMove(view_.get(), {x(4), keys_}, 0);
        QTest::mouseRelease(view_.get(), Qt::LeftButton, Qt::AltModifier, {x(4), keys_});
// The beat it snaps to may lie beside the other one: then both stand, apart.
        const auto& keys = document_->dance()->dance.keys;
        QCOMPARE(keys.size(), std::size_t{2});
        QVERIFY(keys[1].time - keys[0].time > 1.0 / 30 - 1e-9);
        if (document_->hash() == before) return;
        QVERIFY(std::abs(keys[0].time - 4) < 1e-6 || std::abs(keys[1].time - 4) < 1e-6);
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
    }

private:
    /// Heights of the lanes as they stand: the view is made of the same lanes.
    void findLanes() {
        tokens_ = middleOf(Lane::Grip::Dance);
        keys_ = middleOf(Lane::Grip::Key);
        course_ = view_->laneOf(Lane::Grip::Course);
    }
    [[nodiscard]] int gold(double seconds) const {
        const QImage shown = view_->grab().toImage();
        const QColor want = style::colors().gold;
        int count = 0;
        for (int dx = -9; dx <= 9; ++dx)
            for (int dy = -9; dy <= 9; ++dy) {
                const QColor c = shown.pixelColor(x(seconds) + dx, keys_ + dy);
                count += std::abs(c.red() - want.red()) + std::abs(c.green() - want.green()) + std::abs(c.blue() - want.blue()) < 30;
            }
        return count;
    }

    int tokens_ = 0, keys_ = 0;
    QRectF course_;
};

CHOREIA_TEST(TimelineHoldTest)
#include "timeline_hold_test.moc"
