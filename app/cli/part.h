/// A part of a song, and a dance of it put back into the whole.
#pragma once

#include "audio/analysis.h"
#include "io/project.h"

namespace choreia::cli {

/// The analysis of [start, start + length) seconds, on a time axis that starts at 0. What was heard in the whole song stays as heard.
audio::Analysis partOf(const audio::Analysis& whole, double start, double length);

/// The settings with their courses counted from `start` seconds on.
io::GenerateSettings settingsFrom(io::GenerateSettings settings, double start);

/// A dance of a part, on the whole song's axis: the first pose is held before the part and the last after it.
io::Dance placeInSong(const io::Dance& part, double start, double songSeconds);

}  // namespace choreia::cli
