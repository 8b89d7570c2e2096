// run.json, /proc, signals.
#include "training/training_run.h"

#include "core/atomic_file.h"
#include "io/models_folder.h"
#include "training/presets.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QThread>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <sys/resource.h>
#include <unistd.h>

namespace choreia::ui {

namespace {

QString text(const char* source) { return QCoreApplication::translate("Training", source); }
QString in(const QString& folder, const char* name) { return folder + QLatin1Char('/') + QLatin1String(name); }

struct ProcessFacts {
    char state = 0;  ///< as in /proc/PID/stat; 0: there is none
    qint64 began = 0;
};

ProcessFacts factsOf(qint64 process) {
    if (process <= 0) return {};
    QFile file(QStringLiteral("/proc/%1/stat").arg(process));
    if (!file.open(QIODevice::ReadOnly)) return {};
    const QByteArray line = file.readAll();
    // The name in parentheses may hold anything; the rest is one field after the other, the third being the state.
    const auto fields = line.mid(line.lastIndexOf(')') + 2).split(' ');
    if (fields.size() < 20) return {};
    return {fields[0].isEmpty() ? '\0' : fields[0][0], fields[19].toLongLong()};
}

/// The state of the run's own process; 0 where it has ended (a zombie has).
char liveState(const TrainingRun& run) {
    const ProcessFacts facts = factsOf(run.process);
    return facts.began != run.processBegan || facts.state == 'Z' || facts.state == 'X' ? '\0' : facts.state;
}

void tell(const TrainingRun& run, int signal) {
    if (liveState(run)) ::kill(static_cast<pid_t>(run.process), signal);
}

QStringList lastLines(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) return {};
    file.seek(std::max<qint64>(0, file.size() - 4096));
    return QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'), Qt::SkipEmptyParts);
}

}  // namespace

QString stateName(RunState state) {
    switch (state) {
    case RunState::Running: return text("running");
    case RunState::Paused: return text("paused");
    case RunState::Stopped: return text("stopped");
    case RunState::Finished: return text("finished");
    case RunState::Failed: return text("failed");
    }
    return {};
}

QString TrainingRun::title() const {
    Effort size = effort == QLatin1String("quick") ? Effort::QuickLook : effort == QLatin1String("good") ? Effort::Good : Effort::Best;
    if (!from.isEmpty()) return trainableModel(model).name + QStringLiteral(" · ") + (style.isEmpty() ? text("fine-tuned") : text("%1, fine-tuned").arg(style));
    return trainableModel(model).name + QStringLiteral(" · ") + effortName(size).toLower();
}

QString TrainingRun::weightsPath() const {
    return folder + QStringLiteral("/%1.%2.safetensors").arg(QString::fromStdString(config.value("name", std::string("default"))), model);
}

bool TrainingRun::canResume() const { return QFile::exists(folder + QLatin1Char('/') + model + QStringLiteral(".last.ckpt")); }

RunState TrainingRun::state() const {
    const char live = liveState(*this);
    if (live == 'T' || live == 't') return RunState::Paused;
    if (live) return RunState::Running;
    // The engine writes the config beside the weights when it is through.
    if (QFile::exists(folder + QLatin1Char('/') + model + QStringLiteral(".config.json"))) return RunState::Finished;
    const QString words = lastWords();
    const bool cancelled = words.startsWith(QLatin1String("choreia:")) && words.endsWith(QLatin1String("cancelled"));
    if (words.startsWith(QLatin1String("choreia:")) && !cancelled) return RunState::Failed;
    return canResume() || cancelled ? RunState::Stopped : RunState::Failed;
}

QString TrainingRun::lastWords() const {
    const QStringList lines = lastLines(in(folder, "output.txt"));
    return lines.isEmpty() ? QString() : lines.last().trimmed();
}

