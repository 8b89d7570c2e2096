// Buttons follow the player's and the document's signals; they hold no state of their own.
#include "timeline/transport_bar.h"

#include "style/icon_button.h"
#include "style/theme.h"
#include "timeline/beat_bar.h"
#include "timeline/place_field.h"

#include <QAction>
#include <QActionGroup>
#include <QHBoxLayout>
#include <QMenu>
#include <QPushButton>
#include <QSignalBlocker>
#include <QStyle>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

using style::Icon;
using style::IconButton;

namespace {

/// "1×", "0.25×"
QString speedText(double speed) { return TransportBar::tr("%1×").arg(QString::number(speed, 'g', 3)); }

}  // namespace

TransportBar::TransportBar(Document& document, Player& player, QWidget* parent)
    : QWidget(parent), document_(document), player_(player) {
    setObjectName(QStringLiteral("TransportBar"));
    setAttribute(Qt::WA_StyledBackground);
    style::setKind(this, "bar");
    setFixedHeight(44);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(24, 0, 12, 0);
    row->setSpacing(4);

    const auto button = [&](Icon icon, const QString& name, const QString& tip) {
        auto* made = new IconButton(icon, this);
        made->setToolTip(tip);
        made->setAccessibleName(tip);
        made->setObjectName(name);
        row->addWidget(made);
        return made;
    };
    toStart_ = button(Icon::ToStart, QStringLiteral("toStartButton"), tr("To the start (Home)"));
    back_ = button(Icon::BeatBack, QStringLiteral("beatBackButton"), tr("One beat back (Ctrl+Left)"));
    play_ = button(Icon::Play, QStringLiteral("playButton"), tr("Play (Space)"));
    play_->setProminent(true);
    forward_ = button(Icon::BeatForward, QStringLiteral("beatForwardButton"), tr("One beat on (Ctrl+Right)"));
    toEnd_ = button(Icon::ToEnd, QStringLiteral("toEndButton"), tr("To the end (End)"));
    row->addSpacing(16);

    buildPlaces(row);
    row->addSpacing(12);

    const auto pill = [&](const QString& text, const QString& name, const QString& tip) {
        auto* made = new QPushButton(text, this);
        style::setKind(made, "pill");
        made->setCheckable(true);
        made->setFocusPolicy(Qt::TabFocus);
        made->setObjectName(name);
        made->setToolTip(tip);
        row->addWidget(made);
        return made;
    };
    loop_ = pill(tr("Loop"), QStringLiteral("loopButton"), tr("Play the marked region over and over (L). Shift-drag on the timeline marks one, and its ends can be dragged."));
    click_ = pill(tr("Click"), QStringLiteral("clickButton"), tr("A metronome on every beat"));
    speed_ = pill(QString(), QStringLiteral("speedButton"), tr("Playing speed, with the pitch kept: [ slower, ] faster, \\ as it was recorded"));
    speed_->setCheckable(false);
    buildSpeeds();
    row->addStretch(1);
    beats_ = new BeatBar(document_, player_, this);
    row->addWidget(beats_);
    row->addStretch(2);
    sound_ = button(Icon::Speaker, QStringLiteral("soundButton"), tr("Mute"));
    sound_->setCheckable(true);

    connect(play_, &IconButton::clicked, &player_, &Player::toggle);
    connect(toStart_, &IconButton::clicked, this, [this] { player_.seek(0); });
    connect(toEnd_, &IconButton::clicked, this, [this] { player_.seek(player_.duration()); });
    connect(back_, &IconButton::clicked, this, [this] { stepBeat(-1); });
    connect(forward_, &IconButton::clicked, this, [this] { stepBeat(1); });
    connect(sound_, &IconButton::toggled, this, [this](bool muted) {
        sound_->setIcon(muted ? Icon::Muted : Icon::Speaker);
        sound_->setToolTip(muted ? tr("Sound on") : tr("Mute"));
        player_.setVolume(muted ? 0.0 : 1.0);
    });
    connect(loop_, &QPushButton::toggled, &player_, &Player::setLooping);
    connect(click_, &QPushButton::toggled, &player_, &Player::setClick);
    connect(&player_, &Player::positionChanged, this, &TransportBar::showPosition);
    connect(&player_, &Player::playingChanged, this, &TransportBar::refresh);
    connect(&player_, &Player::loopChanged, this, &TransportBar::refresh);
    connect(&player_, &Player::speedChanged, this, &TransportBar::showSpeed);
    connect(&document_, &Document::changed, this, &TransportBar::refresh);
    refresh();
}

