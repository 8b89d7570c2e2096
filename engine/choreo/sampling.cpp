// Sorted once a draw; 256 entries cost a few microseconds.
#include "choreo/sampling.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace choreia::choreo {

std::int64_t sampleToken(std::span<const float> logits, double temperature, double topP, Random& random) {
    std::vector<std::size_t> order(logits.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return logits[a] > logits[b]; });
    if (temperature <= 0) return static_cast<std::int64_t>(order.front());
    std::vector<double> probability(order.size());
    const double most = logits[order.front()];
    double sum = 0;
    for (std::size_t k = 0; k < order.size(); ++k) sum += probability[k] = std::exp((logits[order[k]] - most) / temperature);
    double kept = 0;
    std::size_t count = 0;
    while (count < order.size() && kept < topP * sum) kept += probability[count++];
    double at = random.uniform() * kept;
    for (std::size_t k = 0; k < count; ++k) {
        at -= probability[k];
        if (at < 0) return static_cast<std::int64_t>(order[k]);
    }
    return static_cast<std::int64_t>(order[count > 0 ? count - 1 : 0]);
}

}  // namespace choreia::choreo
