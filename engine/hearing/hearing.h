/// Hearing a song with the beat network: where the weights come from, and the one call for everybody who has a sound and wants its analysis.
#pragma once

#include "audio/analysis.h"
#include "audio/beat_model.h"
#include "core/progress.h"
#include "core/result.h"

#include <filesystem>
#include <stop_token>
#include <string>

namespace choreia::hearing {

/// The network in a file NAME.beats.safetensors, ready to hear. May be used from several threads at once, and copied; copies share the weights.
/// Error (BadInput) where the file is not such a network.
Result<audio::BeatModel> loadBeatModel(const std::filesystem::path& file);

/// The network of the installed weights (io::findModels), default.beats.safetensors. Error (BadInput) where there is none.
Result<audio::BeatModel> installedBeatModel();

/// audio::analyze with the installed network; with the classic activation, and a warning in the log, where none is installed.
Result<audio::Analysis> hear(const audio::Pcm& pcm, const std::string& name, std::stop_token stop, Progress& progress);
Result<audio::Analysis> hear(const audio::PackedSound& mono, const std::string& name, std::stop_token stop, Progress& progress);

}  // namespace choreia::hearing
