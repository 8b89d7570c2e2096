// The axis by its invariants, bars by counting, the view by real mouse and wheel events.
#include "ui/timeline/timeline_fixture.h"

#include "document/peaks.h"
#include "document/time_range.h"
#include "support/testing.h"
#include "timeline/timecode.h"

#include <QWheelEvent>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

namespace {

void wheel(QWidget& widget, const QPointF& at, const QPoint& delta, Qt::KeyboardModifiers keys = Qt::NoModifier) {
    QWheelEvent event(at, widget.mapToGlobal(at), QPoint(), delta, Qt::NoButton, keys, Qt::NoScrollPhase, false);
    QCoreApplication::sendEvent(&widget, &event);
}

}  // namespace

class TimelineTest : public QObject, protected ShownTimeline {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { prepare(); }
    void cleanup() { close(); }
    void zoomKeepsWhatIsUnderTheCursor();
    void axisStaysInsideTheSong();
    void timesAreWrittenAsPeopleReadThem();
    void barsAreCountedFromTheFirstDownbeat();
    void peaksHoldTheExtremes();
    void wheelZoomsToTheCursor();
    void shiftWheelPans();
    void dragScrubs();
    void shiftDragMarksTheLoop();
    void headerDoesNotScrub();
    void playedPartIsBright();
};

void TimelineTest::zoomKeepsWhatIsUnderTheCursor() {
    TimeAxis axis{0, 100, 150, 1000, 100};
    for (const double factor : {0.5, 0.8, 0.25, 1.5, 1.2}) {
        const double under = axis.seconds(700);
        axis.zoom(700, factor);
        QVERIFY(std::abs(axis.seconds(700) - under) < 1e-9);
        QVERIFY(std::abs(axis.x(under) - 700) < 1e-6);
    }
}

void TimelineTest::axisStaysInsideTheSong() {
    TimeAxis axis{0, 10, 0, 500, 60};
    axis.pan(-5);
    QCOMPARE(axis.start, 0.0);
    axis.pan(1000);
    QCOMPARE(axis.end, 60.0);
    QVERIFY(std::abs(axis.span() - 10) < 1e-12);
    axis.zoom(250, 1000);
    QCOMPARE(axis.start, 0.0);
    QCOMPARE(axis.end, 60.0);
    for (int i = 0; i < 100; ++i) axis.zoom(250, 0.5);
    QCOMPARE(axis.span(), TimeAxis::kShortest);
}

void TimelineTest::timesAreWrittenAsPeopleReadThem() {
    QCOMPARE(timeText(30.7), QString("0:30.700"));
    QCOMPARE(timeText(59.9996), QString("1:00.000"));
    QCOMPARE(timeText(-1), QString("0:00.000"));
    QCOMPARE(leftText(2.1), QString("0:03"));
    QCOMPARE(leftText(3725), QString("1:02:05"));
    QCOMPARE(leftText(-1), QString());
}

void TimelineTest::barsAreCountedFromTheFirstDownbeat() {
    audio::BeatGrid grid;
    for (int i = 0; i < 12; ++i) grid.beats.push_back(0.5 + 0.5 * i);
    grid.downbeats = {1.5, 3.5, 5.5};  // two beats of upbeat, bars of four
    QCOMPARE(barBeatText(grid, 0.2), QString("0.0"));
    QCOMPARE(barBeatText(grid, 0.5), QString("0.1"));
    QCOMPARE(barBeatText(grid, 1.2), QString("0.2"));
    QCOMPARE(barBeatText(grid, 1.5), QString("1.1"));
    QCOMPARE(barBeatText(grid, 3.4), QString("1.4"));
    QCOMPARE(barBeatText(grid, 3.5), QString("2.1"));
    QCOMPARE(barBeatText(grid, 99), QString("3.2"));
    QCOMPARE(barBeatText({}, 3), QString());
}

void TimelineTest::peaksHoldTheExtremes() {
    audio::Pcm pcm;
    pcm.rate = 48000;
    pcm.channels = 2;
    pcm.samples.assign(2 * 48000 * 10, 0.0f);
    const auto put = [&](double second, float value) {
        const auto i = static_cast<std::size_t>(second * 48000) * 2;
        pcm.samples[i] = pcm.samples[i + 1] = value;
    };
    put(1.0, 0.9f);
    put(7.5, -0.7f);
    const Peaks peaks = Peaks::build(pcm);
    QCOMPARE(peaks.seconds(), 10.0);
    QCOMPARE(peaks.loudest(), 0.9f);
    QCOMPARE(peaks.range(0, 10).high, 0.9f);
    QCOMPARE(peaks.range(0, 10).low, -0.7f);
    QCOMPARE(peaks.range(0.99, 1.01).high, 0.9f);
    QCOMPARE(peaks.range(2, 7).high, 0.0f);
    QCOMPARE(peaks.range(7.49, 7.51).low, -0.7f);
    QCOMPARE(peaks.range(-2, -1).high, 0.0f);
    QCOMPARE(peaks.range(11, 12).high, 0.0f);
    QCOMPARE(Peaks::build({}).range(0, 1).high, 0.0f);
}

