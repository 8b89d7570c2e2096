// A bar begins where the bass strikes, the harmony changes and the timbre turns; the metre is the period with which beats
// resemble each other.
#include "audio/downbeats.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace choreia::audio {

namespace {

void standardise(std::vector<double>& v) {
    double sum = 0, squares = 0;
    for (double x : v) sum += x;
    const double average = sum / static_cast<double>(v.size());
    for (double& x : v) {
        x -= average;
        squares += x * x;
    }
    const double deviation = std::sqrt(squares / static_cast<double>(v.size()));
    for (double& x : v) x = deviation > 1e-9 ? std::clamp(x / deviation, -2.5, 2.5) : 0.0;
}

double around(const std::vector<float>& band, double seconds) {
    const auto r = static_cast<std::ptrdiff_t>(std::lround(seconds * kRowRate));
    float top = 0;
    for (std::ptrdiff_t i = r - 2; i <= r + 2; ++i)
        if (i >= 0 && i < static_cast<std::ptrdiff_t>(band.size())) top = std::max(top, band[static_cast<std::size_t>(i)]);
    return top;
}

/// Distance of what sounds in the `span` beats before beat i from the `span` beats from it on.
double change(const Table& sync, std::size_t i, std::size_t span, std::size_t column, std::size_t count, bool cosine) {
    std::vector<double> before(count), after(count);
    for (std::size_t s = 0; s < span; ++s)
        for (std::size_t c = 0; c < count; ++c) {
            if (i >= s + 1) before[c] += sync.at(i - 1 - s, column + c);
            if (i + s < sync.rows) after[c] += sync.at(i + s, column + c);
        }
    double dot = 0, a = 0, b = 0, distance = 0;
    for (std::size_t c = 0; c < count; ++c) {
        dot += before[c] * after[c];
        a += before[c] * before[c];
        b += after[c] * after[c];
        distance += (before[c] - after[c]) * (before[c] - after[c]);
    }
    if (cosine) return a > 0 && b > 0 ? 1 - dot / std::sqrt(a * b) : 0;
    return std::sqrt(distance);
}

/// What speaks for a bar beginning at each beat, standardised and summed.
std::vector<double> barStartEvidence(const std::vector<double>& beats, const OnsetBands& onsets, const Table& sync,
                                     const BarTuning& tuning) {
    const std::size_t n = beats.size();
    std::vector<double> evidence(n);
    const auto add = [&](double weight, const auto& cue) {
        std::vector<double> values(n);
        for (std::size_t i = 0; i < n; ++i) values[i] = cue(i);
        standardise(values);
        for (std::size_t i = 0; i < n; ++i) evidence[i] += weight * values[i];
    };
    add(tuning.bass, [&](std::size_t i) { return around(onsets.low, beats[i]); });
    add(tuning.strike, [&](std::size_t i) { return around(onsets.mid, beats[i]); });
    add(tuning.harmony, [&](std::size_t i) { return change(sync, i, 1, columns::kChroma, columns::kChromas, true); });
    add(tuning.longHarmony, [&](std::size_t i) { return change(sync, i, 2, columns::kChroma, columns::kChromas, true); });
    add(tuning.timbre, [&](std::size_t i) { return change(sync, i, 1, columns::kMel, columns::kMelBands, false); });
    return evidence;
}

/// Mean resemblance of beats `lag` apart: cosine of the centred spectra at the beat and of the evidence.
double resemblance(const Table& sync, const std::vector<double>& evidence, const std::vector<float>& average, std::size_t lag) {
    double sum = 0, evidenceSum = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i + lag < sync.rows; ++i) {
        double dot = 0, a = 0, b = 0;
        for (std::size_t c = 0; c < columns::kMelBands; ++c) {
            const double x = sync.at(i, c) - average[c], y = sync.at(i + lag, c) - average[c];
            dot += x * y;
            a += x * x;
            b += y * y;
        }
        sum += a > 0 && b > 0 ? dot / std::sqrt(a * b) : 0;
        evidenceSum += evidence[i] * evidence[i + lag];
        ++count;
    }
    if (count == 0) return 0;
    return sum / static_cast<double>(count) + 0.1 * evidenceSum / static_cast<double>(count);
}

