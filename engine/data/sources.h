/// Where training motion comes from: files found, read, named, split into train and val, and brought to our body. Inside of the
/// data room.
#pragma once

#include "core/progress.h"
#include "core/result.h"
#include "core/units.h"
#include "motion/clip.h"
#include "motion/fit.h"

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace choreia::data {

/// One motion file as found on disk.
struct Source {
    std::filesystem::path path;
    std::string name;  ///< file name without extensions
    std::string style; ///< "salsa", "waltz", "house" ...
    bool validation = false;
    bool publishable = false;
    std::filesystem::path music; ///< empty: silent
    double musicOffset = 0;      ///< the sound at musicOffset + t belongs to time t of the motion
    std::vector<double> beats;   ///< seconds from the motion's start; empty where not known
    int beatsPerBar = 4;
    double tempo = 0; ///< bpm as the file states it, 0 where not
};

/// A source on our body at 60 frames a second; one a stretch without a tear.
struct FittedMotion {
    Source source;
    std::string name;
    motion::Clip clip;
    double startSeconds = 0; ///< of this stretch in the source
    double fitCm = 0, worstCm = 0;
};

/// Motion files (.h5, .bvh, .bvh.gz, .pkl) of the given files and folders (a folder is not searched below), sorted by name.
/// Error (BadInput): a path is missing, or no motion file is found at all.
Result<std::vector<std::filesystem::path>> listMotionFiles(const std::vector<std::filesystem::path>& from);

/// True for about one take in eight, by name: both partners of a take fall on the same side. splits.json of the folder goes
/// before this rule.
bool heldOut(const std::string& name, const std::string& style);

/// "gBR" -> "break" and so on; other names in lower case.
std::string styleName(const std::string& genre);

/// Reads and fits one file. A motion with tears (a joint faster than 20 m/s) is cut there; stretches under 3 s are dropped.
Result<std::vector<FittedMotion>> readAndFit(const std::filesystem::path& path, std::stop_token stop);

} // namespace choreia::data
