// Times and bars as they are written: what is shown is read back, sums by hand, and rubbish is refused with words.
#include "support/testing.h"
#include "timeline/timecode.h"

#include <cmath>

using namespace choreia;
using namespace choreia::ui;

namespace {

/// Two beats of upbeat from 0.5 s on, then two bars of four and one of three, half a second a beat.
audio::BeatGrid grid() {
    audio::BeatGrid grid;
    for (int i = 0; i < 13; ++i) grid.beats.push_back(0.5 + 0.5 * i);
    grid.downbeats = {1.5, 3.5, 5.5};
    return grid;
}

}  // namespace

class TimecodeTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void timesAreRead_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<double>("seconds");
        QTest::newRow("minutes") << "1:23.4" << 83.4;
        QTest::newRow("seconds") << "83.4" << 83.4;
        QTest::newRow("comma") << "1:23,4" << 83.4;
        QTest::newRow("whole") << "7" << 7.0;
        QTest::newRow("shown") << "0:03.250" << 3.25;
        QTest::newRow("hours") << "1:02:03.5" << 3723.5;
        QTest::newRow("room around") << "  2:00 " << 120.0;
        QTest::newRow("part") << ".5" << 0.5;
        QTest::newRow("point at the end") << "4." << 4.0;
        QTest::newRow("many minutes") << "70:00" << 4200.0;
        QTest::newRow("one digit") << "1:5" << 65.0;
    }
    void timesAreRead() {
        QFETCH(QString, text);
        QFETCH(double, seconds);
        const Written written = timeWritten(text, 5000);
        QVERIFY2(written.seconds, qPrintable(written.refusal));
        QVERIFY(std::abs(*written.seconds - seconds) < 1e-9);
        QVERIFY(written.refusal.isEmpty());
    }

    void rubbishIsNoTime_data() {
        QTest::addColumn<QString>("text");
        for (const char* text : {"", " ", "soon", "-1", "1:", ":30", "1:60", "1:60:00", "1:2:3:4", "1.2.3", "1e3", "0x10", "inf", "nan", "1 2", "1:-2", ".", ",", "+3", "12345678", "\u0663", "1:23.4s"})
            QTest::newRow(text) << QString::fromUtf8(text);
    }
    void rubbishIsNoTime() {
        QFETCH(QString, text);
        const Written written = timeWritten(text, 1e9);
        QVERIFY(!written.seconds);
        QVERIFY(written.refusal.contains(QLatin1String("1:23.4")));  // it says what would be understood
    }

    void nothingLiesBeyondTheEnd() {
        const Written beyond = timeWritten(QStringLiteral("8.1"), 8);
        QVERIFY(!beyond.seconds && beyond.refusal.contains(QLatin1String("0:08.000")));
        QCOMPARE(*timeWritten(QStringLiteral("8"), 8).seconds, 8.0);
        // The end as it is shown is rounded up: it is the end all the same.
        QCOMPARE(*timeWritten(timeText(7.9996), 7.9996).seconds, 7.9996);
        QVERIFY(!timeWritten(QStringLiteral("1"), 0).seconds);
        QCOMPARE(*timeWritten(QStringLiteral("0"), 0).seconds, 0.0);
    }

    void whatIsShownIsReadBack() {
        for (int i = 0; i < 5000; ++i) {
            const double at = 0.7317 * i;
            const Written back = timeWritten(timeText(at), 4000);
            QVERIFY2(back.seconds && std::abs(*back.seconds - at) <= 0.0005 + 1e-9, qPrintable(timeText(at)));
        }
        const audio::BeatGrid song = grid();
        for (const double beat : song.beats) QCOMPARE(*barBeatWritten(barBeatText(song, beat), song, 8).seconds, beat);
        QCOMPARE(*barBeatWritten(barBeatText(song, 0.1), song, 8).seconds, 0.0);
    }

    void barsAndBeatsAreRead() {
        const audio::BeatGrid song = grid();
        const auto at = [&](const char* text) { return barBeatWritten(QString::fromLatin1(text), song, 8).seconds.value_or(-1); };
        QCOMPARE(at("1"), 1.5);
        QCOMPARE(at("1.1"), 1.5);
        QCOMPARE(at("2.3"), 4.5);
        QCOMPARE(at("2:4"), 5.0);
        QCOMPARE(at("2,2"), 4.0);
        QCOMPARE(at("3 3"), 6.5);
        QCOMPARE(at("0.2"), 1.0);
        QCOMPARE(at("0"), 0.5);
        QCOMPARE(at("0.0"), 0.0);
    }

    void barsThatAreNotThereAreRefused() {
        const audio::BeatGrid song = grid();
        const auto why = [&](const char* text, const audio::BeatGrid& of, double duration = 8) {
            const Written written = barBeatWritten(QString::fromUtf8(text), of, duration);
            return written.seconds ? QString() : written.refusal;
        };
        for (const char* text : {"", "bar", "-1.1", "1.2.3", "1.", ".1", "1.5x", "123456.1", "1..2"}) QVERIFY2(why(text, song).contains(QLatin1String("12.3")), text);
        QVERIFY(why("4", song).contains(QLatin1String("3 bars")));
        QVERIFY(why("2.5", song).contains(QLatin1String("4 beats")));
        QVERIFY(why("2.0", song).contains(QLatin1String("4 beats")));
        QVERIFY(!why("3.4", song).isEmpty());  // the bar of three is the last
        QVERIFY(!why("1.1", {}).isEmpty());
        QVERIFY(why("3.3", song, 6.2).contains(QLatin1String("ends")));
        audio::BeatGrid straight = song;
        straight.beats.erase(straight.beats.begin(), straight.beats.begin() + 2);
        QVERIFY(why("0.1", straight).contains(QLatin1String("bar 1")));
        straight.downbeats.clear();  // beats without bars are counted through
        QVERIFY(why("0.11", straight).isEmpty());
        QVERIFY(!why("0.12", straight).isEmpty());
    }
};

CHOREIA_TEST(TimecodeTest)
#include "timecode_test.moc"
