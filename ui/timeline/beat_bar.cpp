// The arithmetic is the engine's (audio/beat_grid.h); here are buttons and names.
#include "timeline/beat_bar.h"

#include "audio/beat_grid.h"
#include "style/theme.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>

namespace choreia::ui {

BeatBar::BeatBar(Document& document, Player& player, QWidget* parent) : QWidget(parent), document_(document), player_(player) {
    setObjectName(QStringLiteral("BeatBar"));
    setAccessibleName(tr("Beats"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    tempo_ = new QLabel(this);
    tempo_->setObjectName(QStringLiteral("tempoLabel"));
    tempo_->setFont(style::mono(13));
    tempo_->setToolTip(tr("Tempo, beats a minute"));
    row->addWidget(tempo_);
    row->addSpacing(8);
    const auto pill = [&](const QString& text, const QString& name, const QString& tip) {
        auto* made = new QPushButton(text, this);
        style::setKind(made, "pill");
        made->setFocusPolicy(Qt::TabFocus);
        made->setObjectName(name);
        made->setToolTip(tip);
        row->addWidget(made);
        return made;
    };
    double_ = pill(tr("×2"), QStringLiteral("doubleTempoButton"), tr("Twice as many beats"));
    half_ = pill(tr("÷2"), QStringLiteral("halfTempoButton"), tr("Half as many beats"));
    shift_ = pill(tr("½ beat"), QStringLiteral("halfBeatButton"), tr("All beats half a beat later"));
    tap_ = pill(tr("Tap"), QStringLiteral("tapButton"), tr("Tap along while it plays: the beats follow your taps"));
    one_ = pill(tr("Set 1"), QStringLiteral("setOneButton"), tr("The beat at the playhead is the first of its bar"));
    lock_ = pill(tr("Lock"), QStringLiteral("lockButton"), tr("Keep the beats as they are"));
    lock_->setCheckable(true);

    const auto grid = [this]() -> const audio::BeatGrid& { return document_.state().grid; };
    connect(double_, &QPushButton::clicked, this, [this, grid] { document_.requestGrid(audio::doubled(grid()), tr("Double the tempo")); });
    connect(half_, &QPushButton::clicked, this, [this, grid] { document_.requestGrid(audio::halved(grid()), tr("Halve the tempo")); });
    connect(shift_, &QPushButton::clicked, this,
            [this, grid] { document_.requestGrid(audio::shiftedHalfBeat(grid(), document_.state().duration), tr("Shift beats by half a beat")); });
    connect(one_, &QPushButton::clicked, this,
            [this, grid] { document_.requestGrid(audio::withDownbeatAt(grid(), player_.position()), tr("Set the downbeat")); });
    connect(lock_, &QPushButton::toggled, &document_, &Document::requestGridLock);
    connect(tap_, &QPushButton::pressed, this, &BeatBar::tap);
    connect(&document_, &Document::changed, this, [this](const Change& change) {
        if (change.aspect == Aspect::Everything) taps_.clear();
        refresh();
    });
    refresh();
}

void BeatBar::tap() {
    if (document_.state().gridLocked || document_.state().duration <= 0) return;
    const double now = player_.position();
    const bool fresh = taps_.empty() || sinceTap_.elapsed() > 2000 || now <= taps_.back();
    if (fresh) {
        taps_.clear();
        before_ = document_.state().grid;
        ++run_;
    }
    sinceTap_.start();
    taps_.push_back(now);
    if (taps_.size() >= 3)
        document_.requestGrid(audio::retimed(before_, taps_, document_.state().duration), tr("Tap the beats"), run_);
}

void BeatBar::refresh() {
    const DocumentState& state = document_.state();
    const bool beats = !state.grid.beats.empty(), free = !state.gridLocked, song = state.duration > 0;
    tempo_->setText(beats ? tr("%1 BPM").arg(state.grid.tempoBpm, 0, 'f', 1) : QString());
    tempo_->setVisible(beats);
    for (auto* button : {double_, half_, shift_, one_}) button->setEnabled(beats && free);
    tap_->setEnabled(song && free);
    lock_->setEnabled(beats);
    const QSignalBlocker quiet(lock_);
    lock_->setChecked(state.gridLocked);
}

}  // namespace choreia::ui
