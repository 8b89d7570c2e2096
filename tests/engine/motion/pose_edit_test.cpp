// Poses taken by hand: the joint arrives, what is held stays, limbs bend as limbs do, and the motion around takes up the change without a jump.
#include "core/random.h"
#include "motion/kinematics.h"
#include "motion/reach.h"
#include "motion/rotation.h"
#include "support/testing.h"

#include <QtTest/QtTest>

#include <algorithm>
#include <cmath>

using namespace choreia;
using namespace choreia::motion;

namespace {

const Skeleton& body() { return Skeleton::body(); }

/// Standing, arms a little forward and down, knees and elbows slightly bent: as a dancer stands.
Pose standing() {
    Pose pose;
    pose.root = body().offset(0) - Vec3(0, 0.03f, 0);
    for (auto& q : pose.rotations) q = Quat::Identity();
    const auto turn = [&](int joint, const Vec3& axis, float angle) { pose.rotations[static_cast<std::size_t>(joint)] = expMap(axis * angle); };
    turn(LeftShoulder, Vec3::UnitZ(), -1.0f);
    turn(RightShoulder, Vec3::UnitZ(), 1.0f);
    turn(LeftElbow, -Vec3::UnitY(), 0.5f);
    turn(RightElbow, Vec3::UnitY(), 0.5f);
    for (const auto& [hip, knee, ankle] : {std::array{LeftHip, LeftKnee, LeftAnkle}, std::array{RightHip, RightKnee, RightAnkle}}) {
        turn(hip, Vec3::UnitX(), -0.2f);
        turn(knee, Vec3::UnitX(), 0.4f);
        turn(ankle, Vec3::UnitX(), -0.2f);
    }
    return pose;
}

/// Arms and trunk swing, the body steps from side to side.
Clip swinging(std::size_t frames) {
    Clip clip;
    for (std::size_t f = 0; f < frames; ++f) {
        Pose pose = standing();
        const float t = 0.1f * static_cast<float>(f), swing = std::sin(t);
        pose.root += Vec3(0.05f * swing, 0.01f * std::cos(2 * t), 0.02f * std::cos(t));
        pose.rotations[LeftShoulder] = expMap(Vec3(0, 0.4f * swing, 0.3f * std::cos(t))) * pose.rotations[LeftShoulder];
        pose.rotations[RightElbow] = expMap(Vec3(0, 0.3f * swing, 0)) * pose.rotations[RightElbow];
        pose.rotations[Spine2] = expMap(Vec3(0.1f * swing, 0.2f * std::cos(t), 0));
        pose.rotations[LeftHip] = expMap(Vec3(0.2f * swing, 0, 0)) * pose.rotations[LeftHip];
        clip.root.push_back(pose.root);
        clip.rotations.insert(clip.rotations.end(), pose.rotations.begin(), pose.rotations.end());
    }
    return clip;
}

std::array<Vec3, kJoints> placesOf(const Pose& pose) {
    std::array<Vec3, kJoints> positions;
    forwardKinematics(body(), pose.root, pose.rotations, positions);
    return positions;
}

float distance(const Pose& pose, int joint, const Vec3& place) { return (placesOf(pose)[static_cast<std::size_t>(joint)] - place).norm(); }

/// Turn of a joint between two poses, radians.
float turnOf(const Pose& a, const Pose& b, int joint) {
    return a.rotations[static_cast<std::size_t>(joint)].angularDistance(b.rotations[static_cast<std::size_t>(joint)]);
}

bool sound(const Pose& pose) {
    return pose.root.allFinite() && std::all_of(pose.rotations.begin(), pose.rotations.end(), [](const Quat& q) { return q.coeffs().allFinite() && std::abs(q.norm() - 1) < 1e-4f; });
}

}  // namespace

class PoseEditTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aHandArrivesAndTheFeetStay() {
        const Pose start = standing();
        const auto before = placesOf(start);
        for (const Vec3& way : {Vec3(0.1f, 0.3f, 0.2f), Vec3(-0.2f, 0.1f, 0.25f), Vec3(0, 0.5f, 0), Vec3(0.05f, -0.1f, 0.1f)}) {
            const Vec3 target = before[LeftWrist] + way;
            const Pose moved = reach(body(), start, LeftWrist, target, heldFor(LeftWrist));
            QVERIFY(sound(moved));
            QVERIFY2(distance(moved, LeftWrist, target) < 2e-3f, qPrintable(QString::number(static_cast<double>(distance(moved, LeftWrist, target)))));
            for (const int ankle : {LeftAnkle, RightAnkle}) {
                const auto off = static_cast<double>(distance(moved, ankle, before[static_cast<std::size_t>(ankle)]));
                QVERIFY2(off < 3e-3, qPrintable(QString::number(off)));
            }
            // The arm does most of it; the other arm hangs as it did.
            QVERIFY(turnOf(start, moved, LeftShoulder) + turnOf(start, moved, LeftElbow) > 3 * turnOf(start, moved, Spine2));
            QVERIFY(turnOf(start, moved, RightShoulder) < 1e-4f && turnOf(start, moved, RightElbow) < 1e-4f);
        }
    }

    void aFarTargetIsApproachedWithTheBodyLeaning() {
        const Pose start = standing();
        const auto before = placesOf(start);
        const Vec3 near = before[RightWrist] + Vec3(-0.1f, 0.2f, 0.3f), far = before[RightWrist] + Vec3(0, 0.2f, 1.2f), beyond(0, 1, 9);
        const Pose leaning = reach(body(), start, RightWrist, far, heldFor(RightWrist)), calm = reach(body(), start, RightWrist, near, heldFor(RightWrist));
        QVERIFY(distance(leaning, RightWrist, far) < distance(start, RightWrist, far));
        const auto bent = [&](const Pose& pose) { return turnOf(start, pose, Spine1) + turnOf(start, pose, Spine2) + turnOf(start, pose, Spine3); };
        QVERIFY(bent(leaning) > 3 * bent(calm));
        const Pose stretched = reach(body(), start, RightWrist, beyond, heldFor(RightWrist));
        QVERIFY(sound(stretched));
        for (const int ankle : {LeftAnkle, RightAnkle}) {
            const auto off = static_cast<double>(distance(stretched, ankle, before[static_cast<std::size_t>(ankle)]));
            QVERIFY2(off < 5e-3, qPrintable(QString::number(off)));
        }
        for (const int spine : {Spine1, Spine2, Spine3}) QVERIFY(logMap(stretched.rotations[static_cast<std::size_t>(spine)]).norm() < 0.61f);
    }

    void thePelvisSinksIntoTheKnees() {
        const Pose start = standing();
        const auto before = placesOf(start);
        const Pose low = reach(body(), start, Pelvis, before[Pelvis] - Vec3(0, 0.3f, 0), heldFor(Pelvis));
        const auto now = placesOf(low);
        QVERIFY(std::abs(now[Pelvis].y() - (before[Pelvis].y() - 0.3f)) < 5e-3f);
        for (const auto& [hip, knee, ankle] : {std::array{LeftHip, LeftKnee, LeftAnkle}, std::array{RightHip, RightKnee, RightAnkle}}) {
            const auto h = static_cast<std::size_t>(hip), k = static_cast<std::size_t>(knee), a = static_cast<std::size_t>(ankle);
            QVERIFY((now[a] - before[a]).norm() < 2e-3f);
            QVERIFY(now[k].z() > 0.5f * (now[h].z() + now[a].z()) + 0.1f);  // in front
        }
        // The soles stay flat.
        std::array<Vec3, kJoints> positions;
        std::array<Quat, kJoints> was, is;
        forwardKinematics(body(), start.root, start.rotations, positions, was);
        forwardKinematics(body(), low.root, low.rotations, positions, is);
        for (const int ankle : {LeftAnkle, RightAnkle}) QVERIFY(was[static_cast<std::size_t>(ankle)].angularDistance(is[static_cast<std::size_t>(ankle)]) < 1e-3f);
    }

    void elbowsNeitherOverstretchNorTurnInsideOut() {
        const Pose start = standing();
        Random random(3);
        const auto before = placesOf(start);
        int reached = 0;
        for (int i = 0; i < 200; ++i) {
            const auto shoulder = before[LeftShoulder];
            const Vec3 way(static_cast<float>(random.normal()), static_cast<float>(random.normal()), static_cast<float>(random.normal()) + 0.7f);
            const Vec3 target = shoulder + way.normalized() * static_cast<float>(random.uniform(0.2, 0.5));
            const Pose moved = reach(body(), start, LeftWrist, target, heldFor(LeftWrist));
            QVERIFY(sound(moved));
            reached += distance(moved, LeftWrist, target) < 5e-3f;
            const auto now = placesOf(moved);
            const Vec3 upper = (now[LeftElbow] - now[LeftShoulder]).normalized(), lower = (now[LeftWrist] - now[LeftElbow]).normalized();
            const float bend = std::acos(std::clamp(upper.dot(lower), -1.0f, 1.0f));
            QVERIFY2(bend > 0.03f && bend < 2.65f, qPrintable(QString::number(static_cast<double>(bend))));
            // The hinge turns about the upper arm's own axis of bending alone: across it as at the start.
            const Vec3 axis = -Vec3::UnitY();
            const Vec3 turned = logMap(moved.rotations[LeftElbow]);
            QVERIFY((turned - axis * turned.dot(axis)).norm() < 0.02f);
        }
        QVERIFY2(reached >= 190, qPrintable(QString::number(reached)));
    }

    void theSameHandGivesTheSamePose() {
        const Pose start = standing();
        const Vec3 target = placesOf(start)[Head] + Vec3(0.1f, -0.1f, 0.1f);
        const Pose a = reach(body(), start, Head, target, heldFor(Head)), b = reach(body(), start, Head, target, heldFor(Head));
        for (std::size_t j = 0; j < kJoints; ++j) QVERIFY(a.rotations[j].coeffs() == b.rotations[j].coeffs());
        const Pose none = reach(body(), start, LeftWrist, placesOf(start)[LeftWrist], heldFor(LeftWrist));
        for (int j = 0; j < kJoints; ++j) QVERIFY(turnOf(start, none, j) < 1e-2f);
    }

    void theMotionAroundTakesUpTheChange() {
        const Clip clip = swinging(240);
        const Pose old = poseAt(clip, 120);
        const auto before = jointPositions(body(), clip);
        const Vec3 target = before.at(120, LeftWrist) + Vec3(0, 0.2f, 0.15f);
        const Pose edited = reach(body(), old, LeftWrist, target, heldFor(LeftWrist));
        const Clip made = withPose(body(), clip, 120, edited, 0.4, 0.5);
        const auto after = jointPositions(body(), made);
        QVERIFY((after.at(120, LeftWrist) - target).norm() < 5e-3f);
        for (std::size_t f = 0; f < clip.frames(); ++f) {
            const bool inside = f > 120 - 25 && f < 120 + 31;
            if (!inside) {
                QVERIFY(made.root[f] == clip.root[f]);
                for (std::size_t j = 0; j < kJoints; ++j) QVERIFY(made.pose(f)[j].coeffs() == clip.pose(f)[j].coeffs());
            }
            for (const int ankle : {LeftAnkle, RightAnkle})
                QVERIFY2((after.at(f, static_cast<std::size_t>(ankle)) - before.at(f, static_cast<std::size_t>(ankle))).norm() < 5e-3f, qPrintable(QString::number(f)));
        }
        // What is added rises and falls as a raised cosine: its largest speed is pi / 2 times the mean.
        const float moved = (after.at(120, LeftWrist) - before.at(120, LeftWrist)).norm();
        for (std::size_t f = 1; f < clip.frames(); ++f) {
            const Vec3 step = (after.at(f, LeftWrist) - before.at(f, LeftWrist)) - (after.at(f - 1, LeftWrist) - before.at(f - 1, LeftWrist));
            QVERIFY2(step.norm() < 2.5f * moved / 24, qPrintable(QString::number(f)));
        }
        const Clip alone = withPose(body(), clip, 0, edited, 1, 0);  // at an end, and at once
        QVERIFY(alone.pose(0)[LeftShoulder].coeffs() == edited.rotations[LeftShoulder].coeffs());
        QVERIFY(alone.pose(1)[LeftShoulder].coeffs() == clip.pose(1)[LeftShoulder].coeffs());
    }

    void aTwitchIsSmoothedAndTheFeetStay() {
        Clip clip = swinging(240);
        Random random(2);
        for (std::size_t f = 0; f < clip.frames(); ++f)
            for (const int joint : {LeftShoulder, RightElbow, Spine2}) {
                auto& q = clip.pose(f)[static_cast<std::size_t>(joint)];
                q = (expMap(Vec3(static_cast<float>(0.05 * random.normal()), static_cast<float>(0.05 * random.normal()), 0)) * q).normalized();
            }
        const Clip calm = smoothed(body(), clip, 60, 180, 0.05);
        const auto before = jointPositions(body(), clip), after = jointPositions(body(), calm);
        double shakenBefore = 0, shakenAfter = 0;
        for (std::size_t f = 90; f < 150; ++f) {
            const auto bend = [f](const Positions& p) { return static_cast<double>((p.at(f + 1, LeftWrist) - 2 * p.at(f, LeftWrist) + p.at(f - 1, LeftWrist)).norm()); };
            shakenBefore += bend(before);
            shakenAfter += bend(after);
        }
        QVERIFY2(shakenAfter < 0.2 * shakenBefore, qPrintable(QString("%1 of %2").arg(shakenAfter).arg(shakenBefore)));
        for (std::size_t f = 0; f < clip.frames(); ++f) {
            for (const int ankle : {LeftAnkle, RightAnkle})
                QVERIFY((after.at(f, static_cast<std::size_t>(ankle)) - before.at(f, static_cast<std::size_t>(ankle))).norm() < 5e-3f);
            if (f < 60 || f >= 180)
                for (std::size_t j = 0; j < kJoints; ++j) QVERIFY(calm.pose(f)[j].coeffs() == clip.pose(f)[j].coeffs());
        }
        const Clip none = smoothed(body(), clip, 100, 101, 0.05);  // too short to have a movement
        QVERIFY(none.rotations[100 * kJoints].coeffs() == clip.rotations[100 * kJoints].coeffs());
    }

    void aMirroredPoseFacesTheSameWayInTheSamePlace() {
        const Clip clip = swinging(60);
        Pose pose = poseAt(clip, 30);
        pose.rotations[Pelvis] = yawRotation(0.8f) * pose.rotations[Pelvis];
        pose.root += Vec3(1, 0, -2);
        const Pose mirror = mirroredInPlace(pose), back = mirroredInPlace(mirror);
        const auto a = placesOf(pose), b = placesOf(mirror), c = placesOf(back);
        QVERIFY(std::abs(heading(a) - heading(b)) < 1e-3f);
        QVERIFY((a[Pelvis] - b[Pelvis]).norm() < 1e-4f);
        for (std::size_t j = 0; j < kJoints; ++j) QVERIFY2((a[j] - c[j]).norm() < 2e-3f, qPrintable(QString::number(j)));
        // Heights change sides.
        for (int j = 0; j < kJoints; ++j) QVERIFY(std::abs(a[static_cast<std::size_t>(j)].y() - b[static_cast<std::size_t>(mirrored(j))].y()) < 1e-3f);
        const Pose placed = placedAs(pose, poseAt(clip, 10));
        QVERIFY(std::abs(heading(placesOf(placed)) - heading(placesOf(poseAt(clip, 10)))) < 1e-3f);
        QVERIFY(std::abs(placed.root.x() - clip.root[10].x()) < 1e-5f && placed.root.y() == pose.root.y());
    }
};

CHOREIA_TEST(PoseEditTest)
#include "pose_edit_test.moc"
