/// The synchronisation loss of a time warp: how far a motion, shown at other times, is from the music it is danced to.
#pragma once

#include <span>
#include <vector>

namespace choreia::choreo {

/// gamma1..3 of  loss = gamma1 * beats + gamma2 * energy + gamma3 * roughness, each in [0, 1]. The built-in ones, rounded, are what
/// `choreia train sync` found on 24 real dances (96 evaluations; sync_tuning.h says what it minimises). gamma2 costs up to 0.006 of BAS above
/// chance and raises the agreement of energy; gamma3 came out as it had been set by hand before.
struct SyncWeights {
    double beats = 1.0;
    double energy = 0.15;
    double roughness = 0.16;
    bool operator==(const SyncWeights&) const = default;
};

/// BAS counts music beats that have a motion beat near: it never falls when more motion beats are made, and a warp makes them by braking for a moment.
/// At this price a new one costs more than meeting a music beat with it brings, as long as a dance has fewer motion beats than the music beats.
inline constexpr double kCrowdingPrice = 1.0;

/// The terms. 0 is perfect in each.
struct SyncTerms {
    double beats = 0;      ///< 1 - mean over music beats of exp(-d^2 / 18), d frames to the nearest motion beat: 1 - BAS (metrics.md)
    double energy = 0;     ///< 1 - correlation of motion energy with onset strength: 0..2; 0 where either never changes
    double roughness = 0;  ///< mean of (speed - 1)^2 + (speed 16 frames later - speed)^2, over kFullSpeedChange^2
    double crowding = 0;   ///< motion beats over those that are enough, as a share of those there were unwarped: a pause is to be moved, not made
    [[nodiscard]] double loss(const SyncWeights& gamma) const {
        return gamma.beats * (beats + kCrowdingPrice * crowding) + gamma.energy * energy + gamma.roughness * roughness;
    }
};

/// A speed held this far from 1 costs roughness 1: the largest change that sync allows.
inline constexpr double kFullSpeedChange = 0.20;
/// Frames over which a change of speed is judged.
inline constexpr int kBendFrames = 16;
/// Motion energy is the path travelled, and onset strength the mean, over kEnergyFrames from every kEnergyStep'th frame on: about a second,
/// longer than a beat. (Within a beat they oppose each other: onsets are strongest on the beat, where a dancer is slowest.)
inline constexpr int kEnergyFrames = 64, kEnergyStep = 16;

/// Path length (metres) up to each frame, [frames], from the joint speed curve (eval::jointSpeedCurve, [frames - 1]).
std::vector<double> pathLengths(std::span<const double> speed);
/// The path up to a moment between frames; beyond the ends, the end's.
double pathAt(std::span<const double> path, double frame);
/// Mean onset strength over each energy window of a motion of so many frames. onset: 60 rows a second; missing rows count as 0.
std::vector<double> onsetWindows(std::span<const double> onset, std::size_t frames);
/// Pearson's correlation from sums over n pairs; 0 where either is constant.
double correlation(double n, double sumX, double sumXX, double sumY, double sumYY, double sumXY);

/// Motion beats among the samples from begin to before end of a smoothed speed curve, [samples] of a motion, of which `smooth` holds the part from smoothBegin on: its strict minima, and
/// where it all but stands still on its way down or up (a slope under kShelf of the speed a frame): resampled poses are not quite what the loss foresees, and such a place is a pause as often as not.
/// smooth reaches from before begin - 1 to behind end + 1, or to the motion's ends.
std::size_t motionBeatsIn(std::span<const double> smooth, std::ptrdiff_t smoothBegin, std::ptrdiff_t samples, std::ptrdiff_t begin, std::ptrdiff_t end);
inline constexpr double kShelf = 0.0015;

/// SyncTerms::crowding of so many motion beats now and before the warp. enough: how many the dance should have; at most `before` are allowed, and all of those where it is 0.
double crowdingOf(std::size_t now, std::size_t before, double enough);

/// shown: clip frame at each output frame, [frames], rising; speed: joint speed curve of the unwarped motion, [frames - 1]; beats: of the
/// music, output frames, rising; onset: 60 rows a second, may be empty (energy is then 0). All at 60 frames a second. pauses: motion beats a second that are enough, see SyncSettings.
SyncTerms syncTerms(std::span<const double> shown, std::span<const double> speed, std::span<const double> beats,
                    std::span<const double> onset, double pauses = 0);

}  // namespace choreia::choreo
