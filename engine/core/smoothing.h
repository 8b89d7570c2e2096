/// Smoothing of a series along its index.
#pragma once

#include <span>
#include <vector>

namespace choreia {

/// Gaussian mean of spread sigma (in indices, over 0), cut at three of them; beyond its ends the series stays as it is there. Cost: values times 6 sigma.
std::vector<double> gaussianSmoothed(std::span<const double> values, double sigma);

}  // namespace choreia
