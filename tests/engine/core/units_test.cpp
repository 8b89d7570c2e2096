// Positions and lengths: what may be added may be added, and what may not does not compile.
#include "core/matrix.h"
#include "core/units.h"

#include "support/testing.h"

using namespace choreia;

namespace {

template <class A, class B>
concept Addable = requires(A a, B b) { a + b; };

static_assert(Addable<Seconds, Duration>);
static_assert(!Addable<Seconds, Seconds>);
static_assert(!Addable<FrameIndex, FrameIndex>);
static_assert(!Addable<FrameIndex, Seconds>);

}  // namespace

class UnitsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void arithmetic() {
        QCOMPARE((Seconds{2} + Duration{0.5}).value, 2.5);
        QCOMPARE((Seconds{2} - Seconds{0.5}).seconds, 1.5);
        QVERIFY(Seconds{1} < Seconds{2});
    }
    void framesAndSeconds() {
        QCOMPARE(nearestFrame(Seconds{1.0}, kMotionFps).value, std::int64_t{60});
        QCOMPARE(nearestFrame(Seconds{-0.009}, 60).value, std::int64_t{-1});
        QCOMPARE(timeOf(FrameIndex{90}, 60).value, 1.5);
        for (std::int64_t f = 0; f < 100000; f += 997) QCOMPARE(nearestFrame(timeOf(FrameIndex{f}, 29.97), 29.97).value, f);
    }
    void tableIsRowMajor() {
        Table table(3, 4, 0.5f);
        QCOMPARE(table.values.size(), std::size_t{12});
        table.at(1, 2) = 7;
        QCOMPARE(table.values[6], 7.0f);
        QCOMPARE(table.row(1)[2], 7.0f);
        QCOMPARE(table.at(2, 3), 0.5f);
    }
};

CHOREIA_TEST(UnitsTest)
#include "units_test.moc"
