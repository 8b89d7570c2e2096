// Several joints chosen by Ctrl-clicks and boxes, with real mouse events; marks seen on the screen.
#include "motion/kinematics.h"
#include "support/testing.h"
#include "viewport/joint_picking.h"
#include "viewport/viewport.h"

#include <QApplication>
#include <QScreen>
#include <QWindow>

#include <cmath>

using namespace choreia;
using namespace choreia::motion;
using choreia::ui::Viewport;

namespace {

/// The rest pose seen from the front, to be shaped.
struct ChoosingStage {
    Viewport view;
    std::vector<Vec3> positions = std::vector<Vec3>(kJoints);

    ChoosingStage() {
        std::vector<Quat> rotations(kJoints);
        const std::vector<Quat> rest(kJoints, Quat::Identity());
        forwardKinematics(Skeleton::body(), Skeleton::body().offset(Pelvis), rest, positions, rotations);
        view.resize(640, 520);
        view.setSkeleton(Skeleton::body());
        view.setPose(positions, rotations, {});
        io::Camera camera;
        camera.yaw = 0;
        camera.pitch = 0.05;
        camera.distance = 4;
        camera.target = Vec3(0, 0.9f, 0);
        view.setCamera(camera);
        view.setShaping(true);
        view.move(0, 0);
        view.show();
    }
    [[nodiscard]] QPoint at(int joint) const { return view.project(positions[static_cast<std::size_t>(joint)]).toPoint(); }
    void click(QPoint place, Qt::KeyboardModifiers keys) const { QTest::mouseClick(view.stageWindow(), Qt::LeftButton, keys, place); }
    void move(QPointF to, Qt::KeyboardModifiers keys) const {
        QMouseEvent move(QEvent::MouseMove, to, view.stageWindow()->mapToGlobal(to), Qt::NoButton, Qt::LeftButton, keys);
        QCoreApplication::sendEvent(view.stageWindow(), &move);
    }
    void drag(QPoint from, QPoint to, Qt::KeyboardModifiers keys) const {
        QTest::mousePress(view.stageWindow(), Qt::LeftButton, keys, from);
        for (int step = 1; step <= 4; ++step) move(from + (to - from) * step / 4, keys);
        QTest::mouseRelease(view.stageWindow(), Qt::LeftButton, keys, to);
    }
    /// How many pixels of a square about a place are the accent's.
    [[nodiscard]] int orange(QPoint place, int half) const {
        const QPoint corner = view.stageWindow()->mapToGlobal(place - QPoint(half, half));
        const QImage part = view.screen()->grabWindow(0, corner.x(), corner.y(), 2 * half, 2 * half).toImage();
        int count = 0;
        for (int y = 0; y < part.height(); ++y)
            for (int x = 0; x < part.width(); ++x) {
                const QColor c = part.pixelColor(x, y);
                count += c.red() > 200 && c.green() > 80 && c.green() < 165 && c.blue() < 135;
            }
        return count;
    }
};

JointSet setOf(std::initializer_list<int> joints) {
    JointSet out;
    for (const int j : joints) out.set(static_cast<std::size_t>(j));
    return out;
}

}  // namespace

class ChoosingTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        if (QGuiApplication::platformName() == QLatin1String("offscreen")) QSKIP("the 3D view needs a display");
        Viewport::prepareApplication();
    }

    void aBoxHoldsWhatIsSeenInIt() {
        ui::OrbitCamera camera;
        io::Camera value;
        value.target = Vec3(0, 1, 0);
        value.distance = 4;
        camera.set(value);
        const QSizeF view(640, 480);
        const std::vector<Vec3> places = {Vec3(0, 1, 0), Vec3(0.5f, 1, 0), Vec3(0, 2.2f, 0), camera.eye() + (camera.eye() - Vec3(0, 1, 0))};
        const QPointF first = *camera.project(places[0], view), second = *camera.project(places[1], view);
        QVERIFY(ui::jointsIn(camera, view, places, QRectF(first - QPointF(3, 3), QSizeF(6, 6))) == setOf({0}));
        QVERIFY(ui::jointsIn(camera, view, places, QRectF(first, second).normalized().adjusted(-2, -2, 2, 2)) == setOf({0, 1}));
        QVERIFY(ui::jointsIn(camera, view, places, QRectF(-5000, -5000, 10000, 10000)) == setOf({0, 1, 2}));  // what is behind the eye is not seen
        QVERIFY(ui::jointsIn(camera, view, places, QRectF(1, 1, 2, 2)).none());
    }

    void ctrlClicksTakeAndGiveBack() {
        ChoosingStage stage;
        QVERIFY(QTest::qWaitForWindowExposed(&stage.view));
        JointSet told;
        int main = -2, times = 0;
        connect(&stage.view, &Viewport::jointsChosen, this, [&](const JointSet& joints, int last) { told = joints, main = last, ++times; });
        stage.click(stage.at(LeftWrist), Qt::ControlModifier);
        QVERIFY(told == setOf({LeftWrist}) && main == LeftWrist);
        stage.click(stage.at(RightKnee), Qt::ControlModifier);
        QVERIFY(told == setOf({LeftWrist, RightKnee}) && main == RightKnee);
        QCOMPARE(stage.view.selectedJoint(), int(RightKnee));
        stage.click(stage.at(LeftWrist), Qt::ControlModifier);
        QVERIFY(told == setOf({RightKnee}) && main == -1);
        stage.click({20, 20}, Qt::ControlModifier);  // slipped beside the body: nothing is lost
        QCOMPARE(times, 3);
        stage.click(stage.at(LeftAnkle), {});
        QVERIFY(told.none() && times == 4);
        // The joint that was clicked before belongs to them.
        stage.click(stage.at(RightWrist), Qt::ControlModifier);
        QVERIFY(told == setOf({LeftAnkle, RightWrist}));
        stage.click({20, 20}, {});
        QVERIFY(told.none() && stage.view.chosenJoints().none());
        QCOMPARE(stage.view.selectedJoint(), -1);
    }

    void aBoxChoosesWhatIsInside() {
        ChoosingStage stage;
        QVERIFY(QTest::qWaitForWindowExposed(&stage.view));
        JointSet told;
        connect(&stage.view, &Viewport::jointsChosen, this, [&](const JointSet& joints) { told = joints; });
        QSignalSpy toggled(&stage.view, &Viewport::boxToggled), moved(&stage.view, &Viewport::cameraChanged), turned(&stage.view, &Viewport::jointTurned);
        // About the left arm, from the upper right to the lower left: every direction draws a box.
        const QPoint elbow = stage.at(LeftElbow), hand = stage.at(LeftHand);
        const QPoint a(hand.x() + 15, hand.y() - 25), b(elbow.x() - 12, elbow.y() + 25);
        stage.drag(a, b, Qt::ControlModifier);
        JointSet inside;
        const QRect box = QRect(a, b).normalized();
        for (int j = 0; j < kJoints; ++j) inside[static_cast<std::size_t>(j)] = box.contains(stage.at(j));
        QVERIFY(inside[LeftElbow] && inside[LeftHand] && inside.count() == 3);
        QVERIFY(told == inside && stage.view.chosenJoints() == inside);
        QCOMPARE(toggled.count(), 2);
        // With Shift too it adds, and may begin on the body.
        const QPoint knee = stage.at(RightKnee);
        stage.drag(knee - QPoint(10, 10), knee + QPoint(10, 10), Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(told == (inside | setOf({RightKnee})));
        stage.drag({10, 10}, {40, 40}, Qt::ControlModifier);  // nothing inside
        QVERIFY(told.none());
        QCOMPARE(moved.count() + turned.count(), 0);
        stage.view.setShaping(false);  // without a dance there is nothing to choose: the drag orbits
        stage.drag({10, 10}, {60, 40}, Qt::ControlModifier);
        QVERIFY(moved.count() > 0);
    }

    void aBoxLetGoOfChoosesNothing() {
        ChoosingStage stage;
        QVERIFY(QTest::qWaitForWindowExposed(&stage.view));
        const JointSet before = setOf({Head});
        stage.view.setChosenJoints(before);
        QSignalSpy chosen(&stage.view, &Viewport::jointsChosen);
        QTest::mousePress(stage.view.stageWindow(), Qt::LeftButton, Qt::ControlModifier, {10, 10});
        stage.move({300, 300}, Qt::ControlModifier);
        QVERIFY(stage.view.drawsBox());
        stage.view.dropJoint();
        QVERIFY(!stage.view.drawsBox());
        stage.move({500, 400}, Qt::ControlModifier);
        QVERIFY(!stage.view.drawsBox());
        QTest::mouseRelease(stage.view.stageWindow(), Qt::LeftButton, Qt::ControlModifier, {500, 400});
        QCOMPARE(chosen.count(), 0);
        QVERIFY(stage.view.chosenJoints() == before);
    }

    void ringsAndBoxAreSeen() {
        ChoosingStage stage;
        QVERIFY(QTest::qWaitForWindowExposed(&stage.view));
        const QPoint knee = stage.at(LeftKnee);
        QTRY_VERIFY_WITH_TIMEOUT(stage.orange(knee, 14) == 0, 15000);
        stage.view.setChosenJoints(setOf({LeftKnee, RightWrist}));
        QTRY_VERIFY_WITH_TIMEOUT(stage.orange(knee, 14) > 25, 15000);
        QCOMPARE(stage.orange(stage.at(RightKnee), 14), 0);
        stage.view.setChosenJoints({});
        QTRY_VERIFY_WITH_TIMEOUT(stage.orange(knee, 14) == 0, 15000);
        // While a box is drawn, its edge and the rings of what is in it.
        QTest::mousePress(stage.view.stageWindow(), Qt::LeftButton, Qt::ControlModifier, {30, 60});
        stage.move(QPointF(stage.at(LeftHand)) + QPointF(-400, 40), Qt::ControlModifier);
        stage.move(knee + QPoint(30, 30), Qt::ControlModifier);
        QTRY_VERIFY_WITH_TIMEOUT(stage.orange(QPoint(30, 100), 10) > 8 && stage.orange(knee, 14) > 25, 15000);
        stage.view.dropJoint();
        QTRY_VERIFY_WITH_TIMEOUT(stage.orange(QPoint(30, 100), 10) == 0 && stage.orange(knee, 14) == 0, 15000);
        QTest::mouseRelease(stage.view.stageWindow(), Qt::LeftButton, Qt::ControlModifier, {30, 60});
    }
};

CHOREIA_TEST(ChoosingTest)
#include "choosing_test.moc"
