/// The search behind sync: a smooth time warp held as a spline of displacements, improved by seeded hill climbing on the beat
/// alignment.
#pragma once

#include "core/random.h"

#include <cstddef>
#include <span>
#include <vector>

namespace choreia::choreo {

/// A warp of a motion's time: clip frame shown at output frame t is t + e(t), e a uniform cubic B-spline (so the playing speed 1
/// + e'(t) is smooth). The speed lies in the convex hull of 1 + (control differences) / spacing: bounding the differences bounds
/// the speed exactly. The score is the beat alignment of the warped motion, its speed curve recomputed and smoothed as eval does.
class WarpSearch {
public:
    /// speed: joint speed curve of the unwarped motion (eval::jointSpeedCurve), [frames - 1]; targets: music beats in output
    /// frames, rising.
    WarpSearch(std::span<const double> speed, std::span<const double> targets, double maxSpeedChange);

    /// Starts from the displacements (frames) given for each output frame, as near as the bound allows.
    void start(std::span<const double> displacement);
    /// Coarse-to-fine hill climbing.
    void improve(Random& random);

    /// Clip frame at each output frame, [frames].
    [[nodiscard]] const std::vector<double>& shown() const { return shown_; }
    /// Mean over targets of exp(-d^2 / 18) of the present warp.
    [[nodiscard]] double alignment() const;

private:
    struct Range {
        std::ptrdiff_t begin, end;
    };
    [[nodiscard]] double arc(double frame) const;
    [[nodiscard]] double costBetween(std::size_t firstControl, std::size_t lastControl) const;
    [[nodiscard]] bool allowed(std::size_t firstControl, std::size_t lastControl) const;
    [[nodiscard]] double hit(double target) const;
    [[nodiscard]] Range framesOf(std::size_t firstControl, std::size_t lastControl) const;
    void refresh(Range frames);
    bool tryMove(std::size_t centre, std::size_t halfWidth, double step);

    std::ptrdiff_t frames_;
    std::vector<double> arc_; ///< path length up to each clip frame
    std::vector<double> targets_;
    double bound_; ///< largest difference of neighbouring controls
    std::vector<double> controls_;
    std::vector<double> shown_;
    std::vector<double> speed_; ///< of the warped motion, padded by the kernel's radius on both sides
    std::vector<double> smooth_;
    std::vector<double> hits_; ///< score of each target
    std::vector<double> kernel_;
    std::vector<double> savedShown_, savedSpeed_, savedSmooth_, savedHits_, savedControls_;
};

} // namespace choreia::choreo
