/// Runs the built `choreia` with the shipped weights (or those of another folder) and keeps what it said.
#pragma once

#include <QProcess>
#include <QString>
#include <QStringList>

namespace choreia::testing {

struct Answer {
    int status = -1;  ///< exit status; -1 where it did not end by itself
    QString out, err;

    /// The last line of standard error.
    [[nodiscard]] QString complaint() const { return err.trimmed().section(QLatin1Char('\n'), -1); }
};

inline QString program() { return QStringLiteral(CHOREIA_BINARY_DIR "/bin/choreia"); }

inline Answer runChoreia(const QStringList& arguments, const QString& folder = {}, const QString& standardOutput = {},
                         const QString& models = {}) {
    QProcess process;
    if (!folder.isEmpty()) process.setWorkingDirectory(folder);
    if (!standardOutput.isEmpty()) process.setStandardOutputFile(standardOutput);
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("CHOREIA_MODELS"), models.isEmpty() ? QStringLiteral(CHOREIA_SOURCE_DIR "/models") : models);
    process.setProcessEnvironment(environment);
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(program(), arguments);
    Answer answer;
    if (!process.waitForFinished(300000)) {
        process.kill();
        process.waitForFinished();
        answer.err = QStringLiteral("no answer in time: ") + process.errorString();
        return answer;
    }
    answer.status = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    answer.out = QString::fromUtf8(process.readAllStandardOutput());
    answer.err = QString::fromUtf8(process.readAllStandardError());
    return answer;
}

}  // namespace choreia::testing
