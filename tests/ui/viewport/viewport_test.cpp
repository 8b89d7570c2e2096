// The viewport on a real display: mouse and keys as a person gives them, and pixels of the screen.
#include "motion/kinematics.h"
#include "support/testing.h"
#include "viewport/viewport.h"

#include <QApplication>
#include <QLabel>
#include <QProcess>
#include <QScreen>
#include <QThread>
#include <QToolButton>
#include <QWindow>

#include <cmath>
#include <numbers>

using namespace choreia;
using namespace choreia::motion;
using choreia::ui::Viewport;

namespace {

bool onScreen() { return QGuiApplication::platformName() != QLatin1String("offscreen"); }

struct Pose {
    std::vector<Vec3> positions = std::vector<Vec3>(kJoints);
    std::vector<Quat> rotations = std::vector<Quat>(kJoints);
};

Pose restingBody(Vec3 shift = Vec3::Zero()) {
    Pose pose;
    const std::vector<Quat> local(kJoints, Quat::Identity());
    forwardKinematics(Skeleton::body(), Skeleton::body().offset(Pelvis) + shift, local, pose.positions, pose.rotations);
    return pose;
}

/// A shown viewport with the rest pose, seen from the front.
struct ShownBody {
    Viewport view;
    Pose pose = restingBody();

    ShownBody() {
        view.resize(640, 520);
        view.setSkeleton(Skeleton::body());
        view.setPose(pose.positions, pose.rotations, {true, true, true, true});
        io::Camera camera;
        camera.yaw = 0;
        camera.pitch = 0.05;
        camera.distance = 4;
        camera.target = Vec3(0, 0.9f, 0);
        view.setCamera(camera);
        view.move(0, 0);
        view.show();
    }
    [[nodiscard]] QPoint at(int joint) const { return view.project(pose.positions[static_cast<std::size_t>(joint)]).toPoint(); }
    [[nodiscard]] QColor pixel(QPointF place) const {
        const QPoint global = view.stageWindow()->mapToGlobal(place.toPoint());
        return view.screen()->grabWindow(0, global.x(), global.y(), 1, 1).toImage().pixelColor(0, 0);
    }
    void drag(QPoint from, QPoint delta, Qt::MouseButton button = Qt::LeftButton, Qt::KeyboardModifiers modifiers = {}) const {
        QWindow* window = view.stageWindow();
        QTest::mousePress(window, button, modifiers, from);
        for (int step = 1; step <= 5; ++step) {
            QMouseEvent move(QEvent::MouseMove, QPointF(from + delta * step / 5), window->mapToGlobal(QPointF(from + delta * step / 5)), Qt::NoButton,
                             button, modifiers);
            QCoreApplication::sendEvent(window, &move);
        }
        QTest::mouseRelease(window, button, modifiers, from + delta);
    }
};

bool isClay(QColor c) { return c.red() > 100 && c.red() > c.green() && c.green() > c.blue() && c.red() - c.blue() > 15; }
bool isStage(QColor c) { return c.lightness() < 70; }

}  // namespace

class ViewportTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        if (!onScreen()) QSKIP("the 3D view needs a display; ViewportWithoutDisplayTest covers this platform");
        Viewport::prepareApplication();
    }
    void drawsTheBodyAtItsPlace() {
        ShownBody stage;
        QVERIFY(QTest::qWaitForWindowExposed(&stage.view));
        const Vec3 thigh = (stage.pose.positions[LeftHip] + stage.pose.positions[LeftKnee]) / 2;
        const Vec3 forearm = (stage.pose.positions[RightElbow] + stage.pose.positions[RightWrist]) / 2;
        QTRY_VERIFY_WITH_TIMEOUT(isClay(stage.pixel(stage.view.project(thigh))), 15000);
        QVERIFY(isClay(stage.pixel(stage.view.project(forearm))));
        QVERIFY(isStage(stage.pixel(stage.view.project(thigh + Vec3(0.35f, 0, 0)))));
        QVERIFY(isStage(stage.pixel(stage.view.project(forearm + Vec3(0, 0.3f, 0)))));
        // The body goes where its pose goes.
        stage.pose = restingBody(Vec3(0.6f, 0, 0));
        stage.view.setPose(stage.pose.positions, stage.pose.rotations, {});
        QTRY_VERIFY_WITH_TIMEOUT(isClay(stage.pixel(stage.view.project(thigh + Vec3(0.6f, 0, 0)))), 5000);
        QVERIFY(isStage(stage.pixel(stage.view.project(thigh))));
    }
    /// No clock: what is asked for is drawn when the event that asked is over, also after the stage has stood still for long.
    void aNewPoseIsDrawnWithoutWaiting() {
        ShownBody stage;
        QVERIFY(QTest::qWaitForWindowExposed(&stage.view));
        const Vec3 thigh = (stage.pose.positions[LeftHip] + stage.pose.positions[LeftKnee]) / 2;
        QTRY_VERIFY_WITH_TIMEOUT(isClay(stage.pixel(stage.view.project(thigh))), 15000);
        QTest::qWait(2000);
        for (int k = 1; k <= 3; ++k) {
            const Vec3 shift(0.3f * static_cast<float>(k), 0, 0);
            stage.pose = restingBody(shift);
            stage.view.setPose(stage.pose.positions, stage.pose.rotations, {});
            QCoreApplication::sendPostedEvents();  // and no timer
            bool shown = false;
            for (int tries = 0; tries < 200 && !shown; ++tries) {  // the display may be busy
                shown = isClay(stage.pixel(stage.view.project(thigh + shift)));
                if (!shown) QThread::msleep(5);
            }
            QVERIFY(shown);
        }
    }
    void aClickOnAJointSelectsIt() {
        ShownBody stage;
        QVERIFY(QTest::qWaitForWindowExposed(&stage.view));
        QSignalSpy selected(&stage.view, &Viewport::jointSelected), moved(&stage.view, &Viewport::cameraChanged);
        QTest::mouseClick(stage.view.stageWindow(), Qt::LeftButton, {}, stage.at(RightKnee));
        QCOMPARE(selected.size(), 1);
        QCOMPARE(selected[0][0].toInt(), static_cast<int>(RightKnee));
        QCOMPARE(stage.view.selectedJoint(), static_cast<int>(RightKnee));
        QTest::mouseClick(stage.view.stageWindow(), Qt::LeftButton, {}, stage.at(LeftWrist) + QPoint(4, 4));
        QCOMPARE(selected.size(), 2);
        QCOMPARE(selected[1][0].toInt(), static_cast<int>(LeftWrist));
        QTest::mouseClick(stage.view.stageWindow(), Qt::LeftButton, {}, QPoint(20, 20));
        QCOMPARE(stage.view.selectedJoint(), -1);
        QCOMPARE(moved.size(), 0);
        stage.view.setSelectedJoint(Head);  // by program: no signal
        QCOMPARE(selected.size(), 3);
    }
    void dragsOrbitAndPan() {
        ShownBody stage;
        QVERIFY(QTest::qWaitForWindowExposed(&stage.view));
        QSignalSpy moved(&stage.view, &Viewport::cameraChanged), selected(&stage.view, &Viewport::jointSelected);
        const io::Camera before = stage.view.camera();
        stage.drag(QPoint(60, 80), QPoint(100, 30));
        const io::Camera turned = stage.view.camera();
        QVERIFY(turned.yaw < before.yaw - 0.2 && turned.pitch > before.pitch + 0.05);
        QVERIFY(turned.target == before.target && turned.distance == before.distance);
        QVERIFY(moved.size() > 0);
        QCOMPARE(selected.size(), 0);
        const QPointF center = stage.view.project(turned.target);
        stage.drag(QPoint(60, 80), QPoint(50, -20), Qt::LeftButton, Qt::ShiftModifier);
        QCOMPARE(stage.view.camera().yaw, turned.yaw);
        const QPointF after = stage.view.project(turned.target);
        QVERIFY(std::hypot(after.x() - center.x() - 50, after.y() - center.y() + 20) < 1);
        stage.drag(QPoint(60, 80), QPoint(-80, 0), Qt::MiddleButton);
        QVERIFY(stage.view.camera().yaw > turned.yaw + 0.2);
    }
    void theWheelZooms() {
        ShownBody stage;
        QVERIFY(QTest::qWaitForWindowExposed(&stage.view));
        const double before = stage.view.camera().distance;
        const auto wheel = [&](int angle) {
            QWindow* window = stage.view.stageWindow();
            QWheelEvent event(QPointF(100, 100), window->mapToGlobal(QPointF(100, 100)), {}, QPoint(0, angle), Qt::NoButton, Qt::NoModifier,
                              Qt::NoScrollPhase, false);
            QCoreApplication::sendEvent(window, &event);
        };
        wheel(240);
        const double nearer = stage.view.camera().distance;
        QVERIFY(nearer < before * 0.85);
        wheel(-240);
        QVERIFY(std::abs(stage.view.camera().distance - before) < 1e-6);
    }
    void keyFFramesTheSelection() {
        ShownBody stage;
        QVERIFY(QTest::qWaitForWindowExposed(&stage.view));
        QSignalSpy moved(&stage.view, &Viewport::cameraChanged);
        stage.view.setSelectedJoint(LeftWrist);
        QTest::keyClick(&stage.view, Qt::Key_F);
        QTRY_COMPARE_WITH_TIMEOUT(moved.size(), 1, 5000);
        QVERIFY((stage.view.camera().target - stage.pose.positions[LeftWrist]).norm() < 1e-3f);
        QVERIFY(stage.view.camera().distance < 3);
        stage.view.setSelectedJoint(-1);
        QTest::keyClick(&stage.view, Qt::Key_F);
        QTRY_COMPARE_WITH_TIMEOUT(moved.size(), 2, 5000);
        const QRectF picture(QPointF(0, 0), QSizeF(stage.view.stageWindow()->size()));
        for (int j = 0; j < kJoints; ++j) QVERIFY(picture.contains(stage.at(j)));
    }
    void chipsGlideToTheirViews() {
        ShownBody stage;
        QVERIFY(QTest::qWaitForWindowExposed(&stage.view));
        QSignalSpy moved(&stage.view, &Viewport::cameraChanged);
        const auto press = [&](const QString& text) {
            for (auto* button : stage.view.findChildren<QToolButton*>())
                if (button->text() == text) QTest::mouseClick(button, Qt::LeftButton);
        };
        press(QStringLiteral("Top"));
        QCOMPARE(stage.view.preset(), Viewport::Preset::Top);
        QTRY_COMPARE_WITH_TIMEOUT(moved.size(), 1, 5000);
        QVERIFY(std::abs(stage.view.camera().pitch - std::numbers::pi / 2) < 1e-6);
        press(QStringLiteral("Side"));
        QTRY_COMPARE_WITH_TIMEOUT(moved.size(), 2, 5000);
        QVERIFY(std::abs(stage.view.camera().yaw - std::numbers::pi / 2) < 1e-6);
        stage.drag(QPoint(60, 80), QPoint(50, 0));
        QCOMPARE(stage.view.preset(), Viewport::Preset::Perspective);
    }
    void followsTheDancer() {
        ShownBody stage;
        QVERIFY(QTest::qWaitForWindowExposed(&stage.view));
        stage.view.setFollow(true);
        const Vec3 before = stage.view.camera().target;
        const Pose there = restingBody(Vec3(0.7f, 0.2f, -0.4f));
        stage.view.setPose(there.positions, there.rotations, {});
        QVERIFY((stage.view.camera().target - before - Vec3(0.7f, 0, -0.4f)).norm() < 1e-4f);
        stage.view.setFollow(false);
        stage.view.setPose(stage.pose.positions, stage.pose.rotations, {});
        QVERIFY((stage.view.camera().target - before - Vec3(0.7f, 0, -0.4f)).norm() < 1e-4f);
    }
    void staysWhereAHandLetsGo() {
        ShownBody stage;
        QVERIFY(QTest::qWaitForWindowExposed(&stage.view));
        stage.view.setFollow(true);
        stage.view.setShaping(true);
        const Vec3 before = stage.view.camera().target;
        const Pose there = restingBody(Vec3(0.4f, 0, 0.3f));
        const QPoint at = stage.at(Pelvis);
        const auto pull = [&] {
            QTest::mousePress(stage.view.stageWindow(), Qt::LeftButton, {}, at);
            for (const int way : {10, 20}) {
                QMouseEvent move(QEvent::MouseMove, QPointF(at + QPoint(way, 0)), stage.view.stageWindow()->mapToGlobal(QPointF(at + QPoint(way, 0))), Qt::NoButton, Qt::LeftButton, {});
                QCoreApplication::sendEvent(stage.view.stageWindow(), &move);
            }
            stage.view.setPose(there.positions, there.rotations, {});
        };
        QSignalSpy dragged(&stage.view, &Viewport::jointDragged);
        for (const bool dropped : {true, false}) {
            const auto drags = dragged.size();
            pull();
            QVERIFY(dragged.size() > drags);
            if (dropped) stage.view.dropJoint();
            QTest::mouseRelease(stage.view.stageWindow(), Qt::LeftButton, {}, at + QPoint(20, 0));
            stage.view.setPose(stage.pose.positions, stage.pose.rotations, {});  // taken back, or refused
            QVERIFY((stage.view.camera().target - before).norm() < 1e-6f);
        }
        // From there on it follows as before.
        stage.view.setPose(there.positions, there.rotations, {});
        QVERIFY((stage.view.camera().target - before - Vec3(0.4f, 0, 0.3f)).norm() < 1e-4f);
    }
    void theFloorIsDarkUnderTheBodyAndGreenUnderPlantedFeet() {
        ShownBody stage;
        io::Camera camera = stage.view.camera();
        camera.pitch = 0.9;
        stage.view.setCamera(camera);
        QVERIFY(QTest::qWaitForWindowExposed(&stage.view));
        const QPointF beneath = stage.view.project(Vec3(0.25f, 0, 0.05f)), apart = stage.view.project(Vec3(1.25f, 0, 0.05f));  // off the lines of the grid
        const Vec3 toe = stage.pose.positions[LeftFoot];
        const QPointF ahead = stage.view.project(Vec3(toe.x(), 0, toe.z() + 0.09f));
        QTRY_VERIFY_WITH_TIMEOUT(isClay(stage.pixel(stage.view.project(stage.pose.positions[LeftHip]) + QPointF(0, 12))), 15000);
        QVERIFY(isStage(stage.pixel(beneath)) && isStage(stage.pixel(apart)));
        QVERIFY(stage.pixel(beneath).lightness() < 0.8 * stage.pixel(apart).lightness());
        const QColor planted = stage.pixel(ahead);
        stage.view.setPose(stage.pose.positions, stage.pose.rotations, {false, false, false, false});
        QTRY_VERIFY_WITH_TIMEOUT(planted.green() > stage.pixel(ahead).green() + 4, 15000);
    }
    void whatLayOverTheStageIsGoneWithIt() {
        ShownBody stage;
        QVERIFY(QTest::qWaitForWindowExposed(&stage.view));
        const QPointF floor = stage.view.project(Vec3(0.8f, 0, 0.6f));
        QTRY_VERIFY_WITH_TIMEOUT(isClay(stage.pixel(stage.view.project(stage.pose.positions[LeftKnee]) + QPointF(0, 14))), 15000);
        QTest::qWait(300);  // what was asked for is drawn
        QWidget menu(nullptr, Qt::Popup);
        menu.setStyleSheet(QStringLiteral("background: #ff00ff"));
        menu.setGeometry(QRect(stage.view.stageWindow()->mapToGlobal(floor.toPoint()) - QPoint(40, 30), QSize(80, 60)));
        menu.show();
        QTRY_COMPARE_WITH_TIMEOUT(stage.pixel(floor).name(), QStringLiteral("#ff00ff"), 15000);
        menu.hide();
        QTRY_VERIFY_WITH_TIMEOUT(isStage(stage.pixel(floor)), 5000);
    }
    void drawsGhostsTrailAndContacts() {
        ShownBody stage;
        QVERIFY(QTest::qWaitForWindowExposed(&stage.view));
        const Vec3 toLeft(0.9f, 0, -0.3f), toRight(-0.9f, 0, -0.3f);
        stage.view.setGhosts({restingBody(toRight).positions}, {restingBody(toLeft).positions});
        const Vec3 beat(-0.3f, 1.75f, 0);
        stage.view.setTrail(LeftWrist, {Vec3(-0.6f, 1.75f, 0), beat, Vec3(0.6f, 1.75f, 0)}, {beat});
        const Vec3 chest(0, 1.25f, 0.05f);
        const auto tinted = [&](const Vec3& place) { return stage.pixel(stage.view.project(place)); };
        QTRY_VERIFY_WITH_TIMEOUT(isClay(tinted(chest + Vec3(0.08f, -0.07f, 0.05f))), 15000);
        const QColor past = tinted(chest + toRight), future = tinted(chest + toLeft);
        QVERIFY2(past.blue() > past.green() + 20 && past.blue() > past.red() + 20, qPrintable(past.name()));          // violet
        QVERIFY2(future.green() > future.red() + 15 && future.blue() > future.red() + 15, qPrintable(future.name()));  // teal
        const QColor gold = tinted(beat);
        QVERIFY2(gold.red() > 200 && gold.blue() < 120, qPrintable(gold.name()));
        stage.view.setGhosts({}, {});
        stage.view.setTrail(-1, {}, {});
        QTRY_VERIFY_WITH_TIMEOUT(isStage(tinted(beat)) && isStage(tinted(chest + toRight)), 5000);
        // A planted foot carries a green mark at the floor, a lifted one none.
        Vec3 mark = stage.pose.positions[LeftFoot];
        mark.y() = 0;
        const QPointF below = stage.view.project(mark) + QPointF(0, 7);
        const QColor planted = stage.pixel(below);
        QVERIFY2(planted.green() > planted.red() + 30, qPrintable(planted.name()));
        stage.view.setPose(stage.pose.positions, stage.pose.rotations, {});
        QTRY_VERIFY_WITH_TIMEOUT(stage.pixel(below).green() < 90 || isClay(stage.pixel(below)), 5000);
    }
    void survivesBeingHiddenAndMade() {
        for (int round = 0; round < 2; ++round) {
            ShownBody stage;
            QVERIFY(QTest::qWaitForWindowExposed(&stage.view));
            stage.view.hide();
            stage.view.show();
            QVERIFY(QTest::qWaitForWindowExposed(&stage.view));
            stage.view.resize(400, 300);
            QTRY_COMPARE(stage.view.stageWindow()->width(), 400);
        }
    }
};
CHOREIA_TEST(ViewportTest)

