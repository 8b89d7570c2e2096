// Several key poses and several blocks in hand at once, by real mouse and key events.
#include "ui/timeline/timeline_fixture.h"

#include "document/time_range.h"
#include "support/testing.h"

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class TimelineKeysTest : public QObject, protected ShownTimeline {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { prepare(); }
    void init() {
        openDance(340);
        for (const double time : {1.0, 2.0, 3.5, 6.0}) QVERIFY(document_->requestPin(time));
        keys_ = middleOf(Lane::Grip::Key);
        tokens_ = middleOf(Lane::Grip::Dance);
        before_ = document_->hash();
        entries_ = document_->undoStack().count();
    }
    void cleanup() { close(); }

    void ctrlAndShiftClicksAddAndTakeOut() {
        click(1);
        QCOMPARE(chosen(), Times({1}));
        QCOMPARE(player_->position(), 1.0);
        click(3.5, Qt::ControlModifier);
        click(2, Qt::ShiftModifier);
        QCOMPARE(chosen(), Times({1, 2, 3.5}));
        QCOMPARE(player_->position(), 1.0);  // what is added does not move the playhead
        click(2, Qt::ControlModifier);
        QCOMPARE(chosen(), Times({1, 3.5}));
        click(3.5);  // without them only this one stays
        QCOMPARE(chosen(), Times({3.5}));
        click(1, Qt::ControlModifier);
        QTest::keyClick(view_.get(), Qt::Key_Escape);
        QVERIFY(chosen().empty());
        QCOMPARE(document_->hash(), before_);
        QCOMPARE(document_->undoStack().count(), entries_);
    }

    void whatIsInHandIsToBeSeen() {
        click(1);
        click(6, Qt::ControlModifier);
        const QImage shown = view_->grab().toImage();
        for (const auto& [time, there] : {std::pair{1.0, true}, std::pair{2.0, false}, std::pair{6.0, true}}) {
            bool outline = false;  // in the text's colour, at the diamond's tip
            for (int dx = -2; dx <= 2; ++dx)
                for (int dy = 7; dy <= 11; ++dy) outline = outline || shown.pixelColor(x(time) + dx, keys_ - dy).blue() > 190;
            QCOMPARE(outline, there);
        }
    }

    void aBandChoosesWhatLiesInIt() {
        press(0.5);
        move(2.4);
        QCOMPARE(chosen(), Times({1, 2}));
        const QImage shown = view_->grab().toImage();
        QVERIFY(shown.pixelColor(x(1.5), keys_) != shown.pixelColor(x(4.5), keys_));  // the band
        move(4);
        QCOMPARE(chosen(), Times({1, 2, 3.5}));
        move(1.4);  // drawn back
        QCOMPARE(chosen(), Times({1}));
        move(3);
        release(3);
        QCOMPARE(chosen(), Times({1, 2}));
        drag(7, 5, Qt::ShiftModifier);  // one more part, from right to left
        QCOMPARE(chosen(), Times({1, 2, 6}));
        press(4.2);
        move(3.2);
        QCOMPARE(chosen(), Times({3.5}));
        QTest::keyClick(view_.get(), Qt::Key_Escape);
        release(3.2);
        QCOMPARE(chosen(), Times({1, 2, 6}));
        click(4.7);  // beside all of them: the playhead, and nothing is in hand
        QVERIFY(chosen().empty());
        QVERIFY(std::abs(player_->position() - view_->axis().seconds(x(4.7))) < 1e-9);
        QCOMPARE(document_->hash(), before_);
    }

    void aDragMovesThemAllAsOneEntry() {
        drag(0.5, 4);
        press(2);
        move(2.3);
        move(2 + 0.8);
        QCOMPARE(document_->hash(), before_);  // not before it is dropped
        release(2 + 0.8);
        QCOMPARE(document_->undoStack().count(), entries_ + 1);
        QCOMPARE(document_->undoStack().undoText(), QString("Move 3 key poses"));
        // The pressed one goes to a beat, the others with it.
        const double beat = snappedToBeat(document_->state().grid, kSongSeconds, 2 + view_->axis().seconds(x(2.8)) - view_->axis().seconds(x(2)));
        const double by = std::round((beat - 2) * 60) / 60;
        QVERIFY(by > 0.5);
        compareTimes({1 + by, 2 + by, 3.5 + by, 6});
        QCOMPARE(chosen().size(), std::size_t{3});
        compare(chosen(), {1 + by, 2 + by, 3.5 + by});
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before_);
        document_->undoStack().redo();
        compareTimes({1 + by, 2 + by, 3.5 + by, 6});
    }

    void escLeavesThemWhereTheyWere() {
        drag(0.5, 4);
        press(2);
        move(3);
        QTest::keyClick(view_.get(), Qt::Key_Escape);
        release(3);
        QCOMPARE(document_->hash(), before_);
        QCOMPARE(document_->undoStack().count(), entries_);
        QCOMPARE(chosen(), Times({1, 2, 3.5}));
    }

    void noneLeavesTheDance() {
        drag(0.5, 4);
        drag(2, 0.05, Qt::AltModifier);  // two seconds earlier there is no room for the first
        compareTimes({0, 1, 2.5, 6});
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before_);
        QSignalSpy said(document_.get(), &Document::message);
        QVERIFY(!document_->requestMoveKeys({1, 2, 3.5}, -1.5));
        QVERIFY(!document_->requestMoveKeys({1, 6}, 2.5));
        QVERIFY(!document_->requestMoveKeys({1, 2}, 1.5));  // onto another
        QCOMPARE(said.count(), 3);
        QVERIFY(!document_->requestMoveKeys({1, 2.2}, 1));  // there is none at 2.2
        QVERIFY(!document_->requestMoveKeys({1, 2}, 0));
        QVERIFY(!document_->requestMoveKeys({}, 1));
        QCOMPARE(document_->hash(), before_);
        QCOMPARE(document_->undoStack().index(), entries_);
        // Over one another's places, and past one that stays.
        QVERIFY(document_->requestMoveKeys({1, 2}, 1));
        compareTimes({2, 3, 3.5, 6});
    }

    void deleteRemovesThemAllAsOneEntry() {
        click(1);
        click(6, Qt::ControlModifier);
        click(2, Qt::ControlModifier);
        QTest::keyClick(view_.get(), Qt::Key_Delete);
        QCOMPARE(document_->undoStack().count(), entries_ + 1);
        QCOMPARE(document_->undoStack().undoText(), QString("Remove 3 key poses"));
        compareTimes({3.5});
        QVERIFY(chosen().empty());
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before_);
        QVERIFY(!document_->requestRemoveKeys({1, 1.5}));
        QVERIFY(!document_->requestRemoveKeys({}));
        QCOMPARE(document_->hash(), before_);
    }

    void whatIsUndoneInTheDragIsLetGoOf() {
        press(2);
        move(2.6);
        while (document_->undoStack().canUndo()) document_->undoStack().undo();  // the dance, too
        QVERIFY(!document_->dance());
        move(3);
        release(3);
        QVERIFY(chosen().empty());
        QCOMPARE(document_->undoStack().index(), 0);
        while (document_->undoStack().canRedo()) document_->undoStack().redo();
        QCOMPARE(document_->hash(), before_);
        press(4.4);
        move(3);
        while (document_->undoStack().canUndo()) document_->undoStack().undo();
        move(2);
        release(2);
        QVERIFY(chosen().empty());
    }

    void whatHangsTogetherIsSeenBetweenItsEnds() {
        player_->seek(5);
        const auto linked = [&](double time) {  // a thin line of gold in the middle of the lane
            const QImage shown = view_->grab().toImage();
            const QColor line = shown.pixelColor(x(time), keys_), beside = shown.pixelColor(x(time), keys_ - 8);
            return line.red() > beside.red() + 40;
        };
        QVERIFY(linked(4.9) && linked(5.2) && !linked(6.8) && !linked(0.5));
        while (view_->axis().span() > 1.6) view_->zoom(0.8);
        QVERIFY(view_->axis().start > 3.6 && view_->axis().end < 5.9);  // its diamonds lie beyond both ends
        QVERIFY(linked(4.9) && linked(5.2));
    }

    void onlyOneAloneHasAFadeToDraw() {
        click(2);
        const double end = 2 + document_->falloff(), falloff = document_->falloff();
        drag(end, end + 0.3);
        QVERIFY(document_->falloff() > falloff + 0.2);
        document_->setFalloff(falloff);
        click(6, Qt::ControlModifier);
        drag(end, end + 0.3);  // a band now
        QCOMPARE(document_->falloff(), falloff);
    }

    void anUndividedDanceIsChosenOnByBeats() {
        const auto& beats = document_->state().grid.beats;
        document_->select(TimeRange{beats[2], beats[4]});
        const double inside = 0.5 * (beats[7] + beats[8]);
        QTest::mouseClick(view_.get(), Qt::LeftButton, Qt::ShiftModifier, {x(inside), tokens_});
        QCOMPARE(*document_->selection(), (TimeRange{beats[2], beats[8]}));
        QTest::mouseClick(view_.get(), Qt::LeftButton, Qt::ShiftModifier, {x(0.5 * (beats[0] + beats[1])), tokens_});
        QCOMPARE(*document_->selection(), (TimeRange{beats[0], beats[8]}));
        QCOMPARE(document_->hash(), before_);
    }

    void blocksAreChosenOneAfterAnother() {
        for (const double at : {2.0, 4.0, 6.0}) QVERIFY(document_->requestSplit(at));
        const auto now = document_->hash();
        player_->seek(0.25);
        QTest::mouseDClick(view_.get(), Qt::LeftButton, {}, {x(3), tokens_});
        player_->seek(0.25);
        QCOMPARE(*document_->selection(), (TimeRange{2, 4}));
        QTest::mouseClick(view_.get(), Qt::LeftButton, Qt::ControlModifier, {x(5), tokens_});
        QCOMPARE(*document_->selection(), (TimeRange{2, 6}));
        QTest::mouseClick(view_.get(), Qt::LeftButton, Qt::ShiftModifier, {x(1), tokens_});
        QCOMPARE(*document_->selection(), (TimeRange{0, 6}));
        QTest::mouseClick(view_.get(), Qt::LeftButton, Qt::ControlModifier, {x(3), tokens_});  // in it already
        QCOMPARE(*document_->selection(), (TimeRange{0, 6}));
        QCOMPARE(player_->position(), 0.25);
        document_->select({});
        QTest::mouseClick(view_.get(), Qt::LeftButton, Qt::ControlModifier, {x(3), tokens_});  // the first one
        QCOMPARE(*document_->selection(), (TimeRange{2, 4}));
        QTest::mouseClick(view_.get(), Qt::LeftButton, Qt::ShiftModifier, {x(7), tokens_});  // and all between
        QCOMPARE(*document_->selection(), (TimeRange{2, document_->state().duration}));
        QCOMPARE(document_->hash(), now);
        // What is chosen is one: one entry moves it.
        document_->select(TimeRange{2, 6});
        const int entries = document_->undoStack().count();
        QTest::mousePress(view_.get(), Qt::LeftButton, Qt::ControlModifier, {x(4.5), tokens_});
        for (const double to : {4.0, 3.0, 2.5}) QTest::mouseMove(view_.get(), {x(to), tokens_});
        QTest::mouseRelease(view_.get(), Qt::LeftButton, Qt::ControlModifier, {x(2.5), tokens_});
        QCOMPARE(document_->undoStack().count(), entries + 1);
    }

