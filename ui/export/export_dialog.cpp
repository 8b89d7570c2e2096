// Chooses format, place and film settings, then shows the work.
#include "export/export_dialog.h"

#include "document/cast_labels.h"
#include "motion/formation.h"
#include "style/combo_box.h"
#include "style/theme.h"

#include <QCheckBox>
#include <QColorDialog>
#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QStandardPaths>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

ExportDialog::ExportDialog(Document& document, QWidget* parent) : QDialog(parent), document_(document) {
    setObjectName(QStringLiteral("ExportDialog"));
    setWindowTitle(tr("Export"));
    setMinimumWidth(520);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 24, 24, 20);
    column->setSpacing(8);

    const auto label = [&](const QString& text) {
        auto* made = new QLabel(text, this);
        style::setKind(made, "dim");
        return made;
    };
    const auto box = [&](const QString& name, const QString& accessible) {
        auto* made = new style::ComboBox(this);
        made->setObjectName(name);
        made->setAccessibleName(accessible);
        return made;
    };
    column->addWidget(label(tr("Format")));
    format_ = box(QStringLiteral("formatBox"), tr("Format"));
    for (const auto& format : exportFormats()) format_->addItem(format.name, format.extension);
    column->addWidget(format_);
    note_ = label({});
    column->addWidget(note_);
    column->addSpacing(8);

    film_ = new QWidget(this);
    auto* grid = new QGridLayout(film_);
    grid->setContentsMargins(0, 0, 0, 8);
    grid->setHorizontalSpacing(12);
    size_ = box(QStringLiteral("sizeBox"), tr("Size"));
    for (const QSize& size : {QSize(1280, 720), QSize(1920, 1080), QSize(854, 480), QSize(1080, 1080), QSize(1080, 1920)})
        size_->addItem(QStringLiteral("%1 × %2").arg(size.width()).arg(size.height()), size);
    rate_ = box(QStringLiteral("rateBox"), tr("Frames a second"));
    for (const int rate : {30, 60, 25, 24}) rate_->addItem(tr("%1 frames/s").arg(rate), rate);
    quality_ = box(QStringLiteral("qualityBox"), tr("Quality"));
    quality_->addItem(tr("Good"), 20);
    quality_->addItem(tr("Best"), 16);
    quality_->addItem(tr("Small file"), 27);
    const std::pair<const char*, QWidget*> fields[] = {{QT_TR_NOOP("Size"), size_}, {QT_TR_NOOP("Rate"), rate_}, {QT_TR_NOOP("Quality"), quality_}};
    for (int i = 0; i < 3; ++i) {
        grid->addWidget(label(tr(fields[i].first)), 0, i);
        grid->addWidget(fields[i].second, 1, i);
        grid->setColumnStretch(i, 1);
    }
    look_ = box(QStringLiteral("lookBox"), tr("Dancer"));
    for (const QString& name : castLabels()) look_->addItem(name, look_->count());
    using Show = ExportOptions::Show;
    show_ = box(QStringLiteral("showBox"), tr("Shows"));
    for (const auto& [name, show] : {std::pair{tr("Dancer"), Show::Dancer}, std::pair{tr("Plain figure"), Show::Figure}, std::pair{tr("Both, side by side"), Show::SideBySide}, std::pair{tr("Dancer, figure inset"), Show::Inset}})
        show_->addItem(name, static_cast<int>(show));
    background_ = box(QStringLiteral("backgroundBox"), tr("Background"));
    background_->addItem(tr("Stage"), QStringLiteral("stage"));
    for (const auto& [name, colour] : {std::pair{tr("White"), "#ffffff"}, std::pair{tr("Black"), "#000000"}, std::pair{tr("Green screen"), "#00b140"}})
        background_->addItem(name, QString::fromLatin1(colour));
    background_->addItem(tr("Colour ..."));
    background_->addItem(tr("Picture ..."));
    dancers_ = box(QStringLiteral("dancersBox"), tr("Dancers"));
    dancers_->addItem(tr("One"), 1);
    for (int count = 2; count <= static_cast<int>(motion::kMostDancers); ++count) dancers_->addItem(tr("%1 in formation").arg(count), count);
    grid->addWidget(label(tr("Dancers")), 4, 0);
    grid->addWidget(dancers_, 5, 0);
    const std::pair<const char*, QWidget*> looks[] = {{QT_TR_NOOP("Shows"), show_}, {QT_TR_NOOP("Dancer"), look_}, {QT_TR_NOOP("Background"), background_}};
    for (int i = 0; i < 3; ++i) {
        grid->addWidget(label(tr(looks[i].first)), 2, i);
        grid->addWidget(looks[i].second, 3, i);
    }
    column->addWidget(film_);

    part_ = new QCheckBox(this);
    part_->setObjectName(QStringLiteral("partCheck"));
    if (const auto& range = document_.selection()) part_->setText(tr("Only the selected part, %1").arg(rangeText(document_.state().grid, *range)));
    part_->setVisible(document_.selection().has_value());
    column->addWidget(part_);

    column->addWidget(label(tr("File")));
    auto* row = new QHBoxLayout;
    row->setSpacing(8);
    path_ = new QLineEdit(this);
    path_->setObjectName(QStringLiteral("pathEdit"));
    path_->setAccessibleName(tr("File"));
    auto* choose = new QPushButton(tr("Choose ..."), this);
    choose->setAutoDefault(false);
    row->addWidget(path_, 1);
    row->addWidget(choose);
    column->addLayout(row);
    column->addSpacing(12);

    working_ = new QWidget(this);
    auto* work = new QVBoxLayout(working_);
    work->setContentsMargins(0, 0, 0, 8);
    work->setSpacing(8);
    auto* line = new QHBoxLayout;
    stage_ = new QLabel(working_);
    stage_->setObjectName(QStringLiteral("exportStage"));
    stage_->setWordWrap(true);
    left_ = new QLabel(working_);
    style::setKind(left_, "dim");
    line->addWidget(stage_, 1);
    line->addWidget(left_);
    work->addLayout(line);
    bar_ = new QProgressBar(working_);
    bar_->setObjectName(QStringLiteral("exportProgress"));
    bar_->setRange(0, 1000);
    bar_->setTextVisible(false);
    work->addWidget(bar_);
    column->addWidget(working_);

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    folder_ = new QPushButton(tr("Open folder"), this);
    folder_->setAutoDefault(false);
    cancel_ = new QPushButton(tr("Close"), this);
    cancel_->setObjectName(QStringLiteral("exportCancelButton"));
    cancel_->setAutoDefault(false);
    export_ = new QPushButton(tr("Export"), this);
    export_->setObjectName(QStringLiteral("exportButton"));
    export_->setDefault(true);
    style::setKind(export_, "primary");
    buttons->addWidget(folder_);
    buttons->addStretch(1);
    buttons->addWidget(cancel_);
    buttons->addWidget(export_);
    column->addLayout(buttons);

    connect(format_, &QComboBox::currentIndexChanged, this, &ExportDialog::formatChanged);
    connect(choose, &QPushButton::clicked, this, &ExportDialog::choosePath);
    connect(background_, &QComboBox::activated, this, &ExportDialog::chooseBackground);
    connect(path_, &QLineEdit::textEdited, this, [this] { pathTyped_ = true; });
    connect(export_, &QPushButton::clicked, this, &ExportDialog::start);
    connect(cancel_, &QPushButton::clicked, this, &ExportDialog::reject);
    connect(folder_, &QPushButton::clicked, this,
            [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(path_->text()).absolutePath())); });
    connect(&jobs_, &JobRunner::progressed, this, [this](quint64, const QString& stage, double fraction, double left) {
        stage_->setText(stage);
        bar_->setValue(static_cast<int>(std::lround(fraction * 1000)));
        const qint64 seconds = std::llround(std::ceil(left));
        left_->setText(left < 0 ? QString() : tr("%1:%2 left").arg(seconds / 60).arg(seconds % 60, 2, 10, QLatin1Char('0')));
    });
    connect(&jobs_, &JobRunner::finished, this, [this](quint64, JobRunner::Outcome outcome) {
        if (outcome != JobRunner::Outcome::Cancelled) return;
        showIdle();
        stage_->setText(tr("Cancelled; nothing was written."));
        working_->show();
        bar_->hide();
    });
    working_->hide();
    folder_->hide();
    formatChanged();
}

