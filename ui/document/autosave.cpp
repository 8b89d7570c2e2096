// The side file is written like any project (atomically), then a small note beside it says whose it is: work without a note is not whole and not offered.
#include "document/autosave.h"

#include "core/atomic_file.h"
#include "io/project.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>
#include <QUuid>

#include <nlohmann/json.hpp>

#include <algorithm>

namespace choreia::ui {

namespace {

QString newBase(const QString& folder) {
    QDir().mkpath(folder);
    return QDir(folder).filePath(QUuid::createUuid().toString(QUuid::WithoutBraces));
}

void removeFiles(const QString& base) {
    // The note first: without it the rest is nothing.
    for (const char* suffix : {".json", ".choreia", ".lock"}) QFile::remove(base + QLatin1String(suffix));
}

}  // namespace

Autosave::Autosave(Document& document, const QString& folder, std::chrono::milliseconds every, QObject* parent)
    : QObject(parent), document_(document), base_(newBase(folder)), lock_(base_ + QStringLiteral(".lock")) {
    lock_.setStaleLockTime(0);  // however long a session lasts
    lock_.tryLock(0);
    connect(&document_.undoStack(), &QUndoStack::indexChanged, this, [this] { changed_ = true; });
    connect(&document_, &Document::saved, this, [this] {
        if (!document_.dirty()) remove();
    });
    connect(&document_, &Document::opened, this, [this] {
        if (!document_.dirty()) remove();
    });
    connect(&timer_, &QTimer::timeout, this, &Autosave::tick);
    timer_.start(every);
}

Autosave::~Autosave() {
    writer_.cancelAndWait();
    remove();
    lock_.unlock();
}

QString Autosave::installedFolder() { return QStandardPaths::writableLocation(QStandardPaths::AppLocalDataLocation) + QStringLiteral("/recovery"); }

std::vector<LeftWork> Autosave::leftWork(const QString& folder) {
    std::vector<LeftWork> found;
    const QDir place(folder);
    for (const QString& name : place.entryList({QStringLiteral("*.json")}, QDir::Files)) {
        const QString base = place.filePath(QFileInfo(name).completeBaseName());
        QLockFile lock(base + QStringLiteral(".lock"));
        lock.setStaleLockTime(0);
        if (!lock.tryLock(0)) continue;  // its session lives
        lock.unlock();
        QFile note(place.filePath(name));
        if (!note.open(QIODevice::ReadOnly) || !QFile::exists(base + QStringLiteral(".choreia"))) continue;
        const auto json = nlohmann::json::parse(note.readAll().toStdString(), nullptr, false);
        if (!json.is_object()) continue;
        const auto text = [&](const char* key) { return json.contains(key) && json[key].is_string() ? QString::fromStdString(json[key].get<std::string>()) : QString(); };
        found.push_back({base + QStringLiteral(".choreia"), text("project"), text("title"), QFileInfo(base + QStringLiteral(".choreia")).lastModified()});
    }
    std::sort(found.begin(), found.end(), [](const LeftWork& a, const LeftWork& b) { return a.saved > b.saved; });
    return found;
}

void Autosave::discard(const LeftWork& work) {
    const QFileInfo file(work.file);
    removeFiles(file.dir().filePath(file.completeBaseName()));
}

void Autosave::recover(const LeftWork& work) {
    auto* once = new QObject(this);
    connect(&document_, &Document::opened, once, [this, once, work](const QString& path) {
        once->deleteLater();
        if (path != work.file) return;  // something else was opened meanwhile
        write([work] { discard(work); });
    });
    document_.openLeftWork(work.file, work.projectPath);
}

void Autosave::tick() {
    if (!document_.dirty()) return remove();
    if (changed_ && !writer_.busy()) write({});
}

void Autosave::write(std::function<void()> then) {
    changed_ = false;
    const nlohmann::json note = {{"project", document_.path().toStdString()}, {"title", document_.title().toStdString()}};
    writer_.start<bool>(
        tr("Keeping unsaved work"),
        [state = document_.state(), view = document_.view(), file = std::filesystem::path(side(".choreia").toStdString()),
         noteFile = std::filesystem::path(side(".json").toStdString()), text = note.dump()](std::stop_token, Progress&) -> Result<bool> {
            CHOREIA_TRY(io::writeProject(file, toProject(state, view, file)));
            CHOREIA_TRY(writeFile(noteFile, text));
            return true;
        },
        [this, then](Result<bool> result) {
            if (result) {
                if (!document_.dirty()) remove();  // saved in the meantime
                if (then) then();
                Q_EMIT written();
                return;
            }
            changed_ = true;  // tried again
            if (!warned_) Q_EMIT document_.message({Message::Kind::Warning, tr("Unsaved work cannot be kept for a crash."), QString::fromStdString(result.error().line())});
            warned_ = true;
        });
}

void Autosave::remove() {
    writer_.cancelAndWait();
    for (const char* suffix : {".json", ".choreia"}) QFile::remove(side(suffix));  // as removeFiles(), but the lock is held on
}

}  // namespace choreia::ui
