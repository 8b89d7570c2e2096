/// The pieces of the beat alignment score, shared by the report (eval) and by the warp that raises it (choreo/sync).
#pragma once

#include "motion/clip.h"

#include <span>
#include <vector>

namespace choreia::eval {

/// Width of the smoothing of the speed curve, and of the score's tolerance, in frames at 60 fps.
inline constexpr double kBeatSmoothingFrames = 5.0, kBeatToleranceFrames = 3.0;

/// [frames - 1]: mean over joints of |p(t+1) - p(t)|, metres a frame.
std::vector<double> jointSpeedCurve(const motion::Positions& positions);
/// Gaussian filter cut at 4 sigma, the ends mirrored (edge value repeated), as scipy.ndimage.gaussian_filter1d does. sigma in
/// samples.
std::vector<double> gaussianSmooth(std::span<const double> values, double sigma);
/// Indices of samples below both neighbours; the ends never count.
std::vector<double> strictMinima(std::span<const double> values);
/// Mean over targets of exp(-d^2 / (2 * 3^2)), d to the nearest of events (rising). Frames. 0 where either is empty.
double alignmentScore(std::span<const double> targets, std::span<const double> events);

} // namespace choreia::eval
