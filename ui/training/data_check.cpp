// One path after the other; reading happens in a worker.
#include "training/data_check.h"

#include "data/dataset.h"
#include "data/summary.h"
#include "training/presets.h"

#include <QCryptographicHash>
#include <QDateTime>
#include <QDir>
#include <QDirIterator>
#include <QFileInfo>

#include <algorithm>

namespace choreia::ui {

namespace {

QString minutesText(double seconds) { return seconds < 120 ? DataCheck::tr("%1 s").arg(seconds, 0, 'f', 0) : DataCheck::tr("%1 min").arg(seconds / 60, 0, 'f', 1); }

struct Found {
    data::DatasetSummary sum;
    QStringList faults, doubts;
};

QString describe(const data::DatasetSummary& sum) {
    QStringList parts;
    if (sum.clips > 0) parts += DataCheck::tr("%1 clips, %2, %3 with music.").arg(sum.clips).arg(minutesText(sum.seconds)).arg(sum.withMusic);
    if (sum.samples > 0) parts += DataCheck::tr("%1 samples of sound and landmarks.").arg(sum.samples);
    std::vector<std::pair<double, std::string>> styles;
    for (const auto& [name, seconds] : sum.styles) styles.emplace_back(seconds, name);
    std::sort(styles.rbegin(), styles.rend());
    QStringList names;
    for (std::size_t i = 0; i < styles.size() && i < 4; ++i)
        names += QString::fromStdString(styles[i].second).replace(QLatin1Char('_'), QLatin1Char(' ')) + QLatin1Char(' ') + minutesText(styles[i].first);
    if (styles.size() > 4) names += DataCheck::tr("%1 more").arg(styles.size() - 4);
    if (!names.isEmpty()) parts += DataCheck::tr("Styles: %1.").arg(names.join(QStringLiteral(", ")));
    if (sum.clips > 0) parts += DataCheck::tr("Kept for validation: %1 clips, %2.").arg(sum.validationClips).arg(minutesText(sum.validationSeconds));
    return parts.join(QLatin1Char('\n'));
}

}  // namespace

QString describeSongs(const QStringList& folders) {
    int songs = 0, withBeats = 0;
    for (const auto& folder : folders) {
        QDirIterator it(folder, {QStringLiteral("*.mp3"), QStringLiteral("*.ogg"), QStringLiteral("*.opus"), QStringLiteral("*.flac"), QStringLiteral("*.wav"), QStringLiteral("*.m4a")}, QDir::Files,
                        QDirIterator::Subdirectories);
        while (it.hasNext()) {
            const QFileInfo song(it.next());
            const QString stem = song.path() + QLatin1Char('/') + song.completeBaseName();
            ++songs;
            if (QFileInfo::exists(stem + QStringLiteral(".beats")) || QFileInfo::exists(stem + QStringLiteral(".h5"))) ++withBeats;
        }
    }
    return DataCheck::tr("%1 songs, %2 with beats.").arg(songs).arg(withBeats);
}

DataCheck::DataCheck(QString program, QString cache, QObject* parent) : QObject(parent), program_(std::move(program)), cache_(std::move(cache)) {}

DataCheck::~DataCheck() { cancel(); }

void DataCheck::cancel() {
    jobs_.cancel();
    if (!build_) return;
    build_->disconnect(this);
    build_->kill();
    build_->waitForFinished(2000);
    build_->deleteLater();
    build_ = nullptr;
}

void DataCheck::start(const QString& model, const QStringList& paths) {
    cancel();
    model_ = model;
    open_ = paths;
    data_.clear();
    next();
}

void DataCheck::refuse(const QString& fault) {
    DataReport report;
    report.faults = {fault};
    Q_EMIT finished(report);
}

void DataCheck::next() {
    const TrainableModel model = trainableModel(model_);
    while (!open_.isEmpty()) {
        const QFileInfo info(open_.takeFirst());
        if (!info.exists()) return refuse(tr("%1: there is no such file or folder").arg(info.filePath()));
        if (model.folders) {
            data_ += info.absoluteFilePath();
        } else if (info.isDir()) {
            const QString made = cachedFile(info.absoluteFilePath());
            if (!QFileInfo::exists(made)) return buildFrom(info.absoluteFilePath());
            data_ += made;
        } else if (info.suffix().compare(QLatin1String("h5"), Qt::CaseInsensitive) == 0 || info.suffix().compare(QLatin1String("hdf5"), Qt::CaseInsensitive) == 0) {
            data_ += info.absoluteFilePath();
        } else {
            return refuse(tr("%1: not a training file (.h5). Give the folder it lies in, and one is made of all the motion there.").arg(info.fileName()));
        }
    }
    inspect();
}

QString DataCheck::cachedFile(const QString& folder) const {
    // Names, sizes and times of all that lies in it: a changed folder is another one.
    QStringList entries;
    QDirIterator it(folder, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        const QFileInfo info(it.next());
        entries += QStringLiteral("%1 %2 %3").arg(info.filePath()).arg(info.size()).arg(info.lastModified().toMSecsSinceEpoch());
    }
    entries.sort();
    const QByteArray hash = QCryptographicHash::hash((folder + entries.join(QLatin1Char('\n'))).toUtf8(), QCryptographicHash::Sha256).toHex().left(16);
    return cache_ + QLatin1Char('/') + QFileInfo(folder).fileName() + QLatin1Char('-') + QString::fromLatin1(hash) + QStringLiteral(".h5");
}

void DataCheck::buildFrom(const QString& folder) {
    if (!QDir().mkpath(cache_)) return refuse(tr("%1: the folder cannot be made").arg(cache_));
    words_.clear();
    build_ = new QProcess(this);
    connect(build_, &QProcess::readyReadStandardError, this, [this] {
        const QStringList lines = QString::fromUtf8(build_->readAllStandardError()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        if (!lines.isEmpty()) words_ = lines.last().trimmed();
        Q_EMIT progressed(tr("Making a training file of the folder: %1").arg(words_));
    });
    const QString made = cachedFile(folder);
    connect(build_, &QProcess::finished, this, [this, folder, made](int status) {
        build_->deleteLater();
        build_ = nullptr;
        if (status != 0 || !QFileInfo::exists(made)) return refuse(words_.isEmpty() ? tr("%1: no training file could be made of it").arg(folder) : words_.remove(QStringLiteral("choreia: ")));
        data_ += made;
        next();
    });
    connect(build_, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error != QProcess::FailedToStart) return;
        build_->deleteLater();
        build_ = nullptr;
        refuse(tr("%1: cannot be started").arg(program_));
    });
    Q_EMIT progressed(tr("Making a training file of the folder ..."));
    build_->start(program_, {QStringLiteral("dataset"), QStringLiteral("build"), made, QStringLiteral("--from"), folder});
}

