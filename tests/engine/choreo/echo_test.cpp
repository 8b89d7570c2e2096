// Repeated parts and what is taken up in them.
#include "choreo/echo.h"

#include "support/testing.h"

#include <cmath>

using namespace choreia;
using namespace choreia::choreo;

namespace {

/// 32 s at 120 BPM, then 20 s of the same part as the first 16 s at 96 BPM: A (0-16), B (16-32), A (32-52).
audio::Analysis song() {
    audio::Analysis a;
    a.duration = 52;
    for (double t = 0; t < 32; t += 0.5) a.grid.beats.push_back(t);
    for (double t = 32; t < 52; t += 0.625) a.grid.beats.push_back(t);
    for (std::size_t i = 0; i < a.grid.beats.size(); i += 4) a.grid.downbeats.push_back(a.grid.beats[i]);
    a.sections = {{0, 16, "A", false}, {16, 32, "B", false}, {32, 52, "A", false}};
    return a;
}

}  // namespace

class EchoTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aRepeatedPartFollowsTheFirstBeatByBeat() {
        const auto echoes = echoedSteps(song(), 390, 7.5);
        QCOMPARE(echoes.size(), std::size_t{390});
        for (std::size_t i = 0; i < 240; ++i) QCOMPARE(echoes[i], std::ptrdiff_t{-1});
        for (std::size_t i = 241; i < 390; ++i) {
            const double there = ((static_cast<double>(i) + 0.5) / 7.5 - 32) * 0.5 / 0.625;  // the same beat at the first tempo
            QVERIFY2(std::abs(static_cast<double>(echoes[i]) - std::floor(there * 7.5)) <= 1, qPrintable(QString::number(i)));
        }
    }

    void theShareOfBarsIsKept() {
        const auto analysis = song();
        const auto echoes = echoedSteps(analysis, 390, 7.5);
        QVERIFY(keptEchoes(echoes, analysis, 7.5, 1, 1) == echoes);
        for (const auto e : keptEchoes(echoes, analysis, 7.5, 0, 1)) QCOMPARE(e, std::ptrdiff_t{-1});
        double kept = 0, all = 0;
        for (std::uint64_t seed = 1; seed <= 200; ++seed) {
            const auto some = keptEchoes(echoes, analysis, 7.5, 0.6, seed);
            for (std::size_t i = 0; i < some.size(); ++i) {
                QVERIFY(some[i] == -1 || some[i] == echoes[i]);
                kept += some[i] >= 0;
                all += echoes[i] >= 0;
            }
        }
        QVERIFY(std::abs(kept / all - 0.6) < 0.05);
        QVERIFY(keptEchoes(echoes, analysis, 7.5, 0.6, 5) == keptEchoes(echoes, analysis, 7.5, 0.6, 5));
    }

    void withoutBeatsSecondsCount() {
        auto a = song();
        a.grid = {};
        const auto echoes = echoedSteps(a, 390, 7.5);
        QCOMPARE(echoes[250], std::ptrdiff_t{10});
        QCOMPARE(echoes[375], std::ptrdiff_t{-1});  // the first part is shorter
    }
};

CHOREIA_TEST(EchoTest)
#include "echo_test.moc"
