// Parts of songs that were put together from known parts.
#include "audio/analysis.h"
#include "audio/sections.h"
#include "audio/synth.h"

#include "sounds.h"
#include "support/testing.h"

#include <algorithm>
#include <cmath>
#include <tuple>

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

    /// Songs of our own whose parts are in their scores; seeds that no constant was chosen on.
    void partsOfComposedSongsAreFound() {
        double hits = 0, found = 0, wanted = 0, together = 0, alike = 0, same = 0;
        for (const auto& [groove, tempo, seed] : {std::tuple{Groove::House, 122.0, 31u}, {Groove::Waltz, 87.0, 32u}, {Groove::Rock, 126.0, 33u}, {Groove::Rumba, 95.0, 34u}}) {
            SynthSettings settings;
            settings.groove = groove;
            settings.tempoBpm = tempo;
            settings.seconds = 120;
            settings.seed = seed;
            const SynthSong song = synthesize(settings);
            NoProgress progress;
            const auto heard = analyze(song.pcm, "composed", {}, progress);
            QVERIFY(heard.ok());
            const double duration = heard->duration;
            const auto sections = findSections(heard->features, song.grid, duration);
            QCOMPARE(sections.front().start, 0.0);
            QCOMPARE(sections.back().end, duration);
            for (std::size_t i = 1; i < song.sections.size(); ++i) {
                wanted += 1;
                hits += std::any_of(sections.begin() + 1, sections.end(), [&](const Section& s) { return std::abs(s.start - song.sections[i].start) < 0.7; });
            }
            found += static_cast<double>(sections.size() - 1);
            const auto labelAt = [](const std::vector<Section>& all, double t) {
                for (const Section& s : all)
                    if (t < s.end) return s.label;
                return all.back().label;
            };
            // Of all pairs of moments: those of one part that are also said to be of one.
            for (double a = 0.5; a < duration; a += 1)
                for (double b = 0.5; b < a; b += 1) {
                    const bool truth = labelAt(song.sections, a) == labelAt(song.sections, b), said = labelAt(sections, a) == labelAt(sections, b);
                    together += truth && said;
                    alike += truth;
                    same += said;
                }
        }
        const double boundaries = 2 * hits / (found + wanted), pairs = 2 * together / (alike + same);
        QVERIFY2(boundaries > 0.65, qPrintable(QString::number(boundaries)));
        QVERIFY2(pairs > 0.75, qPrintable(QString::number(pairs)));
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
