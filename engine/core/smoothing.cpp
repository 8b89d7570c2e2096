// The kernel is made once.
#include "core/smoothing.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace choreia {

std::vector<double> gaussianSmoothed(std::span<const double> values, double sigma) {
    const auto count = static_cast<std::ptrdiff_t>(values.size()), reach = static_cast<std::ptrdiff_t>(std::ceil(3 * sigma));
    std::vector<double> kernel, out(values.size());
    double all = 0;
    for (std::ptrdiff_t k = -reach; k <= reach; ++k) all += kernel.emplace_back(std::exp(-0.5 * static_cast<double>(k * k) / (sigma * sigma)));
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        double sum = 0;
        for (std::ptrdiff_t k = -reach; k <= reach; ++k) sum += kernel[static_cast<std::size_t>(k + reach)] * values[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(i + k, 0, count - 1))];
        out[static_cast<std::size_t>(i)] = sum / all;
    }
    return out;
}

}  // namespace choreia
