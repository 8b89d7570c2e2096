/// Energy and style along a song: what the settings' courses ask for at each moment. Internal to the room.
#pragma once

#include "core/result.h"
#include "io/project.h"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace choreia::choreo {

/// Error (Usage): times that do not rise or are not finite, an energy outside -1..1, a style that is not among these.
Result<void> checkCourses(const io::GenerateSettings& settings, std::span<const std::string> styles);
/// settings.energy and its course at each moment (seconds), within -1..1.
std::vector<double> energyAlong(const io::GenerateSettings& settings, std::span<const double> times);
/// Index among `styles` at each moment; first: before the course begins. Empty without a course.
std::vector<std::int64_t> stylesAlong(const io::GenerateSettings& settings, std::span<const std::string> styles, std::int64_t first, std::span<const double> times);

}  // namespace choreia::choreo
