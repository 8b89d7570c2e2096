/// Sync: a time warp that brings motion beats onto music beats without changing speed by more than a bound.
#pragma once

#include "choreo/sync_loss.h"
#include "motion/clip.h"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace choreia::choreo {

/// How the warp is refined after the matching.
enum class SyncMethod {
    Match,        ///< not at all
    HillClimb,    ///< random bumps over the whole song
    Random,       ///< uniform random tries in windows
    DeUniform,    ///< differential evolution in windows, mutation factor uniform, then a short hill climb
    DeLogSigmoid  ///< the same, mutation factor log-sigmoid
};
inline constexpr std::array<std::string_view, 5> kSyncMethodNames = {"match", "hill-climb", "random", "de-uniform", "de-log-sigmoid"};
/// Nothing for other words.
std::optional<SyncMethod> parseSyncMethod(std::string_view name);
/// The names with commas between, for messages.
std::string syncMethodList();

struct SyncSettings {
    double maxSpeedChange = 0.15;  ///< local speed stays within 1 +- this
    double strength = 1.0;         ///< 0 leaves the motion as it is
    std::uint64_t seed = 1;
    SyncMethod method = SyncMethod::DeLogSigmoid;
    SyncWeights gamma;
    double pauses = 0;    ///< motion beats a second that a dance of the style has: those over it are crowding, and are smoothed away where the bound allows; 0: as many as the motion has
    double effort = 1.0;  ///< work, and time, of the refinement; every method does about the same at the same effort
};

struct SyncReport {
    double before = 0, matched = 0, after = 0;  ///< beat alignment (mean over music beats of exp(-d^2/18)), frames at 60 fps; matched: unrefined
    SyncTerms terms;                            ///< of the warp returned
    double meanSpeedChange = 0, maxSpeedChange = 0;
    std::size_t evaluations = 0;  ///< of the loss, by the refinement
};

/// times[i]: the clip time (seconds) shown at output frame i, for warping with motion::sampleAt. Strictly rising, starts at 0,
/// ends at the clip's end. musicBeats: seconds; onset: onset strength at 60 rows a second from the clip's start (audio::columns::kOnset),
/// may be empty. Method: dynamic-programming match of motion beats (minima of smoothed mean joint speed) to music beats, speed-bounded smooth
/// warp through the matches, then refinement against the synchronisation loss. The same seed gives the same warp on any number of threads.
/// Stopped early: the best warp so far. Cost: under 1 s for 3 minutes.
std::vector<double> syncWarp(const motion::Positions& positions, std::span<const double> musicBeats, const SyncSettings& settings,
                             SyncReport* report, std::span<const double> onset = {}, std::stop_token stop = {});

}  // namespace choreia::choreo
