// TIME=CLIP@SECOND: the name may hold signs of both kinds; the first "=" and, where a number follows it, the last "@" part it.
#include "cli/controls.h"

#include "io/motion_files.h"

#include <cmath>
#include <cstdlib>
#include <filesystem>

namespace choreia::cli {

namespace {

struct Pin {
    double time = 0, second = 0;
    std::string clip;
};

bool number(const std::string& text, double& value) {
    char* end = nullptr;
    value = std::strtod(text.c_str(), &end);
    return !text.empty() && *end == '\0' && std::isfinite(value) && value >= 0;
}

Result<Pin> parsePin(const std::string& text) {
    Pin pin;
    const auto equals = text.find('=');
    if (equals == std::string::npos || !number(text.substr(0, equals), pin.time) || equals + 1 == text.size())
        return usageError("--pin", "is not a pinned pose", "TIME=CLIP or TIME=CLIP@SECOND, such as 12.5=jump.bvh@3", text);
    pin.clip = text.substr(equals + 1);
    if (const auto at = pin.clip.rfind('@'); at != std::string::npos && at > 0 && number(pin.clip.substr(at + 1), pin.second)) pin.clip.resize(at);
    return pin;
}

Result<void> exists(const std::string& path) {
    std::error_code code;
    if (!std::filesystem::exists(path, code)) return badInput(path, "no such file", "a motion file");
    return {};
}

Result<motion::Clip> readSomeClip(const std::string& path) {
    CHOREIA_ASSIGN(motion::Clip clip, io::readClip(path));
    if (clip.frames() == 0) return badInput(path, "has no frame");
    return clip;
}

}  // namespace

void Controls::addTo(CLI::App& verb, bool withOpening) {
    if (withOpening) verb.add_option("--opening", opening, "Start as the continuation of this motion file; its last pose is the dance's first");
    verb.add_option("--pin", pins, "TIME=CLIP[@SECOND]: pass through the pose of a motion file at this second of the song (may be given again)");
}

Result<void> Controls::check() const {
    if (!opening.empty()) CHOREIA_TRY(exists(opening));
    for (const std::string& text : pins) {
        CHOREIA_ASSIGN(const Pin pin, parsePin(text));
        CHOREIA_TRY(exists(pin.clip));
    }
    return {};
}

Result<choreo::Constraints> Controls::load(double start, double end) const {
    choreo::Constraints constraints;
    if (!opening.empty()) {
        CHOREIA_ASSIGN(constraints.opening, readSomeClip(opening));
    }
    for (const std::string& text : pins) {
        CHOREIA_ASSIGN(const Pin pin, parsePin(text));
        if (pin.time < start || pin.time > end)
            return usageError("--pin", "lies outside the dance", std::to_string(start) + " to " + std::to_string(end) + " s", std::to_string(pin.time));
        CHOREIA_ASSIGN(const motion::Clip clip, readSomeClip(pin.clip));
        if (pin.second > clip.seconds()) return usageError("--pin", "lies outside " + pin.clip, "at most " + std::to_string(clip.seconds()) + " s", std::to_string(pin.second));
        constraints.pins.push_back(choreo::pinFrom(clip, pin.second, pin.time - start));
    }
    return constraints;
}

}  // namespace choreia::cli