void TimelineTest::wheelZoomsToTheCursor() {
    openSong(340);
    QSignalSpy visible(view_.get(), &TimelineView::visibleChanged);
    const QPointF cursor(650, 120);
    const double under = view_->axis().seconds(cursor.x()), span = view_->axis().span();
    wheel(*view_, cursor, {0, 120});
    QVERIFY(view_->axis().span() < span);
    QVERIFY(std::abs(view_->axis().seconds(cursor.x()) - under) < 1e-9);
    QCOMPARE(visible.count(), 1);
    QCOMPARE(document_->view().viewEnd, view_->axis().end);
    wheel(*view_, cursor, {0, -120});
    QVERIFY(std::abs(view_->axis().span() - span) < 1e-9);
}

void TimelineTest::shiftWheelPans() {
    openSong(340);
    for (int i = 0; i < 4; ++i) wheel(*view_, {400, 100}, {0, 120});
    const double start = view_->axis().start, span = view_->axis().span();
    wheel(*view_, {400, 100}, {0, -120}, Qt::ShiftModifier);
    QVERIFY(view_->axis().start > start);
    QVERIFY(std::abs(view_->axis().span() - span) < 1e-9);
    const double on = view_->axis().start;
    wheel(*view_, {400, 100}, {120, 0});
    QVERIFY(view_->axis().start < on);
}

void TimelineTest::dragScrubs() {
    openSong(340);
    QSignalSpy moved(player_.get(), &Player::positionChanged);
    QTest::mousePress(view_.get(), Qt::LeftButton, Qt::NoModifier, {350, 90});
    QVERIFY(std::abs(player_->position() - view_->axis().seconds(350)) < 1e-9);
    for (const int x : {400, 500, 700}) {
        QTest::mouseMove(view_.get(), {x, 90});
        QVERIFY(std::abs(player_->position() - view_->axis().seconds(x)) < 1e-9);
    }
    QTest::mouseMove(view_.get(), {5000, 90});  // past the end: held at the end
    QCOMPARE(player_->position(), document_->state().duration);
    QTest::mouseRelease(view_.get(), Qt::LeftButton, Qt::NoModifier, {700, 90});
    QVERIFY(moved.count() >= 5);
    const double there = player_->position();
    QTest::mouseMove(view_.get(), {300, 90});
    QCOMPARE(player_->position(), there);
}

void TimelineTest::shiftDragMarksTheLoop() {
    openSong(340);
    QTest::mousePress(view_.get(), Qt::LeftButton, Qt::ShiftModifier, {600, 90});
    QTest::mouseMove(view_.get(), {400, 90});
    QTest::mouseRelease(view_.get(), Qt::LeftButton, Qt::ShiftModifier, {400, 90});
    const auto& state = document_->state();
    QCOMPARE(player_->loop().begin, snappedToBeat(state.grid, state.duration, view_->axis().seconds(400)));
    QCOMPARE(player_->loop().end, snappedToBeat(state.grid, state.duration, view_->axis().seconds(600)));
    QVERIFY(player_->looping());
    QTest::mouseClick(view_.get(), Qt::LeftButton, Qt::ShiftModifier, {450, 90});
    QVERIFY(!player_->loop().active());
    QVERIFY(!player_->looping());
}

void TimelineTest::headerDoesNotScrub() {
    openSong(340);
    player_->seek(3);
    QTest::mouseClick(view_.get(), Qt::LeftButton, Qt::NoModifier, {40, 90});
    QCOMPARE(player_->position(), 3.0);
}

void TimelineTest::playedPartIsBright() {
    openSong(340);
    const auto blueness = [&] {
        const QImage picture = view_->grab().toImage();
        const QColor song = style::colors().song;
        qint64 near = 0;
        for (int y = 60; y < 120; ++y)
            for (int x = TimelineView::kHeader; x < picture.width(); ++x) {
                const QColor c = picture.pixelColor(x, y);
                near += std::abs(c.red() - song.red()) + std::abs(c.green() - song.green()) + std::abs(c.blue() - song.blue()) < 60;
            }
        return near;
    };
    player_->seek(0);
    const auto none = blueness();
    player_->seek(kSongSeconds / 2);
    const auto half = blueness();
    player_->seek(kSongSeconds);
    const auto all = blueness();
    QVERIFY(half > none + 500);
    QVERIFY(all > half + 500);
}

CHOREIA_TEST(TimelineTest)
#include "timeline_test.moc"