void ExportDialog::setPath(const QString& path) {
    const QString extension = QFileInfo(path).suffix().toLower();
    if (const int index = format_->findData(extension); index >= 0) format_->setCurrentIndex(index);
    path_->setText(path);
    pathTyped_ = true;
}

void ExportDialog::formatChanged() {
    const auto formats = exportFormats();
    const auto& format = formats[static_cast<std::size_t>(std::max(0, format_->currentIndex()))];
    film_->setVisible(format.video);
    note_->setText(format.note);
    const QFileInfo now(path_->text());
    if (pathTyped_ && !now.completeBaseName().isEmpty()) {
        path_->setText(QDir(now.path()).filePath(now.completeBaseName() + QLatin1Char('.') + format.extension));
    } else {
        const QString base = document_.path().isEmpty() ? QString::fromStdString(document_.state().songPath) : document_.path();
        QString folder = QFileInfo(base).absolutePath();
        if (!QFileInfo(folder).isWritable()) folder = QStandardPaths::writableLocation(QStandardPaths::HomeLocation);
        const QString name = QFileInfo(document_.title()).completeBaseName();
        path_->setText(QDir(folder).filePath(name + QLatin1Char('.') + format.extension));
    }
    adjustSize();
}

void ExportDialog::choosePath() {
    const QString extension = format_->currentData().toString();
    const QString chosen = QFileDialog::getSaveFileName(this, tr("Export to"), path_->text(), QStringLiteral("*.%1").arg(extension));
    if (chosen.isEmpty()) return;
    path_->setText(QFileInfo(chosen).suffix().isEmpty() ? chosen + QLatin1Char('.') + extension : chosen);
    pathTyped_ = true;
}

