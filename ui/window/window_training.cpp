// Training from the window: the dialog, the weights that come out of it, and leaving while one is at work.
#include "generate/generate_panel.h"
#include "window/main_window.h"
#include "window/notice_bar.h"
#include "window/stage_panel.h"

#include <QMessageBox>
#include <QPushButton>

namespace choreia::ui {

void MainWindow::trainModel() {
    if (!training_) {
        TrainingServices services = services_.training;
        if (services.song.isEmpty()) services.song = QString::fromStdString(document_.state().songPath);
        training_ = new TrainingDialog(services, this);
        training_->setAttribute(Qt::WA_DeleteOnClose);
        connect(training_, &TrainingDialog::useRequested, this, &MainWindow::useWeights);
    }
    training_->show();
    training_->raise();
    training_->activateWindow();
}

void MainWindow::useWeights(const QString& folder, const QString& title) {
    const std::filesystem::path weights = folder.toStdString();
    document_.setGenerator(folder.isEmpty() ? services_.generator : engineGenerator("default", weights));
    generate_->readCatalog(folder.isEmpty() ? services_.catalog : [weights] { return choreo::listModels(weights); });
    Message message;
    message.title = folder.isEmpty() ? tr("Dances are made with the installed weights.") : tr("Dances are made with your own weights now: %1.").arg(title);
    message.advice = tr("Generate to see them. Train > Dance with the installed weights goes back.");
    stage_->notice().show(message);
}

void MainWindow::leaveTraining(std::function<void()> next) {
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("A training is at work"),
                                tr("A training is at work in a process of its own. Shall it go on without the window? It will be in the list when you come back."), QMessageBox::Cancel, this);
    box->setObjectName(QStringLiteral("trainingBox"));
    auto* on = box->addButton(tr("Let it go on"), QMessageBox::AcceptRole);
    auto* keep = box->addButton(tr("Stop and keep"), QMessageBox::DestructiveRole);
    on->setObjectName(QStringLiteral("trainingGoesOnButton"));
    keep->setObjectName(QStringLiteral("trainingStopButton"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(on, &QPushButton::clicked, this, next);
    connect(keep, &QPushButton::clicked, this, [this, next] {
        for (const auto& run : liveRuns(services_.training.runsFolder)) stopRun(run);
        next();
    });
    box->open();
}

}  // namespace choreia::ui
