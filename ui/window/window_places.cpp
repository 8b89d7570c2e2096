// Going to places of the song: a time or a bar that is written, beats and frames, markers.
#include "window/main_window.h"

#include "timeline/timeline_view.h"
#include "timeline/transport_bar.h"
#include "window/notice_bar.h"
#include "window/stage_panel.h"

#include <QAction>
#include <QMenu>

namespace choreia::ui {

void MainWindow::buildPlaceActions(QMenu* menu) {
    const auto place = [&](QMenu* in, const QString& text, const char* name, const QKeySequence& keys, const QString& tip, std::function<void()> run) {
        QAction* action = add(in, text, QString::fromLatin1(name), keys, std::move(run));
        action->setStatusTip(tip);
        action->setToolTip(tip);
        return action;
    };
    QMenu* go = menu->addMenu(tr("G&o to"));
    go->setObjectName(QStringLiteral("goMenu"));
    const auto step = [&](const QString& text, const char* name, const QKeySequence& keys, std::function<void()> run) {
        needSong_.push_back(add(go, text, QString::fromLatin1(name), keys, std::move(run)));
    };
    needSong_.push_back(place(go, tr("Go to a &time ..."), "goToTimeAction", QKeySequence(Qt::CTRL | Qt::Key_J), tr("Write a time under the stage: 1:23.4 or 83.4"), [this] { transport_->writeTime(); }));
    needSong_.push_back(place(go, tr("Go to a &bar ..."), "goToBarAction", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_J), tr("Write bar and beat under the stage: 12.3"), [this] { transport_->writeBar(); }));
    go->addSeparator();
    step(tr("To the start"), "toStartAction", QKeySequence(Qt::Key_Home), [this] { player_.seek(0); });
    step(tr("To the end"), "toEndAction", QKeySequence(Qt::Key_End), [this] { player_.seek(player_.duration()); });
    step(tr("Next beat"), "nextBeatAction", QKeySequence(Qt::CTRL | Qt::Key_Right), [this] { transport_->stepBeat(1); });
    step(tr("Previous beat"), "previousBeatAction", QKeySequence(Qt::CTRL | Qt::Key_Left), [this] { transport_->stepBeat(-1); });
    step(tr("Next frame"), "nextFrameAction", QKeySequence(Qt::Key_Period), [this] { stepFrame(1); });
    step(tr("Previous frame"), "previousFrameAction", QKeySequence(Qt::Key_Comma), [this] { stepFrame(-1); });
    QMenu* markers = menu->addMenu(tr("Mar&kers"));
    markers->setObjectName(QStringLiteral("markersMenu"));
    needSong_.push_back(place(markers, tr("Set a &marker"), "setMarkerAction", QKeySequence(Qt::Key_M), tr("Names the moment at the playhead"), [this] { timeline_->setMarker(); }));
    const auto ofMarkers = [&](const QString& text, const char* name, const QKeySequence& keys, const QString& tip, std::function<void()> run) {
        needThere_.emplace_back(place(markers, text, name, keys, tip, std::move(run)), [this] { return !document_.state().markers.empty(); });
    };
    ofMarkers(tr("&Next marker"), "nextMarkerAction", QKeySequence(Qt::SHIFT | Qt::Key_M), tr("Moves the playhead to the next marker"), [this] { timeline_->stepMarker(1); });
    ofMarkers(tr("&Previous marker"), "previousMarkerAction", QKeySequence(Qt::ALT | Qt::SHIFT | Qt::Key_M), tr("Moves the playhead to the marker before"), [this] { timeline_->stepMarker(-1); });
    ofMarkers(tr("&Rename the marker ..."), "renameMarkerAction", {}, tr("Writes another name on the marker in hand"), [this] {
        if (!timeline_->renameMarker()) stage_->notice().show({Message::Kind::Info, tr("No marker is in hand."), tr("Click a flag in the song's lane, or set a marker with M.")});
    });
}

}  // namespace choreia::ui
