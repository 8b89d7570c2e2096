// A dance leaves its first pose on the song's first accent and comes to rest on the last. Songs and movements of known shape; speeds by finite differences of forward kinematics.
#include "choreo/still_ends.h"

#include "eval/beat_alignment.h"
#include "motion/kinematics.h"
#include "support/testing.h"

#include <cmath>
#include <numbers>

using namespace choreia;

namespace {

/// Beats each half second, bars of four; strong onsets on the beats up to `strongUntil`, faint ones behind.
audio::Analysis song(double seconds, double strongUntil, bool beats = true, double strongFrom = 0) {
    audio::Analysis analysis;
    analysis.duration = seconds;
    analysis.features = Table(static_cast<std::size_t>(seconds * 60) + 1, audio::columns::kCount);
    for (int k = 0; 0.5 * k < seconds; ++k) {
        const double time = 0.5 * k;
        if (beats) analysis.grid.beats.push_back(time);
        if (beats && k % 4 == 0) analysis.grid.downbeats.push_back(time);
        analysis.features.at(static_cast<std::size_t>(std::lround(time * 60)), audio::columns::kOnset) = time >= strongFrom && time <= strongUntil ? 0.9f : 0.05f;
    }
    return analysis;
}

/// Both arms swing, stillest at every half second.
motion::Clip swinging(double seconds) {
    motion::Clip clip;
    clip.fps = 60;
    for (int f = 0; f < static_cast<int>(seconds * 60); ++f) {
        const float angle = std::cos(2 * std::numbers::pi_v<float> * static_cast<float>(f) / 60);
        clip.root.emplace_back(0, 0.95f, 0);
        for (int j = 0; j < motion::kJoints; ++j)
            clip.rotations.push_back(j == motion::LeftShoulder || j == motion::RightShoulder ? motion::Quat(Eigen::AngleAxisf(angle, motion::Vec3::UnitX())) : motion::Quat::Identity());
    }
    return clip;
}

std::vector<std::array<bool, 4>> standing(const motion::Clip& clip, bool stands) { return std::vector<std::array<bool, 4>>(clip.frames(), {stands, stands, stands, stands}); }

/// Time never stands and never runs far ahead: clip seconds by frame.
bool runsGently(const std::vector<double>& times) {
    for (std::size_t f = 1; f < times.size(); ++f)
        if (const double step = (times[f] - times[f - 1]) * 60; !(step > 0.03 && step < 1.5)) return false;
    return true;
}

/// Metres a second, all joints' mean.
std::vector<double> speeds(const motion::Clip& clip) {
    auto all = eval::jointSpeedCurve(motion::jointPositions(motion::Skeleton::body(), clip));
    for (double& each : all) each *= clip.fps;
    return all;
}

}  // namespace

class StillEndsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theLastAccentIsFound() {
        QCOMPARE(choreo::lastAccent(song(20, 17.5)).value(), 17.5);        // the sound dies away
        QCOMPARE(choreo::lastAccent(song(20, 5)).value(), 16.0);           // for long: not all of it in a pose
        QCOMPARE(choreo::lastAccent(song(20.4, 30)).value(), 19.5);        // cut off: the beat that leaves room; downbeats are at 18 and 20
        QCOMPARE(choreo::lastAccent(song(19.5, 30)).value(), 18.0);        // a downbeat does
        QVERIFY(std::abs(choreo::lastAccent(song(20, 30, false)).value() - 18.6) < 1e-9);
        QVERIFY(!choreo::lastAccent(song(5, 30)));
    }

    void theFirstAccentIsFound() {
        const auto first = [](const audio::Analysis& heard) { return choreo::firstAccent(heard).value_or(-1); };
        QCOMPARE(first(song(30, 30, true, 2.5)), 2.5);  // it is quiet before
        QCOMPARE(first(song(30, 30, true, 9)), 4.0);    // for long: not all of it in a pose
        QCOMPARE(first(song(12, 30, true, 9)), 2.0);    // nor a large part of a song
        QCOMPARE(first(song(30, 30)), 2.0);             // the first downbeat with time before it
        auto late = song(30, 30);
        late.grid.downbeats = {0.5, 2.5};
        QCOMPARE(first(late), 1.0);                     // a beat
        QVERIFY(std::abs(first(song(30, 30, false)) - 1.4) < 1e-9);
        QVERIFY(!choreo::firstAccent(song(5, 30)));
    }

    void theDanceWaitsForIt() {
        const motion::Clip clip = swinging(12);
        const auto times = choreo::wakeAt(clip, standing(clip, true), 1.9);
        QVERIFY(times.has_value());
        QCOMPARE(times->size(), clip.frames());
        QVERIFY(runsGently(*times));
        for (std::size_t f = 205; f < times->size(); ++f) QVERIFY(std::abs((*times)[f] - static_cast<double>(f) / 60) < 1e-9);
        QVERIFY(times->front() > 0);
        // The swing's turning point at two seconds is the pose.
        QVERIFY2(std::abs((*times)[60] - 2.0) < 0.06, qPrintable(QString::number((*times)[60])));
        const auto speed = speeds(motion::sampleAt(clip, *times, 60)), before = speeds(clip);
        const double most = *std::max_element(before.begin(), before.end());
        for (std::size_t f = 0; f < 80; ++f) QVERIFY2(speed[f] < 0.1 * most, qPrintable(QString("%1 %2").arg(f).arg(speed[f])));
        QVERIFY(!choreo::wakeAt(clip, {}, 1.9));
        QVERIFY(!choreo::wakeAt(clip, standing(clip, true), 0));
        QVERIFY(!choreo::wakeAt(clip, standing(clip, true), 11.8));
    }

    void theDanceComesToRestThere() {
        const motion::Clip clip = swinging(12);
        const auto times = choreo::restAt(clip, standing(clip, true), 10.1);
        QVERIFY(times.has_value());
        QCOMPARE(times->size(), clip.frames());
        QVERIFY(runsGently(*times));
        for (std::size_t f = 0; f <= 516; ++f) QVERIFY(std::abs((*times)[f] - static_cast<double>(f) / 60) < 1e-9);
        const auto speed = speeds(motion::sampleAt(clip, *times, 60)), before = speeds(clip);
        const double most = *std::max_element(before.begin(), before.end());
        for (std::size_t f = 640; f < speed.size(); ++f) QVERIFY2(speed[f] < 0.1 * most, qPrintable(QString("%1 %2").arg(f).arg(speed[f])));
        // The swing's turning point at ten seconds is the pose.
        QVERIFY2(std::abs((*times)[660] - 10.0) < 0.06, qPrintable(QString::number((*times)[660])));
    }

    void whoFliesOrHasNoRoomGoesOn() {
        const motion::Clip clip = swinging(12);
        motion::Clip leap = clip;
        for (auto& root : leap.root) root.y() += 0.3f;
        QVERIFY(!choreo::restAt(leap, standing(clip, false), 10.1));
        QVERIFY(choreo::restAt(clip, standing(clip, false), 10.1));  // it slides
        QVERIFY(!choreo::restAt(clip, standing(clip, true), 0.3));
        QVERIFY(!choreo::restAt(clip, standing(clip, true), 12));
        QVERIFY(!choreo::restAt(clip, {}, 10));
        QVERIFY(choreo::restAt(clip, standing(clip, true), 0.9));
    }

    void whatIsHeldStays() {
        const auto heard = song(12, 9.9, true, 1.5);
        const motion::Clip clip = swinging(12);
        std::vector<double> even;
        for (std::size_t f = 0; f < clip.frames(); ++f) even.push_back(static_cast<double>(f) / 60);
        const std::vector<std::size_t> early = {60}, late = {660};
        for (const auto& [held, moves] : {std::pair{early, true}, std::pair{late, false}}) {
            motion::Clip danced = clip;
            auto contacts = standing(clip, true);
            auto warp = even;
            choreo::endInPose(danced, contacts, warp, heard, 0, held);
            QCOMPARE(danced.frames(), clip.frames());
            QCOMPARE(contacts.size(), clip.frames());
            QCOMPARE(speeds(danced)[680] < 0.5 * speeds(clip)[680], moves);
            QCOMPARE(warp == even, !moves);
            for (std::size_t f = 1; f < warp.size(); ++f) QVERIFY(warp[f] > warp[f - 1]);
            danced = clip;
            warp = even;
            choreo::beginInPose(danced, contacts, warp, heard, 0, held);
            QCOMPARE(speeds(danced)[40] < 0.5 * speeds(clip)[40], !moves);
            QCOMPARE(warp == even, moves);
            for (std::size_t f = 1; f < warp.size(); ++f) QVERIFY(warp[f] > warp[f - 1]);
        }
    }
};

CHOREIA_TEST(StillEndsTest)
#include "still_ends_test.moc"