void DataCheck::inspect() {
    const TrainableModel model = trainableModel(model_);
    const QStringList paths = data_;
    if (paths.isEmpty() && model.dataNeeded) return refuse(tr("No data yet."));
    Q_EMIT progressed(tr("Looking at the data ..."));
    jobs_.start<Found>(
        tr("Checking"),
        [paths, folders = model.folders](std::stop_token stop, Progress&) -> Result<Found> {
            Found found;
            for (const auto& path : paths) {
                if (stop.stop_requested()) return cancelled();
                if (folders && QFileInfo(path).isDir()) continue;
                CHOREIA_ASSIGN(const auto one, data::summariseDataset(path.toStdString()));
                found.sum.clips += one.clips;
                found.sum.validationClips += one.validationClips;
                found.sum.withMusic += one.withMusic;
                found.sum.samples += one.samples;
                found.sum.seconds += one.seconds;
                found.sum.validationSeconds += one.validationSeconds;
                for (const auto& [name, seconds] : one.styles) found.sum.styles[name] += seconds;
                CHOREIA_ASSIGN(const auto check, data::checkDataset(path.toStdString()));
                for (const auto& doubt : check.doubts) found.doubts += QString::fromStdString(doubt);
                for (const auto& fault : check.faults) found.faults += QFileInfo(path).fileName() + QStringLiteral(": ") + QString::fromStdString(fault);
            }
            return found;
        },
        [this, paths, model](Result<Found> found) {
            if (!found) return refuse(QString::fromStdString(found.error().line()));
            DataReport report;
            report.data = paths;
            report.faults = found->faults;
            report.found = model.folders ? (paths.isEmpty() ? tr("No folder: music made by the program alone.") : model.key == QLatin1String("beats") ? describeSongs(paths) : tr("%1 places.").arg(paths.size()))
                                         : describe(found->sum);
            if (!found->doubts.isEmpty()) report.found += QLatin1Char('\n') + (found->doubts.size() == 1 ? found->doubts.front() : tr("%1, and %2 more clips").arg(found->doubts.front()).arg(found->doubts.size() - 1));
            const bool motion = model.key == QLatin1String("gcn-mhw") || model.key == QLatin1String("vq-vae") || model.key == QLatin1String("kmeans");
            if (report.faults.isEmpty()) {
                if (motion && found->sum.clips == 0) report.faults += tr("There is no motion in it.");
                if (model.key == QLatin1String("lstm-vae") && found->sum.clips + found->sum.samples == 0) report.faults += tr("There are neither clips nor samples in it.");
                if (motion && found->sum.clips == 1 && found->sum.validationClips == 0) report.faults += tr("No clip is kept for validation (set \"val\"): at least one is needed beside those to learn from.");
                if (motion && found->sum.clips > 1 && found->sum.validationClips == 0) report.found += tr(" The shortest take will be.");
                if (motion && found->sum.clips > 0 && found->sum.validationClips == found->sum.clips) report.faults += tr("All clips are kept for validation: none is left to learn from.");
                if (model.key == QLatin1String("gcn-mhw") && found->sum.clips > 0 && found->sum.withMusic == 0) report.faults += tr("No clip has music: a choreographer needs some.");
            }
            report.usable = report.faults.isEmpty();
            Q_EMIT finished(report);
        });
}

}  // namespace choreia::ui
