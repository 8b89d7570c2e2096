// Decoding for analysis, and beat files.
#include "cli/sound.h"

#include "core/atomic_file.h"
#include "io/media.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <sstream>

namespace choreia::cli {

Result<audio::PackedSound> loadMono(const std::filesystem::path& path, Context& context) {
    audio::PackedSound packed;
    CHOREIA_TRY(io::streamMono(
        path, audio::kAnalysisRate,
        [&](std::span<const float> block) {
            packed.append(block);
            return true;
        },
        context.stop, context.progress));
    return packed;
}

audio::Pcm cut(const audio::Pcm& pcm, double start, double length) {
    const std::size_t frames = pcm.frames();
    const auto frameAt = [&](double seconds) {
        return static_cast<std::size_t>(std::clamp(std::llround(seconds * pcm.rate), 0LL, static_cast<long long>(frames)));
    };
    const auto channels = static_cast<std::size_t>(pcm.channels);
    const auto first = static_cast<std::ptrdiff_t>(frameAt(start) * channels), last = static_cast<std::ptrdiff_t>(frameAt(start + length) * channels);
    return {pcm.rate, pcm.channels, {pcm.samples.begin() + first, pcm.samples.begin() + last}};
}

Result<std::vector<double>> readTimes(const std::filesystem::path& path) {
    CHOREIA_ASSIGN(const std::string text, readFile(path));
    std::vector<double> times;
    std::istringstream lines(text);
    std::string line;
    for (int number = 1; std::getline(lines, line); ++number) {
        if (line.find_first_not_of(" \t\r") == std::string::npos || line[0] == '#') continue;
        char* end = nullptr;
        const double time = std::strtod(line.c_str(), &end);
        if (end == line.c_str() || !std::isfinite(time))
            return badInput(path.string(), "line " + std::to_string(number) + " is not a time", "seconds", line.substr(0, 40));
        if (!times.empty() && time < times.back()) return badInput(path.string(), "line " + std::to_string(number) + ": times must rise");
        times.push_back(time);
    }
    return times;
}

Result<void> writeTimes(const std::string& path, const std::vector<double>& times) {
    if (path.empty()) return {};
    std::string text;
    for (const double time : times) {
        char line[32];
        std::snprintf(line, sizeof line, "%.3f\n", time);
        text += line;
    }
    if (path != "-") return writeFile(path, text);
    std::fwrite(text.data(), 1, text.size(), stdout);
    if (std::fflush(stdout) != 0) return failed("standard output", "cannot be written");
    return {};
}

}  // namespace choreia::cli
