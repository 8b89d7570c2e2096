// Swing and twist against rotations built from known angles.
#include "inspector/joint_angles.h"

#include "support/testing.h"

#include <numbers>

using namespace choreia;
using namespace choreia::ui;
using motion::Quat;
using motion::Vec3;

namespace {
Quat turn(double degrees, const Vec3& axis) { return Quat(Eigen::AngleAxisf(static_cast<float>(degrees * std::numbers::pi / 180), axis)); }
}  // namespace

class JointAnglesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void restIsZero();
    void pureTurnsShowInOneFigure();
    void twistIsFoundUnderASwing();
    void theSignOfTheQuaternionDoesNotMatter();
    void anglesLeadBackToTheRotation();
    void bonesPointAlongTheBody();
};

void JointAnglesTest::restIsZero() {
    const JointAngles angles = jointAngles(Quat::Identity(), -Vec3::UnitY());
    QVERIFY(std::abs(angles.bend) < 1e-4 && std::abs(angles.twist) < 1e-4 && std::abs(angles.swing) < 1e-4);
}

void JointAnglesTest::pureTurnsShowInOneFigure() {
    const Vec3 down = -Vec3::UnitY();  // a thigh at rest
    const JointAngles bend = jointAngles(turn(34.2, Vec3::UnitX()), down);
    QVERIFY(std::abs(bend.bend - 34.2) < 0.01 && std::abs(bend.twist) < 0.01 && std::abs(bend.swing) < 0.01);
    const JointAngles twist = jointAngles(turn(-8, down), down);
    QVERIFY(std::abs(twist.twist + 8) < 0.01 && std::abs(twist.bend) < 0.01 && std::abs(twist.swing) < 0.01);
    const JointAngles swing = jointAngles(turn(61.5, Vec3::UnitZ()), down);
    QVERIFY(std::abs(std::abs(swing.swing) - 61.5) < 0.01 && std::abs(swing.bend) < 0.01);
}

void JointAnglesTest::twistIsFoundUnderASwing() {
    const Vec3 arm = Vec3::UnitX();
    const JointAngles angles = jointAngles(turn(50, Vec3::UnitZ()) * turn(25, arm), arm);
    QVERIFY(std::abs(angles.twist - 25) < 0.01);
    QVERIFY(std::abs(std::hypot(angles.bend, angles.swing) - 50) < 0.01);
}

void JointAnglesTest::theSignOfTheQuaternionDoesNotMatter() {
    const Quat q = turn(70, Vec3(1, 2, 0.5f).normalized());
    Quat negative;
    negative.coeffs() = -q.coeffs();
    const JointAngles a = jointAngles(q, Vec3::UnitY()), b = jointAngles(negative, Vec3::UnitY());
    QVERIFY(std::abs(a.bend - b.bend) < 1e-3 && std::abs(a.twist - b.twist) < 1e-3 && std::abs(a.swing - b.swing) < 1e-3);
}

void JointAnglesTest::anglesLeadBackToTheRotation() {
    for (const Vec3& axis : {Vec3(-Vec3::UnitY()), Vec3(Vec3::UnitX()), Vec3(0.6f, 0.8f, 0)})
        for (const Quat& q : {Quat::Identity(), turn(70, Vec3(1, 2, 0.5f).normalized()), turn(-120, Vec3(0.2f, -1, 3).normalized())})
            QVERIFY(rotationOf(jointAngles(q, axis), axis).angularDistance(q) < 1e-3f);
    QVERIFY(rotationOf({34.2, 0, 0}, -Vec3::UnitY()).angularDistance(turn(34.2, Vec3::UnitX())) < 1e-4f);
}

void JointAnglesTest::bonesPointAlongTheBody() {
    const auto& body = motion::Skeleton::body();
    QVERIFY(boneAxis(body, motion::LeftKnee).y() < -0.9f);
    QVERIFY(boneAxis(body, motion::LeftElbow).x() > 0.9f);   // T-pose, left hand at +X
    QVERIFY(boneAxis(body, motion::RightElbow).x() < -0.9f);
    QVERIFY(boneAxis(body, motion::Spine1).y() > 0.7f);
    QCOMPARE(boneAxis(body, motion::LeftHand), Vec3(Vec3::UnitY()));  // end of a chain
}

CHOREIA_TEST(JointAnglesTest)
#include "joint_angles_test.moc"
