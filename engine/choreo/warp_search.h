/// Searches for the warp of least synchronisation loss: hill climbing over the whole song, and differential evolution window by window.
#pragma once

#include "choreo/differential_evolution.h"
#include "choreo/warp_model.h"

#include <cstdint>
#include <stop_token>

namespace choreia::choreo {

/// Coarse-to-fine hill climbing: bumps from wide and large to narrow and small at random places, kept where the loss falls. passes: rounds
/// of all sizes; 2 try every control some 80 times. Returns the number of evaluations.
std::size_t climbHills(WarpModel& model, std::uint64_t seed, double passes, std::stop_token stop = {});

/// The spline is local: a change of a few controls is felt a second or two around. So the song is searched in windows of some anchors, every
/// second window at a time (they do not touch: one thread each), again and again with the windows moved by half.
struct WindowSettings {
    bool evolve = true;  ///< else: as many uniform random tries in the same windows (the plain alternative)
    EvolutionSettings evolution;  ///< population, strategy, factor, crossover, bounds; evaluations a window
    std::size_t anchors = 6;      ///< numbers searched at once
    bool atBeats = false;         ///< anchors at the music's beats; else at every control of the spline
    double range = 8;             ///< frames by which an anchor moves at most
    int sweeps = 6;
    std::uint64_t seed = 1;
};
/// Moves the anchors' displacements (straight lines between them, added to the warp as it is) to lower the loss; never raises it. The same
/// for any number of threads. Returns the number of evaluations.
std::size_t searchWindows(WarpModel& model, const WindowSettings& settings, std::stop_token stop = {});

/// One window's problem for a general minimiser: objective over displacements of anchors, for tests and comparisons.
class WarpWindow {
public:
    /// anchors: output frames, rising, at least 3; the first and last stay where they are.
    WarpWindow(const WarpModel& model, std::span<const double> anchors);
    [[nodiscard]] std::size_t dimensions() const { return anchors_.size() - 2; }
    [[nodiscard]] bool empty() const { return count_ == 0; }  ///< no control between the anchors may move
    /// Loss of the whole warp with the anchors moved by so many frames. One thread at a time.
    double operator()(std::span<const double> moves);
    /// The change evaluated last.
    [[nodiscard]] const WarpModel::Trial& trial() const { return trial_; }

private:
    const WarpModel* model_;
    std::vector<double> anchors_;
    std::size_t count_ = 0;
    std::vector<double> share_;        // of the later anchor, for each control
    std::vector<std::size_t> before_;  // the anchor before each control
    WarpModel::Trial trial_;
};

/// Places for anchors: music beats, thinned out and filled up to lie 12 to 64 frames apart; or the spline's controls.
std::vector<double> anchorFrames(const WarpModel& model, bool atBeats);

}  // namespace choreia::choreo
