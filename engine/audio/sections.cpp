// Novelty as the change of means across each bar line (a smooth form of the checkerboard of Foote 2000), so that cost stays
// linear.
#include "audio/sections.h"

#include <algorithm>
#include <cmath>

namespace choreia::audio {

namespace {

constexpr std::size_t kSpan = 4;      // bars each side of a boundary: a round of chords averages out
constexpr double kShortest = 7.0;     // seconds
constexpr double kLeastChange = 0.75; // of the song's own spread of parts
constexpr double kAlike = 0.85;
constexpr std::size_t kTimbres = 14, kWidth = kTimbres + columns::kChromas + 2;

/// Means of timbre, harmony, loudness and onset strength from each edge to the next.
Table describe(const Table& features, const std::vector<double>& edges) {
    Table out(edges.size() - 1, kWidth);
    for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
        const auto from = std::min(features.rows - 1, static_cast<std::size_t>(std::lround(edges[i] * 60)));
        const auto to = std::clamp(static_cast<std::size_t>(std::lround(edges[i + 1] * 60)), from + 1, features.rows);
        const float share = 1.0f / static_cast<float>(to - from);
        for (std::size_t r = from; r < to; ++r) {
            for (std::size_t c = 0; c < kTimbres; ++c) out.at(i, c) += share * features.at(r, columns::kMfcc + c);
            for (std::size_t c = 0; c < columns::kChromas; ++c)
                out.at(i, kTimbres + c) += share * features.at(r, columns::kChroma + c);
            out.at(i, kWidth - 2) += share * features.at(r, columns::kEnergy);
            out.at(i, kWidth - 1) += share * features.at(r, columns::kOnset);
        }
    }
    return out;
}

std::vector<float> meanOf(const Table& bars, std::size_t from, std::size_t to) {
    std::vector<float> mean(bars.columns);
    for (std::size_t i = from; i < to; ++i)
        for (std::size_t c = 0; c < bars.columns; ++c) mean[c] += bars.at(i, c) / static_cast<float>(to - from);
    return mean;
}

/// Brings every column to the spread that its means over four bars have; what only wavers from bar to bar does not count as a
/// change.
void scale(Table& bars) {
    Table smooth(bars.rows, bars.columns);
    for (std::size_t i = 0; i < bars.rows; ++i) {
        const auto mean = meanOf(bars, i, std::min(bars.rows, i + kSpan));
        std::copy(mean.begin(), mean.end(), smooth.row(i).begin());
    }
    const auto spreadOf = [](const Table& table, std::size_t c) {
        double sum = 0, squares = 0;
        for (std::size_t i = 0; i < table.rows; ++i) sum += table.at(i, c);
        const double average = sum / static_cast<double>(table.rows);
        for (std::size_t i = 0; i < table.rows; ++i) squares += (table.at(i, c) - average) * (table.at(i, c) - average);
        return std::sqrt(squares / static_cast<double>(table.rows));
    };
    for (std::size_t c = 0; c < kWidth; ++c) {
        const double spread = std::max(spreadOf(smooth, c), 0.4 * spreadOf(bars, c)) + (c < kTimbres ? 0.3 : 0.02);
        // All timbre together, all harmony together, loudness and onsets weigh about alike.
        const double weight = c < kTimbres     ? 1 / std::sqrt(static_cast<double>(kTimbres))
                              : c < kWidth - 2 ? 0.8 / std::sqrt(12.0)
                                               : 0.6;
        for (std::size_t i = 0; i < bars.rows; ++i) bars.at(i, c) *= static_cast<float>(weight / spread);
    }
}

double distance(std::span<const float> a, std::span<const float> b) {
    double sum = 0;
    for (std::size_t c = 0; c < a.size(); ++c) sum += (a[c] - b[c]) * (a[c] - b[c]);
    return std::sqrt(sum);
}

/// Marks the kind of part that is loudest on average, where it stands out from the song's mean.
void markLoudest(std::vector<Section>& sections, const std::vector<std::size_t>& kindOf, std::size_t kinds, const Table& features) {
    std::vector<double> energy(kinds), rows(kinds);
    double all = 0;
    for (std::size_t s = 0; s < sections.size(); ++s) {
        const auto from = std::min(features.rows, static_cast<std::size_t>(std::lround(sections[s].start * 60)));
        const auto to = std::min(features.rows, static_cast<std::size_t>(std::lround(sections[s].end * 60)));
        for (std::size_t r = from; r < to; ++r) {
            energy[kindOf[s]] += features.at(r, columns::kEnergy);
            all += features.at(r, columns::kEnergy);
        }
        rows[kindOf[s]] += static_cast<double>(to - from);
    }
    std::size_t top = 0;
    const auto level = [&](std::size_t k) { return rows[k] > 0 ? energy[k] / rows[k] : 0.0; };
    for (std::size_t k = 1; k < kinds; ++k)
        if (level(k) > level(top)) top = k;
    const bool standsOut = kinds > 1 && level(top) > 1.05 * all / static_cast<double>(std::max<std::size_t>(1, features.rows));
    for (std::size_t s = 0; s < sections.size(); ++s) sections[s].loudest = standsOut && kindOf[s] == top;
}

} // namespace

