/// Songs with annotated beats, for training the beat network. Internal to the room.
#pragma once

#include "core/result.h"

#include <filesystem>
#include <string>
#include <vector>

namespace choreia::train {

struct AnnotatedSong {
    std::string name;
    std::vector<float> mono;  ///< at audio::kAnalysisRate
    std::vector<double> beats, downbeats;
    bool validation = false;
};

/// The songs of folders (or single songs) that have NAME.beats (one time a line) or NAME.h5 (beat_times_s, music_offset_s) beside them; NAME.downbeats
/// where there is one. A folder's splits.json ({"val": [names]}) says which are for validation. Error (BadInput) for a place without such songs.
Result<std::vector<AnnotatedSong>> loadAnnotatedSongs(const std::vector<std::filesystem::path>& places);

}  // namespace choreia::train
