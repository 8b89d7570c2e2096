// Beat-synchronous timbre, harmony and loudness, and self-similarity matrices of them that are never laid out whole: a band about the diagonal finds
// boundaries, stripes tell repeated parts, so that memory grows with the song and not with its square.
#include "audio/sections.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace choreia::audio {

namespace {

constexpr std::size_t kTimbres = 13, kHarmony = kTimbres, kLoudness = kHarmony + columns::kChromas, kWidth = kLoudness + 2;
constexpr double kShortest = 7.0;      // seconds
constexpr double kBarWithout = 2.0;    // seconds a bar where there are none
constexpr std::size_t kLongest = 64;   // bars in a part

// What follows was chosen by coordinate search on twenty songs synthesised by this project (audio/synth), whose parts are known, with their features
// disturbed part by part as players do.
constexpr std::array<std::size_t, 2> kReach{2, 4};  // bars either side that a boundary is judged by
constexpr double kTimbreWeight = 2.0, kHarmonyWeight = 0.4, kLoudnessWeight = 1.3;
constexpr double kWavering = 0.8;      // how far change from bar to bar counts beside change over four bars
constexpr double kLeastNovelty = 0.25;
constexpr double kEvenBonus = 0.1;     // for a part of four bars' multiple, twice for eight: that is how songs are built
constexpr double kStripe = 0.75;       // weight of the same course of events beside the same sound on the whole
constexpr double kAlike = 0.65;
constexpr double kNearest = 1.5;       // least bandwidth (songs have some 10): a song of one part stays one part

/// The song cut into bars, and each bar into its beats.
struct Bars {
    std::vector<double> edges;  // seconds, one more than bars
    std::size_t beats = 4;      // a bar
};

Bars cut(const BeatGrid& grid, double duration) {
    Bars bars;
    bars.edges.push_back(0);
    if (grid.downbeats.size() >= 4) {
        bars.beats = static_cast<std::size_t>(std::max(2, grid.beatsPerBar));
        for (const double d : grid.downbeats)
            if (d > 0.5 && d < duration - 0.5) bars.edges.push_back(d);
    } else {
        for (double t = kBarWithout; t < duration - 1; t += kBarWithout) bars.edges.push_back(t);
    }
    bars.edges.push_back(duration);
    return bars;
}

/// Means over each beat: MFCC without the first, pitch classes, loudness and onset strength; [bars * beats, kWidth].
Table describe(const Table& features, const Bars& bars) {
    Table out((bars.edges.size() - 1) * bars.beats, kWidth);
    for (std::size_t i = 0; i < out.rows; ++i) {
        const double begin = bars.edges[i / bars.beats], length = bars.edges[i / bars.beats + 1] - begin;
        const auto rowAt = [&](std::size_t beat) {
            return static_cast<std::size_t>(std::lround(60 * (begin + length * static_cast<double>(beat) / static_cast<double>(bars.beats))));
        };
        const auto from = std::min(features.rows - 1, rowAt(i % bars.beats)), to = std::clamp(rowAt(i % bars.beats + 1), from + 1, features.rows);
        const float share = 1.0f / static_cast<float>(to - from);
        for (std::size_t r = from; r < to; ++r) {
            for (std::size_t c = 0; c < kTimbres; ++c) out.at(i, c) += share * features.at(r, columns::kMfcc + 1 + c);
            for (std::size_t c = 0; c < columns::kChromas; ++c) out.at(i, kHarmony + c) += share * features.at(r, columns::kChroma + c);
            out.at(i, kLoudness) += share * features.at(r, columns::kOnset);
            out.at(i, kLoudness + 1) += share * features.at(r, columns::kEnergy);
        }
    }
    return out;
}

/// Means of `count` rows from every `step`-th row on (fewer at the end), shifted back by `back` rows.
Table means(const Table& rows, std::size_t step, std::size_t count, std::size_t back) {
    Table out(rows.rows / step, rows.columns);
    std::vector<double> sums(rows.rows + 1);
    for (std::size_t c = 0; c < rows.columns; ++c) {
        for (std::size_t i = 0; i < rows.rows; ++i) sums[i + 1] = sums[i] + rows.at(i, c);
        for (std::size_t i = 0; i < out.rows; ++i) {
            const std::size_t from = i * step > back ? i * step - back : 0, to = std::min(rows.rows, i * step + count - back);
            out.at(i, c) = static_cast<float>((sums[to] - sums[from]) / static_cast<double>(to - from));
        }
    }
    return out;
}

double spreadOf(const Table& rows, std::size_t c, double* mean = nullptr) {
    double sum = 0, squares = 0;
    for (std::size_t i = 0; i < rows.rows; ++i) {
        sum += rows.at(i, c);
        squares += static_cast<double>(rows.at(i, c)) * rows.at(i, c);
    }
    const double n = static_cast<double>(rows.rows), average = sum / n;
    if (mean) *mean = average;
    return std::sqrt(std::max(0.0, squares / n - average * average));
}

/// Kinds of column weighed against each other; what hardly changes in a song tells no parts apart.
double weightOf(std::size_t c) {
    return c < kHarmony ? kTimbreWeight / std::sqrt(static_cast<double>(kTimbres)) : c < kLoudness ? kHarmonyWeight / std::sqrt(12.0) : kLoudnessWeight / std::sqrt(2.0);
}
double floorOf(std::size_t c) { return c < kHarmony ? 0.3 : 0.02; }

/// Columns brought to weight over spread, about their mean.
void scale(Table& rows, const std::vector<double>& spread) {
    for (std::size_t c = 0; c < kWidth; ++c) {
        double mean = 0;
        static_cast<void>(spreadOf(rows, c, &mean));
        for (std::size_t i = 0; i < rows.rows; ++i) rows.at(i, c) = static_cast<float>((rows.at(i, c) - mean) * weightOf(c) / (spread[c] + floorOf(c)));
    }
}

/// The self-similarity matrix of blocks of rows, entry by entry as it is asked for: exp(-d^2 / (2 s^2)), d^2 the mean squared distance of a block's rows
/// to the other's, s^2 a share of the song's median d^2.
class Similarity {
public:
    Similarity(Table rows, std::size_t block, double bandwidth) : rows_(std::move(rows)), block_(block) {
        // The median of a sample of pairs: all of them would grow with the square of the song.
        const std::size_t n = count(), step = std::max<std::size_t>(1, n / 256);
        std::vector<double> some;
        for (std::size_t i = 0; i < n; i += step)
            for (std::size_t j = i + 2; j < n; j += step) some.push_back(distance(i, j));
        double middle = 0;
        if (!some.empty()) {
            std::nth_element(some.begin(), some.begin() + static_cast<std::ptrdiff_t>(some.size() / 2), some.end());
            middle = some[some.size() / 2];
        }
        scale_ = -0.5 / std::max(kNearest, bandwidth * middle);
    }
    [[nodiscard]] std::size_t count() const { return rows_.rows / block_; }
    [[nodiscard]] double at(std::size_t i, std::size_t j) const { return std::exp(scale_ * distance(i, j)); }
    /// Of the means of two stretches of blocks.
    [[nodiscard]] double ofMeans(std::size_t a, std::size_t aEnd, std::size_t b, std::size_t bEnd) const {
        const auto mean = [&](std::size_t from, std::size_t to, std::size_t c) {
            double sum = 0;
            for (std::size_t i = from * block_; i < to * block_; ++i) sum += rows_.at(i, c);
            return sum / static_cast<double>((to - from) * block_);
        };
        double sum = 0;
        for (std::size_t c = 0; c < kWidth; ++c) {
            const double gap = mean(a, aEnd, c) - mean(b, bEnd, c);
            sum += gap * gap;
        }
        return std::exp(scale_ * sum);
    }

private:
    [[nodiscard]] double distance(std::size_t i, std::size_t j) const {
        const float *a = rows_.values.data() + i * block_ * kWidth, *b = rows_.values.data() + j * block_ * kWidth;
        float sum = 0;
        for (std::size_t c = 0; c < block_ * kWidth; ++c) sum += (a[c] - b[c]) * (a[c] - b[c]);
        return static_cast<double>(sum) / static_cast<double>(block_);
    }
    Table rows_;
    std::size_t block_;
    double scale_ = 0;
};

/// Novelty at every edge (Foote 2000): a checkerboard with Gaussian taper slid along the matrix's diagonal; by how much bars are more alike within both
/// sides than across, -1..1. Time and memory: a band of the matrix.
std::vector<double> novelty(const Similarity& similarity, std::size_t half) {
    const std::size_t n = similarity.count(), band = 2 * half;
    std::vector<double> near(n * band);  // near[i * band + d]: of i and i + d
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t d = 0; d < std::min(band, n - i); ++d) near[i * band + d] = similarity.at(i, i + d);
    const auto at = [&](std::size_t i, std::size_t j) { return near[std::min(i, j) * band + (i > j ? i - j : j - i)]; };
    std::vector<double> taper(half);
    for (std::size_t k = 0; k < half; ++k) {
        const double x = (static_cast<double>(k) + 0.5) / static_cast<double>(half);
        taper[k] = std::exp(-x * x);
    }
    std::vector<double> out(n + 1);
    for (std::size_t e = 1; e < n; ++e) {
        const auto block = [&](bool first, bool second) {
            double sum = 0, weights = 0;
            for (std::size_t a = 0; a < (first ? std::min(half, n - e) : std::min(half, e)); ++a)
                for (std::size_t b = 0; b < (second ? std::min(half, n - e) : std::min(half, e)); ++b) {
                    const double weight = taper[a] * taper[b];
                    sum += weight * at(first ? e + a : e - 1 - a, second ? e + b : e - 1 - b);
                    weights += weight;
                }
            return sum / weights;
        };
        out[e] = 0.5 * (block(false, false) + block(true, true)) - block(false, true);
    }
    return out;
}