/// Without a display Qt 3D would crash: the stage says so instead. Runs itself again on the offscreen platform.
class ViewportWithoutDisplayTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void saysWhyThereIsNoPicture() {
        if (onScreen()) {
            QProcess again;
            QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
            environment.insert(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("offscreen"));
            again.setProcessEnvironment(environment);
            again.start(QCoreApplication::applicationFilePath(), {QStringLiteral("ViewportWithoutDisplayTest")});
            QVERIFY(again.waitForFinished(60000));
            QVERIFY2(again.exitStatus() == QProcess::NormalExit && again.exitCode() == 0, again.readAllStandardOutput().constData());
            return;
        }
        ShownBody stage;
        auto* message = stage.view.findChild<QLabel*>(QStringLiteral("viewportMessage"));
        QVERIFY(message && !message->text().isEmpty());
        QVERIFY(!stage.view.stageWindow());
        stage.view.setSelectedJoint(LeftWrist);
        stage.view.setGhosts({stage.pose.positions}, {});
        stage.view.setTrail(LeftWrist, stage.pose.positions, {});
        io::Camera camera = stage.view.camera();
        camera.yaw = 1;
        stage.view.setCamera(camera);
        QCOMPARE(stage.view.camera().yaw, 1.0);
        QSignalSpy moved(&stage.view, &Viewport::cameraChanged);
        stage.view.frameSelected();
        QTRY_COMPARE_WITH_TIMEOUT(moved.size(), 1, 5000);
        QVERIFY((stage.view.camera().target - stage.pose.positions[LeftWrist]).norm() < 1e-3f);
    }
};
CHOREIA_TEST(ViewportWithoutDisplayTest)
#include "viewport_test.moc"
