/// Tunes the weights of the synchronisation loss on real dances, by differential evolution.
#pragma once

#include "choreo/differential_evolution.h"
#include "choreo/sync.h"
#include "core/progress.h"
#include "core/result.h"
#include "data/dataset.h"

#include <filesystem>
#include <string>
#include <vector>

namespace choreia::choreo {

/// A stretch of dance with its music's beats and onsets, all from the stretch's start.
struct SyncClip {
    std::string name;
    motion::Positions positions;  ///< 60 fps
    std::vector<double> beats;    ///< seconds
    std::vector<double> onset;    ///< 60 rows a second
};
/// Up to `most` clips with music of the validation set, or of the other, spread evenly over the data; each cut to `seconds`. Motion that was
/// already brought onto the beat ("~beat") and clips under 5 s are left out.
std::vector<SyncClip> syncClips(const std::vector<data::TrainingClip>& clips, bool validation, std::size_t most, double seconds);

/// Means over clips of what sync did to them.
struct SyncFigures {
    double bas = 0, aboveChance = 0;  ///< eval::beatAlignment of the motion as warped
    double energyAgreement = 0;       ///< correlation of motion energy with onset strength (sync_loss.h)
    double meanSpeedChange = 0, maxSpeedChange = 0;
};
SyncFigures syncFigures(std::span<const SyncClip> clips, const SyncSettings& settings);
/// The motion as a warp shows it, linear between frames.
motion::Positions warpedPositions(const motion::Positions& positions, std::span<const double> times);

struct SyncTuningSettings {
    std::size_t evaluations = 120;     ///< of a set of weights over all clips
    std::size_t population = 12;
    double effort = 0.5;               ///< of each warp
    double largestMeanChange = 0.085;  ///< mean speed change that costs nothing
    double energyShare = 0.1;          ///< worth of energy agreement 1 against BAS above chance 1: else gamma2 would have no ground to be judged on
    std::uint64_t seed = 1;
};
/// What is minimised: -(BAS above chance + energyShare * energy agreement) + 10 * (mean speed change above the largest).
double tuningValue(const SyncFigures& figures, const SyncTuningSettings& settings);

struct SyncTuned {
    SyncWeights gamma;  ///< scaled so that the largest is 1: only their proportions matter
    double value = 0;
    std::size_t evaluations = 0;
};
SyncTuned tuneSync(std::span<const SyncClip> clips, const SyncTuningSettings& settings, std::stop_token stop, Progress& progress,
                   const std::function<void(std::size_t evaluations, const SyncWeights& best, double value)>& onGeneration = {});

/// choreia train sync: reads the files, tunes, and writes OUT/sync.json (weights, figures on training and validation clips beside those of
/// the built-in weights) and OUT/sync.log.jsonl, one generation a line; log: a further copy, may be empty. Error (BadInput) where no clip has
/// music; Cancelled where asked.
Result<void> trainSync(const std::vector<std::filesystem::path>& data, const std::filesystem::path& out, const std::filesystem::path& log,
                       const SyncTuningSettings& settings, std::stop_token stop, Progress& progress);

}  // namespace choreia::choreo
