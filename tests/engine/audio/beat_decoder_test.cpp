// The decoder on activations drawn by hand: its only inputs are rows of two probabilities.
#include "audio/beat_decoder.h"

#include "core/random.h"
#include "sounds.h"
#include "support/testing.h"

using namespace choreia;
using namespace choreia::audio;

namespace {

/// A bump of a row's width at each time, on a floor of 0.01.
Table activations(double seconds, const std::vector<double>& beats, double height = 0.9) {
    Table table(static_cast<std::size_t>(seconds * 100) + 1, 2, 0.01f);
    for (double t : beats)
        for (auto r = static_cast<std::ptrdiff_t>(100 * t) - 4; r <= static_cast<std::ptrdiff_t>(100 * t) + 5; ++r) {
            if (r < 0 || r >= static_cast<std::ptrdiff_t>(table.rows)) continue;
            const double away = (static_cast<double>(r) - 100 * t) / 1.3;
            float& v = table.at(static_cast<std::size_t>(r), 0);
            v = std::max(v, static_cast<float>(height * std::exp(-0.5 * away * away)));
        }
    return table;
}

/// Every bar-th of the beats begins a bar.
void addBars(Table& table, const std::vector<double>& beats, std::size_t bar, std::size_t first = 0) {
    for (std::size_t i = first; i < beats.size(); i += bar) {
        const auto row = static_cast<std::size_t>(std::lround(100 * beats[i]));
        for (std::size_t r = row > 2 ? row - 2 : 0; r <= std::min(row + 2, table.rows - 1); ++r) table.at(r, 1) = 0.9f * table.at(r, 0);
    }
}

BeatActivations asHeard(Table table) { return {std::move(table), {}}; }

/// A model that is sure of one tempo.
Table sureOf(double bpm, std::size_t seconds) {
    Table tempo(seconds, kTempoBins, std::log(1e-3f));
    const auto bin = static_cast<std::size_t>(std::lround(binOfTempo(bpm)));
    for (std::size_t s = 0; s < seconds; ++s) tempo.at(s, bin) = std::log(0.94f);
    return tempo;
}

} // namespace

class BeatDecoderTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aSteadyPulseIsFoundToThreeMilliseconds_data() {
        QTest::addColumn<double>("tempo");
        for (double tempo : {58.0, 87.3, 120.0, 133.7, 174.0, 205.0}) QTest::newRow(qPrintable(QString::number(tempo))) << tempo;
    }
    void aSteadyPulseIsFoundToThreeMilliseconds() {
        QFETCH(double, tempo);
        const auto beats = testing::everySoOften(0.437, 60 / tempo, 39.5);
        const DecodedBeats found = decodeBeats(asHeard(activations(40, beats)));
        QCOMPARE(found.beats.size(), beats.size());
        for (std::size_t i = 0; i < beats.size(); ++i) QVERIFY(std::abs(found.beats[i] - beats[i]) < 0.003);
        QVERIFY(found.confidence > 0.7 && found.strength.size() == beats.size());
    }

    void barsAreCounted_data() {
        QTest::addColumn<int>("bar");
        for (int bar : {2, 3, 4}) QTest::newRow(qPrintable(QString::number(bar))) << bar;
    }
    void barsAreCounted() {
        QFETCH(int, bar);
        const auto beats = testing::everySoOften(0.3, 0.55, 39.5);
        Table table = activations(40, beats);
        addBars(table, beats, static_cast<std::size_t>(bar), 1);  // a pick-up of one beat
        const DecodedBeats found = decodeBeats(asHeard(table));
        QCOMPARE(found.beatsPerBar, bar);
        QCOMPARE(found.beats.size(), beats.size());
        QCOMPARE(found.downbeats.front(), std::size_t{1});
        for (std::size_t i = 1; i < found.downbeats.size(); ++i) QCOMPARE(found.downbeats[i] - found.downbeats[i - 1], static_cast<std::size_t>(bar));
    }

    void weakOffBeatsAreNoBeats() {
        const auto beats = testing::everySoOften(0.5, 0.64, 29), between = testing::everySoOften(0.82, 0.64, 29);
        Table table = activations(30, beats, 0.8);
        const Table weak = activations(30, between, 0.25);
        for (std::size_t i = 0; i < table.values.size(); ++i) table.values[i] = std::max(table.values[i], weak.values[i]);
        QVERIFY(testing::beatScore(beats, decodeBeats(asHeard(table)).beats, 0.02, 0) > 0.99);
    }

    void theModelsWordOnTheTempoDecidesTheOctave() {
        // Strokes twice as often as either reading needs, every other one somewhat weaker.
        const auto all = testing::everySoOften(0.5, 0.36, 39), every = testing::everySoOften(0.5, 0.72, 39);
        Table table = activations(40, all, 0.45);
        const Table strong = activations(40, every, 0.6);
        for (std::size_t i = 0; i < table.values.size(); ++i) table.values[i] = std::max(table.values[i], strong.values[i]);
        QVERIFY(testing::beatScore(every, decodeBeats({table, sureOf(60 / 0.72, 40)}).beats, 0.02, 0) > 0.97);
        QVERIFY(testing::beatScore(all, decodeBeats({table, sureOf(60 / 0.36, 40)}).beats, 0.02, 0) > 0.97);
    }

    void weakBeatsAloneAreBeats() {
        const auto beats = testing::everySoOften(0.5, 0.64, 29);
        QVERIFY(testing::beatScore(beats, decodeBeats(asHeard(activations(30, beats, 0.3))).beats, 0.02, 0) > 0.95);
    }

    void missingBeatsAreFilledIn() {
        const auto beats = testing::everySoOften(0.5, 0.5, 39.8);
        Random random(3);
        std::vector<double> heard;
        for (double t : beats)
            if (random.uniform() < 0.85) heard.push_back(t);
        QVERIFY(testing::beatScore(beats, decodeBeats(asHeard(activations(40, heard))).beats, 0.03, 0) > 0.95);
    }

    void tempoMayDriftAndJump() {
        std::vector<double> beats{0.5};
        while (beats.back() < 30) beats.push_back(beats.back() + 60 / (95 + beats.back()));
        while (beats.back() < 60) beats.push_back(beats.back() + 60 / 80.0);
        QVERIFY(testing::beatScore(beats, decodeBeats(asHeard(activations(61, beats))).beats, 0.03, 0) > 0.97);
    }

    void aPauseGetsNoBeats() {
        auto beats = testing::everySoOften(0.5, 0.5, 20);
        for (double t : testing::everySoOften(50.2, 0.5, 70)) beats.push_back(t);
        const DecodedBeats found = decodeBeats(asHeard(activations(71, beats)));
        QVERIFY(testing::beatScore(beats, found.beats, 0.03, 0) > 0.98);
        for (double t : found.beats) QVERIFY(t < 21 || t > 49);
    }

    void nothingGivesNothing() {
        QVERIFY(decodeBeats(asHeard(Table(4000, 2, 0.01f))).beats.empty());
        QVERIFY(decodeBeats(asHeard(Table(4000, 2, 0.0f))).beats.empty());
        QVERIFY(decodeBeats(asHeard(Table(0, 2))).beats.empty());
    }

    void longSongsAreSettledAsTheyGo() {
        // Ten minutes: the decoder has dropped its early states many times over by then.
        const auto beats = testing::everySoOften(0.4, 0.4762, 599);
        Table table = activations(600, beats);
        addBars(table, beats, 4);
        const DecodedBeats found = decodeBeats(asHeard(table));
        QCOMPARE(found.beats.size(), beats.size());
        for (std::size_t i = 0; i < beats.size(); ++i) QVERIFY(std::abs(found.beats[i] - beats[i]) < 0.003);
        QCOMPARE(found.downbeats.size(), (beats.size() + 3) / 4);
    }
};

CHOREIA_TEST(BeatDecoderTest)
#include "beat_decoder_test.moc"
