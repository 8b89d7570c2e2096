// Poses between others, against rotations worked out by hand: a turn about one axis is half of its angle half way, whatever the axis.
#include "motion/kinematics.h"
#include "motion/pose_blend.h"
#include "support/testing.h"

#include <QtTest/QtTest>

#include <algorithm>
#include <cmath>
#include <numbers>

using namespace choreia;
using namespace choreia::motion;

namespace {

constexpr float kPi = std::numbers::pi_v<float>;

/// By its definition, without the room's own exponential.
Quat about(const Vec3& axis, float angle) {
    const Vec3 n = axis.normalized() * std::sin(angle / 2);
    return {std::cos(angle / 2), n.x(), n.y(), n.z()};
}

Pose resting() {
    Pose pose;
    pose.root = Skeleton::body().offset(0);
    pose.rotations.fill(Quat::Identity());
    return pose;
}

/// To a hundred-thousandth of a quaternion's numbers; q and -q are the same turn.
bool sameTurn(const Quat& a, const Quat& b) { return std::min((a.coeffs() - b.coeffs()).norm(), (a.coeffs() + b.coeffs()).norm()) < 1e-5f; }
bool sameBits(const Quat& a, const Quat& b) { return a.coeffs() == b.coeffs(); }

JointSet all() { return JointSet().set(); }

std::array<Vec3, kJoints> placesOf(const Pose& pose) {
    std::array<Vec3, kJoints> places;
    forwardKinematics(Skeleton::body(), pose.root, pose.rotations, places);
    return places;
}

}  // namespace

class PoseBlendTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aBreakdownTurnsByPartsOfTheAngle() {
        Pose now = resting(), before = resting(), after = resting();
        now.root = Vec3(0.3f, 0.8f, -0.2f);
        before.root = Vec3(-1, 1, 0), after.root = Vec3(2, 1, 0);
        now.rotations[Neck] = about(Vec3::UnitY(), 1.1f);
        before.rotations[LeftElbow] = about(Vec3::UnitY(), -0.4f);
        after.rotations[LeftElbow] = about(Vec3::UnitY(), 1.2f);
        const Vec3 slanted(1, 2, -1);
        after.rotations[Pelvis] = about(slanted, 0.8f);
        const struct {
            double place;
            float elbow, pelvis;
        } cases[] = {{0, 0.4f, 0.4f}, {-0.5, 0, 0.2f}, {0.5, 0.8f, 0.6f}, {0.25, 0.6f, 0.5f}};
        for (const auto& [place, elbow, pelvis] : cases) {
            const Pose made = breakdown(now, before, after, place, all());
            QVERIFY(sameTurn(made.rotations[LeftElbow], about(Vec3::UnitY(), elbow)));
            QVERIFY(sameTurn(made.rotations[Pelvis], about(slanted, pelvis)));
            QVERIFY(sameTurn(made.rotations[Neck], Quat::Identity()));
            QCOMPARE(made.root, now.root);
        }
    }

    void itsEndsAreTheNeighboursToTheBit() {
        Pose now = resting(), before = resting(), after = resting();
        for (std::size_t j = 0; j < kJoints; ++j) {
            before.rotations[j] = about(Vec3(1, 0.1f * static_cast<float>(j), 0), 0.05f * static_cast<float>(j));
            after.rotations[j] = about(Vec3(0, 1, 0.2f * static_cast<float>(j)), -0.04f * static_cast<float>(j));
        }
        for (const double beyond : {1.0, 7.0})
            for (std::size_t j = 0; j < kJoints; ++j) {
                QVERIFY(sameBits(breakdown(now, before, after, -beyond, all()).rotations[j], before.rotations[j]));
                QVERIFY(sameBits(breakdown(now, before, after, beyond, all()).rotations[j], after.rotations[j]));
            }
    }

    void itTakesTheShorterWay() {
        Pose now = resting(), before = resting(), after = resting();
        // 170 degrees either side of none, and -q is the same turn as q: 20 degrees through the back, not 340 through the front.
        before.rotations[Head] = about(Vec3::UnitY(), 170 * kPi / 180);
        after.rotations[Head] = about(Vec3::UnitY(), -170 * kPi / 180);
        QVERIFY(sameTurn(breakdown(now, before, after, 0, all()).rotations[Head], about(Vec3::UnitY(), kPi)));
        after.rotations[Head] = about(Vec3::UnitY(), 1.0f);
        before.rotations[Head] = about(Vec3::UnitY(), 0.2f);
        before.rotations[Head].coeffs() *= -1;
        QVERIFY(sameTurn(breakdown(now, before, after, 0, all()).rotations[Head], about(Vec3::UnitY(), 0.6f)));
    }

    void onlyTheJointsAskedForChange() {
        Pose now = resting(), before = resting(), after = resting();
        for (std::size_t j = 0; j < kJoints; ++j) now.rotations[j] = about(Vec3::UnitX(), 0.1f), before.rotations[j] = after.rotations[j] = about(Vec3::UnitZ(), 0.7f);
        before.root = Vec3(5, 5, 5);
        JointSet arm;
        arm.set(LeftShoulder).set(LeftElbow);
        for (const Pose& made : {breakdown(now, before, after, 0.3, arm), relaxed(now, before, 1, arm), withJoints(now, before, arm)}) {
            QCOMPARE(made.root, now.root);
            for (std::size_t j = 0; j < kJoints; ++j) QVERIFY(arm[j] ? sameTurn(made.rotations[j], about(Vec3::UnitZ(), 0.7f)) : sameBits(made.rotations[j], now.rotations[j]));
        }
        QCOMPARE(withJoints(now, before, JointSet().set(Pelvis)).root, before.root);
        const JointSet right = mirrored(arm);
        QVERIFY(right.count() == 2 && right[RightShoulder] && right[RightElbow]);
    }

    void relaxingDividesTheAngleFromTheMean() {
        Pose now = resting(), mean = resting();
        now.rotations[RightElbow] = about(Vec3::UnitY(), 1.0f);
        mean.rotations[RightElbow] = about(Vec3::UnitY(), 0.4f);
        const std::pair<double, float> cases[] = {{0.5, 0.7f}, {0.25, 0.85f}, {-0.5, 1.3f}, {-1, 1.6f}, {-3, 1.6f}};
        for (const auto& [amount, angle] : cases) QVERIFY(sameTurn(relaxed(now, mean, amount, all()).rotations[RightElbow], about(Vec3::UnitY(), angle)));
        QVERIFY(sameBits(relaxed(now, mean, 1, all()).rotations[RightElbow], mean.rotations[RightElbow]));
        QVERIFY(sameBits(relaxed(now, mean, 0, all()).rotations[RightElbow], now.rotations[RightElbow]));
    }

    void theMeanIsOfWhatIsAround() {
        Clip clip;
        for (int f = 0; f < 61; ++f) {
            Pose pose = resting();
            pose.root = Vec3(0.01f * static_cast<float>(f), 1, 0);
            pose.rotations[Spine2] = about(Vec3::UnitX(), 0.02f * static_cast<float>(f));                // even: the mean is the middle
            pose.rotations[LeftElbow] = about(Vec3::UnitY(), f % 2 == 0 ? 0.5f : -0.5f);                  // to and fro
            pose.rotations[Head] = about(Vec3::UnitY(), f == 30 ? 0.9f : 0.0f);                           // a twitch
            if (f % 3 == 0) pose.rotations[Spine2].coeffs() *= -1;                                        // the same turn
            clip.root.push_back(pose.root);
            clip.rotations.insert(clip.rotations.end(), pose.rotations.begin(), pose.rotations.end());
        }
        const Pose mean = meanAround(clip, 30, 0.25);  // 15 frames on either side
        QCOMPARE(mean.root, clip.root[30]);
        QVERIFY(sameTurn(mean.rotations[Spine2], about(Vec3::UnitX(), 0.6f)));
        // 31 unit quaternions (cos a/2, sin a/2 about Y): 15 frames of the one kind, 16 of the other.
        const float elbow = 2 * std::atan2((15.0f - 16.0f) * std::sin(0.25f), 31 * std::cos(0.25f));
        QVERIFY(sameTurn(mean.rotations[LeftElbow], about(Vec3::UnitY(), elbow)));
        const float twitch = 2 * std::atan2(std::sin(0.45f), 30 + std::cos(0.45f));
        QVERIFY(sameTurn(mean.rotations[Head], about(Vec3::UnitY(), twitch)));
        // At the ends it is of the side that there is.
        QVERIFY(sameTurn(meanAround(clip, 0, 0.25).rotations[Spine2], about(Vec3::UnitX(), 0.15f)));   // frames 0 to 15
        QVERIFY(sameTurn(meanAround(clip, 60, 0.25).rotations[Spine2], about(Vec3::UnitX(), 1.05f)));  // 45 to 60
        QVERIFY(sameTurn(meanAround(clip, 4, 0.25).rotations[Spine2], about(Vec3::UnitX(), 0.19f)));   // 0 to 19
        QCOMPARE(meanAround(clip, 60, 0.25).root, clip.root[60]);
        const Clip one = slice(clip, 7, 1);
        QVERIFY(sameBits(meanAround(one, 0, 0.25).rotations[Spine2], clip.pose(7)[Spine2]));
        QVERIFY(sameBits(meanAround(clip, 30, 0).rotations[Spine2], clip.pose(30)[Spine2]));
    }

    void standingFeetStayWhereTheyStand() {
        Pose now = resting(), bent = resting();
        now.root.y() -= 0.08f;
        for (const auto& [hip, knee, ankle] : {std::array{LeftHip, LeftKnee, LeftAnkle}, std::array{RightHip, RightKnee, RightAnkle}}) {
            now.rotations[static_cast<std::size_t>(hip)] = about(Vec3::UnitX(), -0.4f);
            now.rotations[static_cast<std::size_t>(knee)] = about(Vec3::UnitX(), 0.8f);
            now.rotations[static_cast<std::size_t>(ankle)] = about(Vec3::UnitX(), -0.4f);
        }
        bent = now;
        bent.rotations[LeftHip] = about(Vec3::UnitX(), -0.7f);
        bent.rotations[RightHip] = about(Vec3::UnitX(), -0.7f);
        const auto before = placesOf(now), lifted = placesOf(bent);
        QVERIFY((lifted[LeftAnkle] - before[LeftAnkle]).norm() > 0.1f);
        const auto after = placesOf(withStandingFeet(Skeleton::body(), now, bent, {true, false}));
        QVERIFY((after[LeftAnkle] - before[LeftAnkle]).norm() < 1e-3f);
        QVERIFY((after[LeftFoot] - before[LeftFoot]).norm() < 2e-3f);
        QVERIFY((after[RightAnkle] - lifted[RightAnkle]).norm() == 0);
        const Pose same = withStandingFeet(Skeleton::body(), now, now, {true, true});
        for (std::size_t j = 0; j < kJoints; ++j) QVERIFY(sameBits(same.rotations[j], now.rotations[j]));
    }
};

CHOREIA_TEST(PoseBlendTest)
#include "pose_blend_test.moc"
