// Straight lines between points; styles change at once.
#include "choreo/course.h"

#include <algorithm>
#include <cmath>

namespace choreia::choreo {

Result<void> checkCourses(const io::GenerateSettings& settings, std::span<const std::string> styles) {
    double before = -1;
    for (const auto& point : settings.energyCourse) {
        if (!std::isfinite(point.time) || point.time <= before || point.time < 0) return usageError("energy", "its times must rise", "seconds of the song, each later than the one before", std::to_string(point.time));
        if (!(std::abs(point.value) <= 1)) return usageError("energy", "out of range", "-1 to 1", std::to_string(point.value));
        before = point.time;
    }
    before = -1;
    for (const auto& change : settings.styleCourse) {
        if (!std::isfinite(change.time) || change.time <= before || change.time < 0) return usageError("style", "its times must rise", "seconds of the song, each later than the one before", std::to_string(change.time));
        before = change.time;
        if (std::find(styles.begin(), styles.end(), change.style) != styles.end()) continue;
        std::string known;
        for (const auto& style : styles) known += (known.empty() ? "" : ", ") + style;
        return usageError("style", "unknown style", known, change.style);
    }
    return {};
}

std::vector<double> energyAlong(const io::GenerateSettings& settings, std::span<const double> times) {
    const auto& course = settings.energyCourse;
    std::vector<double> out(times.size(), settings.energy);
    for (std::size_t i = 0; i < times.size() && !course.empty(); ++i) {
        const auto after = std::upper_bound(course.begin(), course.end(), times[i], [](double t, const io::EnergyPoint& point) { return t < point.time; });
        if (after == course.begin()) out[i] += course.front().value;
        else if (after == course.end()) out[i] += course.back().value;
        else {
            const auto& [from, to] = std::pair{*std::prev(after), *after};
            out[i] += from.value + (to.value - from.value) * (times[i] - from.time) / (to.time - from.time);
        }
        out[i] = std::clamp(out[i], -1.0, 1.0);
    }
    return out;
}

std::vector<std::int64_t> stylesAlong(const io::GenerateSettings& settings, std::span<const std::string> styles, std::int64_t first, std::span<const double> times) {
    if (settings.styleCourse.empty()) return {};
    std::vector<std::int64_t> out(times.size(), first);
    for (std::size_t i = 0; i < times.size(); ++i)
        for (const auto& change : settings.styleCourse)
            if (change.time <= times[i]) out[i] = std::find(styles.begin(), styles.end(), change.style) - styles.begin();
    return out;
}

}  // namespace choreia::choreo
