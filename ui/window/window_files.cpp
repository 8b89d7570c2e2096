// Opening, saving, recent files, dropping, leaving.
#include "window/main_window.h"

#include "dancer/dancer_view.h"
#include "export/export_dialog.h"
#include "window/notice_bar.h"
#include "window/stage_panel.h"

#include <QCloseEvent>
#include <QDir>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QLocale>
#include <QMenu>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QSettings>

namespace choreia::ui {

namespace {
constexpr int kRecentFiles = 10;
const QString kRecentKey = QStringLiteral("recent");
}  // namespace

void MainWindow::open() {
    const QString folder = QFileInfo(document_.path().isEmpty() ? QString::fromStdString(document_.state().songPath) : document_.path()).path();
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Open a song or a project"), folder,
        tr("Songs and projects (*.choreia *.mp3 *.ogg *.opus *.flac *.wav *.m4a *.aac *.mp4 *.webm *.mkv *.mov);;All files (*)"));
    if (!path.isEmpty()) openAsking(path);
}

void MainWindow::openAsking(const QString& path) {
    leaveProject([this, path] { openFile(path); });
}

void MainWindow::openFile(const QString& path) {
    stage_->notice().hide();
    document_.open(path);
}

void MainWindow::leaveProject(std::function<void()> next) {
    if (!document_.dirty()) return next();
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("Unsaved work"), tr("Save the changes to %1 first?").arg(document_.title()),
                                QMessageBox::Save | QMessageBox::Discard | QMessageBox::Cancel, this);
    box->setObjectName(QStringLiteral("unsavedBox"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    connect(box, &QMessageBox::finished, this, [this, next](int button) {
        if (button == QMessageBox::Discard) return next();
        if (button != QMessageBox::Save) return;
        const QString path = document_.path().isEmpty() ? QFileDialog::getSaveFileName(this, tr("Save the project"), proposedPath(), tr("Choreia projects (*.choreia)"))
                                                        : document_.path();
        if (path.isEmpty()) return;
        if (const auto result = document_.saveNow(path); !result)
            stage_->notice().show(messageOf(Task::Save, tr("The project could not be saved."), result.error()));
        else
            next();
    });
    box->open();
}

void MainWindow::offerLeftWork() {
    const auto left = Autosave::leftWork(services_.recoveryFolder);
    if (left.empty()) return;
    const LeftWork work = left.front();
    auto* box = new QMessageBox(QMessageBox::NoIcon, tr("Unsaved work was found"),
                                tr("Choreia ended without closing %1. Its unsaved changes of %2 are still here.")
                                    .arg(work.title, QLocale().toString(work.saved, QLocale::ShortFormat)),
                                QMessageBox::NoButton, this);
    box->setObjectName(QStringLiteral("recoveryBox"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    auto* take = box->addButton(tr("Recover"), QMessageBox::AcceptRole);
    auto* discard = box->addButton(tr("Throw away"), QMessageBox::DestructiveRole);
    box->addButton(tr("Ask again next time"), QMessageBox::RejectRole);
    box->setDefaultButton(take);
    connect(box, &QMessageBox::finished, this, [this, box, take, discard, work] {
        if (box->clickedButton() == take) {
            leaveProject([this, work] {
                stage_->notice().hide();
                autosave_->recover(work);
            });
        } else if (box->clickedButton() == discard) {
            Autosave::discard(work);
            offerLeftWork();
        }
    });
    box->open();
}

QString MainWindow::proposedPath() const {
    if (!document_.path().isEmpty()) return document_.path();
    const QFileInfo song(QString::fromStdString(document_.state().songPath));
    const QString folder = QFileInfo(song.path()).isWritable() ? song.path() : QDir::homePath();
    return QDir(folder).filePath(document_.title());
}

void MainWindow::save() {
    if (document_.path().isEmpty()) return saveAs();
    document_.save(document_.path());
}

void MainWindow::saveAs() {
    QString path = QFileDialog::getSaveFileName(this, tr("Save the project"), proposedPath(), tr("Choreia projects (*.choreia)"));
    if (path.isEmpty()) return;
    if (QFileInfo(path).suffix().isEmpty()) path += QStringLiteral(".choreia");
    document_.save(path);
}

void MainWindow::exportDance() {
    if (!document_.dance()) return;
    auto* dialog = new ExportDialog(document_, this);
    dialog->setLook(dancer_->look());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

QStringList MainWindow::recentFiles() const { return services_.remember ? QSettings().value(kRecentKey).toStringList() : QStringList(); }

void MainWindow::remember(const QString& path) {
    if (!services_.remember) return;
    if (!services_.recoveryFolder.isEmpty() && QFileInfo(path).path() == services_.recoveryFolder) return;  // left work is no file of the person's
    QStringList files = recentFiles();
    const QString absolute = QFileInfo(path).absoluteFilePath();
    files.removeAll(absolute);
    files.prepend(absolute);
    while (files.size() > kRecentFiles) files.removeLast();
    QSettings().setValue(kRecentKey, files);
    refreshRecent();
}

void MainWindow::refreshRecent() {
    recent_->clear();
    const QStringList files = recentFiles();
    for (const auto& file : files)
        recent_->addAction(QFileInfo(file).fileName(), this, [this, file] { openAsking(file); })->setToolTip(file);
    recent_->setEnabled(!files.isEmpty());
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls() && event->mimeData()->urls().front().isLocalFile()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    const auto urls = event->mimeData()->urls();
    if (urls.isEmpty() || !urls.front().isLocalFile()) return;
    event->acceptProposedAction();
    openAsking(urls.front().toLocalFile());
}

bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
    if (poseOverStage(event)) return true;
    switch (event->type()) {
    case QEvent::DragEnter: dragEnterEvent(static_cast<QDragEnterEvent*>(event)); return true;
    case QEvent::DragMove: static_cast<QDragMoveEvent*>(event)->acceptProposedAction(); return true;
    case QEvent::Drop: dropEvent(static_cast<QDropEvent*>(event)); return true;
    default: return QMainWindow::eventFilter(watched, event);
    }
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (document_.dirty() && !closing_) {
        event->ignore();
        leaveProject([this] {
            closing_ = true;
            close();
        });
        return;
    }
    if (!trainingAsked_ && !liveRuns(services_.training.runsFolder).empty()) {
        event->ignore();
        leaveTraining([this] {
            trainingAsked_ = true;
            close();
        });
        return;
    }
    player_.pause();
    if (services_.remember) {
        QSettings settings;
        settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
        settings.setValue(QStringLiteral("window/state"), saveState(2));
        settings.setValue(QStringLiteral("dancer/look"), dancer_->look());
    }
    event->accept();
}

}  // namespace choreia::ui
