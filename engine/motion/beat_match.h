/// Beats of a motion, its tempo, and the matching of motion beats to music beats by a mild change of speed.
#pragma once

#include "motion/clip.h"

#include <span>
#include <vector>

namespace choreia::motion {

/// Moments at which the body comes to rest a little: strict minima of the mean joint speed, smoothed by a Gaussian of 5 frames at
/// 60 a second (the motion beats of the beat alignment score).
struct MotionBeats {
    std::vector<double> times;     ///< seconds from the clip's start, rising
    std::vector<double> strengths; ///< depth of the minimum against the speed half a second around, 0..1
};
MotionBeats motionBeats(const Positions& positions);

struct TempoGuess {
    double bpm = 0;        ///< 0 where there are too few beats
    double confidence = 0; ///< 0..1: resultant length of the beats on that tempo, over windows of 10 s
};
/// Tempo to which the beats fit best, between low and high, with a log-normal preference round `likely` (spread in octaves).
TempoGuess motionTempo(const MotionBeats& beats, double low, double high, double likely, double spreadOctaves);

/// An even-tempered beat track through the motion's beats by dynamic programming (Ellis 2007): intervals within `slack` of 60 /
/// bpm. duration: seconds. Rising times from near 0 to near duration.
std::vector<double> trackMotionBeats(const MotionBeats& beats, double duration, double bpm, double slack = 0.15);

/// A rising map from output (music) time to motion time: piecewise cubic through anchors, slopes positive.
class TimeMap {
public:
    TimeMap() = default;
    /// Anchors: rising in both. At least 2.
    TimeMap(std::vector<double> out, std::vector<double> in);
    [[nodiscard]] double operator()(double out) const; ///< beyond the ends: the end slopes go on
    [[nodiscard]] double start() const { return out_.empty() ? 0 : out_.front(); }
    [[nodiscard]] double end() const { return out_.empty() ? 0 : out_.back(); }
    /// Mean and largest |slope - 1| over [start, end].
    [[nodiscard]] double meanSpeedChange() const;
    [[nodiscard]] double maxSpeedChange() const;

private:
    [[nodiscard]] double slopeAt(double out) const;
    std::vector<double> out_, in_, slopes_;
};

struct MatchSettings {
    double maxSpeedChange = 0.18; ///< slope between matched beats within 1 +- this
    double stiffness = 6;         ///< cost of a squared speed change a second, against a reward of at most 1 a matched beat
    double maxDrift = 1.0;        ///< seconds by which motion may run ahead of or behind its own time
};
/// Matches motion beats to music beats (both in seconds, rising) one to one, monotone, by dynamic programming, and returns the
/// map from music time to motion time over [0, duration]; 0 stays at 0 and duration at duration (to within the drift allowed by
/// the bound).
TimeMap matchBeats(const MotionBeats& beats, std::span<const double> musicBeats, double duration,
                   const MatchSettings& settings = {});

} // namespace choreia::motion