std::vector<Section> findSections(const Table& features, const BeatGrid& grid, double duration) {
    std::vector<double> edges{0};
    if (grid.downbeats.size() >= 4) {
        for (double d : grid.downbeats)
            if (d > 0.5 && d < duration - 0.5) edges.push_back(d);
    } else {
        for (double t = 2; t < duration - 1; t += 2) edges.push_back(t);
    }
    edges.push_back(duration);
    Table bars = describe(features, edges);
    scale(bars);

    // A boundary is where the means of the bars on both sides differ most.
    std::vector<double> curve(bars.rows);
    for (std::size_t i = 1; i < bars.rows; ++i)
        curve[i] = distance(meanOf(bars, i > kSpan ? i - kSpan : 0, i), meanOf(bars, i, std::min(bars.rows, i + kSpan)));
    std::vector<std::size_t> candidates;
    for (std::size_t i = 2; i + 1 < bars.rows; ++i) {
        bool peak = curve[i] > kLeastChange;
        for (std::size_t n = i > kSpan / 2 ? i - kSpan / 2 : 0; n <= std::min(i + kSpan / 2, bars.rows - 1); ++n)
            peak &= curve[i] >= curve[n];
        if (peak) candidates.push_back(i);
    }
    std::sort(candidates.begin(), candidates.end(), [&](std::size_t a, std::size_t b) { return curve[a] > curve[b]; });
    std::vector<std::size_t> cuts{0, bars.rows};
    for (std::size_t c : candidates) {
        const auto after = std::lower_bound(cuts.begin(), cuts.end(), c);
        if (after == cuts.begin() || after == cuts.end()) continue;
        if (edges[*after] - edges[c] >= kShortest && edges[c] - edges[*(after - 1)] >= kShortest) cuts.insert(after, c);
    }

    // Parts whose means are near each other are the same part.
    std::vector<Section> sections;
    std::vector<std::size_t> kindOf;
    std::vector<std::vector<float>> kinds;
    for (std::size_t s = 0; s + 1 < cuts.size(); ++s) {
        const std::vector<float> centre = meanOf(bars, cuts[s], cuts[s + 1]);
        std::size_t kind = kinds.size();
        double nearest = kAlike;
        for (std::size_t k = 0; k < kinds.size(); ++k)
            if (const double d = distance(kinds[k], centre); d < nearest) {
                nearest = d;
                kind = k;
            }
        if (kind == kinds.size()) kinds.push_back(centre);
        kindOf.push_back(kind);
        std::string label(1, static_cast<char>('A' + kind % 26));
        if (kind >= 26) label += std::to_string(kind / 26);
        sections.push_back({edges[cuts[s]], edges[cuts[s + 1]], label, false});
    }
    markLoudest(sections, kindOf, kinds.size(), features);
    return sections;
}

} // namespace choreia::audio
