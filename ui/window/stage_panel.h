/// The middle of the window: messages, the 3D viewport fed from the dance at the playhead, and a line of figures under it.
#pragma once

#include "document/document.h"
#include "playback/player.h"

#include <QWidget>

#include <vector>

class QLabel;

namespace choreia::ui {

class NoticeBar;
class Viewport;

class StagePanel final : public QWidget {
    Q_OBJECT

public:
    StagePanel(Document& document, Player& player, QWidget* parent = nullptr);

    void showTime(double seconds);
    void setGhosts(bool on);
    void setTrail(bool on);
    [[nodiscard]] NoticeBar& notice() { return *notice_; }
    [[nodiscard]] Viewport& viewport() { return *viewport_; }

private:
    void documentChanged(const Change& change);
    void showPose();
    void showGhosts();
    void showTrail();
    void showRest();
    void showFooter();
    [[nodiscard]] std::size_t frameAt(double seconds) const;

    Document& document_;
    Player& player_;
    NoticeBar* notice_;
    Viewport* viewport_;
    QLabel *frame_, *hint_;
    double seconds_ = 0;
    std::ptrdiff_t ghostBeat_ = -2;  ///< beat the ghosts stand for; -2: none shown
    bool ghosts_ = true, trail_ = true;
};

}  // namespace choreia::ui
