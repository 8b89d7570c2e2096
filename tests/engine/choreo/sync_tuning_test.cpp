// Tuning of the synchronisation loss: what it minimises, that it finds less than it began with, and that it can be stopped.
#include "choreo/sync_tuning.h"

#include "engine/eval/synthetic_motion.h"
#include "eval/metrics.h"
#include "support/testing.h"

using namespace choreia;
using namespace choreia::choreo;

namespace {
std::vector<SyncClip> twoClips() {
    std::vector<SyncClip> clips(2);
    for (std::size_t c = 0; c < 2; ++c) {
        clips[c].positions = testing::swingingBody(static_cast<int>(c) + 3, 600);
        for (double t = .2; t < 10; t += .5 + .03 * static_cast<double>(c)) clips[c].beats.push_back(t);
        for (std::size_t f = 0; f < 600; ++f) clips[c].onset.push_back(static_cast<double>((f * 7 + c) % 30) / 30);
    }
    return clips;
}
} // namespace

class SyncTuningTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void figuresAreThoseOfEval() {
        const auto clips = twoClips();
        SyncSettings unchanged;
        unchanged.strength = 0;
        const auto figures = syncFigures(clips, unchanged);
        const auto first = eval::beatAlignment(clips[0].positions, clips[0].beats), second = eval::beatAlignment(clips[1].positions, clips[1].beats);
        QVERIFY(std::abs(figures.bas - (first.bas + second.bas) / 2) < 1e-9);
        QVERIFY(std::abs(figures.aboveChance - (first.aboveChance + second.aboveChance) / 2) < 1e-9);
        QCOMPARE(figures.meanSpeedChange, 0.0);
        const SyncTuningSettings settings;
        QCOMPARE(tuningValue({.5, .3, .2, settings.largestMeanChange, .2}, settings), -(.3 + .1 * .2));
        QVERIFY(tuningValue({.5, .3, .2, settings.largestMeanChange + .01, .2}, settings) > -(.3 + .1 * .2) + .09);
    }

    void tuningIsNoWorseThanTheBuiltInWeightsAndRepeats() {
        const auto clips = twoClips();
        SyncTuningSettings settings;
        settings.evaluations = 24;
        settings.population = 6;
        settings.effort = .34;
        NoProgress progress;
        std::size_t generations = 0;
        const auto tuned = tuneSync(clips, settings, {}, progress, [&](std::size_t, const SyncWeights&, double) { ++generations; });
        QCOMPARE(tuned.evaluations, std::size_t(24));
        QCOMPARE(generations, std::size_t(4));
        QCOMPARE(std::max({tuned.gamma.beats, tuned.gamma.energy, tuned.gamma.roughness}), 1.0);
        QVERIFY(std::min({tuned.gamma.beats, tuned.gamma.energy, tuned.gamma.roughness}) >= 0);
        SyncSettings builtIn;
        builtIn.effort = settings.effort;
        QVERIFY(tuned.value <= tuningValue(syncFigures(clips, builtIn), settings));
        SyncSettings found = builtIn;
        found.gamma = tuned.gamma;
        QCOMPARE(tuningValue(syncFigures(clips, found), settings), tuned.value);
        QCOMPARE(tuneSync(clips, settings, {}, progress).gamma, tuned.gamma);
    }

    void itStopsWhenAsked() {
        std::stop_source source;
        source.request_stop();
        NoProgress progress;
        QCOMPARE(tuneSync(twoClips(), {}, source.get_token(), progress).evaluations, std::size_t(0));
        const auto result = trainSync({}, "nowhere", {}, {}, {}, progress);
        QVERIFY(!result.ok());
        QCOMPARE(result.error().exitStatus(), 2);
    }
};

CHOREIA_TEST(SyncTuningTest)
#include "sync_tuning_test.moc"
