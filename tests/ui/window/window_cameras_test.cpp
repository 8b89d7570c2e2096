// Views of the stage kept and taken up again with keys.
#include "support/testing.h"
#include "ui/window_fixture.h"

#include "style/theme.h"

#include <QAction>
#include <QApplication>

#include <cmath>

using namespace choreia;
using namespace choreia::ui;
using namespace choreia::ui::testing;

class WindowCamerasTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { style::apply(*qApp, style::Theme::Dark); }

    void aKeptViewIsTakenUpAgain() {
        const auto window = showWindow(quickGenerator());
        auto& stage = *window->findChild<Viewport*>(QStringLiteral("Viewport"));
        const auto same = [](const io::Camera& a, const io::Camera& b) {
            return std::abs(a.yaw - b.yaw) < 1e-9 && std::abs(a.pitch - b.pitch) < 1e-9 && std::abs(a.distance - b.distance) < 1e-9 && (a.target - b.target).norm() < 1e-6f;
        };
        const auto look = [&](double yaw) {
            io::Camera camera = stage.camera();
            camera.yaw = yaw, camera.distance = 3 + yaw;
            stage.setCamera(camera);
            return stage.camera();
        };
        auto* second = window->findChild<QAction*>(QStringLiteral("cameraView2Action"));
        QVERIFY(second && !second->isEnabled());
        const auto key = [&](int code, Qt::KeyboardModifiers modifiers) {
            window->activateWindow();
            QVERIFY(QTest::qWaitForWindowActive(window.get()));
            QTest::keyClick(window.get(), static_cast<Qt::Key>(code), modifiers);
        };
        const io::Camera first = look(0.3);
        key(Qt::Key_2, Qt::AltModifier | Qt::ShiftModifier);
        QVERIFY(second->isEnabled());
        QVERIFY(window->noticeText().contains("View 2"));
        const io::Camera other = look(1.1);
        QVERIFY(!same(first, other));
        key(Qt::Key_3, Qt::AltModifier | Qt::ShiftModifier);
        key(Qt::Key_2, Qt::AltModifier);
        QVERIFY(same(stage.camera(), first) && same(window->document().view().camera, first));
        key(Qt::Key_3, Qt::AltModifier);
        QVERIFY(same(stage.camera(), other));
        // What was not kept does nothing.
        key(Qt::Key_4, Qt::AltModifier);
        QVERIFY(same(stage.camera(), other));
    }
};

CHOREIA_TEST(WindowCamerasTest)
#include "window_cameras_test.moc"
