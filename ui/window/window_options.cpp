// View > Snap to and View > Stage size: choices of one among several, kept between sessions.
#include "timeline/timeline_view.h"
#include "viewport/viewport.h"
#include "window/main_window.h"
#include "window/notice_bar.h"
#include "window/stage_panel.h"

#include <QAction>
#include <QActionGroup>
#include <QMenu>
#include <QSettings>

#include <algorithm>

namespace choreia::ui {

std::vector<QAction*> MainWindow::addChoices(QMenu* menu, const QString& key, const std::vector<Choice>& choices, std::size_t standard, std::function<void(std::size_t)> choose) {
    auto* group = new QActionGroup(menu);
    std::vector<QAction*> made;
    const QString kept = services_.remember ? QSettings().value(key).toString() : QString();
    std::size_t chosen = standard;
    for (std::size_t i = 0; i < choices.size(); ++i) {
        const Choice& choice = choices[i];
        QAction* action = add(menu, choice.text, choice.name + QStringLiteral("Action"), {}, {});
        action->setStatusTip(choice.tip);
        action->setToolTip(choice.tip);
        action->setCheckable(true);
        group->addAction(action);
        made.push_back(action);
        if (choice.name == kept) chosen = i;
    }
    made[chosen]->setChecked(true);
    choose(chosen);
    for (std::size_t i = 0; i < choices.size(); ++i)
        connect(made[i], &QAction::toggled, this, [this, i, key, choose, name = choices[i].name](bool on) {
            if (!on) return;
            choose(i);
            if (services_.remember) QSettings().setValue(key, name);
        });
    return made;
}

void MainWindow::buildSnapMenu(QMenu* menu) {
    QMenu* snap = menu->addMenu(tr("Snap &to"));
    snap->setObjectName(QStringLiteral("snapMenu"));
    snap->setToolTipsVisible(true);
    constexpr SnapMode modes[] = {SnapMode::Marks, SnapMode::Frames, SnapMode::Nothing};
    const std::vector<Choice> choices = {
        {QStringLiteral("snapMarks"), tr("&Beats, keys and markers"), tr("What is dragged jumps to a key pose, a cut or a marker near it, else to the beat; Shift or Alt suspends it")},
        {QStringLiteral("snapFrames"), tr("&Frames"), tr("What is dragged jumps to whole frames of the dance; Shift or Alt suspends it")},
        {QStringLiteral("snapNothing"), tr("&Nothing"), tr("What is dragged stays where it is let go")}};
    const auto actions = addChoices(snap, QStringLiteral("timeline/snap"), choices, 0, [this, modes](std::size_t i) { timeline_->setSnapMode(modes[i]); });
    QAction* next = add(menu, tr("Snap to the next of these"), QStringLiteral("nextSnapAction"), QKeySequence(Qt::Key_N), [this, actions] {
        const auto now = std::find_if(actions.begin(), actions.end(), [](const QAction* action) { return action->isChecked(); });
        QAction* chosen = now + 1 < actions.end() ? *(now + 1) : actions.front();
        chosen->setChecked(true);
        stage_->notice().show({Message::Kind::Info, tr("Snap to: %1").arg(chosen->text().remove(QLatin1Char('&'))), chosen->toolTip()});
    });
    const QString tip = tr("Beats, keys and markers; frames; nothing");
    next->setStatusTip(tip);
    next->setToolTip(tip);
}

void MainWindow::buildStageSizes(QMenu* menu) {
    QMenu* sizes = menu->addMenu(tr("Stage si&ze"));
    sizes->setObjectName(QStringLiteral("stageSizeMenu"));
    sizes->setToolTipsVisible(true);
    const QString tip = tr("Marks the stage's edge on the floor, width by depth; no dance is changed by it");
    std::vector<Choice> choices;
    for (const StageSize& size : kStageSizes)
        choices.push_back({QStringLiteral("stage%1x%2").arg(size.width).arg(size.depth), tr("%1 \u00d7 %2 m").arg(size.width).arg(size.depth), tip});
    const auto standard = static_cast<std::size_t>(std::find(kStageSizes.begin(), kStageSizes.end(), kStandardStage) - kStageSizes.begin());
    addChoices(sizes, QStringLiteral("stage/size"), choices, standard, [this](std::size_t i) { stage_->viewport().setStageSize(kStageSizes[i]); });
}

}  // namespace choreia::ui
