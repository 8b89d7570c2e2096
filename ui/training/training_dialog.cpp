// Twice a second the logs are read on, and what changed is shown.
#include "training/training_dialog.h"

#include "io/models_folder.h"
#include "style/theme.h"
#include "training/preview_maker.h"
#include "training/preview_view.h"
#include "training/run_view.h"
#include "training/training_form.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFrame>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QMessageBox>
#include <QPushButton>
#include <QScreen>
#include <QSignalBlocker>
#include <QStandardPaths>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

TrainingServices installedTraining() {
    return {QCoreApplication::applicationDirPath() + QStringLiteral("/choreia"), QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) + QStringLiteral("/runs"), QString()};
}

std::vector<TrainingRun> liveRuns(const QString& runsFolder) {
    auto runs = listRuns(runsFolder);
    std::erase_if(runs, [](const TrainingRun& run) {
        const RunState state = run.state();
        return state != RunState::Running && state != RunState::Paused;
    });
    return runs;
}

TrainingDialog::TrainingDialog(TrainingServices services, QWidget* parent) : QDialog(parent), services_(std::move(services)) {
    setObjectName(QStringLiteral("TrainingDialog"));
    setWindowTitle(tr("Train a model"));
    build();
    maker_ = new PreviewMaker(services_.program, services_.song, services_.runsFolder + QStringLiteral("/preview.wav"), this);
    connect(maker_, &PreviewMaker::made, this, [this](const QString& folder, const motion::Clip& clip) {
        if (folder == chosen_) view_->preview().setClip(clip, tr("The best weights so far, score %1").arg(previewed_[folder], 0, 'g', 4));
    });
    connect(maker_, &PreviewMaker::failed, this, [this](const QString& folder, const QString& why) {
        if (folder == chosen_) view_->preview().clear(why);
    });
    connect(form_, &TrainingForm::startRequested, this, &TrainingDialog::start);
    connect(view_, &RunView::pauseClicked, this, &TrainingDialog::pause);
    connect(view_, &RunView::stopClicked, this, [this] {
        if (const auto* run = chosen()) stopRun(*run);
    });
    connect(view_, &RunView::resumeClicked, this, &TrainingDialog::resume);
    connect(view_, &RunView::useClicked, this, &TrainingDialog::use);
    connect(remove_, &QPushButton::clicked, this, &TrainingDialog::remove);
    connect(list_, &QListWidget::currentItemChanged, this, [this](QListWidgetItem* item) {
        if (!item) return;
        chosen_ = item->data(Qt::UserRole).toString();
        previewed_.erase(chosen_);
        maker_->cancel();
        view_->preview().clear({});
        tick();
    });
    connect(list_, &QListWidget::itemChanged, this, [this] { refresh(); });
    readRuns({});
    timer_.setInterval(500);
    connect(&timer_, &QTimer::timeout, this, &TrainingDialog::tick);
    timer_.start();
    tick();
}

TrainingDialog::~TrainingDialog() {
    timer_.stop();
    list_->disconnect(this);
    maker_->cancel();
}

void TrainingDialog::build() {
    const QSize room = QGuiApplication::primaryScreen()->availableGeometry().size();
    resize(QSize(1160, 860).boundedTo(room));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(20, 20, 20, 20);
    row->setSpacing(20);
    auto* left = new QWidget(this);
    left->setFixedWidth(300);
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    form_ = new TrainingForm(services_.program, services_.runsFolder + QStringLiteral("/data"), left);
    column->addWidget(form_);
    column->addSpacing(8);
    auto* heading = new QLabel(tr("TRAININGS"), left);
    heading->setFont(style::heading());
    style::setKind(heading, "heading");
    column->addWidget(heading);
    list_ = new QListWidget(left);
    list_->setObjectName(QStringLiteral("trainRunList"));
    list_->setAccessibleName(tr("Trainings"));
    list_->setToolTip(tr("A tick draws a training's curves beside those of the chosen one"));
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setMinimumHeight(72);
    column->addWidget(list_, 1);
    remove_ = new QPushButton(tr("Delete this training ..."), left);
    remove_->setObjectName(QStringLiteral("trainDeleteButton"));
    remove_->setToolTip(tr("Deletes its folder with all weights"));
    remove_->setAutoDefault(false);
    style::setKind(remove_, "flat");
    column->addWidget(remove_, 0, Qt::AlignLeft);
    row->addWidget(left);
    auto* rule = new QFrame(this);
    rule->setFixedWidth(1);
    style::setKind(rule, "rule");
    row->addWidget(rule);
    view_ = new RunView(this);
    row->addWidget(view_, 1);
}

const TrainingRun* TrainingDialog::current() const {
    const auto found = std::find_if(runs_.begin(), runs_.end(), [&](const TrainingRun& run) { return run.folder == chosen_; });
    return found == runs_.end() ? nullptr : &*found;
}

TrainingRun* TrainingDialog::chosen() { return const_cast<TrainingRun*>(std::as_const(*this).current()); }

QString TrainingDialog::itemText(const TrainingRun& run) const {
    return QStringLiteral("%1\n%2 · %3").arg(run.title(), run.begun.toString(QStringLiteral("d MMM HH:mm")), stateName(run.state()));
}

