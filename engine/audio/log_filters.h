/// Triangular filters at equal distances in pitch over the bins of a spectrum at kAnalysisRate.
#pragma once

#include <cstddef>
#include <vector>

namespace choreia::audio {

/// One triangle: weights over bins first, first + 1, ..., summing to 1.
struct Filter {
    std::size_t first = 0;
    std::vector<float> weights;
};

inline float apply(const Filter& filter, const float* spectrum) {
    float sum = 0;
    for (std::size_t k = 0; k < filter.weights.size(); ++k) sum += filter.weights[k] * spectrum[filter.first + k];
    return sum;
}

struct LogFilters {
    std::vector<Filter> filters;
    std::size_t midStart = 0, highStart = 0;  ///< first band over 160 Hz and over 2.5 kHz
};

/// bandsPerOctave where the bins of a spectrum of `size` samples allow it, one a bin below; from 27.5 Hz up.
LogFilters logFilters(int bandsPerOctave, std::size_t size);

}  // namespace choreia::audio
