// Left the settings and what came of them, right the picture; the work in one runner, one thing at a time.
#include "import/import_dialog.h"

#include "seeing/video_motion.h"
#include "style/combo_box.h"
#include "style/theme.h"

#include <QDir>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMimeData>
#include <QProgressBar>
#include <QPushButton>
#include <QScreen>
#include <QStandardPaths>
#include <QVBoxLayout>

#include <cmath>

namespace choreia::ui {

namespace {

QString clockText(double seconds) {
    const auto tenths = static_cast<qint64>(std::llround(seconds * 10));
    return QStringLiteral("%1:%2.%3").arg(tenths / 600).arg(tenths / 10 % 60, 2, 10, QLatin1Char('0')).arg(tenths % 10);
}

QLabel* dimLabel(const QString& text, QWidget* parent) {
    auto* made = new QLabel(text, parent);
    style::setKind(made, "dim");
    made->setWordWrap(true);
    return made;
}

QLabel* headingLabel(const QString& text, QWidget* parent) {
    auto* made = new QLabel(text, parent);
    made->setFont(style::heading());
    style::setKind(made, "heading");
    return made;
}

QPushButton* pushButton(const QString& text, const char* name, QWidget* parent) {
    auto* made = new QPushButton(text, parent);
    made->setObjectName(QString::fromLatin1(name));
    made->setAutoDefault(false);
    return made;
}

}  // namespace

ImportDialog::ImportDialog(ImportServices services, QWidget* parent) : QDialog(parent), services_(std::move(services)) {
    setObjectName(QStringLiteral("ImportDialog"));
    setWindowTitle(tr("Import a dance video"));
    setAcceptDrops(true);
    resize(QSize(1080, 700).boundedTo(QGuiApplication::primaryScreen()->availableGeometry().size()));
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(20, 20, 20, 20);
    all->setSpacing(16);
    auto* row = new QHBoxLayout;
    row->setSpacing(20);
    auto* left = new QWidget(this);
    left->setFixedWidth(320);
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(buildSettings());
    column->addSpacing(8);
    column->addWidget(buildResult(), 1);
    row->addWidget(left);
    view_ = new FoundView(this);
    row->addWidget(view_, 1);
    all->addLayout(row, 1);

    auto* bottom = new QHBoxLayout;
    bottom->setSpacing(8);
    auto* work = new QVBoxLayout;
    work->setSpacing(6);
    auto* words = new QHBoxLayout;
    stage_ = new QLabel(this);
    stage_->setObjectName(QStringLiteral("importStage"));
    stage_->setWordWrap(true);
    left_ = new QLabel(this);
    style::setKind(left_, "dim");
    words->addWidget(stage_, 1);
    words->addWidget(left_);
    work->addLayout(words);
    bar_ = new QProgressBar(this);
    bar_->setObjectName(QStringLiteral("importProgress"));
    bar_->setRange(0, 1000);
    bar_->setTextVisible(false);
    work->addWidget(bar_);
    bottom->addLayout(work, 1);
    bottom->addSpacing(12);
    closeButton_ = pushButton(tr("Close"), "importCloseButton", this);
    dataButton_ = pushButton(tr("Save as training data"), "importDataButton", this);
    danceButton_ = pushButton(tr("Make it the dance"), "importDanceButton", this);
    style::setKind(danceButton_, "primary");
    for (auto* button : {closeButton_, dataButton_, danceButton_}) bottom->addWidget(button, 0, Qt::AlignBottom);
    all->addLayout(bottom);

    connect(view_, &FoundView::regionChanged, this, &ImportDialog::refresh);
    connect(closeButton_, &QPushButton::clicked, this, &ImportDialog::reject);
    connect(dataButton_, &QPushButton::clicked, this, &ImportDialog::writeData);
    connect(danceButton_, &QPushButton::clicked, this, &ImportDialog::takeDance);
    connect(&jobs_, &JobRunner::progressed, this, [this](quint64, const QString& stage, double fraction, double seconds) {
        stage_->setText(stage);
        bar_->setValue(static_cast<int>(std::lround(fraction * 1000)));
        const qint64 whole = std::llround(std::ceil(seconds));
        left_->setText(seconds < 0 ? QString() : tr("%1:%2 left").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0')));
    });
    connect(&jobs_, &JobRunner::finished, this, [this](quint64, JobRunner::Outcome outcome) {
        if (outcome == JobRunner::Outcome::Cancelled) stage_->setText(tr("Cancelled; nothing was written."));
        refresh();
    });
    view_->clear(tr("Drop a video of one dancer here"), tr("or choose one: mp4, webm, mkv, mov, avi. The dancer should be seen whole."));
    refresh();
}

QWidget* ImportDialog::buildSettings() {
    auto* box = new QWidget(this);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(headingLabel(tr("VIDEO"), box));
    auto* row = new QHBoxLayout;
    path_ = new QLineEdit(box);
    path_->setObjectName(QStringLiteral("importPathEdit"));
    path_->setAccessibleName(tr("Video"));
    path_->setPlaceholderText(tr("A film of one dancer"));
    choose_ = pushButton(tr("Choose ..."), "importChooseButton", box);
    row->addWidget(path_, 1);
    row->addWidget(choose_);
    column->addLayout(row);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(12);
    rate_ = new style::ComboBox(box);
    rate_->setObjectName(QStringLiteral("importRateBox"));
    rate_->setAccessibleName(tr("Pictures a second"));
    rate_->setToolTip(tr("How often the video is looked at. A dance wants 30; training data has enough with 10."));
    for (const int rate : {30, 15, 10, 5}) rate_->addItem(tr("%1 a second").arg(rate), rate);
    side_ = new style::ComboBox(box);
    side_->setObjectName(QStringLiteral("importSideBox"));
    side_->setAccessibleName(tr("Size of the stored pictures"));
    side_->setToolTip(tr("Side of the square pictures that training data keeps."));
    for (const int side : {256, 128, 384, 512}) side_->addItem(tr("%1 pixels").arg(side), side);
    grid->addWidget(dimLabel(tr("Looks"), box), 0, 0);
    grid->addWidget(dimLabel(tr("Stored pictures"), box), 0, 1);
    grid->addWidget(rate_, 1, 0);
    grid->addWidget(side_, 1, 1);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    column->addLayout(grid);
    auto* region = new QHBoxLayout;
    regionText_ = dimLabel({}, box);
    regionText_->setObjectName(QStringLiteral("importRegionText"));
    wholeButton_ = pushButton(tr("Whole picture"), "importWholeButton", box);
    style::setKind(wholeButton_, "flat");
    region->addWidget(regionText_, 1);
    region->addWidget(wholeButton_);
    column->addLayout(region);
    lookButton_ = pushButton(tr("Find the dancer"), "importLookButton", box);
    style::setKind(lookButton_, "primary");
    column->addWidget(lookButton_);
    connect(choose_, &QPushButton::clicked, this, &ImportDialog::choose);
    connect(path_, &QLineEdit::editingFinished, this, [this] {
        if (const QString typed = path_->text().trimmed(); !typed.isEmpty() && typed != video_) openVideo(typed);
    });
    connect(wholeButton_, &QPushButton::clicked, this, [this] { view_->setRegion({}); });
    connect(lookButton_, &QPushButton::clicked, this, &ImportDialog::look);
    return box;
}

QWidget* ImportDialog::buildResult() {
    auto* box = new QWidget(this);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(headingLabel(tr("FOUND"), box));
    summary_ = new QLabel(box);
    summary_->setObjectName(QStringLiteral("importSummary"));
    summary_->setWordWrap(true);
    column->addWidget(summary_);
    leftOutTitle_ = dimLabel(tr("Left out, because nobody is found:"), box);
    column->addWidget(leftOutTitle_);
    leftOut_ = new QListWidget(box);
    leftOut_->setObjectName(QStringLiteral("importLeftOutList"));
    leftOut_->setAccessibleName(tr("Pictures left out"));
    leftOut_->setIconSize({64, 36});
    leftOut_->setSelectionMode(QAbstractItemView::NoSelection);
    leftOut_->setFocusPolicy(Qt::NoFocus);
    column->addWidget(leftOut_, 1);
    column->addStretch(0);
    column->addWidget(dimLabel(tr("Training data goes to"), box));
    dataPath_ = new QLineEdit(box);
    dataPath_->setObjectName(QStringLiteral("importDataEdit"));
    dataPath_->setAccessibleName(tr("File of the training data"));
    dataPath_->setToolTip(tr("HDF5 with pictures, landmarks, confidence and the sound as MFCC; Train a model takes it."));
    column->addWidget(dataPath_);
    return box;
}

void ImportDialog::choose() {
    const QString chosen = QFileDialog::getOpenFileName(this, tr("A video of a dancer"), QFileInfo(video_).path(), tr("Videos (*.mp4 *.webm *.mkv *.mov *.avi *.m4v);;All files (*)"));
    if (!chosen.isEmpty()) openVideo(chosen);
}

void ImportDialog::openVideo(const QString& path) {
    video_ = path;
    path_->setText(path);
    found_.reset();
    const QFileInfo file(path);
    const QString folder = QFileInfo(file.absolutePath()).isWritable() ? file.absolutePath() : QStandardPaths::writableLocation(QStandardPaths::HomeLocation);
    dataPath_->setText(QDir(folder).filePath(file.completeBaseName() + QStringLiteral(".h5")));
    view_->clear({}, {});
    begin(tr("Opening"));
    jobs_.start<FoundPicture>(
        tr("Opening"), [video = std::filesystem::path(path.toStdString())](std::stop_token stop, Progress& progress) { return ui::openVideo(video, std::move(stop), progress); },
        [this](Result<FoundPicture> first) {
            if (!first) {
                video_.clear();
                view_->clear(tr("This cannot be read"), tr("Choose another video of one dancer."));
                return fail(tr("Not opened."), first.error());
            }
            view_->show(*first);
            stage_->setText(tr("Drag over the picture to look only at a part of it, then find the dancer."));
        });
    refresh();
}

void ImportDialog::look() {
    if (video_.isEmpty()) return;
    found_.reset();
    leftOut_->clear();
    seeing::WatchRequest request;
    request.video = video_.toStdString();
    request.fps = rate_->currentData().toInt();
    request.mostPictures = 36000;  // twenty minutes at the highest rate
    request.region = view_->region();
    begin(tr("Loading the network"));
    using Found = std::shared_ptr<const FoundDance>;
    const auto show = [this](const FoundPicture& picture) {
        QMetaObject::invokeMethod(this, [this, picture] { if (jobs_.busy()) view_->show(picture); }, Qt::QueuedConnection);
    };
    jobs_.start<Found>(
        tr("Finding the dancer"),
        [request, show, finder = services_.finder](std::stop_token stop, Progress& progress) -> Result<Found> {
            CHOREIA_ASSIGN(const auto eyes, finder());
            return findDancer(request, eyes, show, std::move(stop), progress);
        },
        [this](Result<Found> result) {
            if (!result) return fail(tr("No dance found."), result.error());
            found_ = std::move(result).value();
            showFound();
        });
    refresh();
}

void ImportDialog::showFound() {
    const auto& dance = found_->dance;
    QString text = tr("The dancer is seen in %1 of %2 pictures; mean confidence %3.").arg(dance.seen.size()).arg(dance.times.size()).arg(dance.confidence(), 0, 'f', 2);
    text += dance.facts.hasSound ? tr(" %1 of video, with sound.").arg(clockText(dance.facts.seconds)) : tr(" %1 of video, without sound.").arg(clockText(dance.facts.seconds));
    if (dance.facts.faults > 0) text += tr(" The file is damaged in %1 places.").arg(dance.facts.faults);
    summary_->setText(text);
    for (const auto& part : found_->leftOut) {
        const QString when = part.pictures > 1 ? tr("%1 to %2, %3 pictures").arg(clockText(part.from), clockText(part.to)).arg(part.pictures) : clockText(part.from);
        new QListWidgetItem(QIcon(QPixmap::fromImage(part.first)), when, leftOut_);
    }
    stage_->setText(services_.song ? tr("Save it as training data, or make it the dance of this project.") : tr("Save it as training data. To make it a dance, open a song first."));
}

void ImportDialog::writeData() {
    QString path = dataPath_->text().trimmed();
    if (!found_ || path.isEmpty()) return;
    if (QFileInfo(path).suffix().isEmpty()) path += QStringLiteral(".h5");
    seeing::VideoImportRequest request;
    request.watch = found_->request;
    request.output = path.toStdString();
    request.side = side_->currentData().toInt();
    begin(tr("Writing"));
    jobs_.start<seeing::VideoImportReport>(
        tr("Writing"), [request, found = found_](std::stop_token stop, Progress& progress) { return seeing::writeWatched(request, found->dance, std::move(stop), progress); },
        [this, path](Result<seeing::VideoImportReport> report) {
            if (!report) return fail(tr("Not written."), report.error());
            stage_->setText(tr("Written: %1 (%2 pictures). Train > Train a model takes it.").arg(path).arg(report->pictures));
            Q_EMIT dataWritten(path);
        });
    refresh();
}

void ImportDialog::takeDance() {
    if (!found_) return;
    const QString name = QFileInfo(video_).fileName();
    begin(tr("Lifting to the body"));
    jobs_.start<seeing::VideoMotion>(
        tr("Lifting to the body"), [found = found_](std::stop_token stop, Progress& progress) { return seeing::motionOfWatched(found->dance, found->video.string(), std::move(stop), progress); },
        [this, name](Result<seeing::VideoMotion> motion) {
            if (!motion) return fail(tr("No dance made."), motion.error());
            stage_->setText(tr("It is the dance now; Ctrl+Z takes it back."));
            Q_EMIT danceTaken(motion->clip, name);
        });
    refresh();
}

void ImportDialog::begin(const QString& words) {
    stage_->setText(words);
    left_->clear();
    bar_->setValue(0);
}

void ImportDialog::fail(const QString& what, const Error& error) {
    stage_->setText(what + QLatin1Char(' ') + QString::fromStdString(error.line()));
}

void ImportDialog::refresh() {
    const bool busy = jobs_.busy(), open = !video_.isEmpty() && !view_->found().picture.isNull();
    for (QWidget* widget : {static_cast<QWidget*>(path_), static_cast<QWidget*>(choose_), static_cast<QWidget*>(rate_), static_cast<QWidget*>(side_), static_cast<QWidget*>(dataPath_)})
        widget->setEnabled(!busy);
    const auto& region = view_->region();
    regionText_->setText(!open || region.whole() ? tr("Looks at the whole picture")
                                                 : tr("Looks at a part, %1 by %2 %").arg(std::lround(100 * region.width)).arg(std::lround(100 * region.height)));
    wholeButton_->setVisible(open && !region.whole());
    wholeButton_->setEnabled(!busy);
    view_->setChoosing(open && !busy);
    lookButton_->setEnabled(open && !busy);
    lookButton_->setText(found_ ? tr("Find the dancer again") : tr("Find the dancer"));
    style::setKind(lookButton_, found_ ? "" : "primary");
    dataButton_->setEnabled(found_ && !busy);
    danceButton_->setEnabled(found_ && !busy && services_.song);
    danceButton_->setToolTip(services_.song ? tr("The dance of the project becomes this one, from the song's beginning on; one step to undo.") : tr("Open a song first."));
    if (!found_) {
        summary_->setText(busy ? tr("...") : tr("Nothing yet."));
        if (!busy) leftOut_->clear();
    }
    leftOutTitle_->setVisible(leftOut_->count() > 0);
    leftOut_->setVisible(leftOut_->count() > 0);
    bar_->setVisible(busy);
    if (!busy) left_->clear();
    closeButton_->setText(busy ? tr("Cancel") : tr("Close"));
}

void ImportDialog::reject() {
    // The first press stops the work, the second closes.
    if (jobs_.busy()) return jobs_.cancel();
    QDialog::reject();
}

void ImportDialog::dragEnterEvent(QDragEnterEvent* event) {
    if (!jobs_.busy() && event->mimeData()->hasUrls() && event->mimeData()->urls().front().isLocalFile()) event->acceptProposedAction();
}

void ImportDialog::dropEvent(QDropEvent* event) {
    const auto urls = event->mimeData()->urls();
    if (urls.isEmpty() || !urls.front().isLocalFile()) return;
    event->acceptProposedAction();
    openVideo(urls.front().toLocalFile());
}

}  // namespace choreia::ui
