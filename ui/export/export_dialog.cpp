// Chooses format, place and film settings, then shows the work.
#include "export/export_dialog.h"

#include "export/film_form.h"
#include "style/combo_box.h"
#include "style/theme.h"

#include <QCheckBox>
#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QPainter>
#include <QProgressBar>
#include <QPushButton>
#include <QStandardPaths>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {
constexpr QSize kThumbnail(224, 126);
}

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
    column->addWidget(label(tr("Format")));
    format_ = new style::ComboBox(this);
    format_->setObjectName(QStringLiteral("formatBox"));
    format_->setAccessibleName(tr("Format"));
    for (const auto& format : exportFormats()) format_->addItem(format.name, format.extension);
    column->addWidget(format_);
    note_ = label({});
    column->addWidget(note_);
    column->addSpacing(8);

    film_ = new FilmForm(document_, this);
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
    choose_ = new QPushButton(tr("Choose ..."), this);
    choose_->setObjectName(QStringLiteral("choosePathButton"));
    choose_->setAutoDefault(false);
    row->addWidget(path_, 1);
    row->addWidget(choose_);
    column->addLayout(row);
    column->addSpacing(12);

    working_ = new QWidget(this);
    auto* across = new QHBoxLayout(working_);
    across->setContentsMargins(0, 0, 0, 8);
    across->setSpacing(12);
    thumbnail_ = new QLabel(working_);
    thumbnail_->setObjectName(QStringLiteral("exportThumbnail"));
    thumbnail_->setAccessibleName(tr("The picture being written"));
    across->addWidget(thumbnail_, 0, Qt::AlignTop);
    auto* work = new QVBoxLayout;
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
    work->addStretch(1);
    across->addLayout(work, 1);
    column->addWidget(working_);

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    folder_ = new QPushButton(tr("Open folder"), this);
    folder_->setObjectName(QStringLiteral("openFolderButton"));
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
    connect(choose_, &QPushButton::clicked, this, &ExportDialog::choosePath);
    connect(film_, &FilmForm::changed, this, &ExportDialog::refresh);
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
        thumbnail_->hide();
        bar_->hide();
    });
    working_->hide();
    thumbnail_->hide();
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
    film_->setVisible(format.kind != ExportFormat::Kind::Motion);
    film_->setFormat(format);
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

void ExportDialog::refresh() { export_->setEnabled(film_->isHidden() || film_->fits()); }

void ExportDialog::setLook(int look) { film_->setLook(look); }

void ExportDialog::start() {
    const auto dance = document_.dance();
    if (!dance || path_->text().trimmed().isEmpty()) return;
    if (pathTyped_) setPath(path_->text().trimmed());  // who types .bvh means a BVH file
    ExportOptions options;
    options.path = path_->text().trimmed().toStdString();
    options.kind = exportFormats()[static_cast<std::size_t>(format_->currentIndex())].kind;
    film_->into(options);
    options.at = document_.view().playhead;
    // Made small in the worker: what comes over is a few kilobytes.
    options.preview = [this, ratio = devicePixelRatioF()](const render::Picture& picture) {
        const QImage whole(picture.rgba.data(), picture.width, picture.height, 4 * picture.width, QImage::Format_RGBA8888);
        QImage small = whole.scaled(QSizeF(kThumbnail * ratio).toSize(), Qt::KeepAspectRatio, Qt::SmoothTransformation);
        small.setDevicePixelRatio(ratio);
        QMetaObject::invokeMethod(this, [this, small] { showThumbnail(small); }, Qt::QueuedConnection);
    };
    if (part_->isChecked()) options.part = document_.selection();
    std::vector<std::shared_ptr<const DanceSnapshot>> cast;
    for (const DanceEntry& entry : document_.state().dances) cast.push_back(entry.snapshot);
    std::shared_ptr<const audio::Pcm> sound = document_.song() ? document_.song()->playback : nullptr;

    enable(false);
    thumbnail_->hide();
    cancel_->setText(tr("Cancel"));
    folder_->hide();
    working_->show();
    bar_->show();
    bar_->setValue(0);
    stage_->setText(tr("Starting"));
    jobs_.start<std::string>(
        tr("Exporting"),
        [dance, cast, sound, options](std::stop_token stop, Progress& progress) { return exportDance(*dance, cast, sound.get(), options, stop, progress); },
        [this](Result<std::string> result) {
            showIdle();
            working_->show();
            bar_->hide();
            if (!result) {
                thumbnail_->hide();
                stage_->setText(tr("Not exported. %1\nChoose another place or format and try again.").arg(QString::fromStdString(result.error().line())));
                return;
            }
            const QString path = QString::fromStdString(*result);
            stage_->setText(tr("Written: %1").arg(path));
            folder_->show();
            Q_EMIT exported(path);
        });
}

void ExportDialog::enable(bool on) {
    for (QWidget* widget : {static_cast<QWidget*>(format_), static_cast<QWidget*>(film_), static_cast<QWidget*>(part_), static_cast<QWidget*>(path_), static_cast<QWidget*>(choose_), static_cast<QWidget*>(export_)})
        widget->setEnabled(on);
}

void ExportDialog::showThumbnail(const QImage& picture) {
    if (!jobs_.busy()) return;  // late, of a work that was cancelled
    QPixmap shown(picture.size());
    shown.setDevicePixelRatio(picture.devicePixelRatio());
    shown.fill(style::colors().raised);
    QPainter painter(&shown);
    if (picture.hasAlphaChannel()) {  // what is transparent shows squares, as people know it
        constexpr int kSquare = 8;
        const QSize size = shown.deviceIndependentSize().toSize();
        for (int y = 0; y < size.height(); y += kSquare)
            for (int x = (y / kSquare) % 2 * kSquare; x < size.width(); x += 2 * kSquare) painter.fillRect(x, y, kSquare, kSquare, style::colors().line);
    }
    painter.drawImage(QPointF(0, 0), picture);
    thumbnail_->setPixmap(shown);
    thumbnail_->show();
}

void ExportDialog::showIdle() {
    enable(true);
    refresh();
    cancel_->setText(tr("Close"));
    left_->clear();
}

void ExportDialog::reject() {
    // The first press stops the work, the second closes.
    if (jobs_.busy()) return jobs_.cancel();
    QDialog::reject();
}

}  // namespace choreia::ui
