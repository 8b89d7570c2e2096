// Movement copied, pasted, exchanged and danced in other time, on dances made by formula: judged by forward kinematics and by counting.
#include "choreo/control.h"
#include "choreo/movement.h"
#include "motion/contacts.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"
#include "support/testing.h"

#include <algorithm>
#include <cmath>
#include <numbers>

using namespace choreia;

namespace {

constexpr double kBeat = 0.5;  // s

std::vector<double> beatsOf(double seconds, double gap = kBeat) {
    std::vector<double> beats;
    for (double t = 0; t <= seconds + 1e-9; t += gap) beats.push_back(t);
    return beats;
}

/// A dancer on both feet whose right arm is raised by a share that differs from beat to beat, and whose left arm swings once a beat. Tokens count the frames.
io::Dance waving(double seconds) {
    io::Dance dance;
    const auto frames = static_cast<std::size_t>(std::llround(seconds * 60)) + 1;
    for (std::size_t f = 0; f < frames; ++f) {
        const double t = static_cast<double>(f) / 60;
        std::vector<motion::Quat> pose(motion::kJoints, motion::Quat::Identity());
        pose[motion::RightShoulder] = motion::Quat(Eigen::AngleAxisf(static_cast<float>(0.08 * t), motion::Vec3::UnitZ()));
        pose[motion::LeftShoulder] = motion::Quat(Eigen::AngleAxisf(static_cast<float>(0.5 * std::sin(2 * std::numbers::pi * t / kBeat)), motion::Vec3::UnitZ()));
        dance.clip.root.push_back(motion::Skeleton::body().offset(motion::Pelvis));
        dance.clip.rotations.insert(dance.clip.rotations.end(), pose.begin(), pose.end());
    }
    dance.contacts.assign(frames, {true, true, true, true});
    for (int i = 0; static_cast<double>(i) / 7.5 < seconds; ++i) {
        dance.tokens.times.push_back(static_cast<double>(i) / 7.5);
        dance.tokens.upper.push_back(i);
        dance.tokens.lower.push_back(i);
    }
    return dance;
}

/// Angle of the raised arm, which says from which second of the dance a frame comes.
double secondShown(const motion::Clip& clip, double at) {
    const auto frame = static_cast<std::size_t>(std::llround(at * 60));
    return 2 * std::atan2(static_cast<double>(clip.pose(frame)[motion::RightShoulder].z()), static_cast<double>(clip.pose(frame)[motion::RightShoulder].w())) / 0.08;
}

bool sameFrames(const motion::Clip& a, const motion::Clip& b, std::size_t from, std::size_t to) {
    for (std::size_t f = from; f < to; ++f) {
        if (a.root[f] != b.root[f]) return false;
        for (std::size_t j = 0; j < motion::kJoints; ++j)
            if (a.pose(f)[j].coeffs() != b.pose(f)[j].coeffs()) return false;
    }
    return true;
}

/// Fastest joint, m/s.
double fastest(const motion::Clip& clip) {
    const auto p = motion::jointPositions(motion::Skeleton::body(), clip);
    double most = 0;
    for (std::size_t f = 0; f + 1 < clip.frames(); ++f)
        for (std::size_t j = 0; j < motion::kJoints; ++j) most = std::max(most, 60 * static_cast<double>((p.at(f + 1, j) - p.at(f, j)).norm()));
    return most;
}

choreo::Laid laid(Result<choreo::Laid> made) {
    if (!made.ok()) qFatal("%s", made.error().line().c_str());
    return std::move(made).value();
}

}  // namespace

class MovementTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void whatIsPastedIsDancedThereAndNothingElseChanges() {
        const auto dance = waving(20);
        const auto beats = beatsOf(20);
        const auto movement = choreo::movementOf(dance, 4, 8, beats);
        QCOMPARE(movement.clip.frames(), std::size_t{241});
        QCOMPARE(choreo::endOf(movement, 12, beats), 16.0);
        const auto made = laid(choreo::lay(dance, 12, 16, movement, beats));
        QVERIFY(sameFrames(made.dance.clip, dance.clip, 0, 721));
        QVERIFY(sameFrames(made.dance.clip, dance.clip, 960, dance.clip.frames()));
        QVERIFY(made.first >= 720 && made.end <= 961);
        for (const double at : {13.0, 13.7, 14.5, 15.0}) QVERIFY2(std::abs(secondShown(made.dance.clip, at) - (at - 8)) < 0.05, qPrintable(QString("%1: %2").arg(at).arg(secondShown(made.dance.clip, at))));
        // An arm that is half a metre elsewhere from one frame to the next would go at 29 m/s.
        QVERIFY2(fastest(made.dance.clip) < 1.6 * fastest(dance.clip), qPrintable(QString("%1 %2").arg(fastest(made.dance.clip)).arg(fastest(dance.clip))));
        // Tokens too: those whose middle lies in the part come from 8 s before.
        for (std::size_t i = 0; i < made.dance.tokens.times.size(); ++i) {
            const bool inside = made.dance.tokens.times[i] + 0.5 / 7.5 >= 12 && made.dance.tokens.times[i] + 0.5 / 7.5 < 16;
            QCOMPARE(made.dance.tokens.upper[i], dance.tokens.upper[i] - (inside ? 60 : 0));
        }
    }

    void atAnotherTempoBeatsFallOnBeats() {
        const auto dance = waving(20);
        // From 10 s on the song is a fifth slower.
        std::vector<double> beats;
        for (double t = 0; t < 10 - 1e-9; t += kBeat) beats.push_back(t);
        for (double t = 10; t <= 20; t += 0.6) beats.push_back(t);
        const auto movement = choreo::movementOf(dance, 2, 6, beats);  // eight beats
        QVERIFY(std::abs(choreo::endOf(movement, 11.2, beats) - 16.0) < 1e-6);
        const auto made = laid(choreo::lay(dance, 11.2, 16, movement, beats));
        for (int beat = 1; beat < 8; ++beat) QVERIFY(std::abs(secondShown(made.dance.clip, 11.2 + 0.6 * beat) - (2 + 0.5 * beat)) < 0.06);
        // A song that is counted twice as fast is danced to at the same speed.
        QVERIFY(std::abs(choreo::endOf(movement, 4, beatsOf(20, kBeat / 2)) - 8.0) < 1e-6);
        // Without beats: seconds.
        QVERIFY(std::abs(choreo::endOf(movement, 4, {}) - 8.0) < 1e-6);
    }

    void halfAndDoubleTime() {
        const auto dance = waving(20);
        const auto beats = beatsOf(20);
        const auto movement = choreo::movementOf(dance, 4, 8, beats);
        QVERIFY(std::abs(choreo::endOf(movement, 4, beats, 2) - 6.0) < 1e-6);
        const auto half = laid(choreo::lay(dance, 4, 8, movement, beats, 0.5));
        for (const double at : {5.0, 6.0, 7.0}) QVERIFY(std::abs(secondShown(half.dance.clip, at) - (4 + 0.5 * (at - 4))) < 0.05);
        const auto twice = laid(choreo::lay(dance, 4, 6, movement, beats, 2));
        for (const double at : {4.7, 5.0, 5.3}) QVERIFY(std::abs(secondShown(twice.dance.clip, at) - (4 + 2 * (at - 4))) < 0.05);
    }

    void partsChangePlaces() {
        const auto dance = waving(20);
        const auto beats = beatsOf(20);
        const auto later = laid(choreo::exchange(dance, 4, 6, 10, beats));  // 6..10 is danced first, then 4..6
        for (const auto& [at, shown] : {std::pair(5.0, 7.0), std::pair(7.0, 9.0), std::pair(9.0, 5.0)})
            QVERIFY2(std::abs(secondShown(later.dance.clip, at) - shown) < 0.05, qPrintable(QString("%1: %2").arg(at).arg(secondShown(later.dance.clip, at))));
        QVERIFY(sameFrames(later.dance.clip, dance.clip, 0, 241));
        QVERIFY(sameFrames(later.dance.clip, dance.clip, 600, dance.clip.frames()));
        QVERIFY(std::abs(later.middle - 8) < 1e-6);
        const auto earlier = laid(choreo::exchange(dance, 8, 10, 4, beats));
        QVERIFY(std::abs(earlier.middle - 6) < 1e-6);
        for (const auto& [at, shown] : {std::pair(5.0, 9.0), std::pair(7.0, 5.0), std::pair(9.0, 7.0)}) QVERIFY(std::abs(secondShown(earlier.dance.clip, at) - shown) < 0.05);
        QVERIFY(!choreo::exchange(dance, 4, 6, 5, beats).ok());
    }

    void whatFollowsAPartMovesUp() {
        const auto dance = waving(20);
        const auto beats = beatsOf(20);
        const auto shorter = laid(choreo::takenOut(dance, 4, 7, beats));
        QVERIFY2(std::abs(shorter.middle - 17) < 0.02, qPrintable(QString::number(shorter.middle)));
        QVERIFY(sameFrames(shorter.dance.clip, dance.clip, 0, 241));
        for (const double at : {5.0, 10.0, 16.0}) QVERIFY2(std::abs(secondShown(shorter.dance.clip, at) - (at + 3)) < 0.05, qPrintable(QString::number(secondShown(shorter.dance.clip, at))));
        QVERIFY(sameFrames(shorter.dance.clip, dance.clip, shorter.end, dance.clip.frames()));  // the song's end is danced as it was
        QVERIFY(shorter.end <= 17 * 60 + 1 && shorter.dance.clip.frames() == dance.clip.frames());
        QVERIFY(fastest(shorter.dance.clip) < 4 * fastest(dance.clip));
        QVERIFY(!choreo::takenOut(dance, 16, 20, beats).ok());
        QVERIFY(!choreo::takenOut(dance, 4, 19.9, beats).ok());
    }

    void whatIsPutInPushesTheRest() {
        const auto dance = waving(20);
        const auto beats = beatsOf(20);
        const auto movement = choreo::movementOf(dance, 12, 14, beats);
        const auto longer = laid(choreo::putIn(dance, 4, movement, beats));
        QVERIFY2(std::abs(longer.middle - 6) < 0.02, qPrintable(QString::number(longer.middle)));
        QVERIFY(sameFrames(longer.dance.clip, dance.clip, 0, 241));
        for (const auto& [at, shown] : {std::pair(5.0, 13.0), std::pair(8.0, 6.0), std::pair(15.0, 13.0), std::pair(19.0, 17.0)})
            QVERIFY2(std::abs(secondShown(longer.dance.clip, at) - shown) < 0.05, qPrintable(QString("%1: %2").arg(at).arg(secondShown(longer.dance.clip, at))));
        QCOMPARE(longer.dance.clip.frames(), dance.clip.frames());
        // Where the rest would have no room it falls away.
        const auto last = laid(choreo::putIn(dance, 17.8, movement, beats));
        QVERIFY(std::abs(last.middle - 20) < 0.02);
        QVERIFY(std::abs(secondShown(last.dance.clip, 19) - 13.2) < 0.05);
        QVERIFY(!choreo::putIn(dance, 19.8, movement, beats).ok());
    }

    void keysComeAlongAsTheyAreDanced() {
        auto dance = waving(20);
        const auto key = [&](double at, bool pinned) {
            const auto pose = dance.clip.pose(static_cast<std::size_t>(std::llround(at * 60)));
            return io::KeyPose{at, pinned, dance.clip.root[0], {pose.begin(), pose.end()}};
        };
        dance.keys = {key(5, true), key(6.5, false), key(13, true), key(18, true)};
        const auto beats = beatsOf(20);
        const auto made = laid(choreo::lay(dance, 12, 16, choreo::movementOf(dance, 4, 8, beats), beats));
        std::vector<double> times;
        for (const auto& k : made.dance.keys) {
            times.push_back(k.time);
            const auto pose = made.dance.clip.pose(static_cast<std::size_t>(std::llround(k.time * 60)));
            if (k.time > 12 && k.time < 16) QVERIFY(std::equal(pose.begin(), pose.end(), k.rotations.begin(), [](const auto& a, const auto& b) { return a.coeffs() == b.coeffs(); }));
        }
        QCOMPARE(times, (std::vector<double>{5, 6.5, 13, 14.5, 18}));
        QVERIFY(made.dance.keys[2].pinned && !made.dance.keys[3].pinned);
    }

    void aMirroredMovementWavesTheOtherArm() {
        const auto dance = waving(20);
        const auto beats = beatsOf(20);
        const auto made = laid(choreo::lay(dance, 12, 16, choreo::mirrored(choreo::movementOf(dance, 4, 8, beats)), beats));
        const auto here = motion::jointPositions(motion::Skeleton::body(), made.dance.clip), there = motion::jointPositions(motion::Skeleton::body(), dance.clip);
        const motion::Vec3 left = here.at(840, motion::LeftWrist) - here.at(840, motion::Pelvis), right = there.at(360, motion::RightWrist) - there.at(360, motion::Pelvis);
        QVERIFY((left - motion::Vec3(-right.x(), right.y(), right.z())).norm() < 0.03f);
    }

    void atTheSongsEnds() {
        const auto dance = waving(20);
        const auto beats = beatsOf(20);
        const auto movement = choreo::movementOf(dance, 8, 12, beats);
        const auto begins = laid(choreo::lay(dance, 0, 4, movement, beats));
        QVERIFY(std::abs(secondShown(begins.dance.clip, 0) - 8) < 0.05);
        QVERIFY(sameFrames(begins.dance.clip, dance.clip, 240, dance.clip.frames()));
        const auto ends = laid(choreo::lay(dance, 16, 20, movement, beats));
        QVERIFY(std::abs(secondShown(ends.dance.clip, 20) - 12) < 0.06);
        const auto whole = laid(choreo::lay(dance, 0, 20, choreo::movementOf(dance, 0, 20, beats), beats));
        QVERIFY(std::abs(secondShown(whole.dance.clip, 10) - 10) < 0.01);
    }

    void refused() {
        const auto dance = waving(20);
        const auto beats = beatsOf(20);
        const auto movement = choreo::movementOf(dance, 4, 8, beats);
        for (const auto& [from, to] : {std::pair(5.0, 5.2), std::pair(-1.0, 3.0), std::pair(19.0, 25.0), std::pair(std::nan(""), 5.0)}) QVERIFY(!choreo::lay(dance, from, to, movement, beats).ok());
        QVERIFY(!choreo::lay(dance, 4, 8, {}, beats).ok());
        QVERIFY(!choreo::lay(dance, 4, 8, movement, beats, 0).ok());
    }

    void blocksLieSideBySide() {
        using Blocks = std::vector<io::Block>;
        const Blocks one = choreo::withBlock({}, 4, 8, "b", "a");
        QCOMPARE(one, (Blocks{{0, "a"}, {4, "b"}, {8, "a"}}));
        QCOMPARE(choreo::withBlock(one, 6, 12, "c", "a"), (Blocks{{0, "a"}, {4, "b"}, {6, "c"}, {12, "a"}}));
        QCOMPARE(choreo::withBlock(one, 4, 8, "c", "a"), (Blocks{{0, "a"}, {4, "c"}, {8, "a"}}));
        QCOMPARE(choreo::withBlock(one, 5, 6, "c", "a"), (Blocks{{0, "a"}, {4, "b"}, {5, "c"}, {6, "b"}, {8, "a"}}));
        QCOMPARE(choreo::withBlock(one, 0, 2, "c", "a"), (Blocks{{0, "c"}, {2, "a"}, {4, "b"}, {8, "a"}}));
        QCOMPARE(choreo::exchanged(one, 4, 8, 14, 10, "a"), (Blocks{{0, "a"}, {4, "a"}, {10, "b"}, {14, "a"}}));
        QCOMPARE(choreo::exchanged(one, 2, 6, 12, 8, "a"), (Blocks{{0, "a"}, {2, "b"}, {4, "a"}, {8, "a"}, {10, "b"}, {12, "a"}}));
        QCOMPARE(choreo::exchanged({}, 0, 6, 12, 6, "a"), (Blocks{{0, "a"}, {6, "a"}, {12, "a"}}));
        const Blocks three{{0, "a"}, {4, "b"}, {8, "a"}, {14, "c"}};
        QCOMPARE(choreo::takenOut(three, 4, 8, 16, 20, "a"), (Blocks{{0, "a"}, {4, "a"}, {10, "c"}, {16, "c"}}));
        QCOMPARE(choreo::takenOut(three, 2, 5, 17, 20, "a"), (Blocks{{0, "a"}, {2, "b"}, {5, "a"}, {11, "c"}, {17, "c"}}));
        QCOMPARE(choreo::takenOut({}, 0, 6, 14, 20, "a"), (Blocks{{0, "a"}, {14, "a"}}));
        QCOMPARE(choreo::putIn(three, 6, 9, 20, "d", "a"), (Blocks{{0, "a"}, {4, "b"}, {6, "d"}, {9, "b"}, {11, "a"}, {17, "c"}}));
        QCOMPARE(choreo::putIn(three, 6, 14, 20, "d", "a"), (Blocks{{0, "a"}, {4, "b"}, {6, "d"}, {14, "b"}, {16, "a"}}));  // the last has fallen off
        QCOMPARE(choreo::blockAt(one, 5, 20), std::pair(4.0, 8.0));
        QCOMPARE(choreo::blockAt(one, 9, 20), std::pair(8.0, 20.0));
        QCOMPARE(choreo::blockAt({}, 9, 20), std::pair(0.0, 20.0));
    }
};

CHOREIA_TEST(MovementTest)
#include "movement_test.moc"
