// TIME=CLIP@SECOND: the name may hold signs of both kinds; the first "=" and, where a number follows it, the last "@" part it.
#include "cli/controls.h"

#include "io/motion_files.h"

#include <algorithm>
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

void Courses::addTo(CLI::App& verb) {
    verb.add_option("--energy-at", energy, "TIME=VALUE: so much livelier (to 1) or calmer (to -1) at this second of the song; straight between, level beyond (may be given again)");
    verb.add_option("--style-at", styles, "TIME=STYLE: in this style from this second of the song on (may be given again)");
}

Result<void> Courses::into(io::GenerateSettings& settings) const {
    for (const std::string& text : energy) {
        const auto equals = text.find('=');
        io::EnergyPoint point;
        char* end = nullptr;
        const std::string value = equals == std::string::npos ? "" : text.substr(equals + 1);
        point.value = std::strtod(value.c_str(), &end);
        if (value.empty() || *end != '\0' || !(std::abs(point.value) <= 1) || !number(text.substr(0, equals), point.time))
            return usageError("--energy-at", "is not an energy at a time", "TIME=VALUE with a value from -1 to 1, such as 30=0.5", text);
        settings.energyCourse.push_back(point);
    }
    for (const std::string& text : styles) {
        const auto equals = text.find('=');
        io::StyleChange change;
        if (equals == std::string::npos || equals + 1 == text.size() || !number(text.substr(0, equals), change.time))
            return usageError("--style-at", "is not a style at a time", "TIME=STYLE, such as 30=salsa", text);
        change.style = text.substr(equals + 1);
        settings.styleCourse.push_back(std::move(change));
    }
    const auto order = [](auto& course, const char* option) -> Result<void> {
        std::stable_sort(course.begin(), course.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
        const auto twice = std::adjacent_find(course.begin(), course.end(), [](const auto& a, const auto& b) { return a.time == b.time; });
        if (twice != course.end()) return usageError(option, "is given twice for one time", "one for each time", std::to_string(twice->time));
        return {};
    };
    CHOREIA_TRY(order(settings.energyCourse, "--energy-at"));
    return order(settings.styleCourse, "--style-at");
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
