/// Training data: building the one HDF5 from music, motion and both; checking it; reading it whole into memory as clips.
#pragma once

#include "audio/analysis.h"
#include "core/matrix.h"
#include "core/progress.h"
#include "core/result.h"
#include "motion/clip.h"

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace choreia::data {

struct BuildRequest {
    std::vector<std::filesystem::path>
        from; ///< folders of paired .h5 + music (splits.json respected), .h5 sequences with music_file, or BVH (.bvh, .bvh.gz)
    std::vector<std::filesystem::path>
        music; ///< free songs to lay under motion without music; our synthesised music is always used too
    std::filesystem::path output;
    int songsPerTake = 3; ///< how many different songs are laid under one take without music
    std::uint64_t seed = 1;
    bool publishable = false; ///< only motion, and sound, whose licence lets trained models be published
    bool motionOnly = false;  ///< no music at all: quick, for networks that see motion alone
    bool warped = true;       ///< paired motion once more as "<name>~beat", gently warped so that its beats meet the music's
};

struct BuildReport {
    std::size_t clips = 0;
    double seconds = 0;
    double meanFitCm = 0, worstFitCm = 0;
    std::vector<std::string> warnings;
    std::vector<std::string> lines; ///< one a source: name, seconds, fit error, tempo, set
};

/// Groups "<name>" (one a clip of 60 fps) with positions, local_rotations, root_position, music_features, beats_s, and attributes
/// fps, style, set ("train" or "val"), song, source, licence_publishable (0/1). Music laid under silent motion: groups
/// "<name>~k". A group is publishable where the motion's licence says so and its sound is ours or was given as music; songs that come with
/// motion are not.
Result<BuildReport> buildDataset(const BuildRequest& request, std::stop_token stop, Progress& progress);

/// Text about a file: groups, seconds, styles, sets, shapes. Reads the second seed's layout as well.
Result<std::string> describeDataset(const std::filesystem::path& path);
struct DatasetCheck {
    std::vector<std::string> faults; ///< by group and index; none: sound
    std::vector<std::string> doubts; ///< what can be used and is probably not meant: motion that seems to have another frame rate than it says
};
Result<DatasetCheck> checkDataset(const std::filesystem::path& path);

/// One clip in memory, for the trainers.
struct TrainingClip {
    std::string name, style;
    bool validation = false;
    bool publishable = false;
    motion::Clip clip;         ///< 60 fps
    Table musicFeatures;       ///< [frames, audio::columns::kCount]; empty where there is no music
    std::vector<double> beats; ///< seconds
};
/// All clips of the files. Error (BadInput) by file and group.
Result<std::vector<TrainingClip>> loadClips(const std::vector<std::filesystem::path>& files);

} // namespace choreia::data
