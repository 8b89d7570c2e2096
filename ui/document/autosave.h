/// Unsaved work kept in a side file, so that a crash costs at most half a minute; and what an earlier crash has left.
#pragma once

#include "document/document.h"

#include <QDateTime>
#include <QLockFile>
#include <QObject>
#include <QString>
#include <QTimer>

#include <chrono>
#include <vector>

namespace choreia::ui {

/// Unsaved work of a session that ended without closing.
struct LeftWork {
    QString file;         ///< a .choreia project with the work in it
    QString projectPath;  ///< of the project it belongs to, empty where never saved
    QString title;        ///< to show
    QDateTime saved;
};

/// Writes a document's unsaved edits into a folder, as a project of their own, in a worker; removes it when the document is saved or closed. A session
/// holds a lock beside its file; a file without a living holder is left work. Cost: about 0.1 s of a worker for a dance of 3 minutes, when something changed.
class Autosave final : public QObject {
    Q_OBJECT

public:
    static constexpr std::chrono::milliseconds kEvery{30000};

    Autosave(Document& document, const QString& folder, std::chrono::milliseconds every = kEvery, QObject* parent = nullptr);
    ~Autosave() override;

    /// Where the studio keeps it: recovery in the person's local data folder.
    [[nodiscard]] static QString installedFolder();
    /// Newest first. What a living session holds is not among them.
    [[nodiscard]] static std::vector<LeftWork> leftWork(const QString& folder);
    static void discard(const LeftWork& work);

    /// Opens left work in the document, unsaved under its old name; it is discarded once this session holds it itself.
    void recover(const LeftWork& work);

Q_SIGNALS:
    void written();

private:
    void tick();
    void write(std::function<void()> then);
    void remove();
    [[nodiscard]] QString side(const char* suffix) const { return base_ + QLatin1String(suffix); }

    Document& document_;
    QString base_;  // of this session's files: BASE.choreia, BASE.json, BASE.lock
    QLockFile lock_;
    QTimer timer_;
    JobRunner writer_;
    bool changed_ = false, warned_ = false;
};

}  // namespace choreia::ui