/// The cuts that together bring the most novelty, none nearer than kShortest to the next: dynamic programming over the bar lines.
std::vector<std::size_t> chooseCuts(const Bars& bars, const std::vector<double>& curve) {
    const std::size_t n = bars.edges.size() - 1;
    constexpr double kNever = -1e9;
    std::vector<double> best(n + 1, kNever);
    std::vector<std::size_t> from(n + 1, 0);
    best[0] = 0;
    for (std::size_t k = 1; k <= n; ++k) {
        const bool last = k == n;
        const double gain = last ? 0 : curve[k] - kLeastNovelty;
        // From 0 any length will do: a song of one part is cut nowhere.
        for (std::size_t p = 0; p < k; p = p == 0 && k > kLongest ? k - kLongest : p + 1) {
            if (bars.edges[k] - bars.edges[p] < kShortest && !(p == 0 && last)) continue;
            const double bonus = last || p == 0 ? 0 : (k - p) % 8 == 0 ? 2 * kEvenBonus : (k - p) % 4 == 0 ? kEvenBonus : 0;
            if (const double value = best[p] + gain + bonus; value > best[k]) {
                best[k] = value;
                from[k] = p;
            }
        }
    }
    std::vector<std::size_t> cuts{n};
    while (cuts.back() > 0) cuts.push_back(from[cuts.back()]);
    std::reverse(cuts.begin(), cuts.end());
    return cuts;
}

