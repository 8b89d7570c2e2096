// Training from the window: the dialog, the weights that come out of it, and leaving while one is at work.
#include "generate/generate_panel.h"
#include "import/import_dialog.h"
#include "io/model_place.h"
#include "io/safetensors.h"
#include "window/main_window.h"
#include "window/notice_bar.h"
#include "window/stage_panel.h"

#include <QMessageBox>
#include <QPushButton>

#include <nlohmann/json.hpp>

#include <algorithm>

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

void MainWindow::importVideo() {
    ImportServices services;
    services.finder = services_.finder;
    services.song = document_.song() != nullptr;
    auto* dialog = new ImportDialog(std::move(services), this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    connect(dialog, &ImportDialog::danceTaken, this, [this](const motion::Clip& clip, const QString& name) { document_.takeMovement(clip, name); });
    dialog->open();
}

namespace {

/// The styles that a set of one's own was trained for; none where it does not say so.
std::vector<std::string> ownStylesOf(const std::filesystem::path& set) {
    const auto table = io::readSafetensors(set / "default.gcn-mhw.safetensors");
    if (!table || !table->metadata.count("own_styles")) return {};
    const auto names = nlohmann::json::parse(table->metadata.at("own_styles"), nullptr, false);
    std::vector<std::string> styles;
    if (names.is_array())
        for (const auto& name : names)
            if (name.is_string()) styles.push_back(name.get<std::string>());
    return styles;
}

}  // namespace

void MainWindow::useWeights(const QString& folder, const QString& title) {
    io::GenerateSettings settings = document_.state().settings;
    io::ModelPlace place = io::modelPlace(settings.model);
    const auto left = ownStylesOf(place.weights);
    place.weights = folder.toStdString();
    settings.model = place.text();
    // A style of one's own is what such weights are for; the installed ones may not know it.
    const auto own = folder.isEmpty() ? std::vector<std::string>() : ownStylesOf(place.weights);
    if (own.size() == 1) settings.style = own.front();
    else if (std::find(left.begin(), left.end(), settings.style) != left.end()) settings.style = "auto";
    document_.requestSettings(settings, folder.isEmpty() ? tr("Dance with the installed weights") : tr("Dance with own weights"));
    Message message;
    message.title = folder.isEmpty() ? tr("Dances are made with the installed weights.") : tr("Dances are made with your own weights now: %1.").arg(title);
    message.advice = own.size() == 1 ? tr("Their style %1 is chosen. ").arg(QString::fromStdString(own.front())) : QString();
    message.advice += tr("Generate to see them. The project remembers it; Train > Dance with the installed weights goes back.");
    stage_->notice().show(message);
}

// The panel shows the styles of the weights that the project dances with; one whose weights are gone is told so.
void MainWindow::followWeights(bool opened) {
    const io::ModelPlace place = io::modelPlace(document_.state().settings.model);
    if (place.weights != weights_) {
        weights_ = place.weights;
        generate_->readCatalog(weights_.empty() ? services_.catalog : [weights = weights_] { return choreo::listModels(weights); });
    }
    if (!opened || weights_.empty()) return;
    if (const auto there = io::weightsFolder(place); !there) {
        Message message;
        message.title = tr("The weights that this project dances with are not on this machine.");
        message.advice = tr("They lay in %1. Its dances are whole and can be shaped; to make new ones, choose Train > Dance with the installed weights, or train them again.").arg(QString::fromStdString(weights_.string()));
        stage_->notice().show(message);
    }
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
