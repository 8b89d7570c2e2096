// Blocks, fades, feet and dancers in the lanes, by real mouse and key events.
#include "ui/timeline/timeline_fixture.h"

#include "document/dance_edits.h"
#include "document/time_range.h"
#include "motion/formation.h"
#include "style/dancer_color.h"
#include "support/testing.h"

#include <QFileInfo>
#include <QHelpEvent>
#include <QToolTip>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class TimelineEdgesTest : public QObject, protected ShownTimeline {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { prepare(); }
    void init() { openDance(360); }
    void cleanup() { close(); }

    void aBlocksBeginningIsDraggedToABeat() {
        QVERIFY(document_->requestSplit(2));
        QVERIFY(document_->requestSplit(5));
        const auto before = document_->hash();
        const int entries = document_->undoStack().count(), y = names();
        drag(2, 3.2, y);
        QCOMPARE(document_->undoStack().count(), entries + 1);
        QCOMPARE(document_->undoStack().undoText(), QString("Trim block"));
        QCOMPARE(document_->dance()->dance.blocks[1].start, snappedToBeat(document_->state().grid, kSongSeconds, view_->axis().seconds(x(3.2))));
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
        drag(2, 3.2, y, Qt::ShiftModifier);  // not to the beat
        QVERIFY(std::abs(document_->dance()->dance.blocks[1].start - view_->axis().seconds(x(3.2))) < 1e-9);
        document_->undoStack().undo();
        QTest::mousePress(view_.get(), Qt::LeftButton, {}, {x(5), y});
        QTest::mouseMove(view_.get(), {x(6), y});
        QTest::mouseMove(view_.get(), {x(6.5), y});
        QTest::keyClick(view_.get(), Qt::Key_Escape);
        QTest::mouseRelease(view_.get(), Qt::LeftButton, {}, {x(6.5), y});
        QCOMPARE(document_->hash(), before);
        // Where the block is chosen too, its names' strip trims it, and below the part is drawn on.
        QTest::mouseDClick(view_.get(), Qt::LeftButton, {}, {x(3.5), y + 30});
        QCOMPARE(*document_->selection(), (TimeRange{2, 5}));
        drag(5, 6.4, y + 30);
        QVERIFY(document_->selection()->to > 6);
        QCOMPARE(document_->hash(), before);
    }

    void theFadeOfAKeyPoseIsDragged() {
        QVERIFY(document_->requestPin(4));
        const int y = middle(keyLane());
        QTest::mouseClick(view_.get(), Qt::LeftButton, {}, {x(4), y});
        const double falloff = document_->falloff();
        const auto before = document_->hash();
        const QImage shown = view_->grab().toImage();
        QVERIFY(shown.pixelColor(x(4 + falloff), y).red() > 150);  // the handle
        drag(4 + falloff, 4 + falloff + 0.6, y);
        QVERIFY2(std::abs(document_->falloff() - falloff - 0.6) < 0.02, qPrintable(QString::number(document_->falloff())));
        drag(4 - falloff - 0.6, 4 - 0.5, y);
        QVERIFY(std::abs(document_->falloff() - 0.5) < 0.02);
        const double now = document_->falloff();
        QTest::mousePress(view_.get(), Qt::LeftButton, {}, {x(4 + now), y});
        QTest::mouseMove(view_.get(), {x(4 + now + 0.5), y});
        QVERIFY(document_->falloff() > now + 0.3);
        QTest::keyClick(view_.get(), Qt::Key_Escape);
        QTest::mouseRelease(view_.get(), Qt::LeftButton, {}, {x(4 + now + 0.5), y});
        QCOMPARE(document_->falloff(), now);
        QCOMPARE(document_->hash(), before);  // it is of the next change, not one itself
    }

    void feetArePlantedAndFreedInTheirLane() {
        // A dance whose feet never stand by themselves.
        io::Dance air = makeDance(kSongSeconds, 2);
        for (auto& root : air.clip.root) root.y() += 0.03f;
        air.contacts.assign(air.clip.frames(), {false, false, false, false});
        QVERIFY(document_->requestDance(document_->danceId(), makeSnapshot(std::move(air)), "Air"));
        const auto before = document_->hash();
        view_->setSnapMode(SnapMode::Nothing);
        const QRectF lane = feetLane();
        const int left = static_cast<int>(lane.center().y()) - 5, right = static_cast<int>(lane.center().y()) + 6;
        drag(2, 4, left);
        QCOMPARE(document_->undoStack().undoText(), QString("Plant the left foot"));
        auto stands = standsOf(contacts(), 0);
        QCOMPARE(stands.size(), std::size_t(1));
        QVERIFY(std::abs(static_cast<double>(stands[0].begin) / 60 - 2) < 0.03 && std::abs(static_cast<double>(stands[0].end) / 60 - 4) < 0.03);
        QVERIFY(standsOf(contacts(), 1).empty());
        QCOMPARE(view_->grab().toImage().pixelColor(x(3), left).green() > 120, true);
        // An edge drawn outwards, then inwards.
        drag(4, 5, left);
        QVERIFY(std::abs(static_cast<double>(standsOf(contacts(), 0)[0].end) / 60 - 5) < 0.04);
        drag(2, 2.5, left);
        QVERIFY(std::abs(static_cast<double>(standsOf(contacts(), 0)[0].begin) / 60 - 2.5) < 0.04);
        drag(3, 3.6, left);  // out of its middle
        QCOMPARE(standsOf(contacts(), 0).size(), std::size_t(2));
        drag(1, 6, right);
        QCOMPARE(standsOf(contacts(), 1).size(), std::size_t(1));
        QTest::mouseClick(view_.get(), Qt::LeftButton, {}, {x(3.5), right});  // a click frees the whole stand
        QVERIFY(standsOf(contacts(), 1).empty());
        const auto entries = document_->undoStack().count();
        QTest::mouseClick(view_.get(), Qt::LeftButton, {}, {x(7), right});  // beside every stand it sets the playhead
        QCOMPARE(document_->undoStack().count(), entries);
        QVERIFY(std::abs(player_->position() - view_->axis().seconds(x(7))) < 1e-9);
        QTest::mousePress(view_.get(), Qt::LeftButton, {}, {x(1), right});
        QTest::mouseMove(view_.get(), {x(2), right});
        QTest::mouseMove(view_.get(), {x(3), right});
        QTest::keyClick(view_.get(), Qt::Key_Escape);
        QTest::mouseRelease(view_.get(), Qt::LeftButton, {}, {x(3), right});
        QCOMPARE(document_->undoStack().count(), entries);
        while (document_->hash() != before && document_->undoStack().canUndo()) document_->undoStack().undo();
        QCOMPARE(document_->hash(), before);
    }

    void everyDancerHasALaneAndIsChosenByIt() {
        for (std::size_t i = 1; i < motion::kMostDancers; ++i) QVERIFY(document_->requestAddDancer(Document::NewDancer::Copy));
        const auto before = document_->hash();
        const QImage shown = view_->grab().toImage();
        // Each name's disc in the dancer's own colour, one under the other.
        std::vector<int> rows;
        int from = 0;
        for (std::size_t i = 0; i < motion::kMostDancers; ++i) {
            int found = -1;
            for (int y = from; y < view_->height() && found < 0; ++y)
                if (shown.pixelColor(18, y) == style::dancerColor(i)) found = y;
            QVERIFY2(found >= 0, qPrintable(QString("dancer %1 has no disc below %2").arg(i + 1).arg(from)));
            rows.push_back(found);
            from = found + 8;
        }
        QCOMPARE(document_->dancerIndex(), motion::kMostDancers - 1);
        QTest::mouseClick(view_.get(), Qt::LeftButton, {}, {60, rows[2]});  // by the name
        QCOMPARE(document_->dancerIndex(), std::size_t(2));
        QTest::mouseClick(view_.get(), Qt::LeftButton, {}, {x(4), rows[0]});  // by the lane
        QCOMPARE(document_->dancerIndex(), std::size_t(0));
        QVERIFY(!document_->selection());
        QCOMPARE(document_->hash(), before);
        // Low as the timeline is, the chosen one's lanes can be worked in.
        QVERIFY(keyLane().height() >= 14 && feetLane().height() >= 14);
        while (document_->state().dances.size() > 1) document_->undoStack().undo();
        QVERIFY(view_->grab().toImage().pixelColor(18, rows[0]) != style::dancerColor(0));  // alone there is nobody to tell apart
    }

    void whatIsUndoneInTheDragIsLetGoOf() {
        QVERIFY(document_->requestSplit(2));
        QVERIFY(document_->requestAddDancer(Document::NewDancer::Copy));
        const auto first = document_->state().dances[0].id, second = document_->state().dances[1].id;
        document_->choose(first);
        const auto before = document_->hash();
        const int entries = document_->undoStack().count();
        enum What { Trim, Foot, Movement };
        const auto take = [&](What what) {
            document_->choose(first);
            document_->select(what == Movement ? std::optional(TimeRange{3, 5}) : std::nullopt);
            const int y = what == Foot ? middle(feetLane()) - 5 : what == Trim ? names() : names() + 30;
            const double from = what == Trim ? 2 : what == Foot ? 2.5 : 4;
            QTest::mousePress(view_.get(), Qt::LeftButton, {}, {x(from), y});
            for (const double by : {0.6, 1.2, 1.8}) QTest::mouseMove(view_.get(), {x(from + by), y});
            return QPoint(x(from + 2.3), y);
        };
        for (const What what : {Trim, Foot, Movement}) {
            // Another dancer is chosen: it is not dropped on that one.
            QPoint to = take(what);
            QVERIFY(view_->cursor().shape() != Qt::ArrowCursor);
            document_->choose(second);
            QCOMPARE(view_->cursor().shape(), Qt::ArrowCursor);
            QTest::mouseMove(view_.get(), to);
            QTest::mouseRelease(view_.get(), Qt::LeftButton, {}, to);
            QCOMPARE(document_->hash(), before);
            QCOMPARE(document_->undoStack().count(), entries);
            // Everything is undone, the dance too.
            to = take(what);
            while (document_->undoStack().canUndo()) document_->undoStack().undo();
            QVERIFY(!document_->dance());
            QTest::mouseMove(view_.get(), to);
            QTest::mouseRelease(view_.get(), Qt::LeftButton, {}, to);
            QCOMPARE(document_->undoStack().index(), 0);
            while (document_->undoStack().canRedo()) document_->undoStack().redo();
            QCOMPARE(document_->hash(), before);
        }
        // Another song is opened: what was chosen in this one is not chosen there.
        const QPoint to = take(Movement);
        document_->undoStack().setClean();
        QVERIFY(openAndWait(*document_, song_));
        QVERIFY(!document_->selection());
        QTest::mouseMove(view_.get(), to);
        QTest::mouseRelease(view_.get(), Qt::LeftButton, {}, to);
        QVERIFY(!document_->selection() && !document_->undoStack().canUndo());
    }

    void anotherProjectLetsGoOfWhatIsInHand() {
        QVERIFY(document_->requestSplit(2) && document_->requestPin(3) && document_->requestMarker(7));
        const QString file = folder_.filePath("other.choreia");
        QVERIFY(document_->saveNow(file).ok());
        const auto open = [&] {  // as the window does
            QVERIFY(openAndWait(*document_, file));
            player_->setSong(nullptr, document_->state().duration);
        };
        open();
        const auto before = document_->hash();
        const QRectF song = view_->laneOf(Lane::Grip::Song);
        const double beside = 3 / view_->axis().pixelsPerSecond();  // of a flag's pole
        // A block's beginning, an end of the loop, a part, movement, key poses, a band about them, a marker, a foot.
        const std::tuple<double, double, int> hands[] = {
            {2, 2.7, names()},  {6, 6.7, static_cast<int>(song.bottom()) - 6}, {4, 5.2, middleOf(Lane::Grip::Range)}, {1.25, 2.2, middleOf(Lane::Grip::Range)},
            {3, 3.8, middle(keyLane())}, {2.5, 3.5, middle(keyLane())}, {7 + beside, 6.2 + beside, static_cast<int>(song.top()) + 10}, {4.1, 4.6, middle(feetLane())}};
        for (const auto& [from, to, y] : hands)
            for (const bool byEsc : {true, false}) {
                const QString what = QString("%1 %2").arg(from).arg(byEsc);
                document_->select(TimeRange{1, 1.5});
                player_->setLoop({5, 6});
                player_->setLooping(true);
                press(from, y);
                for (const double at : {0.5 * (from + to), to}) move(at, y);
                open();
                if (byEsc) QTest::keyClick(view_.get(), Qt::Key_Escape);
                move(from, y);
                release(to, y);
                QVERIFY2(document_->hash() == before && document_->undoStack().count() == 0, qPrintable(what));
                QVERIFY2(!document_->selection(), qPrintable(what));
                QVERIFY2(!player_->loop().active() && !player_->looping(), qPrintable(what));
            }
    }

    void theButtonThatTookHoldDropsIt() {
        QVERIFY(document_->requestSplit(2));
        const auto before = document_->hash();
        const int y = names();
        const double start = view_->axis().start;
        QTest::mousePress(view_.get(), Qt::LeftButton, {}, {x(2), y});
        QTest::mouseMove(view_.get(), {x(2.6), y});
        QTest::mouseMove(view_.get(), {x(2.8), y});
        for (const auto other : {Qt::RightButton, Qt::MiddleButton}) {
            QTest::mousePress(view_.get(), other, {}, {x(2.8), y});
            QTest::mouseMove(view_.get(), {x(3.2), y});
            QTest::mouseRelease(view_.get(), other, {}, {x(3.2), y});
        }
        QCOMPARE(view_->axis().start, start);
        QCOMPARE(document_->hash(), before);  // it is in hand still
        QTest::mouseMove(view_.get(), {x(4), y});
        QTest::mouseRelease(view_.get(), Qt::LeftButton, {}, {x(4), y});
        QCOMPARE(document_->undoStack().undoText(), QString("Trim block"));
        QCOMPARE(document_->dance()->dance.blocks[1].start, snappedToBeat(document_->state().grid, kSongSeconds, view_->axis().seconds(x(4))));
        // The other way round: the left button takes nothing while the middle one pans.
        const auto trimmed = document_->hash();
        QTest::mousePress(view_.get(), Qt::MiddleButton, {}, {x(1), y});
        QTest::mousePress(view_.get(), Qt::LeftButton, {}, {x(4), y});
        QTest::mouseMove(view_.get(), {x(5), y});
        QTest::mouseRelease(view_.get(), Qt::LeftButton, {}, {x(5), y});
        QTest::mouseRelease(view_.get(), Qt::MiddleButton, {}, {x(5), y});
        QCOMPARE(document_->hash(), trimmed);
    }

    void aLanesNameSaysWhatItIsFor() {
        QVERIFY(document_->requestDancerName(QStringLiteral("A dancer whose name is by far too long for the lane")));
        const auto tipAt = [&](const QRectF& lane) {
            const QPoint at(60, middle(lane));
            QHelpEvent event(QEvent::ToolTip, at, view_->mapToGlobal(at));
            QCoreApplication::sendEvent(view_.get(), &event);
            return QToolTip::text();
        };
        const QString name = tipAt(view_->laneOf(Lane::Grip::Dance));
        QVERIFY2(name.contains("far too long for the lane") && name.contains("choose a block"), qPrintable(name));
        const QString feet = tipAt(feetLane());
        QVERIFY2(feet.contains("Feet L / R") && feet.contains("click a bar to free it"), qPrintable(feet));
        QVERIFY(tipAt(view_->laneOf(Lane::Grip::Range)).contains("Bars of the song"));
        const QString song = tipAt(view_->laneOf(Lane::Grip::Song));
        QVERIFY2(song.contains(QFileInfo(song_).fileName()) && song.contains("Shift-drag"), qPrintable(song));
        QToolTip::hideText();
    }

private:
    const std::vector<std::array<bool, 4>>& contacts() const { return document_->dance()->dance.contacts; }
    /// As the view lays them out: the lanes' own heights, in their order.
    [[nodiscard]] QRectF keyLane() const { return view_->laneOf(Lane::Grip::Key); }
    [[nodiscard]] QRectF feetLane() const { return view_->laneOf(Lane::Grip::Feet); }
    [[nodiscard]] int names() const { return static_cast<int>(view_->laneOf(Lane::Grip::Dance).top()) + 10; }
    static int middle(const QRectF& area) { return static_cast<int>(area.center().y()); }

};

CHOREIA_TEST(TimelineEdgesTest)
#include "timeline_edges_test.moc"
