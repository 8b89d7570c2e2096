// Only what may be drawn is sorted: a few dozen of some hundred entries.
#include "choreo/sampling.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace choreia::choreo {

std::int64_t sampleToken(std::span<const float> logits, double temperature, double topP, Random& random) {
    const auto highest = static_cast<std::size_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
    if (temperature <= 0) return static_cast<std::int64_t>(highest);
    const std::size_t size = logits.size();
    std::vector<double> probability(size);
    double sum = 0;
    for (std::size_t k = 0; k < size; ++k) sum += probability[k] = std::exp((logits[k] - logits[highest]) / temperature);
    // All that are rarer than this together are less than the share left out: only the others need an order.
    const double rare = (1 - topP) * sum / static_cast<double>(size);
    std::vector<std::size_t> order;
    for (std::size_t k = 0; k < size; ++k)
        if (probability[k] >= rare) order.push_back(k);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return logits[a] > logits[b]; });
    double kept = 0;
    std::size_t count = 0;
    while (count < order.size() && kept < topP * sum) kept += probability[order[count++]];
    double at = random.uniform() * kept;
    for (std::size_t k = 0; k < count; ++k) {
        at -= probability[order[k]];
        if (at < 0) return static_cast<std::int64_t>(order[k]);
    }
    return static_cast<std::int64_t>(count > 0 ? order[count - 1] : highest);
}

}  // namespace choreia::choreo
