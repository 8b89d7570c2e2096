// Ten minutes with the shipped weights, over a medley of slow and fast songs: the dancer neither falls asleep nor leaves the stage, nor spins for ever, nor shows its back.
#include "choreo/choreographer.h"
#include "choreo/facing.h"
#include "motion/kinematics.h"
#include "motion/pose_features.h"
#include "support/testing.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

using namespace choreia;

namespace {

/// Songs of 75 s at very different tempi, one after another, each with a quiet beginning and a loud end.
audio::Analysis medley(double seconds) {
    audio::Analysis song;
    song.duration = seconds;
    song.features = Table(static_cast<std::size_t>(seconds * 60) + 1, audio::columns::kCount);
    for (std::size_t i = 0; i < song.features.values.size(); ++i) song.features.values[i] = std::sin(static_cast<float>(i) * 0.37f) * 0.5f + 0.5f;
    for (std::size_t r = 0; r < song.features.rows; ++r)
        song.features.at(r, audio::columns::kEnergy) = 0.3f + 0.6f * static_cast<float>(std::fmod(static_cast<double>(r) / 60, 75) / 75);
    double t = 0.3;
    for (int piece = 0; t < seconds; ++piece) {
        const double bpm = std::array{92.0, 182.0, 126.0, 87.0, 104.0}[static_cast<std::size_t>(piece % 5)];
        for (int beat = 0; t < std::min(seconds, 75.0 * (piece + 1)); ++beat, t += 60 / bpm) {
            song.grid.beats.push_back(t);
            if (beat % 4 == 0) song.grid.downbeats.push_back(t);
        }
    }
    song.grid.tempoBpm = audio::medianTempo(song.grid.beats);
    audio::writeBeatColumns(song.grid, song.features);
    return song;
}

}  // namespace

class LongDanceTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void staysAliveAndOnTheStage() {
        const auto loaded = choreo::Choreographer::load(CHOREIA_SOURCE_DIR "/models", "default", choreo::Device::Cpu);
        QVERIFY2(loaded.ok(), loaded.ok() ? "" : loaded.error().line().c_str());
        io::GenerateSettings settings;
        settings.style = "salsa";
        settings.guidance = 0;  // half the time
        NoProgress quiet;
        const auto made = (*loaded)->generate(medley(600), settings, {}, quiet);
        QVERIFY2(made.ok(), made.ok() ? "" : made.error().line().c_str());
        const motion::Clip& clip = made->dance.clip;
        QCOMPARE(clip.frames(), std::size_t{36000});
        for (const auto& root : clip.root) QVERIFY2(std::hypot(root.x(), root.z()) <= 2.0f, qPrintable(QString::number(std::hypot(root.x(), root.z()))));
        // Mean joint speed of every second, m/s. A recorded dance stands still (under 0.15) for seven seconds in a hundred.
        const auto positions = motion::jointPositions(motion::Skeleton::body(), clip);
        std::vector<double> speeds;
        for (std::size_t from = 0; from + 60 < clip.frames(); from += 60) {
            double sum = 0;
            for (std::size_t f = from; f < from + 60; ++f)
                for (std::size_t j = 0; j < motion::kJoints; ++j) sum += static_cast<double>((positions.at(f + 1, j) - positions.at(f, j)).norm());
            speeds.push_back(sum / motion::kJoints);
        }
        const auto still = [](auto first, auto last) { return static_cast<double>(std::count_if(first, last, [](double v) { return v < 0.15; })) / static_cast<double>(last - first); };
        QVERIFY2(still(speeds.begin(), speeds.end()) < 0.08, qPrintable(QString::number(still(speeds.begin(), speeds.end()))));
        // Nor in any minute of it, the last as little as the first.
        for (std::size_t from = 0; from + 60 <= speeds.size(); from += 30) {
            const auto first = speeds.begin() + static_cast<std::ptrdiff_t>(from);
            QVERIFY2(still(first, first + 60) < 0.25, qPrintable(QString("%1 of the minute from %2 s").arg(still(first, first + 60)).arg(from)));
        }
        // Recorded salsas turn 4.7 times one way within 8 s at most, and show their backs for a third of the time; these did for 0.35.
        std::vector<double> turned{0};
        const auto headingAt = [&](std::size_t f) { return static_cast<double>(motion::headingOf(clip.pose(f)[motion::Pelvis])); };
        for (std::size_t f = 1; f < clip.frames(); ++f) turned.push_back(turned.back() + std::remainder(headingAt(f) - headingAt(f - 1), 2 * std::numbers::pi));
        for (std::size_t f = 480; f < turned.size(); ++f) {
            const double turns = std::abs(turned[f] - turned[f - 480]) / (2 * std::numbers::pi);
            QVERIFY2(turns < 5, qPrintable(QString("%1 turns in the 8 s before %2 s").arg(turns).arg(static_cast<double>(f) / 60)));
        }
        QVERIFY2(choreo::facingAway(clip) < 0.42, qPrintable(QString::number(choreo::facingAway(clip))));
    }
};

CHOREIA_TEST(LongDanceTest)
#include "long_dance_test.moc"