double TrainingRun::memoryMb() const {
    if (!liveState(*this)) return 0;
    QFile file(QStringLiteral("/proc/%1/statm").arg(process));
    if (!file.open(QIODevice::ReadOnly)) return 0;
    const auto fields = file.readAll().split(' ');
    return fields.size() < 2 ? 0 : fields[1].toDouble() * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

std::vector<TrainingRun> listRuns(const QString& runsFolder) {
    std::vector<TrainingRun> runs;
    for (const auto& name : QDir(runsFolder).entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
        const QString folder = QDir(runsFolder).filePath(name);
        const auto bytes = readFile(in(folder, "run.json").toStdString());
        if (!bytes) continue;
        const auto json = nlohmann::json::parse(*bytes, nullptr, false);
        if (!json.is_object() || !json.contains("model")) continue;
        try {
            TrainingRun run;
            run.folder = folder;
            const auto string = [&](const char* key) { return QString::fromStdString(json.value(key, std::string())); };
            run.model = string("model");
            run.effort = string("effort");
            run.device = string("device");
            run.from = string("from");
            run.style = string("style");
            run.begun = QDateTime::fromString(string("begun"), Qt::ISODateWithMs);
            run.minutes = json.value("minutes", 0.0);
            run.process = json.value("process", qint64{0});
            run.processBegan = json.value("process_began", qint64{0});
            run.config = json.value("config", nlohmann::json::object());
            for (const auto& path : json.value("data", std::vector<std::string>())) run.data += QString::fromStdString(path);
            runs.push_back(std::move(run));
        } catch (const nlohmann::json::exception&) {
            continue;  // written by someone else
        }
    }
    std::sort(runs.begin(), runs.end(), [](const TrainingRun& a, const TrainingRun& b) { return a.begun > b.begun; });
    return runs;
}

Result<void> saveRun(const TrainingRun& run) {
    std::vector<std::string> data;
    for (const auto& path : run.data) data.push_back(path.toStdString());
    const nlohmann::json json = {{"model", run.model.toStdString()},
                                 {"effort", run.effort.toStdString()},
                                 {"device", run.device.toStdString()},
                                 {"from", run.from.toStdString()},
                                 {"style", run.style.toStdString()},
                                 {"begun", run.begun.toString(Qt::ISODateWithMs).toStdString()},
                                 {"minutes", run.minutes},
                                 {"process", run.process},
                                 {"process_began", run.processBegan},
                                 {"data", data},
                                 {"config", run.config}};
    return writeFile(in(run.folder, "run.json").toStdString(), json.dump(2) + "\n");
}

Result<TrainingRun> createRun(const QString& runsFolder, TrainingRun run) {
    run.begun = QDateTime::currentDateTime();
    const QString stem = run.begun.toString(QStringLiteral("yyyyMMdd-HHmmss-")) + run.model;
    QString name = stem;
    for (int i = 2; QFileInfo::exists(QDir(runsFolder).filePath(name)); ++i) name = stem + QStringLiteral("-%1").arg(i);
    run.folder = QDir(runsFolder).absoluteFilePath(name);
    if (!QDir().mkpath(run.folder)) return failed(run.folder.toStdString(), "the run's folder cannot be made");
    CHOREIA_TRY(writeFile(in(run.folder, "config.json").toStdString(), run.config.dump(2) + "\n"));
    CHOREIA_TRY(saveRun(run));
    return run;
}

Result<void> startRun(TrainingRun& run, const QString& program, bool resume) {
    QStringList arguments = {QStringLiteral("train"), run.model, QStringLiteral("--out"), run.folder, QStringLiteral("--config"), in(run.folder, "config.json"), QStringLiteral("--device"), run.device};
    if (!run.data.isEmpty()) arguments += QStringList(QStringLiteral("--data")) + run.data;
    if (!run.from.isEmpty()) arguments += {QStringLiteral("--from"), run.from};
    if (!run.style.isEmpty()) arguments += {QStringLiteral("--style"), run.style};
    if (run.minutes > 0) arguments += {QStringLiteral("--minutes"), QString::number(run.minutes)};
    // A core is left to the window: threads wait for one another, and beside a busy core two of them made 0.1 steps a second where one makes 5.
    arguments += {QStringLiteral("--threads"), QString::number(std::max(1, QThread::idealThreadCount() - 1))};
    if (resume) arguments += QStringLiteral("--resume");
    QFile::remove(in(run.folder, "output.txt"));
    QProcess process;
    process.setProgram(program);
    process.setArguments(arguments);
    process.setWorkingDirectory(run.folder);
    process.setStandardInputFile(QProcess::nullDevice());
    process.setStandardOutputFile(in(run.folder, "notes.txt"), QIODevice::Append);
    process.setStandardErrorFile(in(run.folder, "output.txt"));
    qint64 id = 0;
    if (!QFileInfo(program).isExecutable() || !process.startDetached(&id)) return failed(program.toStdString(), "the training program cannot be started");
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(id), 10);  // the window stays quick
    run.process = id;
    run.processBegan = factsOf(id).began;
    return saveRun(run);
}

void pauseRun(const TrainingRun& run) { tell(run, SIGSTOP); }
void continueRun(const TrainingRun& run) { tell(run, SIGCONT); }
void stopRun(const TrainingRun& run) {
    tell(run, SIGINT);
    tell(run, SIGCONT);
}

Result<QString> assembleSet(const TrainingRun& run) {
    namespace fs = std::filesystem;
    const fs::path set = in(run.folder, "set").toStdString();
    std::error_code code;
    fs::create_directories(set, code);
    const auto link = [&](const fs::path& from, const std::string& name) {
        fs::remove(set / name, code);
        code.clear();
        fs::create_symlink(fs::absolute(from), set / name, code);
    };
    if (!QFile::exists(run.weightsPath())) return failed(run.folder.toStdString(), "there are no weights yet", "a first validation");
    if (const auto installed = io::findModels())
        for (const auto& entry : fs::directory_iterator(*installed, code))
            if (entry.path().extension() == ".safetensors") link(entry.path(), entry.path().filename().string());
    if (const QString beside = in(run.folder, "default.vq-vae.safetensors"); QFile::exists(beside)) link(beside.toStdString(), "default.vq-vae.safetensors");
    if (run.config.contains("vq_vae")) link(run.config["vq_vae"].get<std::string>(), "default.vq-vae.safetensors");
    link(run.weightsPath().toStdString(), "default." + run.model.toStdString() + ".safetensors");
    if (code) return failed(set.string(), "the weights cannot be put together: " + code.message());
    return QString::fromStdString(set.string());
}

}  // namespace choreia::ui