void TransportBar::buildPlaces(QHBoxLayout* row) {
    const auto field = [&](PlaceField::Reader read, const char* widest, const char* name, const QString& called, const QString& tip) {
        auto* made = new PlaceField(std::move(read), QString::fromLatin1(widest), this);
        made->setObjectName(QString::fromLatin1(name));
        made->setAccessibleName(called);
        made->setToolTip(tip);
        made->setStatusTip(tip);
        connect(made, &PlaceField::chosen, &player_, &Player::seek);
        row->addWidget(made);
        return made;
    };
    time_ = field([this](const QString& text) { return timeWritten(text, document_.state().duration); }, "00:00.000", "timeField", tr("Time"),
                  tr("Time; click (Ctrl+J) and write where to go: 1:23.4 or 83.4"));
    bar_ = field([this](const QString& text) { return barBeatWritten(text, document_.state().grid, document_.state().duration); }, "000.00", "barField", tr("Bar and beat"),
                 tr("Bar and beat; click (Ctrl+Shift+J) and write where to go: 12.3 or 12"));
    style::setKind(bar_, "placeBar");
}

void TransportBar::writeTime() { time_->begin(); }
void TransportBar::writeBar() { bar_->begin(); }

void TransportBar::buildSpeeds() {
    auto* menu = new QMenu(speed_);
    menu->setObjectName(QStringLiteral("speedMenu"));
    auto* group = new QActionGroup(menu);
    group->setExclusionPolicy(QActionGroup::ExclusionPolicy::ExclusiveOptional);  // a speed between those offered is none of them
    for (const double speed : Player::kSpeeds) {
        QAction* action = menu->addAction(speedText(speed));
        action->setObjectName(QStringLiteral("speed%1Action").arg(std::lround(100 * speed)));
        action->setCheckable(true);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, speed] {
            player_.setSpeed(speed);
            showSpeed();  // the one in use may have been chosen again
        });
        speeds_.emplace_back(speed, action);
    }
    speed_->setMenu(menu);
    int widest = 0;
    for (const auto& [speed, action] : speeds_) {
        speed_->setText(action->text());
        widest = std::max(widest, speed_->sizeHint().width());
    }
    speed_->setMinimumWidth(widest);  // so that what stands to its right stays there
    showSpeed();
}

void TransportBar::showSpeed() {
    const double speed = player_.speed();
    speed_->setText(speedText(speed));
    speed_->setAccessibleName(tr("Playing speed %1").arg(speedText(speed)));
    for (const auto& [offered, action] : speeds_) action->setChecked(offered == speed);
    speed_->setProperty("changed", speed != 1);
    speed_->style()->unpolish(speed_);  // the style sheet looks at properties only when it polishes
    speed_->style()->polish(speed_);
}

void TransportBar::showPosition(double seconds) {
    time_->showPlace(timeText(seconds));
    bar_->showPlace(barBeatText(document_.state().grid, seconds));
}

void TransportBar::refresh() {
    const bool playable = document_.state().duration > 0;
    const bool beats = !document_.state().grid.beats.empty();
    for (auto* button : {toStart_, play_, toEnd_}) button->setEnabled(playable);
    for (auto* button : {back_, forward_}) button->setEnabled(beats);
    loop_->setEnabled(playable);
    speed_->setEnabled(playable);
    click_->setEnabled(beats);
    time_->setEnabled(playable);
    bar_->setEnabled(beats);
    play_->setIcon(player_.playing() ? Icon::Pause : Icon::Play);
    play_->setToolTip(player_.playing() ? tr("Pause (Space)") : tr("Play (Space)"));
    play_->setAccessibleName(player_.playing() ? tr("Pause") : tr("Play"));
    const QSignalBlocker quiet(loop_);
    loop_->setChecked(player_.looping());
    showPosition(player_.position());
}

void TransportBar::stepBeat(int direction) {
    const auto& beats = document_.state().grid.beats;
    if (beats.empty()) return;
    constexpr double kOn = 0.02;  // seconds within which the playhead counts as on the beat
    const double now = player_.position();
    if (direction > 0) {
        const auto next = std::upper_bound(beats.begin(), beats.end(), now + kOn);
        player_.seek(next == beats.end() ? player_.duration() : *next);
    } else {
        const double slack = player_.playing() ? 0.25 : kOn;  // playing runs on: a press must still get past the beat just heard
        const auto from = std::lower_bound(beats.begin(), beats.end(), now - slack);
        player_.seek(from == beats.begin() ? 0.0 : *std::prev(from));
    }
}

}  // namespace choreia::ui
