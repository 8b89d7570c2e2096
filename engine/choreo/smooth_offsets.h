/// A small least-squares solver for corrections along time: where it must hold, where it may move, and how smooth it must be.
#pragma once

#include <cstddef>
#include <vector>

namespace choreia::choreo {

/// Finds x[0..frames-1] that minimises a sum of weighted squares: values, velocities and curvatures along time.
/// The normal equations are symmetric with two off-diagonals, so a solution costs a few operations a frame.
class OffsetProblem {
public:
    /// fps: frames a second, so that velocities and curvatures have units of seconds. rest: weight of x[f]^2 at every frame (>
    /// 0).
    OffsetProblem(std::size_t frames, double fps, double rest);

    /// weight * (x[frame] - target)^2
    void pullTo(std::size_t frame, double weight, double target);
    /// weight * ((x[frame + 1] - x[frame]) * fps - velocity)^2; frame + 1 < frames
    void moveAt(std::size_t frame, double weight, double velocity);
    /// weight * (second difference * fps^2)^2 at every inner frame
    void bend(double weight);

    [[nodiscard]] std::vector<double> solve() const;

private:
    double fps_;
    std::vector<double> diagonal_, first_, second_, right_; ///< first_[f]: (f, f + 1), second_[f]: (f, f + 2)
};

} // namespace choreia::choreo
