// Snapping against a grid whose beats are known.
#include "document/time_range.h"
#include "support/testing.h"

using namespace choreia;
using namespace choreia::ui;

class TimeRangeTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void momentsGoToTheNearestBeat() {
        const auto grid = made();
        QCOMPARE(snappedToBeat(grid, 8, 1.2), 1.0);
        QCOMPARE(snappedToBeat(grid, 8, 1.3), 1.5);
        QCOMPARE(snappedToBeat(grid, 8, 0.1), 0.0);  // the song's start
        QCOMPARE(snappedToBeat(grid, 8, 7.9), 8.0);  // and its end
        QCOMPARE(snappedToBeat({}, 8, 1.23), 1.23);
    }
    void rangesAreAtLeastABeat() {
        const auto grid = made();
        QCOMPARE(snappedRange(grid, 8, 3.1, 1.9), (TimeRange{2.0, 3.0}));
        QCOMPARE(snappedRange(grid, 8, 1.55, 1.6), (TimeRange{1.5, 2.0}));
        QCOMPARE(snappedRange(grid, 8, 7.8, 7.9), (TimeRange{7.0, 8.0}));
        QCOMPARE(snappedRange({}, 8, 3.1, 1.9), (TimeRange{1.9, 3.1}));
    }
    void rangesAreNamedByTheirBars() {
        const auto grid = made();
        QCOMPARE(rangeText(grid, {0.5, 2.5}), QStringLiteral("bar 1"));
        QCOMPARE(rangeText(grid, {2.5, 6.5}), QStringLiteral("bars 2\u20133"));
        QCOMPARE(rangeText(grid, {0, 0.5}), QStringLiteral("bar 0"));
        QCOMPARE(rangeText({}, {4, 68}), QStringLiteral("0:04\u20131:08"));
    }

private:
    static audio::BeatGrid made() {  // 0.5, 1.0, .. 7.0; bars of four from 0.5
        audio::BeatGrid grid;
        for (int i = 1; i <= 14; ++i) grid.beats.push_back(0.5 * i);
        grid.downbeats = {0.5, 2.5, 4.5, 6.5};
        return grid;
    }
};

CHOREIA_TEST(TimeRangeTest)
#include "time_range_test.moc"