private:
    using Times = std::vector<double>;
    [[nodiscard]] const Times& chosen() const { return view_->chosenKeys(); }
    void press(double at, Qt::KeyboardModifiers keys = {}) { ShownTimeline::press(at, keys_, keys); }
    void move(double at, Qt::KeyboardModifiers keys = {}) { ShownTimeline::move(at, keys_, keys); }
    void release(double at, Qt::KeyboardModifiers keys = {}) { ShownTimeline::release(at, keys_, keys); }
    void drag(double from, double to, Qt::KeyboardModifiers keys = {}) { ShownTimeline::drag(from, to, keys_, keys); }
    void click(double at, Qt::KeyboardModifiers keys = {}) {
        press(at, keys);
        release(at, keys);
    }
    static void compare(const Times& found, const Times& expected) {
        QCOMPARE(found.size(), expected.size());
        for (std::size_t i = 0; i < found.size(); ++i) QVERIFY2(std::abs(found[i] - expected[i]) < 1e-6, qPrintable(QString("%1: %2, not %3").arg(i).arg(found[i]).arg(expected[i])));
    }
    void compareTimes(const Times& expected) const {
        Times found;
        for (const auto& key : document_->dance()->dance.keys) found.push_back(key.time);
        compare(found, expected);
    }

    int keys_ = 0, tokens_ = 0, entries_ = 0;
    std::uint64_t before_ = 0;
};

CHOREIA_TEST(TimelineKeysTest)
#include "timeline_keys_test.moc"
