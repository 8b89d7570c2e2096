// What dragged things jump to in each mode, by real mouse events, and the line that says so.
#include "ui/timeline/timeline_fixture.h"

#include "document/dance_edits.h"
#include "document/time_range.h"
#include "support/testing.h"

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class TimelineSnapTest : public QObject, protected ShownTimeline {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { prepare(); }
    void init() {
        openDance(360);
        // All half way between two beats, which lie half a second apart, and on frames.
        const auto& beats = document_->state().grid.beats;
        const auto between = [&](double near) {
            const auto next = std::upper_bound(beats.begin(), beats.end(), near);
            return std::round(30 * (*next + *std::prev(next))) / 60;
        };
        near_ = between(1.2), early_ = between(2.75), cut_ = between(3.75), marker_ = between(4.75), late_ = between(6.75);
        QVERIFY(document_->requestPin(early_));
        QVERIFY(document_->requestPin(late_));
        QVERIFY(document_->requestSplit(cut_));
        QVERIFY(document_->requestMarker(marker_));
        QVERIFY(document_->requestRenameMarker(marker_, QStringLiteral("Refrain")));
        player_->seek(near_);
        keys_ = middleOf(Lane::Grip::Key);
        tokens_ = middleOf(Lane::Grip::Dance);
        flags_ = static_cast<int>(view_->laneOf(Lane::Grip::Song).top()) + 10;
        before_ = document_->hash();
    }
    void cleanup() {
        close();
        style::apply(*qApp, style::Theme::Dark);
    }

    void aKeyGoesToAMarkerACutAndABeat() {
        press(late_, keys_);
        const double off = 4 / view_->axis().pixelsPerSecond();
        move(marker_ + off, keys_);
        compareShown(marker_, "marker Refrain");
        move(cut_ - off, keys_);
        compareShown(cut_, "cut");
        const double beat = snappedToBeat(document_->state().grid, kSongSeconds, 5.5);
        move(beat + 0.12, keys_);
        QCOMPARE(view_->snapShown()->seconds, beat);
        QVERIFY2(view_->snapShown()->label.startsWith("beat "), qPrintable(view_->snapShown()->label));
        move(early_ + off, keys_);  // no key goes onto another: the beat
        QVERIFY2(view_->snapShown()->label.startsWith("beat "), qPrintable(view_->snapShown()->label));
        move(late_ + off, keys_);  // nor back to where it was taken from
        QVERIFY(std::abs(view_->snapShown()->seconds - late_) > 0.2);
        move(marker_ + off, keys_);
        release(marker_ + off, keys_);
        QVERIFY(!view_->snapShown());
        QCOMPARE(document_->dance()->dance.keys.size(), std::size_t{2});
        QCOMPARE(document_->dance()->dance.keys[1].time, marker_);
        document_->undoStack().undo();
        QCOMPARE(document_->hash(), before_);
    }

    void aMarkerGoesToAKeyAndShiftSuspendsIt() {
        const double off = 3 / view_->axis().pixelsPerSecond();
        press(besidePole(marker_), flags_);
        move(besidePole(early_ + off), flags_);
        compareShown(early_, "key");
        move(besidePole(early_ + off), flags_, Qt::ShiftModifier);
        QVERIFY(!view_->snapShown());
        release(besidePole(early_ + off), flags_, Qt::ShiftModifier);
        QVERIFY(std::abs(document_->state().markers[0].time - early_) > 0.3 * off);
        document_->undoStack().undo();
        press(besidePole(marker_), flags_);
        move(besidePole(early_ + off), flags_);
        release(besidePole(early_ + off), flags_);
        QCOMPARE(document_->state().markers[0].time, early_);
    }

    void aPartReachesFromMarkToMarkAndToThePlayhead() {
        const double off = 4 / view_->axis().pixelsPerSecond();
        drag(early_ - off, marker_ - off, tokens_);
        QCOMPARE(*document_->selection(), (TimeRange{early_, marker_}));
        // Its edge to the playhead, which a press on an edge leaves alone.
        player_->seek(near_);
        press(early_, tokens_);
        move(2, tokens_);
        move(near_ + off, tokens_);
        compareShown(near_, "playhead");
        release(near_ + off, tokens_);
        QCOMPARE(*document_->selection(), (TimeRange{near_, marker_}));
        // A press beside every part sets the playhead: it is not gone back to.
        document_->select({});
        press(marker_ + 0.5, tokens_);  // half way between beats too
        move(6, tokens_);
        QVERIFY(std::abs(document_->selection()->from - player_->position()) > 0.2);
        release(6, tokens_);
        QCOMPARE(document_->hash(), before_);
    }

    void theLoopIsDrawnFromMarkToMarkAndByItsEnds() {
        const int song = static_cast<int>(view_->laneOf(Lane::Grip::Song).bottom()) - 6;
        const double off = 4 / view_->axis().pixelsPerSecond();
        // Anew with Shift, which here means the loop and suspends nothing.
        press(cut_ - off, song, Qt::ShiftModifier);
        move(late_, song, Qt::ShiftModifier);
        move(marker_ + off, song, Qt::ShiftModifier);
        compareShown(marker_, "marker Refrain");
        release(marker_ + off, song, Qt::ShiftModifier);
        QVERIFY(!view_->snapShown());
        QCOMPARE(player_->loop(), (LoopRegion{cut_, marker_}));
        QVERIFY(player_->looping());
        QCOMPARE(player_->position(), near_);
        // By its end, which the cursor tells of; here Shift and Alt suspend.
        move(marker_, song);
        QCOMPARE(view_->cursor().shape(), Qt::SizeHorCursor);
        press(marker_, song);
        move(late_ + off, song);
        compareShown(late_, "key");
        QCOMPARE(player_->loop(), (LoopRegion{cut_, late_}));
        for (const auto key : {Qt::ShiftModifier, Qt::AltModifier}) {
            move(late_ + off, song, key);
            QVERIFY(!view_->snapShown());
            QVERIFY(std::abs(player_->loop().end - view_->axis().seconds(x(late_ + off))) < 1e-9);
        }
        QTest::keyClick(view_.get(), Qt::Key_Escape);
        QCOMPARE(player_->loop(), (LoopRegion{cut_, marker_}));
        move(late_, song);
        release(late_, song);
        QCOMPARE(player_->loop(), (LoopRegion{cut_, marker_}));
        // Past the other end, to a beat; it loops or not as it did.
        player_->setLooping(false);
        press(marker_, song);
        move(2.2, song);
        QVERIFY2(view_->snapShown()->label.startsWith("beat "), qPrintable(view_->snapShown()->label));
        release(2.2, song);
        QCOMPARE(player_->loop(), (LoopRegion{snappedToBeat(document_->state().grid, kSongSeconds, view_->axis().seconds(x(2.2))), cut_}));
        QVERIFY(!player_->looping());
        // By frames.
        view_->setSnapMode(SnapMode::Frames);
        press(cut_, song);
        move(5.107, song);
        release(5.107, song);
        QVERIFY(std::abs(player_->loop().end * 60 - std::round(view_->axis().seconds(x(5.107)) * 60)) < 1e-9);
        // A click on an end is one on the song; with Shift it takes the loop away. Of all of the song no end is taken.
        const LoopRegion region = player_->loop();
        press(region.end, song);
        release(region.end, song);
        QVERIFY(std::abs(player_->position() - region.end) < 0.01);
        QCOMPARE(player_->loop(), region);
        QTest::mouseClick(view_.get(), Qt::LeftButton, Qt::ShiftModifier, {x(region.end), song});
        QVERIFY(!player_->loop().active());
        player_->setLooping(true);
        press(0, song);
        move(1, song);
        release(1, song);
        QCOMPARE(player_->loop(), (LoopRegion{0, document_->state().duration}));
        QVERIFY(std::abs(player_->position() - 1) < 0.01);
        QCOMPARE(document_->hash(), before_);
    }

    void theEndsOfAStandGoToMarksToo() {
        // The same dance a little over the floor: no foot stands.
        io::Dance air = document_->dance()->dance;
        for (auto& root : air.clip.root) root.y() += 0.03f;
        air.contacts.assign(air.clip.frames(), {false, false, false, false});
        QVERIFY(document_->requestDance(document_->danceId(), makeSnapshot(std::move(air)), "Air"));
        const auto stand = [&] {
            const auto stands = standsOf(document_->dance()->dance.contacts, 0);
            return stands.size() == 1 ? std::pair(stands[0].begin, stands[0].end) : std::pair(std::size_t{0}, std::size_t{0});
        };
        const auto frame = [](double seconds) { return static_cast<std::size_t>(std::lround(seconds * 60)); };
        const int left = middleOf(Lane::Grip::Feet) - 5;
        const double off = 4 / view_->axis().pixelsPerSecond();
        press(early_ - off, left);
        move(4.1, left);
        move(marker_ + off, left);
        compareShown(marker_, "marker Refrain");
        release(marker_ + off, left);
        QVERIFY(!view_->snapShown());
        QCOMPARE(stand(), std::pair(frame(early_), frame(marker_)));
        // An end of it, outwards to a key pose; Alt lets it lie beside.
        for (const bool free : {true, false}) {
            press(marker_, left);
            move(late_ + off, left);
            compareShown(late_, "key");
            if (free) move(late_ + off, left, Qt::AltModifier);
            QCOMPARE(view_->snapShown().has_value(), !free);
            release(late_ + off, left, free ? Qt::AltModifier : Qt::NoModifier);
            QCOMPARE(stand().second, frame(free ? view_->axis().seconds(x(late_ + off)) : late_));
            document_->undoStack().undo();
        }
        // Inwards, to the playhead.
        player_->seek(marker_ - 0.3);
        press(marker_, left);
        move(marker_ - 0.3 + off, left);
        compareShown(marker_ - 0.3, "playhead");
        release(marker_ - 0.3 + off, left);
        QCOMPARE(stand(), std::pair(frame(early_), frame(marker_ - 0.3)));
    }

    void framesAreJumpedTo() {
        view_->setSnapMode(SnapMode::Frames);
        press(late_, keys_);
        move(5.107, keys_);
        const double wanted = late_ + view_->axis().seconds(x(5.107)) - view_->axis().seconds(x(late_)), frame = std::round(wanted * 60);
        compareShown(frame / 60, QStringLiteral("frame %1").arg(frame));
        release(5.107, keys_);
        QVERIFY(std::abs(document_->dance()->dance.keys[1].time - frame / 60) < 1e-9);
        drag(2.128, 3.117, tokens_);
        for (const double end : {document_->selection()->from, document_->selection()->to}) QVERIFY(std::abs(end * 60 - std::round(end * 60)) < 1e-9);
        QCOMPARE(view_->snappedMoment(2.009), 121 / 60.0);
    }

    void nothingIsJumpedTo() {
        view_->setSnapMode(SnapMode::Nothing);
        press(besidePole(marker_), flags_);
        move(besidePole(2.77), flags_);
        QVERIFY(!view_->snapShown());
        release(besidePole(2.77), flags_);
        const double wanted = marker_ + view_->axis().seconds(x(2.77)) - view_->axis().seconds(x(marker_));
        QVERIFY(std::abs(document_->state().markers[0].time - wanted) < 1e-9);
        drag(2.128, 3.117, tokens_);
        QVERIFY(std::abs(document_->selection()->from - view_->axis().seconds(x(2.128))) < 1e-9);
        QVERIFY(std::abs(document_->selection()->to - view_->axis().seconds(x(3.117))) < 1e-9);
        QCOMPARE(view_->snappedMoment(2.009), 2.009);
    }

    void anEditAtThePlayheadGoesToWhatIsRightThere() {
        QCOMPARE(view_->snappedMoment(marker_ + 0.02), marker_);
        const double beat = snappedToBeat(document_->state().grid, kSongSeconds, marker_ - 0.06);
        QCOMPARE(view_->snappedMoment(marker_ - 0.06), beat);  // within the pixels of the marker, but not on it
    }

    void theLineIsSeenInBothThemesAndGoesWithEsc() {
        for (const auto theme : {style::Theme::Dark, style::Theme::Light}) {
            style::apply(*qApp, theme);
            const QColor gold = style::colors().gold;
            const auto golden = [&] {
                const QImage shown = view_->grab().toImage();
                int rows = 0;
                for (int row = tokens_ - 40; row < shown.height() - 4; ++row) {
                    bool here = false;
                    for (int dx = -1; dx <= 1; ++dx) {
                        const QColor c = shown.pixelColor(x(marker_) + dx, row);
                        here = here || std::abs(c.red() - gold.red()) + std::abs(c.green() - gold.green()) + std::abs(c.blue() - gold.blue()) < 60;
                    }
                    rows += here;
                }
                return rows;
            };
            const int none = golden();
            press(late_, keys_);
            move(5.5, keys_);
            move(marker_, keys_);
            const int seen = golden();
            QVERIFY2(seen > none + 60, qPrintable(QString("%1 %2").arg(none).arg(seen)));
            QTest::keyClick(view_.get(), Qt::Key_Escape);
            QVERIFY(!view_->snapShown());
            QVERIFY(golden() < none + 20);
            release(marker_, keys_);
            QCOMPARE(document_->hash(), before_);
        }
    }

private:
    /// A flag is taken beside its pole, and moved by as much.
    [[nodiscard]] double besidePole(double at) const { return at + 3 / view_->axis().pixelsPerSecond(); }
    void compareShown(double seconds, const QString& label) {
        QVERIFY(view_->snapShown());
        QCOMPARE(view_->snapShown()->label, label);
        QVERIFY(std::abs(view_->snapShown()->seconds - seconds) < 1e-9);
    }

    double near_ = 0, early_ = 0, cut_ = 0, marker_ = 0, late_ = 0;  // s
    int keys_ = 0, tokens_ = 0, flags_ = 0;
    std::uint64_t before_ = 0;
};

CHOREIA_TEST(TimelineSnapTest)
#include "timeline_snap_test.moc"