/// How much a stretch of bars is like another: the best stripe of the matrix along a diagonal, shifted by up to four bars, over at least three quarters of
/// the shorter one.
double likeness(const Similarity& similarity, std::size_t a, std::size_t aEnd, std::size_t b, std::size_t bEnd) {
    const auto lengthA = static_cast<std::ptrdiff_t>(aEnd - a), lengthB = static_cast<std::ptrdiff_t>(bEnd - b);
    const std::ptrdiff_t least = std::max<std::ptrdiff_t>(1, 3 * std::min(lengthA, lengthB) / 4);
    double best = 0;
    for (std::ptrdiff_t shift = -4; shift <= std::max<std::ptrdiff_t>(4, lengthB - lengthA); ++shift) {
        const std::ptrdiff_t from = std::max<std::ptrdiff_t>(0, -shift), to = std::min(lengthA, lengthB - shift);
        if (to - from < least) continue;
        double sum = 0;
        for (std::ptrdiff_t i = from; i < to; ++i) sum += similarity.at(a + static_cast<std::size_t>(i), b + static_cast<std::size_t>(i + shift));
        best = std::max(best, sum / static_cast<double>(to - from));
    }
    return best;
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

std::string labelOf(std::size_t kind) {
    std::string label(1, static_cast<char>('A' + kind % 26));
    if (kind >= 26) label += std::to_string(kind / 26);
    return label;
}

} // namespace

