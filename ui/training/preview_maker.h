/// Lets the newest weights of a run dance: `choreia generate` in a process of its own, at most one at a time.
#pragma once

#include "motion/clip.h"
#include "training/training_run.h"

#include <QObject>
#include <QProcess>

namespace choreia::ui {

class PreviewMaker final : public QObject {
    Q_OBJECT

public:
    /// song: what is danced to; where it is missing, eight seconds of the engine's own music are written to spare, once.
    PreviewMaker(QString program, QString song, QString spare, QObject* parent = nullptr);
    ~PreviewMaker() override;

    /// Nothing happens where one is being made, or the run is none that dances, or has no weights yet.
    void make(const TrainingRun& run);
    void cancel();
    [[nodiscard]] bool busy() const { return process_ != nullptr; }

Q_SIGNALS:
    void made(const QString& runFolder, const choreia::motion::Clip& clip);
    void failed(const QString& runFolder, const QString& why);

private:
    void ended(int status);

    QString program_, song_, spare_, folder_;
    QProcess* process_ = nullptr;
};

}  // namespace choreia::ui
