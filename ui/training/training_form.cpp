// A column of fields; the button at its foot waits for data that can be used.
#include "training/training_form.h"

#include "style/combo_box.h"
#include "style/theme.h"

#include <QButtonGroup>
#include <QDir>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>

namespace choreia::ui {

namespace {

QStringList localFiles(const QMimeData* data) {
    QStringList files;
    for (const auto& url : data->urls())
        if (url.isLocalFile()) files += url.toLocalFile();
    return files;
}

constexpr const char* kEffortKeys[] = {"quick", "good", "best"};

}  // namespace

TrainingForm::TrainingForm(const QString& program, const QString& cache, QWidget* parent) : QWidget(parent), check_(program, cache) {
    setObjectName(QStringLiteral("TrainingForm"));
    setAcceptDrops(true);
    build();
    connect(&check_, &DataCheck::progressed, this, [this](const QString& text) { found_->setText(text); });
    connect(&check_, &DataCheck::finished, this, &TrainingForm::show);
    connect(model_, &QComboBox::currentIndexChanged, this, &TrainingForm::modelChanged);
    connect(from_, &QComboBox::currentIndexChanged, this, &TrainingForm::startChanged);
    connect(efforts_, &QButtonGroup::idToggled, this, [this](int, bool on) {
        if (on) effortChanged();
    });
    connect(start_, &QPushButton::clicked, this, &TrainingForm::startRequested);
    modelChanged();
    effortChanged();
}

void TrainingForm::build() {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    const auto label = [&](const QString& text, const char* kind) {
        auto* made = new QLabel(text, this);
        style::setKind(made, kind);
        column->addWidget(made);
        return made;
    };
    const auto box = [&](const char* name, const QString& accessible) {
        auto* made = new style::ComboBox(this);
        made->setObjectName(QString::fromLatin1(name));
        made->setAccessibleName(accessible);
        column->addWidget(made);
        return made;
    };
    label(tr("NEW TRAINING"), "heading")->setFont(style::heading());
    label(tr("Model"), "dim");
    model_ = box("trainModelBox", tr("Model"));
    for (const auto& model : trainableModels()) model_->addItem(model.name, model.key);
    what_ = label({}, "faint");
    what_->setWordWrap(true);
    what_->setFont(style::text(12));
    wordsLabel_ = label(tr("Movement words"), "dim");
    words_ = box("trainWordsBox", tr("Movement words"));
    words_->setToolTip(tr("The network that turns poses into words and back; the choreographer speaks in its words."));

    fromLabel_ = label(tr("Begin from"), "dim");
    from_ = box("trainFromBox", tr("Begin from"));
    from_->setToolTip(tr("From weights that can dance already a few minutes and a handful of clips are enough for a style of your own; the styles that they know are held."));
    style_ = new QLineEdit(this);
    style_->setObjectName(QStringLiteral("trainStyleEdit"));
    style_->setAccessibleName(tr("Name of the style"));
    style_->setPlaceholderText(tr("Name of the style, such as: my style"));
    style_->setToolTip(tr("What the style of these clips is to be called. Empty: as the data say (a folder's files: the first word of their names)."));
    style_->setMaxLength(40);
    column->addWidget(style_);

    label(tr("Data"), "dim");
    data_ = new QListWidget(this);
    data_->setObjectName(QStringLiteral("trainDataList"));
    data_->setAccessibleName(tr("Data"));
    data_->setToolTip(tr("Drop files and folders here"));
    data_->setFixedHeight(60);
    data_->setTextElideMode(Qt::ElideMiddle);
    data_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    data_->viewport()->installEventFilter(this);  // the list must not take the drops for itself
    data_->viewport()->setAcceptDrops(true);
    column->addWidget(data_);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    const auto button = [&](const QString& text, const char* name, const QString& tip) {
        auto* made = new QPushButton(text, this);
        made->setObjectName(QString::fromLatin1(name));
        made->setToolTip(tip);
        made->setAutoDefault(false);
        buttons->addWidget(made);
        return made;
    };
    auto* file = button(tr("Add file ..."), "trainAddFileButton", tr("A training file (.h5)"));
    auto* folder = button(tr("Add folder ..."), "trainAddFolderButton", tr("A folder of motion with its songs, or of songs with beats"));
    clear_ = button(tr("Clear"), "trainClearButton", tr("Take all data away again"));
    buttons->addStretch(1);
    column->addLayout(buttons);
    connect(file, &QPushButton::clicked, this,
            [this] { addData(QFileDialog::getOpenFileNames(this, tr("Training files"), QString(), tr("Training files (*.h5 *.hdf5);;All files (*)"))); });
    connect(folder, &QPushButton::clicked, this, [this] {
        if (const QString chosen = QFileDialog::getExistingDirectory(this, tr("A folder of data")); !chosen.isEmpty()) addData({chosen});
    });
    connect(clear_, &QPushButton::clicked, this, [this] {
        data_->clear();
        recheck();
    });
    found_ = label({}, "dim");
    found_->setObjectName(QStringLiteral("trainFoundLabel"));
    found_->setWordWrap(true);
    found_->setFont(style::text(12));
    found_->setTextFormat(Qt::PlainText);

    label(tr("Size"), "dim");
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    efforts_ = new QButtonGroup(this);
    for (int i = 0; i < 3; ++i) {
        auto* chip = new QPushButton(effortName(static_cast<Effort>(i)), this);
        chip->setObjectName(QStringLiteral("trainEffort_%1").arg(QLatin1String(kEffortKeys[i])));
        chip->setCheckable(true);
        chip->setAutoDefault(false);
        chip->setChecked(i == 0);
        style::setKind(chip, "chip");
        efforts_->addButton(chip, i);
        row->addWidget(chip);
    }
    row->addStretch(1);
    column->addLayout(row);
    size_ = label({}, "faint");
    size_->setObjectName(QStringLiteral("trainSizeLabel"));
    size_->setFont(style::text(12));
    label(tr("Device"), "dim");
    device_ = box("trainDeviceBox", tr("Device"));
    device_->addItem(tr("The fastest there is"), QStringLiteral("auto"));
    device_->addItem(tr("Processor"), QStringLiteral("cpu"));
    device_->addItem(tr("Graphics card (CUDA)"), QStringLiteral("cuda"));
    column->addSpacing(4);
    start_ = new QPushButton(tr("Start training"), this);
    start_->setObjectName(QStringLiteral("trainStartButton"));
    start_->setMinimumHeight(40);
    start_->setDefault(true);
    start_->setToolTip(tr("Train in a process of its own; the window stays free"));
    style::setKind(start_, "primary");
    column->addWidget(start_);
}

QString TrainingForm::model() const { return model_->currentData().toString(); }
Effort TrainingForm::effort() const { return static_cast<Effort>(std::max(0, efforts_->checkedId())); }

void TrainingForm::setWords(const std::vector<std::pair<QString, QString>>& words) {
    const QVariant before = words_->currentData();
    words_->clear();
    for (const auto& [name, file] : words) words_->addItem(name, file);
    if (const int index = words_->findData(before); index >= 0) words_->setCurrentIndex(index);
}

const TrainingForm::Start* TrainingForm::start() const {
    if (!canBeFineTuned(model())) return nullptr;
    const QString file = from_->currentData().toString();
    const auto found = std::find_if(starts_.begin(), starts_.end(), [&](const Start& start) { return start.file == file && start.model == model(); });
    return found == starts_.end() ? nullptr : &*found;
}

Preset TrainingForm::preset() const { return start() ? fineTuningPreset(effort()) : presetFor(model(), effort()); }

void TrainingForm::setStarts(std::vector<Start> starts) {
    if (starts == starts_ && from_->count() > 0) return;
    starts_ = std::move(starts);
    offerStarts();
}

void TrainingForm::offerStarts() {
    {
        const QSignalBlocker quiet(from_);
        const QVariant before = from_->currentData();
        from_->clear();
        from_->addItem(tr("Nothing: learn everything anew"), QString());
        for (const auto& start : starts_)
            if (start.model == model()) from_->addItem(start.name, start.file);
        if (const int index = from_->findData(before); index >= 0) from_->setCurrentIndex(index);
    }
    startChanged();
}

void TrainingForm::modelChanged() {
    what_->setText(trainableModel(model()).what);
    offerStarts();
    recheck();
}

void TrainingForm::startChanged() {
    const bool tunable = canBeFineTuned(model()) && from_->count() > 1, anew = start() == nullptr;
    from_->setVisible(tunable);
    fromLabel_->setVisible(tunable);
    style_->setVisible(!anew);
    // Weights that go on speak in the words that they learned.
    const bool choreographer = model() == QLatin1String("gcn-mhw");
    words_->setVisible(choreographer && anew);
    wordsLabel_->setVisible(choreographer && anew);
    effortChanged();
}

void TrainingForm::effortChanged() { size_->setText(presetText(preset())); }

void TrainingForm::addData(const QStringList& paths) {
    for (const auto& path : paths) {
        const QString absolute = QDir::cleanPath(QFileInfo(path).absoluteFilePath());
        bool there = false;
        for (int i = 0; i < data_->count(); ++i) there = there || data_->item(i)->data(Qt::UserRole).toString() == absolute;
        if (there) continue;
        auto* item = new QListWidgetItem(QFileInfo(absolute).fileName() + (QFileInfo(absolute).isDir() ? QStringLiteral("/") : QString()), data_);
        item->setData(Qt::UserRole, absolute);
        item->setToolTip(absolute);
    }
    if (!paths.isEmpty()) recheck();
}

void TrainingForm::recheck() {
    report_ = {};
    start_->setEnabled(false);
    clear_->setEnabled(data_->count() > 0);
    QStringList paths;
    for (int i = 0; i < data_->count(); ++i) paths += data_->item(i)->data(Qt::UserRole).toString();
    if (paths.isEmpty() && trainableModel(model()).dataNeeded) {
        check_.cancel();
        found_->setText(tr("Drop files or folders here."));
        return;
    }
    check_.start(model(), paths);
}

void TrainingForm::show(const DataReport& report) {
    report_ = report;
    QString text = report.found;
    for (int i = 0; i < report.faults.size() && i < 3; ++i) text += (text.isEmpty() ? QString() : QStringLiteral("\n")) + report.faults[i];
    if (report.faults.size() > 3) text += tr("\nand %1 more faults").arg(report.faults.size() - 3);
    found_->setText(text);
    found_->setToolTip(report.faults.join(QLatin1Char('\n')));
    start_->setEnabled(report.usable);
}

TrainingRun TrainingForm::draft() const {
    TrainingRun run;
    run.model = model();
    run.effort = QLatin1String(kEffortKeys[static_cast<int>(effort())]);
    run.data = report_.data;
    run.device = device_->currentData().toString();
    const Preset chosen = preset();
    run.minutes = chosen.minutes;
    run.config = chosen.config;
    if (const Start* from = start()) {
        run.from = from->file;
        run.style = style_->text().simplified().toLower();
        if (!from->words.isEmpty()) run.config["vq_vae"] = from->words.toStdString();
    } else if (run.model == QLatin1String("gcn-mhw") && words_->count() > 0) run.config["vq_vae"] = words_->currentData().toString().toStdString();
    return run;
}

void TrainingForm::dragEnterEvent(QDragEnterEvent* event) {
    if (!localFiles(event->mimeData()).isEmpty()) event->acceptProposedAction();
}

void TrainingForm::dropEvent(QDropEvent* event) {
    const QStringList files = localFiles(event->mimeData());
    if (files.isEmpty()) return;
    event->acceptProposedAction();
    addData(files);
}

bool TrainingForm::eventFilter(QObject* watched, QEvent* event) {
    switch (event->type()) {
    case QEvent::DragEnter: dragEnterEvent(static_cast<QDragEnterEvent*>(event)); return true;
    case QEvent::DragMove: static_cast<QDragMoveEvent*>(event)->acceptProposedAction(); return true;
    case QEvent::Drop: dropEvent(static_cast<QDropEvent*>(event)); return true;
    default: return QWidget::eventFilter(watched, event);
    }
}

}  // namespace choreia::ui
