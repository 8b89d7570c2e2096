// Opening and saving: snapshots go to the worker, a value comes back with its request number.
#include "document/document.h"

#include "io/project.h"

#include <QFileInfo>

#include <filesystem>

namespace choreia::ui {

void Document::open(const QString& path) {
    if (QFileInfo(path).suffix().compare(QStringLiteral("choreia"), Qt::CaseInsensitive) == 0)
        openProject(path);
    else
        openSong(path);
}

void Document::openSong(const QString& path) {
    using Song = std::shared_ptr<const LoadedSong>;
    const QString name = QFileInfo(path).fileName();
    loader_.start<Song>(
        tr("Opening %1").arg(name),
        [file = path.toStdString()](std::stop_token stop, Progress& progress) { return loadSong(file, stop, progress); },
        [this, path, name](Result<Song> result) {
            if (!result) {
                Q_EMIT message(messageOf(Task::Open, tr("%1 could not be opened.").arg(name), result.error()));
                return;
            }
            const Song song = std::move(result).value();
            DocumentState state;
            state.songPath = song->path;
            state.songHash = song->hash;
            state.duration = song->analysis.duration;
            state.grid = song->analysis.grid;
            state.sections = song->analysis.sections;
            state.settings = state_.settings;  // the panel keeps what the person chose
            ViewState view;
            view.camera = view_.camera;
            replace(std::move(state), view, song, {});
            Q_EMIT opened(path);
        });
}

void Document::openLeftWork(const QString& file, const QString& projectPath) { openProject(file, projectPath); }

void Document::openProject(const QString& path, const std::optional<QString>& asWorkOf) {
    const QString name = QFileInfo(path).fileName();
    loader_.start<FromProject>(
        tr("Opening %1").arg(name),
        [file = std::filesystem::path(path.toStdString())](std::stop_token, Progress& progress) -> Result<FromProject> {
            progress.report("reading", 0, -1);
            CHOREIA_ASSIGN(io::Project project, io::readProject(file));
            return fromProject(std::move(project), file);
        },
        [this, path, name, asWorkOf](Result<FromProject> result) {
            if (!result) {
                Q_EMIT message(messageOf(Task::Open, tr("%1 could not be opened.").arg(name), result.error()));
                return;
            }
            FromProject loaded = std::move(result).value();
            replace(std::move(loaded.state), loaded.view, nullptr, asWorkOf.value_or(QFileInfo(path).absoluteFilePath()));
            if (asWorkOf) undo_.resetClean();
            Q_EMIT opened(path);
            if (hasSong()) loadProjectSong();
        });
}

void Document::loadProjectSong() {
    using Song = std::shared_ptr<const LoadedSong>;
    const QString name = QFileInfo(QString::fromStdString(state_.songPath)).fileName();
    loader_.start<Song>(
        tr("Reading %1").arg(name),
        [file = state_.songPath](std::stop_token stop, Progress& progress) { return loadSong(file, stop, progress); },
        [this, name](Result<Song> result) {
            if (!result) {
                Q_EMIT message({Message::Kind::Warning, tr("The project is open, but its song %1 could not be read.").arg(name),
                                QString::fromStdString(result.error().line()) +
                                    tr("\nThe dance plays in silence. Put the song back in its place and open the project again.")});
                return;
            }
            song_ = std::move(result).value();
            if (song_->hash != state_.songHash && !state_.songHash.empty())
                Q_EMIT message({Message::Kind::Warning, tr("%1 is not the file this project was made with.").arg(name),
                                tr("Its beats may not fit. Open the original song, or generate the dance again.")});
            tell(Aspect::Song);
        });
}

void Document::save(const QString& path) {
    const QString name = QFileInfo(path).fileName();
    const int index = undo_.index();
    const quint64 generation = generation_;
    saver_.start<bool>(
        tr("Saving %1").arg(name),
        [state = state_, view = view_, file = std::filesystem::path(path.toStdString())](std::stop_token, Progress& progress) -> Result<bool> {
            progress.report("saving", 0, -1);
            CHOREIA_TRY(io::writeProject(file, toProject(state, view, file)));
            return true;
        },
        [this, path, name, index, generation](Result<bool> result) {
            if (!result) {
                Q_EMIT message(messageOf(Task::Save, tr("%1 could not be saved.").arg(name), result.error()));
                return;
            }
            if (generation != generation_) return;  // another project has come in the meantime
            markSaved(QFileInfo(path).absoluteFilePath(), index);
        });
}

Result<void> Document::saveNow(const QString& path) {
    saver_.cancelAndWait();
    const std::filesystem::path file(path.toStdString());
    auto result = io::writeProject(file, toProject(state_, view_, file));
    if (result) markSaved(QFileInfo(path).absoluteFilePath(), undo_.index());
    return result;
}

}  // namespace choreia::ui
