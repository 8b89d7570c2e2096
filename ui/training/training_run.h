/// A training as a folder: what was asked (run.json), the engine's config, log, checkpoint and weights, and the process that works on it, if any.
/// The process stands on its own: it outlives the window, and the window finds it again.
#pragma once

#include "core/result.h"

#include <QDateTime>
#include <QString>
#include <QStringList>

#include <nlohmann/json.hpp>

#include <vector>

namespace choreia::ui {

enum class RunState { Running, Paused, Stopped, Finished, Failed };
[[nodiscard]] QString stateName(RunState state);

struct TrainingRun {
    QString folder;             ///< of its own
    QString model, effort;      ///< keys
    QStringList data;
    QString from, style;        ///< fine-tuned from this file of weights, and the one style of its data; may be empty
    QString device = QStringLiteral("auto");
    double minutes = 0;         ///< 0: the model ends by itself
    QDateTime begun;
    qint64 process = 0;         ///< the last one's id; 0: never started
    qint64 processBegan = 0;    ///< clock ticks after the machine's start, so that another process under the same id is not taken for ours
    nlohmann::json config;      ///< the engine's, over its defaults

    [[nodiscard]] QString title() const;
    [[nodiscard]] QString logPath() const { return folder + QLatin1Char('/') + model + QStringLiteral(".log.jsonl"); }
    /// Best weights so far; may not exist yet.
    [[nodiscard]] QString weightsPath() const;
    [[nodiscard]] bool canResume() const;
    [[nodiscard]] RunState state() const;
    /// What the process said last: why it failed, or what it is doing before the first step.
    [[nodiscard]] QString lastWords() const;
    /// Resident memory of the process; 0 where it is not running.
    [[nodiscard]] double memoryMb() const;
};

/// All runs of a folder, the newest first; folders without a readable run.json are none.
[[nodiscard]] std::vector<TrainingRun> listRuns(const QString& runsFolder);
/// Makes the folder and writes run.json and config.json into it. Error (Failed) where that is impossible.
Result<TrainingRun> createRun(const QString& runsFolder, TrainingRun run);
Result<void> saveRun(const TrainingRun& run);

/// Starts `program train ...` in a process of its own, from the checkpoint where resume is set. Error (Failed) where it does not start.
Result<void> startRun(TrainingRun& run, const QString& program, bool resume);
/// Holds the process still, and lets it go on.
void pauseRun(const TrainingRun& run);
void continueRun(const TrainingRun& run);
/// Asks it to write its checkpoint and end; a held process goes on first.
void stopRun(const TrainingRun& run);

/// A folder of weights to generate with: the installed ones, with the run's own in their place. Links, so that it is always the newest.
Result<QString> assembleSet(const TrainingRun& run);

}  // namespace choreia::ui
