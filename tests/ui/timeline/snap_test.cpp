// Snapping against beats, marks and frames that are known.
#include "support/testing.h"
#include "timeline/snap.h"

using namespace choreia;
using namespace choreia::ui;

class SnapTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void withoutMarksNearItIsTheNearestBeat() {
        const auto targets = made();
        for (int i = 0; i <= 800; ++i) {
            const double at = 0.01 * i;
            if (std::abs(at - 2.6) <= 0.1 || std::abs(at - 4.05) <= 0.1 || std::abs(at - 5.3) <= 0.1 || std::abs(at - 6.2) <= 0.1) continue;
            QCOMPARE(snapped(targets, at).seconds, snappedToBeat(targets.grid, 8, at));
        }
        QCOMPARE(snapped(targets, 3.1).seconds, 3.0);
        QCOMPARE(snapped(targets, 3.1).label, QString("beat 2.2"));
        QCOMPARE(snapped(targets, 0.1).label, QString("start"));
        QCOMPARE(snapped(targets, 7.9).seconds, 8.0);
        QCOMPARE(snapped(targets, 7.9).label, QString("end"));
    }
    void aMarkWinsWithinItsReach() {
        const auto targets = made();
        QCOMPARE(snapped(targets, 2.51).seconds, 2.6);  // though the beat at 2.5 is nearer
        QCOMPARE(snapped(targets, 2.51).label, QString("key"));
        QCOMPARE(snapped(targets, 2.49).seconds, 2.5);
        QCOMPARE(snapped(targets, 4.0).seconds, 4.05);
        QCOMPARE(snapped(targets, 4.0).label, QString("cut"));
        QCOMPARE(snapped(targets, 5.39).label, QString("marker Refrain"));
        QCOMPARE(snapped(targets, 6.25).label, QString("playhead"));
        QCOMPARE(snapped(targets, 6.25).seconds, 6.2);
    }
    void ofSeveralMarksTheNearest() {
        auto targets = made();
        targets.marks.push_back({2.66, SnapMark::Kind::Marker, QStringLiteral("a")});
        QCOMPARE(snapped(targets, 2.62).seconds, 2.6);
        QCOMPARE(snapped(targets, 2.64).seconds, 2.66);
    }
    void withoutBeatsThereAreTheMarks() {
        auto targets = made();
        targets.grid = {};
        QCOMPARE(snapped(targets, 3.123).seconds, 3.123);
        QVERIFY(snapped(targets, 3.123).label.isEmpty());
        QCOMPARE(snapped(targets, 2.55).seconds, 2.6);
    }
    void framesAreWholeOnesOfTheDance() {
        auto targets = made();
        targets.mode = SnapMode::Frames;
        QCOMPARE(snapped(targets, 2.6 + 0.004).seconds, 156 / 60.0);
        QCOMPARE(snapped(targets, 2.612).seconds, 157 / 60.0);  // not the key beside it
        QCOMPARE(snapped(targets, 2.612).label, QString("frame 157"));
        QCOMPARE(snapped(targets, -1).seconds, 0.0);
        QCOMPARE(snapped(targets, 99).seconds, 8.0);
        targets.fps = 25;
        QCOMPARE(snapped(targets, 0.41).seconds, 0.4);
        targets.duration = 7.99;
        QCOMPARE(snapped(targets, 7.99).seconds, 199 / 25.0);  // the last that begins in the song
    }
    void nothingLeavesItWhereItIs() {
        auto targets = made();
        targets.mode = SnapMode::Nothing;
        QCOMPARE(snapped(targets, 2.59).seconds, 2.59);
        QVERIFY(snapped(targets, 2.59).label.isEmpty());
        QCOMPARE(snappedRange(targets, 3.2, 1.1), (TimeRange{1.1, 3.2}));
    }
    void rangesAreNeverEmpty() {
        auto targets = made();
        QCOMPARE(snappedRange(targets, 3.1, 1.9), (TimeRange{2.0, 3.0}));
        QCOMPARE(snappedRange(targets, 2.58, 5.31), (TimeRange{2.6, 5.3}));  // from a key to a marker
        QCOMPARE(snappedRange(targets, 3.05, 3.1), (TimeRange{3.0, 3.5}));
        QCOMPARE(snappedRange(targets, 2.58, 2.61), (TimeRange{2.5, 3.0}));  // both at the key: the beat about it
        targets.mode = SnapMode::Frames;
        QCOMPARE(snappedRange(targets, 1.001, 1.003), (TimeRange{1.0, 1.0 + 1 / 60.0}));
        QCOMPARE(snappedRange(targets, 7.999, 8), (TimeRange{8.0 - 1 / 60.0, 8.0}));
    }

private:
    static SnapTargets made() {  // beats 0.5, 1.0, .. 7.0; bars of four from 0.5
        SnapTargets targets;
        for (int i = 1; i <= 14; ++i) targets.grid.beats.push_back(0.5 * i);
        targets.grid.downbeats = {0.5, 2.5, 4.5, 6.5};
        targets.duration = 8;
        targets.reach = 0.1;
        targets.marks = {{5.3, SnapMark::Kind::Marker, QStringLiteral("Refrain")}, {2.6, SnapMark::Kind::Key}, {4.05, SnapMark::Kind::Cut}, {6.2, SnapMark::Kind::Playhead}};
        return targets;
    }
};

CHOREIA_TEST(SnapTest)
#include "snap_test.moc"
