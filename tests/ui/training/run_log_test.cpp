// A log as it grows: half lines, restarts, resumed runs, rubbish.
#include "support/testing.h"
#include "training/curve_plot.h"
#include "training/run_log.h"

#include <QFile>
#include <QTemporaryDir>
#include <QtTest/QtTest>

#include <cmath>

using namespace choreia::ui;

namespace {

void append(const QString& path, const QByteArray& bytes, bool anew = false) {
    QFile file(path);
    QVERIFY(file.open(anew ? QIODevice::WriteOnly : QIODevice::Append));
    file.write(bytes);
}

QByteArray line(int step, double wall, double loss, const QByteArray& more = {}) {
    return "{\"step\":" + QByteArray::number(step) + ",\"epoch\":1.5,\"wall_s\":" + QByteArray::number(wall) + ",\"eta_s\":90,\"lr\":0.001,\"losses\":{\"total\":" + QByteArray::number(loss) + "}" + more + "}\n";
}

}  // namespace

class RunLogTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { path_ = folder_.filePath(QStringLiteral("log-%1.jsonl").arg(++count_)); }

    void aMissingFileIsNoLog() {
        RunLog log(path_);
        QVERIFY(!log.update());
        QVERIFY(log.losses().empty());
        QVERIFY(std::isnan(log.best()));
    }

    void halfALineWaitsForItsRest() {
        RunLog log(path_);
        const QByteArray second = line(20, 12, 3);
        append(path_, line(10, 6, 4) + second.left(17));
        QVERIFY(log.update());
        QCOMPARE(log.losses().size(), std::size_t{1});
        QVERIFY(!log.update());
        append(path_, second.mid(17));
        QVERIFY(log.update());
        QCOMPARE(log.losses().size(), std::size_t{2});
        QCOMPARE(log.losses().back().value, 3.0);
        QCOMPARE(log.losses().back().minutes, 0.2);
        QCOMPARE(log.now().step, qint64{20});
        QCOMPARE(log.now().leftS, 90.0);
        QCOMPARE(log.now().stepsASecond, 10.0 / 6);
    }

    void aShorterFileIsReadAnew() {
        RunLog log(path_);
        append(path_, line(10, 6, 4) + line(20, 12, 3));
        log.update();
        append(path_, line(5, 1, 9), true);
        QVERIFY(log.update());
        QCOMPARE(log.losses().size(), std::size_t{1});
        QCOMPARE(log.losses().front().value, 9.0);
    }

    void stepsToldTwiceCountOnce() {
        RunLog log(path_);
        append(path_, line(10, 6, 4) + line(20, 12, 3, ",\"val\":{\"score\":2.5}") + line(30, 18, 2));
        append(path_, line(20, 12, 3.5) + line(30, 19, 2.25, ",\"val\":{\"score\":2.75,\"music_gain\":0.5}"));
        log.update();
        QCOMPARE(log.losses().size(), std::size_t{3});
        QCOMPARE(log.losses()[1].value, 3.5);
        QCOMPARE(log.scores().size(), std::size_t{1});
        QCOMPARE(log.best(), 2.75);
        QCOMPARE(log.figures().at(QStringLiteral("music_gain")), 0.5);
    }

    void aBrokenLineIsPassedOver() {
        RunLog log(path_);
        append(path_, line(10, 6, 4) + "{\"step\":15,\"wal" + line(20, 12, 3) + "\n" + line(30, 18, 2));
        log.update();
        QCOMPARE(log.losses().size(), std::size_t{2});
        QCOMPARE(log.losses().back().step, qint64{30});
    }

    void ticksAreRound() {
        QCOMPARE(niceTicks(0, 10, 5), (std::vector<double>{0, 2, 4, 6, 8, 10}));
        QCOMPARE(niceTicks(0.3, 1.2, 2), (std::vector<double>{0.5, 1.0}));
        QVERIFY(niceTicks(1, 1, 4).empty());
    }

    void theMeanOfAConstantIsTheConstant() {
        std::vector<QPointF> flat;
        for (int i = 0; i < 200; ++i) flat.emplace_back(i, 3.25);
        for (const auto& point : smoothed(flat)) QCOMPARE(point.y(), 3.25);
    }

private:
    QTemporaryDir folder_;
    QString path_;
    int count_ = 0;
};

CHOREIA_TEST(RunLogTest)
#include "run_log_test.moc"
