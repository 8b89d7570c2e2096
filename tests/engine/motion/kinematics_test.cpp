// Forward kinematics against closed forms, inverse kinematics against its promise, the body against its description.
#include "core/random.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"
#include "support/testing.h"

#include <cmath>

using namespace choreia;
using namespace choreia::motion;

namespace {

Quat randomRotation(Random& random, double size) {
    return expMap(Vec3(static_cast<float>(random.normal() * size), static_cast<float>(random.normal() * size),
                       static_cast<float>(random.normal() * size)));
}

std::vector<Quat> randomPose(Random& random, double size) {
    std::vector<Quat> pose;
    for (int j = 0; j < kJoints; ++j) pose.push_back(randomRotation(random, size));
    return pose;
}

} // namespace

class KinematicsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void bodyIsAsDescribed() {
        const Skeleton& body = Skeleton::body();
        QCOMPARE(body.size(), kJoints);
        const std::vector<Quat> rest(kJoints, Quat::Identity());
        std::vector<Vec3> at(kJoints);
        forwardKinematics(body, body.offset(Pelvis), rest, at);
        QVERIFY(std::abs(at[LeftHand].y() - at[LeftShoulder].y()) < 0.02f);
        QVERIFY(at[LeftHand].x() > 0.6f && at[RightHand].x() < -0.6f);
        QVERIFY(at[LeftFoot].z() > at[LeftAnkle].z() + 0.1f);
        QVERIFY(std::abs(at[LeftAnkle].y() - 0.072f) < 1e-5f && std::abs(at[LeftFoot].y() - 0.02f) < 1e-5f);
        QVERIFY(at[Head].y() > 1.5f && at[Head].y() < 1.6f);
        for (int j = 0; j < kJoints; ++j) {
            QCOMPARE(mirrored(mirrored(j)), j);
            const Vec3 there = at[static_cast<std::size_t>(mirrored(j))];
            QVERIFY((at[static_cast<std::size_t>(j)] - Vec3(-there.x(), there.y(), there.z())).norm() < 1e-6f);
        }
    }

    void buildRefusesBadDrafts() {
        SkeletonDraft good{{"a", "b"}, {-1, 0}, {Vec3::Zero(), Vec3::UnitX()}};
        QVERIFY(Skeleton::build(good).ok());
        auto twoRoots = good;
        twoRoots.parents[1] = -1;
        QVERIFY(!Skeleton::build(twoRoots).ok());
        auto late = good;
        late.parents[1] = 1;
        QVERIFY(!Skeleton::build(late).ok());
        auto repeated = good;
        repeated.names[1] = "a";
        QVERIFY(!Skeleton::build(repeated).ok());
        auto fewer = good;
        fewer.offsets.pop_back();
        QVERIFY(!Skeleton::build(fewer).ok());
    }

    void armTurnedByHand() {
        // Left shoulder a quarter turn about Z: the arm points up; elbow a quarter about Y: the forearm points back.
        const Skeleton& body = Skeleton::body();
        std::vector<Quat> pose(kJoints, Quat::Identity());
        const auto quarter = static_cast<float>(M_PI / 2);
        pose[LeftShoulder] = Quat(Eigen::AngleAxisf(quarter, Vec3::UnitZ()));
        pose[LeftElbow] = Quat(Eigen::AngleAxisf(quarter, Vec3::UnitY()));
        std::vector<Vec3> at(kJoints);
        forwardKinematics(body, Vec3(1, 2, 3), pose, at);
        const float upper = body.offset(LeftElbow).x(), fore = body.offset(LeftWrist).x();
        QVERIFY((at[LeftElbow] - at[LeftShoulder] - Vec3(0, upper, 0)).norm() < 1e-5f);
        QVERIFY((at[LeftWrist] - at[LeftElbow] - Vec3(0, 0, -fore)).norm() < 1e-5f);
        QVERIFY((at[Pelvis] - Vec3(1, 2, 3)).norm() < 1e-6f);
    }

    void bonesKeepTheirLengths() {
        Random random(5);
        const Skeleton& body = Skeleton::body();
        std::vector<Vec3> at(kJoints);
        for (int trial = 0; trial < 20; ++trial) {
            forwardKinematics(body, Vec3::Zero(), randomPose(random, 1.0), at);
            for (int j = 1; j < kJoints; ++j) {
                const float length = (at[static_cast<std::size_t>(j)] - at[static_cast<std::size_t>(body.parent(j))]).norm();
                QVERIFY(std::abs(length - body.offset(j).norm()) < 1e-5f);
            }
        }
    }

    void twoBonesReachTheirTarget() {
        Random random(6);
        const Skeleton& body = Skeleton::body();
        for (int trial = 0; trial < 60; ++trial) {
            auto pose = randomPose(random, 0.4);
            std::vector<Vec3> before(kJoints), after(kJoints);
            std::vector<Quat> worldBefore(kJoints), worldAfter(kJoints);
            forwardKinematics(body, Vec3::Zero(), pose, before, worldBefore);
            const float full = body.offset(LeftKnee).norm() + body.offset(LeftAnkle).norm();
            Vec3 direction(static_cast<float>(random.normal()), static_cast<float>(random.normal()),
                           static_cast<float>(random.normal()));
            direction.normalize();
            const Vec3 target = before[LeftHip] + direction * full * static_cast<float>(random.uniform(0.3, 0.97));
            solveTwoBone(body, Vec3::Zero(), pose, LeftHip, LeftKnee, LeftAnkle, target);
            forwardKinematics(body, Vec3::Zero(), pose, after, worldAfter);
            QVERIFY2((after[LeftAnkle] - target).norm() < 2e-3f,
                     qPrintable(QString::number(static_cast<double>((after[LeftAnkle] - target).norm()))));
            QVERIFY(worldBefore[LeftAnkle].angularDistance(worldAfter[LeftAnkle]) < 1e-3f);
            QVERIFY((after[RightAnkle] - before[RightAnkle]).norm() < 1e-6f);
        }
    }

    void outOfReachIsApproachedWithoutStraightening() {
        const Skeleton& body = Skeleton::body();
        const float full = body.offset(LeftKnee).norm() + body.offset(LeftAnkle).norm();
        std::vector<Vec3> at(kJoints);
        float last = 0;
        for (const float share : {0.9f, 0.99f, 1.0f, 1.1f, 2.0f}) {
            std::vector<Quat> pose(kJoints, Quat::Identity());
            solveTwoBone(body, Vec3(0, 1, 0), pose, LeftHip, LeftKnee, LeftAnkle, Vec3(0.085f, 1 - 0.065f - full * share, 0));
            forwardKinematics(body, Vec3(0, 1, 0), pose, at);
            const float reached = (at[LeftAnkle] - at[LeftHip]).norm();
            QVERIFY(reached > last && reached < full);
            QVERIFY(at[LeftKnee].z() > at[LeftAnkle].z()); // the knee bends forwards
            last = reached;
        }
        QVERIFY(last > 0.97f * full);
    }
};

CHOREIA_TEST(KinematicsTest)
#include "kinematics_test.moc"
