/// Looks at training data before training begins: what it is, how much, and every fault by name. Folders of motion are first made into one training file,
/// by `choreia dataset build` in a process of its own.
#pragma once

#include "document/job_runner.h"

#include <QProcess>
#include <QStringList>

#include <memory>

namespace choreia::ui {

struct DataReport {
    bool usable = false;
    QStringList data;      ///< what to train on: files as given, the file made of a folder, or folders as they are
    QString found;         ///< "33 clips, 40.2 min; waltz 24 min, rumba 10 min; validation 6 clips"
    QStringList faults;    ///< each names its file and group
};

class DataCheck final : public QObject {
    Q_OBJECT

public:
    /// cache: where training files made of folders are kept; a folder that has not changed is not read twice.
    DataCheck(QString program, QString cache, QObject* parent = nullptr);
    ~DataCheck() override;

    /// Abandons a check under way; ends in finished().
    void start(const QString& model, const QStringList& paths);
    void cancel();
    [[nodiscard]] bool busy() const { return jobs_.busy() || build_ != nullptr; }

Q_SIGNALS:
    void progressed(const QString& text);
    void finished(const choreia::ui::DataReport& report);

private:
    void next();
    void inspect();
    void buildFrom(const QString& folder);
    void refuse(const QString& fault);
    [[nodiscard]] QString cachedFile(const QString& folder) const;

    QString program_, cache_, model_;
    QStringList open_, data_;
    JobRunner jobs_;
    QProcess* build_ = nullptr;
    QString words_;  ///< the build's last line
};

/// A folder's songs, and how many of them have beats beside them.
[[nodiscard]] QString describeSongs(const QStringList& folders);

}  // namespace choreia::ui
