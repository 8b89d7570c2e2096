// Cross-fades of blocks, on dances made by formula: the two takes are known on both sides of the seam, so what a blend of them must show is counted out.
#include "choreo/movement.h"
#include "choreo/seams.h"
#include "motion/kinematics.h"
#include "support/testing.h"

#include <algorithm>
#include <cmath>
#include <numbers>

using namespace choreia;

namespace {

constexpr double kFade = 1;

/// Raises the right arm at its own pace from its own angle, and stands with its feet its own way apart, facing its own way.
io::Dance raising(double seconds, double angle, double pace, float apart, float facing) {
    io::Dance dance;
    const auto frames = static_cast<std::size_t>(std::llround(seconds * 60)) + 1;
    for (std::size_t f = 0; f < frames; ++f) {
        const auto t = static_cast<float>(f) / 60;
        std::vector<motion::Quat> pose(motion::kJoints, motion::Quat::Identity());
        pose[motion::Pelvis] = motion::Quat(Eigen::AngleAxisf(facing, motion::Vec3::UnitY()));
        pose[motion::RightShoulder] = motion::Quat(Eigen::AngleAxisf(static_cast<float>(angle + pace * t), motion::Vec3::UnitZ()));
        pose[motion::LeftHip] = motion::Quat(Eigen::AngleAxisf(apart, motion::Vec3::UnitZ()));
        pose[motion::RightHip] = motion::Quat(Eigen::AngleAxisf(-apart, motion::Vec3::UnitZ()));
        dance.clip.root.push_back(motion::Skeleton::body().offset(motion::Pelvis));
        dance.clip.rotations.insert(dance.clip.rotations.end(), pose.begin(), pose.end());
    }
    dance.contacts.assign(frames, {true, true, true, true});
    return dance;
}

double armAt(const motion::Clip& clip, double at) {
    const motion::Quat& arm = clip.pose(static_cast<std::size_t>(std::llround(at * 60)))[motion::RightShoulder];
    return 2 * std::atan2(static_cast<double>(arm.z()), static_cast<double>(arm.w()));
}

bool sameFrames(const motion::Clip& a, const motion::Clip& b, std::size_t from, std::size_t to) {
    for (std::size_t f = from; f < to; ++f) {
        if (a.root[f] != b.root[f]) return false;
        for (std::size_t j = 0; j < motion::kJoints; ++j)
            if (a.pose(f)[j].coeffs() != b.pose(f)[j].coeffs()) return false;
    }
    return true;
}

double armSpeed(const motion::Clip& clip, double from, double to) {
    double most = 0;
    for (double t = from; t < to; t += 1.0 / 60) most = std::max(most, 60 * std::abs(armAt(clip, t + 1.0 / 60) - armAt(clip, t)));
    return most;
}

template <class T>
T must(Result<T> made) {
    if (!made.ok()) qFatal("%s", made.error().line().c_str());
    return std::move(made).value();
}

}  // namespace

class SeamsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        first_ = raising(20, 0.2, 0.05, 0.02f, 0);
        second_ = raising(20, -0.6, -0.04, 0.02f, 0);
        laid_ = withSecond(first_, second_);
    }

    void bothTakesAreKnownBeyondTheSeam() {
        QCOMPARE(laid_.seams.size(), std::size_t{2});
        for (const double at : {8.0, 12.0}) {
            const io::Seam* seam = choreo::seamAt(laid_, at);
            QVERIFY(seam && seam->earlier && seam->later && choreo::isSeam(laid_, at));
            const auto &earlier = at < 10 ? first_ : second_, &later = at < 10 ? second_ : first_;
            for (const double beside : {-1.0, -0.4, 0.0, 0.7, 1.0}) {
                QVERIFY(std::abs(armAt(*seam->earlier, 1 + beside) - armAt(earlier.clip, at + beside)) < 1e-3);
                QVERIFY(std::abs(armAt(*seam->later, 1 + beside) - armAt(later.clip, at + beside)) < 1e-3);
            }
        }
    }

    void theFadeBeginsAsOneTakeAndEndsAsTheOther() {
        const auto made = must(choreo::crossFaded(laid_, 8, kFade));
        const motion::Clip& clip = made.dance.clip;
        // Outside the fade everything is as it was, and at its ends it is the takes.
        QVERIFY(sameFrames(clip, laid_.clip, 0, 451) && sameFrames(clip, laid_.clip, 510, clip.frames()));
        QVERIFY(std::abs(armAt(clip, 7.5) - armAt(first_.clip, 7.5)) < 1e-3);
        QVERIFY(std::abs(armAt(clip, 8.5) - armAt(second_.clip, 8.5)) < 0.01);
        // Between them it is between them: at a moment u of the fade the takes' angles, weighted by the smooth step of u.
        for (const double u : {0.2, 0.35, 0.5, 0.65, 0.8}) {
            const double at = 7.5 + u * kFade, share = u * u * u * (u * (6 * u - 15) + 10);
            const double expected = (1 - share) * armAt(first_.clip, at) + share * armAt(second_.clip, at);
            QVERIFY2(std::abs(armAt(clip, at) - expected) < 0.03, qPrintable(QStringLiteral("%1: %2, not %3").arg(u).arg(armAt(clip, at)).arg(expected)));
        }
        // Nowhere faster than the takes and the way from one to the other.
        const double gap = std::abs(armAt(first_.clip, 8) - armAt(second_.clip, 8));
        QVERIFY2(armSpeed(clip, 7, 9) < 0.05 + 1.875 * gap / kFade * 1.05, qPrintable(QString::number(armSpeed(clip, 7, 9))));
        QVERIFY(armSpeed(clip, 7, 9) < 0.9 * armSpeed(laid_.clip, 7, 9));  // the join as it was laid goes the same way in half the time
        QVERIFY(made.first >= 450 && made.end <= 511 && choreo::seamAt(made.dance, 8)->fade == kFade);
    }

    void feetDoNotSkate() {
        auto turned = raising(20, -0.6, -0.04, 0.12f, 0.6f);
        const auto laid = withSecond(first_, turned);
        for (const double at : {8.0, 12.0}) {
            const auto made = must(choreo::crossFaded(laid, at, kFade));
            const auto positions = motion::jointPositions(motion::Skeleton::body(), made.dance.clip);
            double skate = 0, lowest = 1;
            int stands = 0;
            const auto centre = static_cast<std::size_t>(at * 60);
            for (std::size_t f = centre - 30; f < centre + 30; ++f)
                for (const auto& [contact, joint] : {std::pair<std::size_t, std::size_t>{1, motion::LeftFoot}, {3, motion::RightFoot}}) {
                    lowest = std::min(lowest, static_cast<double>(positions.at(f, joint).y()));
                    if (!made.dance.contacts[f][contact] || !made.dance.contacts[f + 1][contact]) continue;
                    motion::Vec3 way = positions.at(f + 1, joint) - positions.at(f, joint);
                    way.y() = 0;
                    skate += static_cast<double>(way.norm());
                    ++stands;
                }
            QVERIFY(stands > 0);
            QVERIFY2(60 * skate / stands < 0.12, qPrintable(QStringLiteral("%1 m/s in %2 frames").arg(60 * skate / stands).arg(stands)));
            QVERIFY2(lowest > -0.02, qPrintable(QString::number(lowest)));
        }
    }

    void whatIsNotKnownBeyondTheSeamSlowsDownAndSetsOut() {
        laid_.seams.clear();  // as in projects of before
        const auto made = must(choreo::crossFaded(laid_, 8, kFade));
        QVERIFY(sameFrames(made.dance.clip, laid_.clip, 0, 451) && sameFrames(made.dance.clip, laid_.clip, 510, laid_.clip.frames()));
        // A quarter into the fade the earlier one has gone 7/16 of its half; the later one has 9/16 of its own before it. The blend lies between.
        const double early = armAt(laid_.clip, 7.5 + 0.5 * 7 / 16), late = armAt(laid_.clip, 8.5 - 0.5 * 15 / 16), here = armAt(made.dance.clip, 7.75);
        QVERIFY2(here >= std::min(early, late) - 0.02 && here <= std::max(early, late) + 0.02, qPrintable(QStringLiteral("%1 %2 %3").arg(early).arg(here).arg(late)));
        QVERIFY(armSpeed(made.dance.clip, 7.4, 8.6) <= 1.05 * armSpeed(laid_.clip, 7.4, 8.6));
    }

    void itIsTakenBackToTheBitAndChangedFromThere() {
        const auto longer = must(choreo::crossFaded(laid_, 8, 1.6)), back = must(choreo::crossFaded(longer.dance, 8, 0));
        QVERIFY(sameFrames(back.dance.clip, laid_.clip, 0, laid_.clip.frames()));
        QVERIFY(back.dance.contacts == laid_.contacts);
        QVERIFY(back.first <= 432 && back.end >= 529);
        const auto once = must(choreo::crossFaded(laid_, 8, 0.5)), twice = must(choreo::crossFaded(longer.dance, 8, 0.5));
        QVERIFY(sameFrames(once.dance.clip, twice.dance.clip, 0, laid_.clip.frames()));
        // What has been shaped since is not lost.
        auto shaped = longer.dance;
        shaped.clip.pose(480)[motion::Head] = motion::Quat(Eigen::AngleAxisf(0.3f, motion::Vec3::UnitY()));
        const auto kept = must(choreo::crossFaded(shaped, 8, 0));
        QVERIFY(sameFrames(kept.dance.clip, shaped.clip, 0, shaped.clip.frames()));
        QCOMPARE(choreo::seamAt(kept.dance, 8)->fade, 0.0);
    }

    void itIsTakenBackHoweverShortItsBlockIs() {
        auto made = must(choreo::crossFaded(laid_, 8, 0.5)).dance;
        made.blocks.insert(std::find_if(made.blocks.begin(), made.blocks.end(), [](const io::Block& block) { return block.start > 8; }), {8.05, "short"});
        QCOMPARE(choreo::longestFade(made, 8), 0.0);
        const auto back = must(choreo::crossFaded(made, 8, 0));
        QVERIFY(sameFrames(back.dance.clip, laid_.clip, 0, laid_.clip.frames()));
        QVERIFY(!choreo::crossFaded(made, 8, 0.2).ok());
        QVERIFY(!choreo::crossFaded(made, 5, 0).ok());
    }

    void aPinnedPoseWithinItHolds() {
        const auto pose = laid_.clip.pose(488);
        laid_.keys = {{488.0 / 60, true, laid_.clip.root[488], {pose.begin(), pose.end()}}};
        const auto made = must(choreo::crossFaded(laid_, 8, kFade));
        QVERIFY(std::abs(armAt(made.dance.clip, 488.0 / 60) - armAt(laid_.clip, 488.0 / 60)) < 1e-3);
        QCOMPARE(made.dance.keys.front().rotations[motion::RightShoulder].coeffs(), made.dance.clip.pose(488)[motion::RightShoulder].coeffs());
    }

    void itKeepsToItsRoomAndIsRefusedElsewhere() {
        QCOMPARE(choreo::longestFade(laid_, 8), choreo::kLongestFade);
        QCOMPARE(choreo::longestFade(laid_, 9), 0.0);
        auto crowded = laid_;
        crowded.blocks = choreo::withBlock(laid_.blocks, 8.3, 9, "third", "first");
        QVERIFY(std::abs(choreo::longestFade(crowded, 8) - 0.6) < 1e-9);
        const auto made = must(choreo::crossFaded(crowded, 8, 0.4));
        QVERIFY(std::abs(choreo::longestFade(made.dance, 8.3) - 0.2) < 1e-9);
        for (const double fade : {0.1, -1.0, 2.1, std::nan("")}) QVERIFY(!choreo::crossFaded(laid_, 8, fade).ok());
        QVERIFY(!choreo::crossFaded(laid_, 5, 0.5).ok());
        // A dance that is only split has nothing to blend.
        auto split = first_;
        split.blocks = {{0, "first"}, {6, "first"}};
        QVERIFY(!choreo::isSeam(split, 6));
        QVERIFY(choreo::isSeam(laid_, 8) && !choreo::isSeam(laid_, 7));
    }

    void whatIsLaidOverASeamTakesItsPlace() {
        const std::vector<double> none;
        const auto over = must(choreo::lay(laid_, 11, 14, choreo::movementOf(second_, 11, 14, none), none));
        std::vector<double> at;
        for (const auto& seam : over.dance.seams) at.push_back(seam.at);
        QCOMPARE(at, (std::vector<double>{8, 11, 14}));
        // Two parts exchanged: where they meet each goes on as where it came from.
        const auto moved = must(choreo::exchange(laid_, 8, 12, 16, none));
        const io::Seam* seam = choreo::seamAt(moved.dance, moved.middle);
        QVERIFY(seam && seam->earlier && seam->later);
        QVERIFY(std::abs(armAt(*seam->earlier, 1.8) - armAt(laid_.clip, 16.8)) < 1e-3);
        QVERIFY(std::abs(armAt(*seam->later, 0.2) - armAt(laid_.clip, 7.2)) < 1e-3);
    }

    void aMovedCutIsDancedByTheMovementThatGains_data() {
        QTest::addColumn<double>("at");
        QTest::addColumn<double>("to");
        QTest::newRow("the first goes on") << 8.0 << 8.7;
        QTest::newRow("the second begins earlier") << 8.0 << 7.3;
        QTest::newRow("by less than is laid") << 8.0 << 8.2;
        QTest::newRow("back by less") << 8.0 << 7.8;
        QTest::newRow("the second goes on") << 12.0 << 12.8;
    }
    void aMovedCutIsDancedByTheMovementThatGains() {
        QFETCH(double, at);
        QFETCH(double, to);
        const auto made = must(choreo::trimmed(laid_, at, to));
        const io::Dance &earlier = at < 10 ? first_ : second_, &later = at < 10 ? second_ : first_, &gains = to > at ? earlier : later;
        // Away from where its ends are met the part is the movement that gained it; outside everything is as it was.
        const motion::Clip& clip = made.dance.clip;
        const double middle = to > at ? to - 0.25 : to + 0.25, away = std::abs(armAt(clip, middle) - armAt(gains.clip, middle)), other = std::abs(armAt(first_.clip, middle) - armAt(second_.clip, middle));
        QVERIFY2(away < 0.55 * other, qPrintable(QStringLiteral("%1 of %2").arg(away).arg(other)));
        QVERIFY(sameFrames(clip, laid_.clip, 0, made.first) && sameFrames(clip, laid_.clip, made.end, clip.frames()));
        QVERIFY(armSpeed(clip, at - 1.5, at + 1.5) < 1.5 * armSpeed(laid_.clip, at - 1.5, at + 1.5));
        std::vector<double> starts;
        for (const auto& block : made.dance.blocks) starts.push_back(block.start);
        QCOMPARE(starts, (std::vector<double>{0, at < 10 ? to : 8, at < 10 ? 12 : to}));
        // About the new cut each is known by itself: the one that gained by so much less, the other as far as before.
        const io::Seam* seam = choreo::seamAt(made.dance, to);
        QVERIFY(!choreo::seamAt(made.dance, at) && seam && seam->earlier && seam->later && made.dance.seams.size() == 2);
        for (const double beside : {-1.0, -0.5, 0.0, 0.1}) QVERIFY(std::abs(armAt(*seam->earlier, 1 + beside) - armAt(earlier.clip, to + beside)) < 2e-3);
        const double end = static_cast<double>(seam->later->frames() - 1) / 60;
        for (const double beside : {-0.1, 0.0, 0.5, 1.0}) QVERIFY(std::abs(armAt(*seam->later, end - 1 + beside) - armAt(later.clip, to + beside)) < 2e-3);
        const auto room = choreo::trimRoom(made.dance, to);
        QVERIFY2(std::abs(to > at ? room.second - at - 1 : at - 1 - room.first) < 0.02, qPrintable(QStringLiteral("%1 to %2").arg(room.first).arg(room.second)));
        // And back: what had gained gives way to what was danced there.
        const auto back = must(choreo::trimmed(made.dance, to, at));
        const motion::Clip& again = back.dance.clip;
        for (const double beside : {-0.3, 0.3}) QVERIFY(std::abs(armAt(again, at + beside) - armAt(laid_.clip, at + beside)) < 0.5 * std::abs(armAt(first_.clip, at) - armAt(second_.clip, at)));
        QVERIFY(choreo::seamAt(back.dance, at) && !choreo::seamAt(back.dance, to));
    }

    void aFadeMovesWithItsCut() {
        const auto faded = must(choreo::crossFaded(laid_, 8, 0.6)).dance;
        const auto made = must(choreo::trimmed(faded, 8, 8.5));
        const io::Seam* seam = choreo::seamAt(made.dance, 8.5);
        QVERIFY(seam);
        QCOMPARE(seam->fade, 0.6);
        QVERIFY(std::abs(armAt(made.dance.clip, 8.1) - armAt(first_.clip, 8.1)) < 0.1);
        QVERIFY(std::abs(armAt(made.dance.clip, 8.8) - armAt(second_.clip, 8.8)) < 0.05);
        QVERIFY(sameFrames(made.dance.clip, faded.clip, 0, made.first) && sameFrames(made.dance.clip, faded.clip, made.end, faded.clip.frames()));
        // Taken back, it is as it was laid at the new cut.
        const auto back = must(choreo::crossFaded(made.dance, 8.5, 0)), plain = must(choreo::trimmed(laid_, 8, 8.5));
        QVERIFY(sameFrames(back.dance.clip, plain.dance.clip, 0, plain.dance.clip.frames()));
    }

    void aCutIsMovedWithinItsRoom() {
        const auto near = [](std::pair<double, double> room, double low, double high) { return std::abs(room.first - low) < 1e-9 && std::abs(room.second - high) < 1e-9; };
        QVERIFY(near(choreo::trimRoom(laid_, 8), 7, 9));
        QVERIFY(near(choreo::trimRoom(laid_, 9), 9, 9));
        for (const double to : {6.9, 9.1, 8.0, 8.004, std::nan("")}) QVERIFY(!choreo::trimmed(laid_, 8, to).ok());
        QVERIFY(!choreo::trimmed(laid_, 9, 9.5).ok());
        // A part that was made anew is known to its ends alone: it may be cut shorter and not drawn out.
        auto anew = laid_;
        choreo::keepSeams(anew, first_, 8, 12, {}, {});
        QVERIFY(near(choreo::trimRoom(anew, 8), 8, 9));
        QVERIFY(near(choreo::trimRoom(anew, 12), 11, 12));
        const auto shorter = must(choreo::trimmed(anew, 8, 8.6));
        QVERIFY(choreo::seamAt(shorter.dance, 8.6)->earlier && !choreo::seamAt(shorter.dance, 8.6)->later);
        auto crowded = laid_;
        crowded.blocks = choreo::withBlock(laid_.blocks, 8.4, 9, "third", "first");
        QVERIFY(near(choreo::trimRoom(crowded, 8), 8, 8.3));
        // Only split: nothing is danced otherwise, and the mark goes anywhere between its neighbours.
        auto split = first_;
        split.blocks = {{0, "first"}, {6, "first"}};
        QVERIFY(near(choreo::trimRoom(split, 6), 0.1, 19.9));
        const auto made = must(choreo::trimmed(split, 6, 11));
        QCOMPARE(made.dance.blocks[1].start, 11.0);
        QVERIFY(sameFrames(made.dance.clip, first_.clip, 0, first_.clip.frames()));
    }

private:
    static io::Dance withSecond(const io::Dance& first, const io::Dance& second) {
        const std::vector<double> none;
        auto laid = must(choreo::lay(first, 8, 12, choreo::movementOf(second, 8, 12, none), none)).dance;
        laid.blocks = choreo::withBlock({}, 8, 12, "second", "first");
        return laid;
    }

    io::Dance first_, second_, laid_;
};

CHOREIA_TEST(SeamsTest)
#include "seams_test.moc"