std::vector<Section> findSections(const Table& features, const BeatGrid& grid, double duration) {
    const Bars bars = cut(grid, duration);
    const Table beats = describe(features, bars);
    // Boundaries: bars by their means, every column by its spread over rounds of four bars; what only wavers from bar to bar counts less.
    Table blocks = means(beats, bars.beats, bars.beats, 0);
    const Table rounds = means(blocks, 1, 4, 2);
    std::vector<double> blockSpread(kWidth), beatSpread(kWidth);
    for (std::size_t c = 0; c < kWidth; ++c) {
        blockSpread[c] = std::max(spreadOf(rounds, c), kWavering * spreadOf(blocks, c));
        beatSpread[c] = spreadOf(beats, c);
    }
    scale(blocks, blockSpread);
    const Similarity byMeans(std::move(blocks), 1, 1.0);
    std::vector<double> curve(bars.edges.size());
    for (const std::size_t reach : kReach) {
        const std::vector<double> one = novelty(byMeans, reach);
        for (std::size_t e = 0; e < curve.size(); ++e) curve[e] += one[e] / static_cast<double>(kReach.size());
    }
    const std::vector<std::size_t> cuts = chooseCuts(bars, curve);
    // Repeats: bars beat by beat, so that a course of chords is told from another of the same chords.
    Table courses = beats;
    scale(courses, beatSpread);
    const Similarity byBeats(std::move(courses), bars.beats, 0.5);

    // A part is of the kind that it is most like, on the mean over that kind's parts so far; or of a new one.
    std::vector<Section> sections;
    std::vector<std::size_t> kindOf;
    std::size_t kinds = 0;
    for (std::size_t s = 0; s + 1 < cuts.size(); ++s) {
        std::vector<double> alike(kinds), members(kinds);
        for (std::size_t p = 0; p < s; ++p) {
            alike[kindOf[p]] += kStripe * likeness(byBeats, cuts[p], cuts[p + 1], cuts[s], cuts[s + 1]) +
                                 (1 - kStripe) * byMeans.ofMeans(cuts[p], cuts[p + 1], cuts[s], cuts[s + 1]);
            members[kindOf[p]] += 1;
        }
        std::size_t kind = kinds;
        double nearest = kAlike;
        for (std::size_t k = 0; k < kinds; ++k)
            if (const double value = alike[k] / members[k]; value > nearest) {
                nearest = value;
                kind = k;
            }
        if (kind == kinds) ++kinds;
        kindOf.push_back(kind);
        sections.push_back({bars.edges[cuts[s]], bars.edges[cuts[s + 1]], labelOf(kind), false});
    }
    markLoudest(sections, kindOf, kinds, features);
    return sections;
}

} // namespace choreia::audio
