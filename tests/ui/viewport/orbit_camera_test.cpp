// The stage's camera against closed forms, and picking by projected positions.
#include "motion/kinematics.h"
#include "support/testing.h"
#include "viewport/joint_picking.h"
#include "viewport/orbit_camera.h"

#include <cmath>
#include <numbers>

using namespace choreia;
using namespace choreia::motion;
using namespace choreia::ui;

namespace {

const QSizeF kView(800, 600);

bool near(QPointF a, QPointF b, double slack) { return std::hypot(a.x() - b.x(), a.y() - b.y()) <= slack; }

OrbitCamera cameraAt(double yaw, double pitch, double distance, Vec3 target = Vec3(0, 1, 0)) {
    io::Camera c;
    c.yaw = yaw;
    c.pitch = pitch;
    c.distance = distance;
    c.target = target;
    OrbitCamera camera;
    camera.set(c);
    return camera;
}

std::vector<Vec3> restPose() {
    std::vector<Vec3> positions(kJoints);
    const std::vector<Quat> rotations(kJoints, Quat::Identity());
    forwardKinematics(Skeleton::body(), Skeleton::body().offset(Pelvis), rotations, positions);
    return positions;
}

}  // namespace

class OrbitCameraTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void projectsByThePinholeLaw() {
        const OrbitCamera camera = cameraAt(0, 0, 4);
        const double pixelsPerMetre = 300 / std::tan(18 * std::numbers::pi / 180) / 4;
        QVERIFY(near(*camera.project(Vec3(0, 1, 0), kView), QPointF(400, 300), 1e-3));
        QVERIFY(near(*camera.project(Vec3(0.5f, 1.25f, 0), kView), QPointF(400 + 0.5 * pixelsPerMetre, 300 - 0.25 * pixelsPerMetre), 0.01));
        QVERIFY(!camera.project(Vec3(0, 1, 5), kView));  // behind the eye
    }
    void seesTheLeftHandOnTheRightFromTheFront() {
        QVERIFY(cameraAt(0, 0, 4).project(Vec3(1, 1, 0), kView)->x() > 400);
        QVERIFY(cameraAt(std::numbers::pi, 0, 4).project(Vec3(1, 1, 0), kView)->x() < 400);
    }
    void looksStraightDown() {
        const OrbitCamera camera = cameraAt(0, std::numbers::pi / 2, 3);
        QVERIFY((camera.eye() - Vec3(0, 4, 0)).norm() < 1e-5f);
        QVERIFY(camera.project(Vec3(0, 1, 1), kView)->y() > 400);  // what is in front of the body lies low in the picture
    }
    void panKeepsThePointUnderThePointer() {
        OrbitCamera camera = cameraAt(0.7, 0.4, 3.5);
        const Vec3 point = camera.value().target;
        const QPointF before = *camera.project(point, kView);
        camera.pan(QPointF(40, -25), kView);
        QVERIFY(near(*camera.project(point, kView), before + QPointF(40, -25), 0.05));
    }
    void orbitKeepsTheDistanceAndStopsAtTheZenith() {
        OrbitCamera camera = cameraAt(0.2, 0.1, 4);
        camera.orbit(QPointF(130, 20));
        QVERIFY(std::abs((camera.eye() - camera.value().target).norm() - 4) < 1e-4f);
        QVERIFY(camera.value().yaw < 0.2);
        camera.orbit(QPointF(0, 5000));
        QCOMPARE(camera.value().pitch, std::numbers::pi / 2);
    }
    void zoomStaysWithinItsLimits() {
        OrbitCamera camera = cameraAt(0, 0, 4);
        camera.zoom(2);
        QVERIFY(std::abs(camera.value().distance - 4 * 0.88 * 0.88) < 1e-9);
        camera.zoom(1000);
        QVERIFY(camera.value().distance > 0.1);
        camera.zoom(-1000);
        QVERIFY(camera.value().distance < kFar);
    }
    void framingShowsAllPoints() {
        const auto points = restPose();
        for (const QSizeF view : {QSizeF(800, 600), QSizeF(300, 700)}) {
            OrbitCamera camera;
            camera.set(framed(cameraAt(0.9, 0.3, 1).value(), points, 0.1f, view));
            for (const Vec3& p : points) QVERIFY(QRectF(QPointF(0, 0), view).contains(*camera.project(p, view)));
        }
    }
    void glidesTheShortWayRound() {
        const double pi = std::numbers::pi;
        const io::Camera middle = between(cameraAt(pi - 0.1, 0, 2).value(), cameraAt(-pi + 0.1, 0, 8).value(), 0.5);
        QVERIFY(std::abs(std::remainder(middle.yaw - pi, 2 * pi)) < 1e-9);
        QVERIFY(std::abs(middle.distance - 4) < 1e-9);
    }
    void picksEachJointAtItsMark() {
        const auto positions = restPose();
        const OrbitCamera camera = cameraAt(0.4, 0.15, 3.2);
        for (int j = 0; j < kJoints; ++j)
            QCOMPARE(pickJoint(camera, kView, Skeleton::body(), positions, *camera.project(positions[static_cast<std::size_t>(j)], kView)), j);
    }
    void picksTheLimbBetweenMarksAndNothingBeside() {
        const auto positions = restPose();
        const OrbitCamera camera = cameraAt(0, 0, 2.5);
        const Vec3 thigh = (positions[LeftHip] + positions[LeftKnee]) / 2;
        QCOMPARE(pickJoint(camera, kView, Skeleton::body(), positions, *camera.project(thigh, kView)), static_cast<int>(LeftHip));
        QCOMPARE(pickJoint(camera, kView, Skeleton::body(), positions, *camera.project(thigh + Vec3(0.5f, 0, 0), kView)), -1);
    }
    void prefersTheFrontOfTwoMarksOnEachOther() {
        const auto positions = restPose();
        const OrbitCamera camera = cameraAt(std::numbers::pi / 2, 0, 6, Vec3(0, 0.9f, 0));  // from the left: the left leg hides the right one
        QCOMPARE(pickJoint(camera, kView, Skeleton::body(), positions, *camera.project(positions[RightKnee], kView)), static_cast<int>(LeftKnee));
    }
};
CHOREIA_TEST(OrbitCameraTest)
#include "orbit_camera_test.moc"
