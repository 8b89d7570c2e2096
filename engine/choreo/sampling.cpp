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
    order.reserve(size);
    for (std::size_t k = 0; k < size; ++k)
        if (probability[k] >= rare) order.push_back(k);
    // The likeliest are taken from a heap one after another: mostly some dozens of hundreds.
    const auto later = [&](std::size_t a, std::size_t b) { return logits[a] < logits[b] || (logits[a] == logits[b] && a > b); };
    std::make_heap(order.begin(), order.end(), later);
    double kept = 0;
    std::vector<std::size_t> taken;
    for (auto end = order.end(); end != order.begin() && kept < topP * sum; --end) {
        std::pop_heap(order.begin(), end, later);
        kept += probability[taken.emplace_back(*(end - 1))];
    }
    double at = random.uniform() * kept;
    for (const std::size_t token : taken) {
        at -= probability[token];
        if (at < 0) return static_cast<std::int64_t>(token);
    }
    return static_cast<std::int64_t>(taken.empty() ? highest : taken.back());
}

}  // namespace choreia::choreo
