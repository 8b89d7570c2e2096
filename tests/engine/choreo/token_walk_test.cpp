// What a stretch is chosen by: minima of speed on the beats, above what chance gives.
#include "choreo/token_walk.h"
#include "support/testing.h"

#include <cmath>
#include <numbers>

using namespace choreia;

namespace {

/// Speed between rows with a dip at each of these rows.
std::vector<double> dipping(std::size_t rows, const std::vector<double>& dips) {
    std::vector<double> speed(rows - 1, 1.0);
    for (std::size_t i = 0; i < speed.size(); ++i)
        for (const double dip : dips) {
            const double away = static_cast<double>(i) + 0.5 - dip;  // the speed between rows i and i + 1
            speed[i] -= 0.7 * std::exp(-away * away / 4);
        }
    return speed;
}

}  // namespace

class TokenWalkTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void dipsOnTheBeatsAreWorthMost() {
        const std::vector<double> beats{20.3, 35.3, 50.3, 65.3}, late{27.8, 42.8, 57.8, 72.8};
        // Four dips in 70 rows of two frames each: by chance a beat is met to 4 / 140 * 3 sqrt(2 pi).
        const double chance = 4.0 / 140.0 * 3.0 * std::sqrt(2 * std::numbers::pi);
        const double met = choreo::meetsBeats(dipping(81, beats), beats, 10);
        QVERIFY2(std::abs(met - 4 * (1 - chance)) < 0.02, qPrintable(QString::number(met)));
        // 15 frames off: never met.
        const double missed = choreo::meetsBeats(dipping(81, late), beats, 10);
        QVERIFY2(std::abs(missed + 4 * chance) < 0.02, qPrintable(QString::number(missed)));
        // Three frames off is one deviation: exp(-1/2).
        const std::vector<double> near{21.8, 36.8, 51.8, 66.8};
        QVERIFY(std::abs(choreo::meetsBeats(dipping(81, near), beats, 10) - 4 * (std::exp(-0.5) - chance)) < 0.02);
        // A dip between the beats costs what it adds to chance.
        std::vector<double> more = beats;
        more.insert(more.begin() + 2, 42.8);
        const double costly = choreo::meetsBeats(dipping(81, more), beats, 10);
        QVERIFY2(std::abs(costly - 4 * (1 - 1.25 * chance)) < 0.08, qPrintable(QString::number(costly)));  // its neighbours lean towards it a little
    }

    void beatsBeforeTheStretchDoNotCount() {
        const std::vector<double> beats{5.3, 20.3, 35.3};
        const double whole = choreo::meetsBeats(dipping(61, beats), beats, 0), later = choreo::meetsBeats(dipping(61, beats), beats, 10);
        QVERIFY(whole > later + 0.5);
        QCOMPARE(choreo::meetsBeats(dipping(61, beats), {}, 10), 0.0);
        const std::vector<double> still(60, 0.0);
        QCOMPARE(choreo::meetsBeats(still, beats, 0), 0.0);  // no minima, no chance
    }
};

CHOREIA_TEST(TokenWalkTest)
#include "token_walk_test.moc"
