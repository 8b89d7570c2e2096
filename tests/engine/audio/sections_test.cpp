// Parts of songs that were put together from known parts.
#include "audio/analysis.h"

#include "sounds.h"
#include "support/testing.h"

using namespace choreia;
using namespace choreia::audio;

namespace {

/// Sixteen seconds of a kind of part: chords of its own, a click each half second.
void addPart(Pcm& pcm, double from, bool loud) {
    const double low[] = {220, 261.63, 329.63}, high[] = {369.99, 466.16, 554.37, 932.33};
    for (int bar = 0; bar < 8; ++bar) {
        const double start = from + 2.0 * bar;
        if (loud)
            for (double hz : high) testing::addTone(pcm, hz, 0.14, start, start + 1.9);
        else
            for (double hz : low) testing::addTone(pcm, hz, 0.05, start, start + 1.9);
    }
    std::vector<double> times;
    for (int i = 0; i < 32; ++i) times.push_back(from + 0.5 * i + 0.01);
    const Pcm clicks = testing::clicks(pcm.seconds(), times);
    for (std::size_t i = 0; i < pcm.samples.size(); ++i) pcm.samples[i] += (loud ? 0.7f : 0.4f) * clicks.samples[i];
}

} // namespace

class SectionsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void repeatedPartsShareALabelAndTheLoudOnesAreMarked() {
        Pcm pcm = testing::silence(64);
        for (int part = 0; part < 4; ++part) addPart(pcm, 16.0 * part, part % 2 == 1);
        NoProgress progress;
        const auto a = analyze(pcm, "parts", {}, progress);
        QVERIFY(a.ok());
        QCOMPARE(a->sections.size(), std::size_t{4});
        for (std::size_t i = 0; i < 4; ++i) {
            const Section& section = a->sections[i];
            QVERIFY2(std::abs(section.start - 16.0 * static_cast<double>(i)) < 2.1, qPrintable(QString::number(section.start)));
            QCOMPARE(section.label, std::string(i % 2 == 0 ? "A" : "B"));
            QCOMPARE(section.loudest, i % 2 == 1);
            if (i > 0) QCOMPARE(section.start, a->sections[i - 1].end);
            // On a bar line, where there are bars.
            if (i > 0 && !a->grid.downbeats.empty())
                QVERIFY(std::any_of(a->grid.downbeats.begin(), a->grid.downbeats.end(), [&](double t) { return std::abs(t - section.start) < 1e-9; }));
        }
        QCOMPARE(a->sections.front().start, 0.0);
        QCOMPARE(a->sections.back().end, a->duration);
    }

    void aSongOfOnePartHasOneSection() {
        Pcm pcm = testing::silence(32);
        addPart(pcm, 0, true);
        addPart(pcm, 16, true);
        NoProgress progress;
        const auto a = analyze(pcm, "one", {}, progress);
        QVERIFY(a.ok() && a->sections.size() == 1 && !a->sections[0].loudest);
    }
};

CHOREIA_TEST(SectionsTest)
#include "sections_test.moc"
