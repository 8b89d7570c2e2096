/// Songs as the verbs need them.
#pragma once

#include "audio/packed_sound.h"
#include "audio/pcm.h"
#include "cli/console.h"
#include "core/result.h"

#include <filesystem>
#include <vector>

namespace choreia::cli {

/// The song as mono sound for analysis, packed, without the copy for playing: an hour takes 160 MB.
Result<audio::PackedSound> loadMono(const std::filesystem::path& path, Context& context);

/// Part of a sound, seconds; clamped to what there is.
audio::Pcm cut(const audio::Pcm& pcm, double start, double length);

/// One time in seconds a line (further columns ignored). Error (BadInput) names the line; times must not fall.
Result<std::vector<double>> readTimes(const std::filesystem::path& path);
/// One time in seconds a line, three decimals. "-" is standard output.
Result<void> writeTimes(const std::string& path, const std::vector<double>& times);

}  // namespace choreia::cli