void TrainingDialog::readRuns(const QString& choose) {
    runs_ = listRuns(services_.runsFolder);
    if (!choose.isEmpty()) chosen_ = choose;
    if (!current()) chosen_ = runs_.empty() ? QString() : runs_.front().folder;
    {
        const QSignalBlocker quiet(list_);
        std::map<QString, Qt::CheckState> ticked;
        for (int i = 0; i < list_->count(); ++i) ticked[list_->item(i)->data(Qt::UserRole).toString()] = list_->item(i)->checkState();
        list_->clear();
        for (const auto& run : runs_) {
            auto* item = new QListWidgetItem(itemText(run), list_);
            item->setData(Qt::UserRole, run.folder);
            item->setFlags(item->flags() | Qt::ItemIsUserCheckable);
            item->setCheckState(ticked.count(run.folder) ? ticked[run.folder] : Qt::Unchecked);
            if (run.folder == chosen_) list_->setCurrentItem(item);
            if (!logs_.count(run.folder)) logs_.emplace(run.folder, RunLog(run.logPath()));
        }
    }
    std::vector<std::pair<QString, QString>> words;
    if (const auto installed = io::findModels()) words.emplace_back(tr("Installed with the program"), QString::fromStdString((*installed / "default.vq-vae.safetensors").string()));
    for (const auto& run : runs_)
        if (run.model == QLatin1String("vq-vae") && QFile::exists(run.weightsPath())) words.emplace_back(tr("Own, of %1").arg(run.begun.toString(QStringLiteral("d MMM HH:mm"))), run.weightsPath());
    form_->setWords(words);
    std::vector<TrainingForm::Start> starts;
    if (const auto installed = io::findModels()) {
        const QString file = QString::fromStdString((*installed / "default.gcn-mhw.safetensors").string());
        if (QFile::exists(file)) starts.push_back({QStringLiteral("gcn-mhw"), tr("Installed with the program"), file, {}});
    }
    for (const auto& run : runs_)
        if (canBeFineTuned(run.model) && QFile::exists(run.weightsPath()))
            starts.push_back({run.model, tr("Own, of %1").arg(run.begun.toString(QStringLiteral("d MMM HH:mm"))), run.weightsPath(), QString::fromStdString(run.config.value("vq_vae", std::string()))});
    form_->setStarts(std::move(starts));
}

void TrainingDialog::start() {
    auto made = createRun(services_.runsFolder, form_->draft());
    if (!made) return tell(made.error());
    if (const auto started = startRun(*made, services_.program, false); !started) {
        QDir(made->folder).removeRecursively();  // nothing is in it
        return tell(started.error());
    }
    view_->preview().clear({});
    readRuns(made->folder);
    tick();
}

void TrainingDialog::resume() {
    TrainingRun* run = chosen();
    if (!run) return;
    if (const auto started = startRun(*run, services_.program, true); !started) return tell(started.error());
    tick();
}

void TrainingDialog::pause() {
    const TrainingRun* run = current();
    if (!run) return;
    if (run->state() == RunState::Paused) continueRun(*run);
    else pauseRun(*run);
    tick();
}

void TrainingDialog::use() {
    const TrainingRun* run = current();
    if (!run) return;
    const auto set = assembleSet(*run);
    if (!set) return tell(set.error());
    Q_EMIT useRequested(*set, run->title());
}

void TrainingDialog::remove() {
    const TrainingRun* run = current();
    if (!run) return;
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("Delete this training"), tr("Delete %1 with all its weights? This cannot be undone.").arg(run->title()), QMessageBox::Cancel, this);
    auto* yes = box->addButton(tr("Delete"), QMessageBox::DestructiveRole);
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(yes, &QPushButton::clicked, this, [this, folder = run->folder] {
        maker_->cancel();
        QDir(folder).removeRecursively();
        logs_.erase(folder);
        view_->preview().clear({});
        readRuns({});
        tick();
    });
    box->open();
}

void TrainingDialog::tell(const Error& error) {
    auto* box = new QMessageBox(QMessageBox::NoIcon, windowTitle(), QString::fromStdString(error.line()), QMessageBox::Close, this);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->open();
}

void TrainingDialog::tick() {
    for (auto& [folder, log] : logs_) log.update();
    {
        const QSignalBlocker quiet(list_);
        for (int i = 0; i < list_->count() && i < static_cast<int>(runs_.size()); ++i)
            if (const QString text = itemText(runs_[static_cast<std::size_t>(i)]); list_->item(i)->text() != text) list_->item(i)->setText(text);
    }
    refresh();
    const TrainingRun* run = current();
    if (!run || run->model != QLatin1String("gcn-mhw")) return;
    const double best = logs_[run->folder].best();
    const auto before = previewed_.find(run->folder);
    if (maker_->busy() || !std::isfinite(best) || (before != previewed_.end() && !(best < before->second))) return;
    previewed_[run->folder] = best;
    if (!view_->preview().dancing()) view_->preview().clear(tr("Inventing a dance ..."));
    maker_->make(*run);
}

void TrainingDialog::refresh() {
    const TrainingRun* run = current();
    std::vector<RunView::Shown> shown;
    for (int i = 0; i < list_->count() && i < static_cast<int>(runs_.size()); ++i) {
        const auto index = static_cast<std::size_t>(i);
        if (list_->item(i)->checkState() == Qt::Checked && &runs_[index] != run) shown.push_back({&runs_[index], &logs_[runs_[index].folder], runColor(1 + shown.size())});
    }
    if (run) shown.push_back({run, &logs_[run->folder], runColor(0)});
    view_->show(run, run ? &logs_[run->folder] : nullptr, shown);
    const RunState state = run ? run->state() : RunState::Running;
    remove_->setEnabled(run && state != RunState::Running && state != RunState::Paused);
    if (run && run->model != QLatin1String("gcn-mhw")) view_->preview().clear(tr("Only a choreographer dances here."));
}

}  // namespace choreia::ui
