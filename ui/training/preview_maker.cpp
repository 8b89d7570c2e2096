// Weights from the run's set, one thread, a low priority: the training must not suffer.
#include "training/preview_maker.h"

#include "audio/synth.h"
#include "io/media.h"
#include "io/motion_files.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <sys/resource.h>

namespace choreia::ui {

PreviewMaker::PreviewMaker(QString program, QString song, QString spare, QObject* parent)
    : QObject(parent), program_(std::move(program)), song_(std::move(song)), spare_(std::move(spare)) {}

PreviewMaker::~PreviewMaker() { cancel(); }

void PreviewMaker::cancel() {
    if (!process_) return;
    process_->disconnect(this);
    process_->kill();
    process_->waitForFinished(2000);
    process_->deleteLater();
    process_ = nullptr;
}

void PreviewMaker::make(const TrainingRun& run) {
    if (process_ || run.model != QLatin1String("gcn-mhw") || !QFile::exists(run.weightsPath())) return;
    QString song = song_;
    if (!QFile::exists(song)) {
        song = spare_;
        if (!QFile::exists(song)) {
            audio::SynthSettings settings;
            settings.seconds = 8;
            QDir().mkpath(QFileInfo(song).path());
            if (const auto written = io::writeSound(song.toStdString(), audio::synthesize(settings).pcm); !written) {
                Q_EMIT failed(run.folder, QString::fromStdString(written.error().line()));
                return;
            }
        }
    }
    const auto set = assembleSet(run);
    if (!set) {
        Q_EMIT failed(run.folder, QString::fromStdString(set.error().line()));
        return;
    }
    folder_ = run.folder;
    process_ = new QProcess(this);
    auto environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("CHOREIA_MODELS"), *set);
    process_->setProcessEnvironment(environment);
    connect(process_, &QProcess::started, this, [this] { ::setpriority(PRIO_PROCESS, static_cast<id_t>(process_->processId()), 10); });
    connect(process_, &QProcess::finished, this, &PreviewMaker::ended);
    connect(process_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) ended(-1);
    });
    QStringList arguments = {QStringLiteral("generate"), song, QStringLiteral("--length"), QStringLiteral("8"), QStringLiteral("--bvh"), folder_ + QStringLiteral("/preview.bvh"),
                             QStringLiteral("--no-sync"), QStringLiteral("--threads"), QStringLiteral("1")};
    if (!run.style.isEmpty()) arguments += {QStringLiteral("--style"), run.style};  // what a fine-tuning is for
    process_->start(program_, arguments);
}

void PreviewMaker::ended(int status) {
    const QString words = QString::fromUtf8(process_->readAllStandardError()).trimmed().section(QLatin1Char('\n'), -1);
    process_->deleteLater();
    process_ = nullptr;
    if (status != 0) {
        Q_EMIT failed(folder_, words.isEmpty() ? tr("The preview could not be made.") : words);
        return;
    }
    const auto clip = io::readClip((folder_ + QStringLiteral("/preview.bvh")).toStdString());
    if (clip) Q_EMIT made(folder_, *clip);
    else Q_EMIT failed(folder_, QString::fromStdString(clip.error().line()));
}

}  // namespace choreia::ui
