// As SuperFlux has them (Boeck and Widmer 2013): centres on bins, each used once, every triangle reaching to its neighbours' centres.
#include "audio/log_filters.h"

#include "audio/pcm.h"

#include <cmath>

namespace choreia::audio {

LogFilters logFilters(int bandsPerOctave, std::size_t size) {
    const double binHz = static_cast<double>(kAnalysisRate) / static_cast<double>(size);
    std::vector<std::size_t> bins;
    for (double hz = 27.5; hz < 0.5 * kAnalysisRate; hz *= std::exp2(1.0 / bandsPerOctave)) {
        const auto bin = static_cast<std::size_t>(std::lround(hz / binHz));
        if (bin > 0 && (bins.empty() || bin != bins.back())) bins.push_back(bin);
    }
    LogFilters out;
    for (std::size_t b = 0; b + 2 < bins.size(); ++b) {
        Filter filter{bins[b] + 1, {}};
        const auto left = static_cast<float>(bins[b]), centre = static_cast<float>(bins[b + 1]),
                   right = static_cast<float>(bins[b + 2]);
        float sum = 0;
        for (std::size_t k = bins[b] + 1; k < bins[b + 2]; ++k) {
            const auto x = static_cast<float>(k);
            filter.weights.push_back(x <= centre ? (x - left) / (centre - left) : (right - x) / (right - centre));
            sum += filter.weights.back();
        }
        for (float& w : filter.weights) w /= sum;
        if (static_cast<double>(bins[b + 1]) * binHz < 160) out.midStart = b + 1;
        if (static_cast<double>(bins[b + 1]) * binHz < 2500) out.highStart = b + 1;
        out.filters.push_back(std::move(filter));
    }
    return out;
}

} // namespace choreia::audio
