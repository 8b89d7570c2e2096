/// The terminal's side of the work: progress on standard error, results on standard output, interruption by signals.
#pragma once

#include "core/progress.h"
#include "core/result.h"

#include <chrono>
#include <filesystem>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

namespace choreia::cli {

using Json = nlohmann::ordered_json;

/// A bar with the time left on a terminal; otherwise a plain line at each stage's start and end and every few seconds between.
class ConsoleProgress final : public Progress {
public:
    ConsoleProgress();
    ~ConsoleProgress() override;
    ConsoleProgress(const ConsoleProgress&) = delete;
    ConsoleProgress& operator=(const ConsoleProgress&) = delete;
    void report(std::string_view stage, double fraction, double secondsLeft) override;
    /// What stands before every stage, such as the song's name in a batch.
    void setPrefix(std::string prefix);
    /// Takes the bar away, so that a line can be printed.
    void clear();

private:
    void clearLocked();
    using Clock = std::chrono::steady_clock;
    std::mutex mutex_;
    std::string prefix_, stage_;
    bool terminal_, shown_ = false, finished_ = false;
    Clock::time_point stageStart_, lastLine_;
};

/// SIGINT and SIGTERM ask everything to stop; a second one ends the program at once. One a process.
class Interruption {
public:
    Interruption();
    [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

private:
    std::stop_source source_;
    std::jthread watcher_;
};

/// What every verb is handed.
struct Context {
    std::stop_token stop;
    ConsoleProgress& progress;
};

/// "-" is standard output; nothing where path is empty.
Result<void> writeJson(const std::string& path, const Json& json);
/// Refuses a file that could not be written, before long work. "-" and "" are always good.
Result<void> checkOutput(const std::string& path);
/// Prints a line to standard output, the progress bar out of the way.
Result<void> printLine(Context& context, std::string_view text);

/// Seconds of wall time since it was made.
class Watch {
public:
    [[nodiscard]] double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(); }

private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

/// The largest resident memory of this process so far, MiB.
double peakMemoryMb();
/// value rounded to a number of decimals, for figures in JSON.
double rounded(double value, int decimals);

}  // namespace choreia::cli
