/// A whole window for tests: no sound device, nothing remembered, shown and active.
#pragma once

#include "ui/ui_fixtures.h"

#include "viewport/viewport.h"
#include "window/main_window.h"

#include <QMouseEvent>
#include <QWindow>

#include <memory>

namespace choreia::ui::testing {

inline std::unique_ptr<MainWindow> showWindow(Generator generator) {
    WindowServices services;
    services.generator = std::move(generator);
    services.catalog = [] { return std::vector<choreo::ModelInfo>(); };
    services.sound = Player::Sound::Never;
    services.remember = false;
    auto window = std::make_unique<MainWindow>(std::move(services));
    window->resize(1500, 940);
    window->show();
    window->activateWindow();
    if (!QTest::qWaitForWindowExposed(window.get())) qFatal("the window is not shown");
    return window;
}

/// A part of the window (or dialog) by its name.
template <class T>
T& childOf(QWidget& window, const char* name) {
    T* found = window.findChild<T*>(QString::fromLatin1(name));
    if (!found) qFatal("there is no %s", name);
    return *found;
}

/// Left button down, moves, up on the 3D picture, logical pixels from its top left.
inline void dragOnStage(Viewport& view, QPoint from, QPoint to, Qt::KeyboardModifiers keys = {}) {
    QWindow* stage = view.stageWindow();
    if (!stage) qFatal("the stage has no window");
    QTest::mousePress(stage, Qt::LeftButton, keys, from);
    for (int i = 1; i <= 6; ++i) {
        const QPointF at(from + (to - from) * i / 6);
        QMouseEvent move(QEvent::MouseMove, at, stage->mapToGlobal(at), Qt::NoButton, Qt::LeftButton, keys);
        QCoreApplication::sendEvent(stage, &move);
    }
    QTest::mouseRelease(stage, Qt::LeftButton, keys, to);
}

}  // namespace choreia::ui::testing