/// Best course of bar positions for a metre; a bar cut short or long costs. Returns mean evidence on downbeats; fills starts.
double courseOfBars(const std::vector<double>& evidence, std::size_t metre, std::vector<std::size_t>& starts) {
    const std::size_t n = evidence.size();
    constexpr double kSlip = 12;
    std::vector<double> score(n * metre);
    std::vector<std::size_t> from(n * metre);
    for (std::size_t i = 0; i < n; ++i)
        for (std::size_t p = 0; p < metre; ++p) {
            // Balanced so that all positions' gains sum to zero: metres of different length compare fairly.
            const double gain = p == 0 ? evidence[i] * static_cast<double>(metre - 1) / static_cast<double>(metre)
                                       : -evidence[i] / static_cast<double>(metre);
            double best = 0;
            std::size_t came = (p + metre - 1) % metre;
            if (i > 0) {
                best = score[(i - 1) * metre + came];
                for (std::size_t q = 0; q < metre; ++q)
                    if (score[(i - 1) * metre + q] - kSlip > best) {
                        best = score[(i - 1) * metre + q] - kSlip;
                        came = q;
                    }
            }
            score[i * metre + p] = best + gain;
            from[i * metre + p] = came;
        }
    std::size_t p = 0;
    for (std::size_t q = 1; q < metre; ++q)
        if (score[(n - 1) * metre + q] > score[(n - 1) * metre + p]) p = q;
    const double total = score[(n - 1) * metre + p];
    starts.clear();
    for (std::size_t i = n; i-- > 0; p = from[i * metre + p])
        if (p == 0) starts.push_back(i);
    std::reverse(starts.begin(), starts.end());
    return total / static_cast<double>(n) * static_cast<double>(metre) / static_cast<double>(metre - 1);
}

} // namespace

Table beatSynchronous(const Table& features, const std::vector<double>& beats) {
    Table sync(beats.size(), features.columns);
    for (std::size_t i = 0; i < beats.size(); ++i) {
        const double end = i + 1 < beats.size() ? beats[i + 1] : static_cast<double>(features.rows) / kRowRate;
        const auto from = std::min(features.rows - 1, static_cast<std::size_t>(std::lround(beats[i] * kRowRate)));
        const auto to = std::clamp(static_cast<std::size_t>(std::lround(end * kRowRate)), from + 1, features.rows);
        for (std::size_t r = from; r < to; ++r)
            for (std::size_t c = 0; c < features.columns; ++c) sync.at(i, c) += features.at(r, c) / static_cast<float>(to - from);
    }
    return sync;
}

Bars findBars(const std::vector<double>& beats, const OnsetBands& onsets, const Table& features, const BarTuning& tuning) {
    Bars bars;
    if (beats.empty()) return bars;
    const Table sync = beatSynchronous(features, beats);
    const std::vector<double> evidence = barStartEvidence(beats, onsets, sync, tuning);
    std::vector<float> average(columns::kMelBands);
    for (std::size_t i = 0; i < sync.rows; ++i)
        for (std::size_t c = 0; c < columns::kMelBands; ++c) average[c] += sync.at(i, c) / static_cast<float>(sync.rows);
    std::array<std::vector<std::size_t>, 2> starts;
    const double three = courseOfBars(evidence, 3, starts[0]) +
                         tuning.resemblance * (resemblance(sync, evidence, average, 3) + resemblance(sync, evidence, average, 6));
    const double four = courseOfBars(evidence, 4, starts[1]) +
                        tuning.resemblance * (resemblance(sync, evidence, average, 4) + resemblance(sync, evidence, average, 8));
    const bool waltz = beats.size() >= 12 && three + tuning.three > four;
    bars.beatsPerBar = waltz ? 3 : 4;
    for (std::size_t i : starts[waltz ? 0 : 1]) bars.downbeats.push_back(beats[i]);
    return bars;
}

} // namespace choreia::audio
