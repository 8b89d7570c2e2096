// Stances against what they say: feet where they stand, limbs where they point, hinges about their own axes.
#include "motion/stance.h"

#include "motion/kinematics.h"
#include "motion/rotation.h"
#include "support/testing.h"

#include <numbers>

using namespace choreia;
using namespace choreia::motion;

namespace {

struct Body {
    std::array<Vec3, kJoints> positions;
    std::array<Quat, kJoints> turns;
    [[nodiscard]] const Vec3& at(int joint) const { return positions[static_cast<std::size_t>(joint)]; }
    [[nodiscard]] Vec3 bone(int from, int to) const { return (at(to) - at(from)).normalized(); }
};

Body bodyOf(const Stance& stance) {
    const Pose pose = poseOf(stance);
    Body body;
    forwardKinematics(Skeleton::body(), pose.root, pose.rotations, body.positions, body.turns);
    return body;
}

bool near(const Vec3& a, const Vec3& b, float within = 1e-4f) { return (a - b).norm() < within; }

}  // namespace

class StanceTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void feetStandWhereTheyAreTold() {
        Stance s;
        s.pelvis = Vec3(0.05f, 0.85f, 0);
        s.hips = Vec3(0.1f, 0, 0.1f);
        s.left = StandingLeg{0.3f, 0.2f, 0.4f, 0};
        s.right = StandingLeg{-0.2f, 0.05f, 0.2f, 0.6f};
        const Body body = bodyOf(s);
        QVERIFY(near(body.at(LeftFoot), Vec3(0.3f, 0.02f, 0.2f)));
        QVERIFY(near(body.at(RightFoot), Vec3(-0.2f, 0.02f, 0.05f)));
        // A flat foot is level and looks outwards; a lifted heel is higher by what the foot's length says.
        const Quat left = body.turns[LeftAnkle];
        QVERIFY(near(left * Vec3::UnitY(), Vec3::UnitY(), 1e-3f));
        QVERIFY(near(left * Vec3::UnitZ(), Vec3(std::sin(0.4f), 0, std::cos(0.4f)), 1e-3f));
        QVERIFY(std::abs(body.at(RightAnkle).y() - (0.02f + 0.052f * std::cos(0.6f) + 0.130f * std::sin(0.6f))) < 1e-3f);
    }

    void kneesAndElbowsBendAboutTheirOwnAxes() {
        Stance s;
        s.pelvis = Vec3(0, 0.6f, 0);
        s.left = StandingLeg{0.4f, 0.1f, 0.9f, 0};
        s.right = FreeLeg{Vec3(-0.3f, 0.2f, 1), Vec3(-0.2f, -1, 0.1f), 0.3f};
        s.leftArm = ReachingArm{Vec3(0.15f, 1.0f, 0.3f), Vec3(1, 0, -0.5f)};
        s.rightArm = PointingArm{Vec3(-1, 0.3f, 0), Vec3(-0.2f, 1, 0.3f)};
        const Pose pose = poseOf(s);
        const auto along = [&](int joint, const Vec3& hinge) { return std::abs(logMap(pose.rotations[static_cast<std::size_t>(joint)]).normalized().dot(hinge)); };
        for (const int knee : {LeftKnee, RightKnee}) {
            QVERIFY(along(knee, Vec3::UnitX()) > 0.999f);
            QVERIFY(logMap(pose.rotations[static_cast<std::size_t>(knee)]).x() > 0);  // the shin goes back
        }
        for (const int elbow : {LeftElbow, RightElbow}) QVERIFY(along(elbow, Vec3::UnitY()) > 0.999f);
        QVERIFY(logMap(pose.rotations[LeftElbow]).y() < 0 && logMap(pose.rotations[RightElbow]).y() > 0);  // forearms go forwards
    }

    void armsAndLegsPointAsTheyAreTold() {
        Stance s;
        s.chest = Vec3(0.2f, 0.3f, -0.1f);
        s.left = FreeLeg{Vec3(0.2f, -0.2f, -1), Vec3(0.2f, 0.1f, -1), 0.9f, -Vec3::UnitY()};
        s.right = StandingLeg{-0.05f, 0.1f, 0, 0};
        s.leftArm = PointingArm{Vec3(1, 1, 0.2f), Vec3(1, 1.2f, 0.2f), Vec3::UnitZ(), Vec3(1, 0, 0)};
        s.rightArm = ReachingArm{Vec3(-0.4f, 1.2f, 0.2f), Vec3(-1, -1, 0)};
        const Body body = bodyOf(s);
        QVERIFY(near(body.bone(LeftHip, LeftKnee), Vec3(0.2f, -0.2f, -1).normalized()));
        QVERIFY(near(body.bone(LeftKnee, LeftAnkle), Vec3(0.2f, 0.1f, -1).normalized(), 2e-2f));
        QVERIFY(near(body.bone(LeftShoulder, LeftElbow), Vec3(1, 1, 0.2f).normalized()));
        QVERIFY(near(body.bone(LeftElbow, LeftWrist), Vec3(1, 1.2f, 0.2f).normalized(), 2e-2f));
        QVERIFY(near(body.bone(LeftWrist, LeftHand), Vec3(1, 0, 0), 0.1f));
        // The shoulder goes along, and the wrist is there all the same.
        QVERIFY(near(body.at(RightWrist), Vec3(-0.4f, 1.2f, 0.2f), 1e-3f));
    }

    void aPlaceOutOfReachIsApproached() {
        Stance s;
        s.pelvis = Vec3(0, 1.2f, 0);
        s.left = StandingLeg{0.1f, 0.1f, 0, 0};
        s.right = StandingLeg{-0.1f, 0.1f, 0, 0};
        const Body body = bodyOf(s);
        QVERIFY(body.at(LeftFoot).y() > 0.15f && body.at(LeftFoot).allFinite());
        QVERIFY(body.bone(LeftHip, LeftKnee).dot(body.bone(LeftKnee, LeftAnkle)) > 0.99f);
    }
};

CHOREIA_TEST(StanceTest)
#include "stance_test.moc"
