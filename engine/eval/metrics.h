/// The figures of dance quality, formula by formula as in the field's public evaluation code (see each), with corrected values beside.
#pragma once

#include "motion/clip.h"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace choreia::eval {

inline constexpr std::size_t kKineticFeatures = 72, kGeometricFeatures = 32;

/// [72]: per joint (E_h, E_v, A); parity keeps the public code's acceleration slip, corrected does not. positions: 24 joints, 60 fps, metres.
std::vector<double> kineticFeatures(const motion::Positions& positions, bool parity);
/// [32] shares of frames in which each yes/no holds.
std::vector<double> geometricFeatures(const motion::Positions& positions);

/// Frechet distance of two feature sets ([clips][features]), normalised by the reference's mean and population standard deviation (+1e-10);
/// a floor under the standard deviation where given (> 0). Not a number where a set has fewer than two clips.
double frechetDistance(const std::vector<std::vector<double>>& generated, const std::vector<std::vector<double>>& reference, double stdFloor = 0);
/// Mean pairwise L2 distance of the generated set, normalised likewise.
double diversity(const std::vector<std::vector<double>>& generated, const std::vector<std::vector<double>>& reference, double stdFloor = 0);

/// Motion beats: strict local minima of the smoothed mean joint speed (Gaussian, sigma 5 frames at 60 fps). Seconds.
std::vector<double> motionBeats(const motion::Positions& positions);

struct BeatAlignment {
    double bas = 0;          ///< mean over music beats of exp(-d^2 / 18), d in frames at 60 fps
    double chance = 0;       ///< mean of the same over 200 seeded circular shifts of the music's beats
    double aboveChance = 0;  ///< bas - chance
    double motionBeatRateHz = 0;
};
/// musicBeats: seconds from the motion's start.
BeatAlignment beatAlignment(const motion::Positions& positions, std::span<const double> musicBeats, std::uint64_t seed = 1);

struct Plausibility {
    double pfc = 0;
    double footSkatingRatio = 0;
    double meanJointSpeed = 0;        ///< m/s, mean over joints and frames
    double lowestFootSpeed = 0;       ///< m/s, median over frames of the horizontal speed of the lower toe
    double standingFootSpeed = 0;     ///< the same over the frames in which that foot is in contact as the skating ratio has it; 0 where none is
    std::vector<double> windowSpeeds; ///< mean joint speed of each 1-second window
};
Plausibility plausibility(const motion::Positions& positions);

struct EvaluatedClip {
    std::string name;
    motion::Positions positions;              ///< 60 fps, 24 joints
    std::vector<double> musicBeats;           ///< empty where there is no music
    std::string style{};                      ///< danced; empty where not known
};

struct ClipFigures {
    std::string name;
    double bas = 0, basChance = 0, basAboveChance = 0, motionBeatRateHz = 0, pfc = 0, footSkatingRatio = 0, freezingRatio = 0, meanJointSpeed = 0, lowestFootSpeed = 0, standingFootSpeed = 0;
    std::vector<double> freezingPer10s;
};

/// What the reference shows of the styles of the generated set: of every generated clip the mean over the reference clips of its style, and of these the mean
/// over the generated clips. So a set of another mix of styles is held against figures of its own mix. Units as in ClipFigures.
struct StyleFigures {
    double motionBeatRateHz = 0, meanJointSpeed = 0, footSkatingRatio = 0, lowestFootSpeed = 0;
    double freezingRatio = 0;  ///< mean over clips, each alike however long; Evaluation's is the share over all windows of the set
};

struct Evaluation {
    double fidK = 0, fidKCorrected = 0, fidG = 0, divK = 0, divG = 0;
    double referenceDivK = 0, referenceDivG = 0;
    std::optional<double> fidGFloored, divGFloored;  ///< beside the parity values, where geometric features are nearly constant in the reference
    double bas = 0, basChance = 0, basAboveChance = 0;
    double motionBeatRateHz = 0, referenceMotionBeatRateHz = 0;
    double pfc = 0, referencePfc = 0, footSkatingRatio = 0, referenceFootSkatingRatio = 0, freezingRatio = 0, referenceFreezingRatio = 0;
    /// The same without each clip's first and last two windows: in a recording people stand there, before the dance and after it.
    double freezingWithin = 0, referenceFreezingWithin = 0;
    double meanJointSpeed = 0, referenceMeanJointSpeed = 0, lowestFootSpeed = 0, referenceLowestFootSpeed = 0;
    double standingFootSpeed = 0, referenceStandingFootSpeed = 0;
    std::optional<double> freshness, referenceFreshness;  ///< m, median over the windows of poseFreshness(); none: no clip is long enough
    double loopingRatio = 0, referenceLoopingRatio = 0;   ///< share of those windows under kLoops
    std::optional<StyleFigures> referenceOfStyles;        ///< none where the style of a generated clip is not known or the reference has no clip of it
    std::vector<ClipFigures> clips;
    std::size_t referenceClips = 0;
    std::vector<std::string> warnings;
};

/// All figures. Generated clips are cropped to 1200 frames for the features, reference clips taken whole. windowSeconds > 0: the features of both are
/// taken over windows of that length, without overlap, over whole clips (a clip's last part counts where it fills a window): for sets of few long dances.
/// The reference's figures are those of all its clips, whatever their styles; referenceOfStyles are those of the generated clips' styles.
Evaluation evaluate(const std::vector<EvaluatedClip>& generated, const std::vector<EvaluatedClip>& reference, double windowSeconds = 0);

/// How far a dance's energy follows the song's: Pearson's correlation of mean joint speed and mean loudness over windows of two seconds. loudness: 60 rows
/// a second from the clip's start. 0 where there are fewer than three windows or either does not change.
double energyCorrelation(const motion::Positions& positions, std::span<const float> loudness);

struct BeatFigures {
    double fMeasure = 0, cmlT = 0, amlT = 0, medianErrorMs = 0;
};
/// F at +-70 ms after dropping beats before 5 s; CMLt, AMLt (Davies 2009; as mir_eval); median absolute error of matched beats. Seconds.
BeatFigures evaluateBeats(std::span<const double> estimated, std::span<const double> reference);

}  // namespace choreia::eval
