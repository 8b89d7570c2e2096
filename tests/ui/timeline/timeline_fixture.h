/// What the tests of the timeline have in common: the view alone over a document and a silent player, and a hand on it. A test class derives from this beside
/// QObject and calls it from its own slots.
#pragma once

#include "ui/ui_fixtures.h"

#include "style/theme.h"
#include "timeline/timeline_view.h"

#include <QMouseEvent>

namespace choreia::ui::testing {

class ShownTimeline {
protected:
    /// Once for all tests of a class.
    void prepare() {
        style::apply(*qApp, style::Theme::Dark);
        song_ = makeSong(folder_);
    }
    /// 1150 pixels wide. height: pixels.
    void openSong(int height) {
        document_ = std::make_unique<Document>(quickGenerator());
        player_ = std::make_unique<Player>(Player::Sound::Never);
        view_ = std::make_unique<TimelineView>(*document_, *player_);
        view_->resize(1150, height);
        view_->show();
        if (!openAndWait(*document_, song_)) qFatal("the song is not opened");
        player_->setSong(nullptr, document_->state().duration);
    }
    /// The song with its dance.
    void openDance(int height) {
        openSong(height);
        if (!generateAndWait(*document_)) qFatal("there is no dance");
    }
    void close() {
        view_.reset();
        player_.reset();
        document_.reset();
    }

    /// Pixel of a moment of the song.
    [[nodiscard]] int x(double seconds) const { return static_cast<int>(std::lround(view_->axis().x(seconds))); }
    [[nodiscard]] int middleOf(Lane::Grip grip) const { return static_cast<int>(view_->laneOf(grip).center().y()); }

    // The left button at a moment of the song and a pixel of the view's height.
    void send(QEvent::Type type, double at, int y, Qt::MouseButton button, Qt::MouseButtons held, Qt::KeyboardModifiers keys) {
        const QPointF point(x(at), y);
        QMouseEvent event(type, point, view_->mapToGlobal(point), button, held, keys);
        QCoreApplication::sendEvent(view_.get(), &event);
    }
    void press(double at, int y, Qt::KeyboardModifiers keys = {}) { send(QEvent::MouseButtonPress, at, y, Qt::LeftButton, Qt::LeftButton, keys); }
    void move(double at, int y, Qt::KeyboardModifiers keys = {}) { send(QEvent::MouseMove, at, y, Qt::NoButton, Qt::LeftButton, keys); }
    void release(double at, int y, Qt::KeyboardModifiers keys = {}) { send(QEvent::MouseButtonRelease, at, y, Qt::LeftButton, Qt::NoButton, keys); }
    void drag(double from, double to, int y, Qt::KeyboardModifiers keys = {}) {
        press(from, y, keys);
        for (int i = 1; i <= 4; ++i) move(from + (to - from) * i / 4, y, keys);
        release(to, y, keys);
    }

    QTemporaryDir folder_;
    QString song_;
    std::unique_ptr<Document> document_;
    std::unique_ptr<Player> player_;
    std::unique_ptr<TimelineView> view_;
};

}  // namespace choreia::ui::testing
