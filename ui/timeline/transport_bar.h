/// The bar between stage and timeline: play and step, time code, loop, click and speed, and the beat bar.
#pragma once

#include "document/document.h"
#include "playback/player.h"

#include <QWidget>

#include <utility>
#include <vector>

class QAction;
class QPushButton;

namespace choreia::ui {

namespace style {
class IconButton;
}
class BeatBar;
class PlaceField;

class TransportBar final : public QWidget {
    Q_OBJECT

public:
    TransportBar(Document& document, Player& player, QWidget* parent = nullptr);

    /// To the next beat, or the one before (a moment after a beat counts as on it).
    void stepBeat(int direction);
    /// The time code, or bar and beat, become fields to write where to go.
    void writeTime();
    void writeBar();

private:
    void buildPlaces(class QHBoxLayout* row);
    void showPosition(double seconds);
    void refresh();
    void buildSpeeds();
    void showSpeed();

    Document& document_;
    Player& player_;
    style::IconButton *toStart_, *back_, *play_, *forward_, *toEnd_, *sound_;
    PlaceField *time_ = nullptr, *bar_ = nullptr;
    QPushButton *loop_, *click_, *speed_;
    std::vector<std::pair<double, QAction*>> speeds_;
    BeatBar* beats_;
};

}  // namespace choreia::ui
