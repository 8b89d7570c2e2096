// Novelty along the diagonal of the bar-by-bar self-similarity (Foote 2000), only near the diagonal, so that cost stays linear.
#include "audio/sections.h"

#include <algorithm>
#include <cmath>

namespace choreia::audio {

namespace {

constexpr std::size_t kHalf = 8;          // bars each side of a boundary
constexpr double kShortest = 7.0;         // seconds
constexpr std::size_t kWidth = columns::kMfccs + columns::kChromas + 1;

/// Standardised means of timbre, harmony and loudness from each edge to the next.
Table describe(const Table& features, const std::vector<double>& edges) {
    Table out(edges.size() - 1, kWidth);
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
        const auto from = std::min(features.rows - 1, static_cast<std::size_t>(std::lround(edges[i] * 60)));
        const auto to = std::clamp(static_cast<std::size_t>(std::lround(edges[i + 1] * 60)), from + 1, features.rows);
        const float share = 1.0f / static_cast<float>(to - from);
        for (std::size_t r = from; r < to; ++r) {
            for (std::size_t c = 0; c < columns::kMfccs; ++c) out.at(i, c) += share * features.at(r, columns::kMfcc + c);
            for (std::size_t c = 0; c < columns::kChromas; ++c) out.at(i, columns::kMfccs + c) += share * features.at(r, columns::kChroma + c);
            out.at(i, kWidth - 1) += share * features.at(r, columns::kEnergy);
        }
    }
    for (std::size_t c = 0; c < kWidth; ++c) {
        double sum = 0, squares = 0;
        for (std::size_t i = 0; i < out.rows; ++i) sum += out.at(i, c);
        const double average = sum / static_cast<double>(out.rows);
        for (std::size_t i = 0; i < out.rows; ++i) squares += (out.at(i, c) - average) * (out.at(i, c) - average);
        const double deviation = std::sqrt(squares / static_cast<double>(out.rows)) + 1e-6;
        const double weight = c == kWidth - 1 ? 3.0 : c < columns::kMfccs ? (c < 6 ? 1.2 : 0.7) : 0.6;
        for (std::size_t i = 0; i < out.rows; ++i) out.at(i, c) = static_cast<float>(weight * (out.at(i, c) - average) / deviation);
    }
    return out;
}

double distance(std::span<const float> a, std::span<const float> b) {
    double sum = 0;
    for (std::size_t c = 0; c < a.size(); ++c) sum += (a[c] - b[c]) * (a[c] - b[c]);
    return std::sqrt(sum);
}

/// Difference across i against the differences within both sides.
double novelty(const Table& bars, std::size_t i) {
    const std::size_t from = i > kHalf ? i - kHalf : 0, to = std::min(bars.rows, i + kHalf);
    double across = 0, within = 0;
    std::size_t acrossCount = 0, withinCount = 0;
    for (std::size_t a = from; a < to; ++a)
        for (std::size_t b = a + 1; b < to; ++b) {
            const double d = distance(bars.row(a), bars.row(b));
            if (a < i && b >= i) {
                across += d;
                ++acrossCount;
            } else {
                within += d;
                ++withinCount;
            }
        }
    if (acrossCount == 0 || withinCount == 0) return 0;
    return across / static_cast<double>(acrossCount) - within / static_cast<double>(withinCount);
}

}  // namespace

std::vector<Section> findSections(const Table& features, const BeatGrid& grid, double duration) {
    std::vector<double> edges{0};
    if (grid.downbeats.size() >= 4) {
        for (double d : grid.downbeats)
            if (d > 0.5 && d < duration - 0.5) edges.push_back(d);
    } else {
        for (double t = 2; t < duration - 1; t += 2) edges.push_back(t);
    }
    edges.push_back(duration);
    const Table bars = describe(features, edges);

    std::vector<double> curve(bars.rows);
    for (std::size_t i = 1; i < bars.rows; ++i) curve[i] = novelty(bars, i);
    double sum = 0, squares = 0;
    for (double v : curve) {
        sum += v;
        squares += v * v;
    }
    const double average = sum / static_cast<double>(curve.size());
    const double deviation = std::sqrt(std::max(0.0, squares / static_cast<double>(curve.size()) - average * average));
    std::vector<std::size_t> candidates;
    for (std::size_t i = 2; i + 2 < bars.rows; ++i)
        if (curve[i] > average + 0.5 * deviation && curve[i] > 0.3 && curve[i] >= curve[i - 1] && curve[i] > curve[i + 1]) candidates.push_back(i);
    std::sort(candidates.begin(), candidates.end(), [&](std::size_t a, std::size_t b) { return curve[a] > curve[b]; });
    std::vector<std::size_t> cuts{0, bars.rows};
    for (std::size_t c : candidates) {
        const auto after = std::lower_bound(cuts.begin(), cuts.end(), c);
        if (after == cuts.begin() || after == cuts.end()) continue;
        if (edges[*after] - edges[c] >= kShortest && edges[c] - edges[*(after - 1)] >= kShortest) cuts.insert(after, c);
    }

    // Parts whose means are near each other, measured against the song's own spread of bars, are the same part.
    std::vector<Section> sections;
    std::vector<std::vector<float>> kinds;
    double spread = 0;
    for (std::size_t i = 0; i < bars.rows; ++i) {
        const std::vector<float> zero(kWidth);
        spread += distance(bars.row(i), zero) / static_cast<double>(bars.rows);
    }
    for (std::size_t s = 0; s + 1 < cuts.size(); ++s) {
        std::vector<float> centre(kWidth);
        for (std::size_t i = cuts[s]; i < cuts[s + 1]; ++i)
            for (std::size_t c = 0; c < kWidth; ++c) centre[c] += bars.at(i, c) / static_cast<float>(cuts[s + 1] - cuts[s]);
        std::size_t kind = kinds.size();
        double nearest = 0.62 * spread;
        for (std::size_t k = 0; k < kinds.size(); ++k)
            if (const double d = distance(kinds[k], centre); d < nearest) {
                nearest = d;
                kind = k;
            }
        if (kind == kinds.size()) kinds.push_back(centre);
        std::string label(1, static_cast<char>('A' + kind % 26));
        if (kind >= 26) label += std::to_string(kind / 26);
        sections.push_back({edges[cuts[s]], edges[cuts[s + 1]], label});
    }
    return sections;
}

}  // namespace choreia::audio
