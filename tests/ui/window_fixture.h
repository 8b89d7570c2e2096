/// A whole window for tests: no sound device, nothing remembered, shown and active.
#pragma once

#include "ui/ui_fixtures.h"

#include "dancer/dancer_view.h"
#include "style/theme.h"
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

/// The dancer's picture of what is shown now; null if none comes. Its thread gives way to all others, so that a picture may be late by seconds.
inline QImage drawnPicture(const DancerView& dancer) {
    QCoreApplication::processEvents();  // what is still to be laid out asks for another one
    return QTest::qWaitFor([&] { return dancer.upToDate(); }, 60000) ? dancer.picture() : QImage();
}

/// What the tests of the window have in common. A test class derives from one of these beside QObject and calls it from its own slots.
class SongWindow {
protected:
    /// Once for all tests of a class.
    void prepare() {
        style::apply(*qApp, style::Theme::Dark);
        song_ = makeSong(folder_);
    }
    /// With the song and its dance.
    void openDance() {
        window_ = showWindow(quickGenerator());
        if (!openAndWait(document(), song_) || !generateAndWait(document())) qFatal("there is no dance");
    }
    [[nodiscard]] Document& document() const { return window_->document(); }

    QTemporaryDir folder_;
    QString song_;
    std::unique_ptr<MainWindow> window_;
};

class DancedStage : protected SongWindow {
protected:
    /// The dance at 4 s on a stage that can be dragged on.
    void openStage() {
        openDance();
        window_->player().seek(4);
        stage_ = &childOf<Viewport>(*window_, "Viewport");
        if (!stage_->stageWindow() || !QTest::qWaitFor([&] { return stage_->stageWindow()->isExposed(); })) qFatal("the stage is not shown");
    }

    Viewport* stage_ = nullptr;
};

}  // namespace choreia::ui::testing
