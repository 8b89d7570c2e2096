/// Mending the beats in one click: tempo, x2, half, half a beat later, tap along, this is the one, lock; under "More" what is needed seldom.
#pragma once

#include "document/document.h"
#include "playback/player.h"

#include <QElapsedTimer>
#include <QWidget>

#include <vector>

class QAction;
class QLabel;
class QMenu;
class QPushButton;

namespace choreia::ui {

/// Every button is one undoable command on the document.
class BeatBar final : public QWidget {
    Q_OBJECT

public:
    BeatBar(Document& document, Player& player, QWidget* parent = nullptr);

    /// One tap at the playhead, while the song plays. From the third tap within two seconds of each other on, the grid follows.
    void tap();

private:
    void buildMore();
    void refresh();
    [[nodiscard]] const audio::BeatGrid& grid() const { return document_.state().grid; }

    Document& document_;
    Player& player_;
    QLabel* tempo_;
    QPushButton *double_, *half_, *shift_, *tap_, *one_, *lock_, *more_;
    std::vector<QAction*> bars_;  ///< numbers of beats a bar
    std::vector<double> taps_;  ///< seconds in the song
    audio::BeatGrid before_;    ///< the grid when tapping began: every further tap starts from it again
    int run_ = 0;               ///< numbers runs of taps, so that each is one undo entry
    QElapsedTimer sinceTap_;
};

}  // namespace choreia::ui
