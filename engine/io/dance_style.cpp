// What settings and tokens say of a dance's style.
#include "io/dance_style.h"

#include <algorithm>

namespace choreia::io {

std::string styleDanced(const Dance& dance) {
    const GenerateSettings& settings = dance.settings;
    // A movement from elsewhere has the settings of the panel, but no tokens; a part remade in another style is told by its block alone.
    if (settings.style == "auto" || dance.tokens.upper.empty() || !dance.blocks.empty() || !dance.seams.empty()) return {};
    const auto& course = settings.styleCourse;
    if (course.empty()) return settings.style;
    const std::string& first = course.front().time <= 0 ? course.front().style : settings.style;
    return std::all_of(course.begin(), course.end(), [&first](const StyleChange& change) { return change.style == first; }) ? first : std::string();
}

}  // namespace choreia::io
