// The arithmetic is the engine's (audio/beat_grid.h); here are buttons and names.
#include "timeline/beat_bar.h"

#include "audio/beat_grid.h"
#include "style/theme.h"

#include <QAction>
#include <QActionGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QSignalBlocker>

#include <functional>

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
    more_ = pill(tr("More"), QStringLiteral("moreBeatsButton"), tr("More ways to mend the beats"));
    buildMore();

    connect(double_, &QPushButton::clicked, this, [this] { document_.requestGrid(audio::doubled(grid()), tr("Double the tempo")); });
    connect(half_, &QPushButton::clicked, this, [this] { document_.requestGrid(audio::halved(grid()), tr("Halve the tempo")); });
    connect(shift_, &QPushButton::clicked, this,
            [this] { document_.requestGrid(audio::shiftedHalfBeat(grid(), document_.state().duration), tr("Shift beats by half a beat")); });
    connect(one_, &QPushButton::clicked, this,
            [this] { document_.requestGrid(audio::withDownbeatAt(grid(), player_.position()), tr("Set the downbeat")); });
    connect(lock_, &QPushButton::toggled, &document_, &Document::requestGridLock);
    connect(tap_, &QPushButton::pressed, this, &BeatBar::tap);
    connect(&document_, &Document::changed, this, [this](const Change& change) {
        if (change.aspect == Aspect::Everything) taps_.clear();
        refresh();
    });
    refresh();
}

void BeatBar::buildMore() {
    constexpr double kNudge = 0.01;  // seconds: a third of what an ear forgives
    auto* menu = new QMenu(more_);
    menu->setObjectName(QStringLiteral("moreBeatsMenu"));
    using Edit = std::function<audio::BeatGrid()>;
    const auto add = [&](const QString& text, const char* name, const QString& undoText, const Edit& edit) {
        QAction* action = menu->addAction(text);
        action->setObjectName(QString::fromLatin1(name));
        connect(action, &QAction::triggered, this, [this, undoText, edit] { document_.requestGrid(edit(), undoText); });
    };
    add(tr("Tempo × 4/3"), "fourThirdsAction", tr("Tempo times 4/3"), [this] { return audio::timesFourThirds(grid()); });
    add(tr("Tempo × 3/4"), "threeQuartersAction", tr("Tempo times 3/4"), [this] { return audio::timesThreeQuarters(grid()); });
    menu->addSeparator();
    add(tr("All beats 10 ms earlier"), "beatsEarlierAction", tr("Beats earlier"), [this] { return audio::nudged(grid(), -kNudge, document_.state().duration); });
    add(tr("All beats 10 ms later"), "beatsLaterAction", tr("Beats later"), [this] { return audio::nudged(grid(), kNudge, document_.state().duration); });
    menu->addSeparator();
    add(tr("Insert a beat at the playhead"), "insertBeatAction", tr("Insert a beat"), [this] { return audio::withBeatAt(grid(), player_.position()); });
    add(tr("Remove the beat at the playhead"), "removeBeatAction", tr("Remove a beat"), [this] { return audio::withoutBeatAt(grid(), player_.position()); });
    menu->addSeparator();
    QMenu* bars = menu->addMenu(tr("Beats a bar"));
    auto* group = new QActionGroup(bars);
    for (const int count : {2, 3, 4, 5, 6, 7}) {
        QAction* action = bars->addAction(QString::number(count));
        action->setObjectName(QStringLiteral("beatsPerBar%1Action").arg(count));
        action->setCheckable(true);
        action->setData(count);
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, count] { document_.requestGrid(audio::withBeatsPerBar(grid(), count), tr("%1 beats a bar").arg(count)); });
        bars_.push_back(action);
    }
    more_->setMenu(menu);
}

void BeatBar::tap() {
    if (document_.state().grid.locked || document_.state().duration <= 0) return;
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
    const bool beats = !state.grid.beats.empty(), free = !state.grid.locked, song = state.duration > 0;
    // A song without a beat says so, and offers the way out: the one button that then makes sense stands out.
    tempo_->setText(beats ? tr("%1 BPM").arg(state.grid.tempoBpm, 0, 'f', 1) : song ? tr("No beat heard. Play, and tap along:") : QString());
    tempo_->setFont(beats ? style::mono(13) : style::text(13));
    tempo_->setToolTip(beats ? tr("Tempo, beats a minute") : tr("Silence, noise or free playing has no tempo of its own"));
    tempo_->setVisible(song);
    style::setKind(tap_, song && !beats ? "primary" : "pill");
    for (auto* button : {double_, half_, shift_, one_, lock_, more_}) button->setVisible(beats || !song);
    for (auto* button : {double_, half_, shift_, one_, more_}) button->setEnabled(beats && free);
    tap_->setEnabled(song && free);
    lock_->setEnabled(beats);
    for (auto* action : bars_) action->setChecked(beats && action->data().toInt() == state.grid.beatsPerBar);
    const QSignalBlocker quiet(lock_);
    lock_->setChecked(state.grid.locked);
}

}  // namespace choreia::ui