void ExportDialog::chooseBackground(int index) {
    if (!background_->itemData(index).isNull()) {
        backgroundBefore_ = index;
        return;
    }
    QString name, value;
    if (index == background_->count() - 1) {
        value = QFileDialog::getOpenFileName(this, tr("Background"), {}, tr("Pictures (*.png *.jpg *.jpeg *.webp *.bmp);;All files (*)"));
        name = QFileInfo(value).fileName();
    } else if (const QColor colour = QColorDialog::getColor(Qt::white, this, tr("Background")); colour.isValid()) {
        name = value = colour.name();
    }
    if (!value.isEmpty()) {
        backgroundBefore_ = background_->count() - 2;  // before the two that ask
        background_->insertItem(backgroundBefore_, name, value);
    }
    background_->setCurrentIndex(backgroundBefore_);
}

void ExportDialog::setLook(int look) { look_->setCurrentIndex(std::clamp(look, 0, look_->count() - 1)); }

void ExportDialog::start() {
    const auto dance = document_.dance();
    if (!dance || path_->text().trimmed().isEmpty()) return;
    if (pathTyped_) setPath(path_->text().trimmed());  // who types .bvh means a BVH file
    ExportOptions options;
    options.path = path_->text().trimmed().toStdString();
    options.video = !film_->isHidden();
    const QSize size = size_->currentData().toSize();
    options.width = size.width();
    options.height = size.height();
    options.fps = rate_->currentData().toInt();
    options.quality = quality_->currentData().toInt();
    options.look = look_->currentData().toInt();
    options.show = static_cast<ExportOptions::Show>(show_->currentData().toInt());
    options.dancers = dancers_->currentData().toInt();
    options.background = background_->currentData().toString().toStdString();
    if (part_->isChecked()) options.part = document_.selection();
    std::shared_ptr<const audio::Pcm> sound = document_.song() ? document_.song()->playback : nullptr;

    for (QWidget* widget : {static_cast<QWidget*>(format_), static_cast<QWidget*>(film_), static_cast<QWidget*>(part_), static_cast<QWidget*>(path_), static_cast<QWidget*>(export_)})
        widget->setEnabled(false);
    cancel_->setText(tr("Cancel"));
    folder_->hide();
    working_->show();
    bar_->show();
    bar_->setValue(0);
    stage_->setText(tr("Starting"));
    jobs_.start<std::string>(
        tr("Exporting"),
        [dance, sound, options](std::stop_token stop, Progress& progress) { return exportDance(*dance, sound.get(), options, stop, progress); },
        [this](Result<std::string> result) {
            showIdle();
            working_->show();
            bar_->hide();
            if (!result) {
                stage_->setText(tr("Not exported. %1\nChoose another place or format and try again.").arg(QString::fromStdString(result.error().line())));
                return;
            }
            const QString path = QString::fromStdString(*result);
            stage_->setText(tr("Written: %1").arg(path));
            folder_->show();
            Q_EMIT exported(path);
        });
}

void ExportDialog::showIdle() {
    for (QWidget* widget : {static_cast<QWidget*>(format_), static_cast<QWidget*>(film_), static_cast<QWidget*>(part_), static_cast<QWidget*>(path_), static_cast<QWidget*>(export_)})
        widget->setEnabled(true);
    cancel_->setText(tr("Close"));
    left_->clear();
}

void ExportDialog::reject() {
    // The first press stops the work, the second closes.
    if (jobs_.busy()) return jobs_.cancel();
    QDialog::reject();
}

}  // namespace choreia::ui
