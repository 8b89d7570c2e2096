/// A time warp held as a spline of displacements, and its synchronisation loss kept up to date piecewise: a change of a few controls costs
/// microseconds, whatever the song's length.
#pragma once

#include "choreo/sync_loss.h"

#include <cstddef>
#include <span>
#include <vector>

namespace choreia::choreo {

/// The clip frame shown at output frame t is t + e(t), e a uniform cubic B-spline (so the playing speed 1 + e'(t) is smooth). The speed lies
/// in the convex hull of 1 + (control differences) / spacing: bounding the differences bounds the speed exactly. The first and last controls
/// are held at 0, so that the warp starts and ends with the clip.
class WarpModel {
public:
    static constexpr std::ptrdiff_t kSpacing = 16;  ///< frames between controls: a quarter of a second

    /// speed: joint speed curve of the unwarped motion, [frames - 1], at least 7; beats: of the music, output frames, rising; onset: 60 rows
    /// a second, may be empty; pauses: motion beats a second that are enough, see SyncSettings.
    WarpModel(std::span<const double> speed, std::span<const double> beats, std::span<const double> onset, double maxSpeedChange,
              const SyncWeights& gamma, double pauses = 0);

    /// Controls that may move: [firstFree, firstFree + freeCount).
    [[nodiscard]] std::size_t firstFree() const { return kFixedFront; }
    [[nodiscard]] std::size_t freeCount() const;
    [[nodiscard]] std::span<const double> controls() const { return controls_; }
    /// The frame at which control k weighs most.
    [[nodiscard]] static double frameOf(std::size_t k) { return (static_cast<double>(k) - 1) * static_cast<double>(kSpacing); }
    /// Clip frame at each output frame, [frames].
    [[nodiscard]] const std::vector<double>& shown() const { return shown_; }
    [[nodiscard]] std::span<const double> beats() const { return beats_; }
    [[nodiscard]] SyncTerms terms() const;
    [[nodiscard]] double loss() const { return terms().loss(gamma_); }

    /// Starts from the displacement (frames) given for each output frame, as near as the bound allows.
    void start(std::span<const double> displacement);
    /// Brings values meant for the controls from `first` on within the speed bound of one another and of their neighbours.
    void repair(std::size_t first, std::span<double> values) const;

    /// What a change would bring; reused, to save allocations.
    struct Trial {
        std::size_t first = 0;
        std::vector<double> controls;  ///< values for the controls from `first` on, within the bound (see repair)
        double loss = 0;

    private:
        friend class WarpModel;
        std::ptrdiff_t frameBegin = 0, frameEnd = 0, smoothBegin = 0, smoothEnd = 0, bufferBegin = 0, roughBegin = 0, roughEnd = 0;
        std::size_t hitBegin = 0, hitEnd = 0, energyBegin = 0, energyEnd = 0;
        std::vector<double> shown, path, speed, smooth, hits, energy, rough;
        std::size_t minima = 0;
        double hitSum = 0, roughSum = 0, sumX = 0, sumXX = 0, sumXY = 0;
    };
    /// Fills trial.loss: the loss of the whole warp with trial.controls in place. Changes nothing here; several threads may ask at once.
    void evaluate(Trial& trial) const;
    /// Takes over an evaluated trial. No other may have been accepted since it was evaluated.
    void accept(const Trial& trial);

private:
    static constexpr std::size_t kFixedFront = 3, kFixedBack = 4;
    [[nodiscard]] double hit(std::span<const double> smooth, std::ptrdiff_t smoothBegin, double beat) const;
    [[nodiscard]] SyncTerms termsOf(double hitSum, std::size_t minima, double roughSum, double sumX, double sumXX, double sumXY) const;

    std::ptrdiff_t frames_;
    double bound_;  // largest difference of neighbouring controls
    SyncWeights gamma_;
    std::vector<double> clipPath_, beats_, onsets_, kernel_;
    std::vector<double> controls_, shown_;
    std::vector<double> path_;    // travelled up to each output frame
    std::vector<double> smooth_;  // speed curve of the warped motion, smoothed as eval does
    std::vector<double> hits_, energy_, rough_;
    std::size_t minima_ = 0, unwarpedMinima_ = 0;
    double enough_;  // motion beats
    double hitSum_ = 0, roughSum_ = 0, sumX_ = 0, sumXX_ = 0, sumXY_ = 0, sumY_ = 0, sumYY_ = 0;
};

}  // namespace choreia::choreo
