// The menu's part about several dancers: who comes, who is chosen, who goes.
#include "window/main_window.h"

#include "inspector/inspector.h"
#include "motion/formation.h"

#include <QAction>
#include <QDockWidget>
#include <QMenu>
#include <QRandomGenerator>

namespace choreia::ui {

void MainWindow::buildDancerActions(QMenu* menu) {
    QMenu* more = menu->addMenu(tr("&Add dancer"));
    const auto comes = [&](const QString& text, const char* name, const QKeySequence& keys, std::function<void()> run) {
        QAction* action = add(more, text, QString::fromLatin1(name), keys, std::move(run));
        needStageRoom_.push_back(action);
    };
    comes(tr("Add dancer: the same &dance"), "addDancerAction", QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_D), [this] { document_.requestAddDancer(Document::NewDancer::Copy); });
    comes(tr("Add dancer: &mirrored"), "addMirroredAction", QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_D), [this] { document_.requestAddDancer(Document::NewDancer::Mirrored); });
    comes(tr("Add dancer: in &canon, two beats later"), "addCanonAction", QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_C), [this] { document_.requestAddDancer(Document::NewDancer::InCanon); });
    comes(tr("&Generate another dancer"), "generateDancerAction", QKeySequence(Qt::CTRL | Qt::ALT | Qt::Key_G), [this] {
        document_.generateDancer(QRandomGenerator::global()->bounded(1u, 100000u));  // the panel's seed is the next dance's
    });
    QMenu* who = menu->addMenu(tr("Dance&rs"));
    const auto several = [&](const QString& text, const char* name, const QList<QKeySequence>& keys, std::function<void()> run) {
        QAction* action = add(who, text, QString::fromLatin1(name), {}, std::move(run));
        action->setShortcuts(keys);
        needDancers_.push_back(action);
    };
    several(tr("&Next dancer"), "nextDancerAction", {QKeySequence(Qt::CTRL | Qt::Key_Tab)}, [this] { document_.chooseNext(1); });
    several(tr("Pre&vious dancer"), "previousDancerAction", {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Tab), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Backtab)},
            [this] { document_.chooseNext(-1); });
    for (std::size_t i = 0; i < motion::kMostDancers; ++i) {
        QAction* action = add(who, QString(), QStringLiteral("dancer%1Action").arg(i + 1), QKeySequence(static_cast<Qt::Key>(Qt::Key_1 + static_cast<int>(i))), [this, i] {
            if (i < document_.state().dances.size()) document_.choose(document_.state().dances[i].id);
        });
        action->setCheckable(true);
        action->setProperty("unlisted", true);
        dancers_.push_back(action);
    }
    who->addSeparator();
    several(tr("All into &formation"), "formationAction", {}, [this] { document_.requestFormation(); });
    needDance_.push_back(add(who, tr("&Rename the dancer"), QStringLiteral("renameDancerAction"), QKeySequence(Qt::Key_F2), [this] {
        inspectorDock_->show();
        inspectorDock_->raise();
        inspector_->renameDancer();
    }));
    several(tr("Re&move the dancer"), "removeDancerAction", {QKeySequence(Qt::SHIFT | Qt::Key_Delete)}, [this] { document_.requestRemoveDancer(); });
}

void MainWindow::refreshDancers() {
    const auto& dances = document_.state().dances;
    for (std::size_t i = 0; i < dancers_.size(); ++i) {
        const bool there = i < dances.size();
        dancers_[i]->setVisible(there);
        dancers_[i]->setEnabled(there);
        dancers_[i]->setChecked(there && dances[i].id == document_.danceId());
        if (there) dancers_[i]->setText(QString::fromStdString(dances[i].snapshot->dance.name).replace(QLatin1Char('&'), QStringLiteral("&&")));
    }
    for (auto* action : needDancers_) action->setEnabled(dances.size() > 1);
    for (auto* action : needStageRoom_) action->setEnabled(document_.dance() && dances.size() < motion::kMostDancers);
}

}  // namespace choreia::ui
