// Standard error belongs to progress and errors, standard output to results.
#include "cli/console.h"

#include "core/atomic_file.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace choreia::cli {

namespace {

std::string timeLeft(double seconds) {
    if (seconds < 0) return {};
    const auto whole = static_cast<long>(std::ceil(seconds));
    char text[48];
    if (whole >= 3600)
        std::snprintf(text, sizeof text, "%ld:%02ld:%02ld left", whole / 3600, whole / 60 % 60, whole % 60);
    else
        std::snprintf(text, sizeof text, "%ld:%02ld left", whole / 60, whole % 60);
    return text;
}

std::size_t terminalWidth() {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20) return size.ws_col;
    return 80;
}

// What the signal's handler may touch: it writes one byte, the watcher reads it.
int signalPipe[2] = {-1, -1};

void onSignal(int) {
    const int kept = errno;
    const char byte = 1;
    [[maybe_unused]] const auto written = ::write(signalPipe[1], &byte, 1);
    errno = kept;
}

void writeError(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stderr); }

}  // namespace

ConsoleProgress::ConsoleProgress() : terminal_(::isatty(STDERR_FILENO) != 0) {}

ConsoleProgress::~ConsoleProgress() { clear(); }

void ConsoleProgress::setPrefix(std::string prefix) {
    const std::scoped_lock lock(mutex_);
    prefix_ = std::move(prefix);
    stage_.clear();
}

void ConsoleProgress::clear() {
    const std::scoped_lock lock(mutex_);
    clearLocked();
}

void ConsoleProgress::clearLocked() {
    if (shown_) writeError("\r\x1b[K");
    shown_ = false;
}

void ConsoleProgress::report(std::string_view stage, double fraction, double secondsLeft) {
    const std::scoped_lock lock(mutex_);
    const auto now = Clock::now();
    const bool fresh = stage != stage_;
    if (fresh) {
        stage_ = stage;
        stageStart_ = lastLine_ = now;
        finished_ = false;
    }
    fraction = std::clamp(fraction, 0.0, 1.0);
    char percent[16];
    std::snprintf(percent, sizeof percent, "%3.0f %%", std::floor(fraction * 100));
    const std::string left = fraction < 1 ? timeLeft(secondsLeft) : std::string();
    const std::string name = prefix_.empty() ? stage_ : prefix_ + ": " + stage_;

    if (terminal_) {
        const std::size_t columns = std::min<std::size_t>(terminalWidth() - 1, 100);
        const std::size_t around = name.size() + 24;
        const std::size_t width = columns > around + 10 ? columns - around : 10;
        const auto filled = static_cast<std::size_t>(fraction * static_cast<double>(width));
        std::string line = name + " [" + std::string(filled, '=') + std::string(width - filled, ' ') + "] " + percent + " " + left;
        line.resize(std::min(line.size(), columns));
        writeError("\r" + line + "\x1b[K");
        shown_ = true;
        return;
    }
    // Plain lines: the start, the end, and a sign of life every five seconds.
    const bool ended = fraction >= 1 && !finished_;
    const bool alive = now - lastLine_ >= std::chrono::seconds(5);
    if (!fresh && !ended && !alive) return;
    finished_ = fraction >= 1;
    lastLine_ = now;
    writeError(name + " " + percent + (left.empty() ? "" : ", " + left) + "\n");
}

Interruption::Interruption() {
    if (::pipe2(signalPipe, O_CLOEXEC | O_NONBLOCK) != 0) return;
    // A handler, not a blocked signal: OpenBLAS has threads of its own before main starts, and those would take it.
    struct sigaction action {};
    action.sa_handler = onSignal;
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    watcher_ = std::jthread([this](std::stop_token end) {
        pollfd waiting{signalPipe[0], POLLIN, 0};
        while (!end.stop_requested()) {
            char byte = 0;
            if (::poll(&waiting, 1, 50) <= 0 || ::read(signalPipe[0], &byte, 1) != 1) continue;
            if (source_.stop_requested()) std::_Exit(130);
            source_.request_stop();
        }
    });
}

Result<void> checkOutput(const std::string& path) {
    if (path.empty() || path == "-") return {};
    return checkWritable(path);
}

Result<void> writeJson(const std::string& path, const Json& json) {
    if (path.empty()) return {};
    const std::string text = json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
    if (path != "-") return writeFile(path, text);
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (std::fflush(stdout) != 0) return failed("standard output", "cannot be written");
    return {};
}

Result<void> printLine(Context& context, std::string_view text) {
    context.progress.clear();
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fputc('\n', stdout);
    if (std::fflush(stdout) != 0) return failed("standard output", "cannot be written");
    return {};
}

double peakMemoryMb() {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

double rounded(double value, int decimals) {
    const double scale = std::pow(10.0, decimals);
    return std::round(value * scale) / scale;
}

}  // namespace choreia::cli
