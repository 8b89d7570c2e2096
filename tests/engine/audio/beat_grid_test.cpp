// Every edit against hand-counted grids, and the invariants after long random courses of edits.
#include "audio/beat_grid.h"

#include "core/random.h"
#include "sounds.h"
#include "support/testing.h"

using namespace choreia;
using namespace choreia::audio;

namespace {

BeatGrid regular(int beats, double first = 1.0, double interval = 0.5, int bar = 4, int downbeat = 0) {
    BeatGrid grid;
    for (int i = 0; i < beats; ++i) {
        grid.beats.push_back(first + interval * i);
        if (i >= downbeat && (i - downbeat) % bar == 0) grid.downbeats.push_back(grid.beats.back());
    }
    grid.tempoBpm = 60 / interval;
    grid.beatsPerBar = bar;
    grid.confidence = 0.5;
    return grid;
}

bool near(const std::vector<double>& a, const std::vector<double>& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) { return std::abs(x - y) < 1e-9; });
}

} // namespace

class BeatGridTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void doublingAndHalvingAreInverse() {
        const BeatGrid grid = regular(17);
        const BeatGrid twice = doubled(grid);
        QCOMPARE(twice.beats.size(), std::size_t{33});
        QVERIFY(near(twice.downbeats, {1, 2, 3, 4, 5, 6, 7, 8, 9}));
        QCOMPARE(twice.tempoBpm, 240.0);
        const BeatGrid back = halved(twice);
        QVERIFY(near(back.beats, grid.beats));
        QVERIFY(near(back.downbeats, grid.downbeats));
        QCOMPARE(back.tempoBpm, 120.0);
    }
    void dottedCountsAreMended() {
        // 13 beats at 0.5 s from 1.0, bars from 1.0: three become four, and back.
        const BeatGrid faster = timesFourThirds(regular(13));
        QCOMPARE(faster.beats.size(), std::size_t{17});
        for (std::size_t i = 0; i < 17; ++i) QVERIFY(std::abs(faster.beats[i] - (1.0 + 0.375 * static_cast<double>(i))) < 1e-9);
        QVERIFY(near(faster.downbeats, {1.0, 2.5, 4.0, 5.5, 7.0}));
        QCOMPARE(faster.tempoBpm, 160.0);
        const BeatGrid back = timesThreeQuarters(faster);
        QVERIFY(near(back.beats, regular(13).beats));
        QVERIFY(std::abs(back.tempoBpm - 120) < 1e-9 && isValid(back) && isValid(faster));
        // The first downbeat stays a downbeat where it is not the first beat.
        const BeatGrid late = timesThreeQuarters(regular(12, 0.0, 0.6, 3, 2));
        QVERIFY(std::find_if(late.downbeats.begin(), late.downbeats.end(), [](double t) { return std::abs(t - 1.2) < 1e-9; }) != late.downbeats.end());
        QVERIFY(isValid(late) && isValid(timesFourThirds(regular(7, 0.2, 0.4, 4, 3))));
        QVERIFY(near(timesFourThirds(regular(2)).beats, regular(2).beats));
    }
    void aLockedGridStaysAsItIs() {
        const BeatGrid grid = withLock(regular(12), true);
        for (const BeatGrid& edited :
             {doubled(grid), halved(grid), timesFourThirds(grid), timesThreeQuarters(grid), shiftedHalfBeat(grid, 20), nudged(grid, 0.1, 20), withDownbeatAt(grid, 1.5),
              withBeatsPerBar(grid, 3), withBeatAt(grid, 1.2), withoutBeatAt(grid, 1.5), retimed(grid, std::vector<double>{1, 2, 3}, 20)}) {
            QVERIFY(edited.beats == grid.beats && edited.downbeats == grid.downbeats && edited.beatsPerBar == grid.beatsPerBar && edited.locked);
        }
        QCOMPARE(doubled(withLock(grid, false)).beats.size(), std::size_t{23});
    }
    void editsDropHowSureTheTrackerWas() {
        BeatGrid grid = regular(8);
        grid.strength.assign(8, 0.9f);
        for (const BeatGrid& edited : {doubled(grid), halved(grid), timesFourThirds(grid), nudged(grid, 0.1, 20), withBeatAt(grid, 1.2), withoutBeatAt(grid, 1.5)})
            QVERIFY(edited.strength.empty());
    }
    void halvingKeepsTheFirstDownbeat() {
        const BeatGrid half = halved(regular(10, 0.0, 0.5, 4, 3));
        QVERIFY(near(half.beats, {0.5, 1.5, 2.5, 3.5, 4.5}));
        QVERIFY(near(half.downbeats, {1.5}));
    }
    void halfABeatLater() {
        const BeatGrid grid = shiftedHalfBeat(regular(5, 1.0), 3.1);
        QVERIFY(near(grid.beats, {0.75, 1.25, 1.75, 2.25, 2.75})); // the last, at 3.25, is past the song's end
        QVERIFY(near(grid.downbeats, {1.25}));
    }
    void nudgingDropsWhatLeavesTheSong() {
        const BeatGrid grid = nudged(regular(5, 0.02), -0.03, 2.0);
        QVERIFY(near(grid.beats, {0.49, 0.99, 1.49, 1.99}));
        QVERIFY(near(grid.downbeats, {1.99}));
        const BeatGrid gone = nudged(regular(5), 100, 5);
        QVERIFY(gone.beats.empty() && gone.downbeats.empty() && gone.tempoBpm == 0);
    }
    void theDownbeatGoesWhereItIsPut() {
        QVERIFY(near(withDownbeatAt(regular(9), 2.04).downbeats, {2.0, 4.0}));
        QVERIFY(near(withDownbeatAt(regular(9), 1.6).downbeats, {1.5, 3.5}));
        QVERIFY(near(withDownbeatAt(regular(9), 99).downbeats, {1.0, 3.0, 5.0}));
    }
    void threeInABar() {
        const BeatGrid grid = withBeatsPerBar(regular(8, 0.0, 1.0, 4, 1), 3);
        QCOMPARE(grid.beatsPerBar, 3);
        QVERIFY(near(grid.downbeats, {1, 4, 7}));
        QCOMPARE(withBeatsPerBar(grid, 99).beatsPerBar, 12);
    }
    void oneBeatMoreOneBeatLess() {
        const BeatGrid more = withBeatAt(regular(3), 1.2);
        QVERIFY(near(more.beats, {1.0, 1.2, 1.5, 2.0}));
        QVERIFY(near(withBeatAt(regular(3), 1.53).beats, regular(3).beats));
        const BeatGrid less = withoutBeatAt(regular(6), 1.01);
        QVERIFY(near(less.beats, {1.5, 2.0, 2.5, 3.0, 3.5}));
        QVERIFY(near(less.downbeats, {1.5, 3.0}));
        BeatGrid only = withBeatAt(BeatGrid{}, 2.0);
        QVERIFY(isValid(only));
        only = withoutBeatAt(only, 0);
        QVERIFY(only.beats.empty() && isValid(only));
    }
    void tapsMakeAGrid() {
        // Taps at 100 BPM with jitter under 15 ms; one is missed, one bounced.
        Random random(4);
        std::vector<double> taps;
        for (int i = 0; i < 16; ++i)
            if (i != 7) taps.push_back(10.2 + 0.6 * i + random.uniform(-0.015, 0.015));
        taps.push_back(taps[3] + 0.02);
        const BeatGrid grid = retimed(regular(10), taps, 60);
        QVERIFY(isValid(grid));
        QVERIFY2(std::abs(grid.tempoBpm - 100) < 0.5, qPrintable(QString::number(grid.tempoBpm)));
        QVERIFY(grid.beats.front() < 0.6 && grid.beats.back() > 59.4);
        double worst = 0;
        for (int i = 0; i < 16; ++i) {
            double best = 1;
            for (double b : grid.beats) best = std::min(best, std::abs(b - (10.2 + 0.6 * i)));
            worst = std::max(worst, best);
        }
        QVERIFY2(worst < 0.02, qPrintable(QString::number(worst)));
        QVERIFY(near(retimed(regular(10), std::vector<double>{3.0}, 60).beats, regular(10).beats));
    }
    void invariantsOutliveLongCoursesOfEdits() {
        Random random(11);
        BeatGrid grid = regular(40);
        for (int step = 0; step < 400; ++step) {
            const double t = random.uniform(0, 22);
            switch (random.below(10)) {
            case 0:
                grid = grid.beats.size() < 200 ? doubled(grid) : halved(grid);
                break;
            case 1:
                grid = grid.beats.size() > 20 ? halved(grid) : doubled(grid);
                break;
            case 2:
                grid = shiftedHalfBeat(grid, 22);
                break;
            case 3:
                grid = nudged(grid, random.uniform(-0.3, 0.3), 22);
                break;
            case 4:
                grid = withDownbeatAt(grid, t);
                break;
            case 5:
                grid = withBeatsPerBar(grid, 2 + static_cast<int>(random.below(5)));
                break;
            case 6:
                grid = withBeatAt(grid, t);
                break;
            case 7:
                grid = timesThreeQuarters(grid);
                break;
            case 8:
                grid = grid.beats.size() < 200 ? timesFourThirds(grid) : timesThreeQuarters(grid);
                break;
            default:
                grid = withoutBeatAt(grid, t);
                break;
            }
            QVERIFY2(isValid(grid), qPrintable(QString("step %1").arg(step)));
        }
    }
    void brokenGridsAreSeen() {
        BeatGrid grid = regular(4);
        grid.downbeats = {1.25};
        QVERIFY(!isValid(grid));
        grid = regular(4);
        grid.beats[1] = grid.beats[0];
        QVERIFY(!isValid(grid));
        grid = regular(4);
        grid.tempoBpm = 0;
        QVERIFY(!isValid(grid));
        QVERIFY(isValid(BeatGrid{}));
    }
};

CHOREIA_TEST(BeatGridTest)
#include "beat_grid_test.moc"
