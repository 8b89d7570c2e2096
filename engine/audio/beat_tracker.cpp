// Beats by dynamic programming over pairs (time of a beat, interval before it): every interval earns the onset strength at its beat,
// the periodicity of the neighbourhood at its length and the commonness of its tempo, each times its length, so that fast and slow
// readings compete fairly; changes of tempo cost. Tempo and beats are so found together (compare Ellis 2007; Krebs et al. 2015).
#include "audio/beat_tracker.h"

#include "core/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace choreia::audio {

namespace {

constexpr double kSlowest = 55, kFastest = 215;  // beats a minute
constexpr double kStateStep = 0.02;              // neighbouring intervals differ by 2%
constexpr double kCommonTempo = 112, kTempoSpread = 0.75;  // centre and spread (octaves) of the tempo people tap
constexpr std::size_t kTempogramHop = 30;                  // rows
constexpr std::size_t kTempogramHalf = 300;                // rows each side: 10 s windows
constexpr std::size_t kLags = 280;
constexpr double kOnsetWeight = 0.4, kPeriodWeight = 2.5, kPriorWeight = 0.15, kChangeCost = 60;

std::vector<float> movingMean(const std::vector<float>& in, std::size_t half) {
    std::vector<double> sums(in.size() + 1);
    for (std::size_t i = 0; i < in.size(); ++i) sums[i + 1] = sums[i] + in[i];
    std::vector<float> out(in.size());
    for (std::size_t i = 0; i < in.size(); ++i) {
        const std::size_t from = i > half ? i - half : 0, to = std::min(in.size(), i + half + 1);
        out[i] = static_cast<float>((sums[to] - sums[from]) / static_cast<double>(to - from));
    }
    return out;
}

double mean(const std::vector<float>& v) {
    double sum = 0;
    for (float x : v) sum += x;
    return v.empty() ? 0 : sum / static_cast<double>(v.size());
}

/// Intervals in rows, long to short tempo order does not matter: state k has interval shortest * (1 + step)^k.
std::vector<double> intervals() {
    std::vector<double> result;
    for (double tau = 60 * kRowRate / kFastest; tau <= 60 * kRowRate / kSlowest; tau *= 1 + kStateStep) result.push_back(tau);
    return result;
}

/// Autocorrelation of a stretch around each tempogram column, each normalised by its lag 0. [columns, kLags]
Table tempogram(const std::vector<float>& activation) {
    const std::size_t rows = activation.size(), count = rows / kTempogramHop + 1;
    Table result(count, kLags);
    parallelFor((count + 15) / 16, [&](std::size_t block) {
        std::vector<float> x;
        for (std::size_t c = block * 16; c < std::min(count, block * 16 + 16); ++c) {
            const std::size_t centre = c * kTempogramHop;
            const std::size_t from = centre > kTempogramHalf ? centre - kTempogramHalf : 0, to = std::min(rows, centre + kTempogramHalf);
            x.assign(activation.begin() + static_cast<std::ptrdiff_t>(from), activation.begin() + static_cast<std::ptrdiff_t>(to));
            const auto average = static_cast<float>(mean(x));
            for (float& v : x) v -= average;
            float zero = 0;
            for (std::size_t lag = 0; lag < kLags; ++lag) {
                float sums[4] = {};
                const std::size_t n = x.size() > lag ? x.size() - lag : 0;
                std::size_t i = 0;
                for (; i + 4 <= n; i += 4)
                    for (std::size_t lane = 0; lane < 4; ++lane) sums[lane] += x[i + lane] * x[i + lag + lane];
                for (; i < n; ++i) sums[0] += x[i] * x[i + lag];
                const float sum = sums[0] + sums[1] + sums[2] + sums[3];
                if (lag == 0) zero = sum;
                result.at(c, lag) = zero > 1e-9f ? sum / zero : 0.0f;
            }
        }
    });
    return result;
}

float peakNear(std::span<const float> row, double lag) {
    // The best of the two rows beside a fractional lag: peaks are one to two rows wide.
    const auto below = static_cast<std::size_t>(lag);
    if (below + 1 >= row.size()) return 0;
    const float part = static_cast<float>(lag - static_cast<double>(below));
    return std::max({(1 - part) * row[below] + part * row[below + 1], row[static_cast<std::size_t>(lag + 0.5)]});
}

/// How well each interval explains the periodicity around each column: its multiples are peaks too. [columns, states]
Table periodicity(const Table& correlation, const std::vector<double>& taus) {
    Table result(correlation.rows, taus.size());
    for (std::size_t c = 0; c < correlation.rows; ++c)
        for (std::size_t k = 0; k < taus.size(); ++k) {
            const auto row = correlation.row(c);
            float sum = 0, weights = 0;
            const std::array<float, 4> weight{1.0f, 0.9f, 0.6f, 0.8f};
            for (std::size_t m = 1; m <= 4; ++m) {
                const double lag = taus[k] * static_cast<double>(m);
                if (lag + 1 >= static_cast<double>(kLags)) break;
                sum += weight[m - 1] * peakNear(row, lag);
                weights += weight[m - 1];
            }
            result.at(c, k) = weights > 0 ? sum / weights : 0;
        }
    return result;
}

struct Path {
    std::vector<std::size_t> rows;
    double score = 0;  // per row
};

Path bestPath(const std::vector<float>& activation, const Table& period, const std::vector<double>& taus) {
    const std::size_t rows = activation.size(), states = taus.size();
    constexpr int kReach = 3;
    std::vector<float> best(rows * states);
    std::vector<std::int8_t> cameFrom(rows * states, 127), cameLength(rows * states);
    std::vector<float> prior(states), cost(2 * kReach + 1);
    for (std::size_t k = 0; k < states; ++k) {
        const double octaves = std::log2(60 * kRowRate / taus[k] / kCommonTempo) / kTempoSpread;
        prior[k] = static_cast<float>(-kPriorWeight * octaves * octaves);
    }
    for (int d = -kReach; d <= kReach; ++d) {
        const double change = d * std::log2(1 + kStateStep);
        cost[static_cast<std::size_t>(d + kReach)] = static_cast<float>(kChangeCost * change * change * 60);
    }
    for (std::size_t t = 0; t < rows; ++t) {
        const auto around = period.row(std::min(t / kTempogramHop, period.rows - 1));
        for (std::size_t k = 0; k < states; ++k) {
            const double tau = taus[k];
            const auto shortStep = static_cast<std::size_t>(tau), longStep = shortStep + 1;
            float top = -1e30f;
            std::int8_t from = 127, length = 0;
            for (std::size_t step : {shortStep, longStep}) {
                if (step > t) continue;
                const float* before = best.data() + (t - step) * states;
                // Leaning to the nearer whole length keeps the fractional tempo honest.
                const double off = static_cast<double>(step) - tau;
                const auto lean = static_cast<float>(-0.15 * off * off);
                for (int d = -kReach; d <= kReach; ++d) {
                    const int source = static_cast<int>(k) + d;
                    if (source < 0 || source >= static_cast<int>(states)) continue;
                    const float value = before[source] - cost[static_cast<std::size_t>(d + kReach)] + lean;
                    if (value > top) {
                        top = value;
                        from = static_cast<std::int8_t>(d);
                        length = static_cast<std::int8_t>(step);
                    }
                }
            }
            const auto weight = static_cast<float>(tau);
            const float gain = static_cast<float>(kOnsetWeight) * activation[t] + static_cast<float>(kPeriodWeight) * around[k] + prior[k];
            const std::size_t here = t * states + k;
            if (t <= longStep && top < 0) {  // a first beat
                best[here] = static_cast<float>(t) * gain;
                cameFrom[here] = 127;
            } else {
                best[here] = top + weight * gain;
                cameFrom[here] = from;
                cameLength[here] = length;
            }
        }
    }
    // The last beat may be any of the last interval's rows.
    std::size_t t = 0, k = 0;
    float top = -1e30f;
    for (std::size_t s = 0; s < states; ++s) {
        const auto reach = static_cast<std::size_t>(taus[s]) + 1;
        for (std::size_t r = rows > reach ? rows - reach : 0; r < rows; ++r)
            if (best[r * states + s] > top) {
                top = best[r * states + s];
                t = r;
                k = s;
            }
    }
    Path path;
    path.score = top / static_cast<double>(std::max<std::size_t>(1, rows));
    for (;;) {
        path.rows.push_back(t);
        const std::size_t here = t * states + k;
        if (cameFrom[here] == 127) break;
        t -= static_cast<std::size_t>(cameLength[here]);
        k = static_cast<std::size_t>(static_cast<int>(k) + cameFrom[here]);
    }
    std::reverse(path.rows.begin(), path.rows.end());
    return path;
}

/// Rows to seconds, drawn to the onset peak within 20 ms but kept regular: minimises sum w (b - peak)^2 + stiffness (second differences)^2.
std::vector<double> refine(const std::vector<std::size_t>& beats, const std::vector<float>& activation) {
    const std::size_t n = beats.size();
    std::vector<double> target(n), weight(n);
    for (std::size_t i = 0; i < n; ++i) {
        std::size_t peak = beats[i];
        for (std::size_t r = beats[i] > 0 ? beats[i] - 1 : 0; r <= std::min(beats[i] + 1, activation.size() - 1); ++r)
            if (activation[r] > activation[peak]) peak = r;
        double shift = 0;
        if (peak > 0 && peak + 1 < activation.size()) {
            const double a = activation[peak - 1], b = activation[peak], c = activation[peak + 1], curve = a - 2 * b + c;
            if (b >= a && b >= c && curve < -1e-9) shift = 0.5 * (a - c) / curve;
        }
        const double at = static_cast<double>(peak) + std::clamp(shift, -0.5, 0.5);
        target[i] = std::clamp(at, static_cast<double>(beats[i]) - 1.2, static_cast<double>(beats[i]) + 1.2);
        weight[i] = 0.05 + std::max(0.0f, activation[peak]);
    }
    if (n < 3) {
        for (double& v : target) v /= kRowRate;
        return target;
    }
    // A pentadiagonal symmetric system, solved by an LDL' factorisation of band width two.
    constexpr double kStiffness = 1.0;
    std::vector<double> d(n), e(n), f(n), x(n);
    for (std::size_t i = 0; i < n; ++i) d[i] = weight[i];
    for (std::size_t i = 0; i + 2 < n; ++i) {
        d[i] += kStiffness;
        d[i + 1] += 4 * kStiffness;
        d[i + 2] += kStiffness;
        e[i] += -2 * kStiffness;
        e[i + 1] += -2 * kStiffness;
        f[i] += kStiffness;
    }
    for (std::size_t i = 0; i < n; ++i) x[i] = weight[i] * target[i];
    for (std::size_t i = 0; i < n; ++i) {
        if (i + 1 < n) {
            const double l = e[i] / d[i];
            d[i + 1] -= l * e[i];
            if (i + 2 < n) e[i + 1] -= l * f[i];
            x[i + 1] -= l * x[i];
        }
        if (i + 2 < n) {
            const double l = f[i] / d[i];
            d[i + 2] -= l * f[i];
            x[i + 2] -= l * x[i];
        }
    }
    for (std::size_t i = n; i-- > 0;) {
        if (i + 1 < n) x[i] -= e[i] * x[i + 1];
        if (i + 2 < n) x[i] -= f[i] * x[i + 2];
        x[i] /= d[i];
    }
    for (double& v : x) v /= kRowRate;
    return x;
}

}  // namespace

std::vector<float> beatActivation(const OnsetBands& onsets) {
    const std::size_t rows = onsets.all.size();
    std::vector<float> sum(rows);
    // Each band is brought to its own level first: a bass drum has few spectrum bands, a hi-hat many.
    const std::array<std::pair<const std::vector<float>*, double>, 3> bands{{{&onsets.low, 1.0}, {&onsets.mid, 1.0}, {&onsets.high, 0.7}}};
    const double all = mean(onsets.all);
    for (const auto& [band, weight] : bands) {
        const double level = mean(*band);
        if (level < 1e-3 * all + 1e-9) continue;
        const auto scale = static_cast<float>(weight / (level + 0.05 * all));
        for (std::size_t r = 0; r < rows; ++r) sum[r] += scale * (*band)[r];
    }
    const std::vector<float> base = movingMean(sum, 24);
    for (std::size_t r = 0; r < rows; ++r) sum[r] = std::max(0.0f, sum[r] - base[r]);
    std::vector<float> squares(rows);
    for (std::size_t r = 0; r < rows; ++r) squares[r] = sum[r] * sum[r];
    const std::vector<float> local = movingMean(squares, 300);
    const auto floor = static_cast<float>(0.1 * std::sqrt(mean(squares)) + 1e-9);
    for (std::size_t r = 0; r < rows; ++r) {
        const float x = sum[r] / (std::sqrt(local[r]) + floor);
        sum[r] = x > 0 ? 2.5f * x / (1.5f + x) : 0.0f;  // one loud hit must not outweigh many
    }
    return sum;
}

BeatTrack trackBeats(const OnsetBands& onsets, const Table& features) {
    BeatTrack track;
    const std::size_t rows = onsets.all.size();
    if (mean(onsets.all) < 1e-4) return track;
    const std::vector<float> activation = beatActivation(onsets);
    const std::vector<double> taus = intervals();
    const Table correlation = tempogram(activation);
    const Table period = periodicity(correlation, taus);
    const Path path = bestPath(activation, period, taus);

    // A beat is believed where onsets stand out from their surroundings on the beats and the intervals repeat.
    double onBeat = 0;
    for (std::size_t r : path.rows) {
        float top = 0;
        for (std::size_t i = r > 0 ? r - 1 : 0; i <= std::min(r + 1, rows - 1); ++i) top = std::max(top, activation[i]);
        onBeat += top;
    }
    onBeat /= static_cast<double>(path.rows.size());
    double repeat = 0;
    for (std::size_t c = 0; c < correlation.rows; ++c) {
        const auto row = period.row(c);
        repeat += *std::max_element(row.begin(), row.end());
    }
    repeat /= static_cast<double>(correlation.rows);
    track.confidence = repeat;

    std::vector<double> beats = refine(path.rows, activation);
    const double duration = static_cast<double>(rows - 1) / kRowRate;
    for (double b : beats) {
        const auto r = static_cast<std::size_t>(std::clamp(b, 0.0, duration) * kRowRate);
        // No beats in the silence before the first and after the last sound.
        bool sounding = false;
        for (std::size_t i = r > 30 ? r - 30 : 0; i <= std::min(r + 30, rows - 1); ++i) sounding |= features.at(i, columns::kEnergy) > 0.01f;
        if (b >= 0 && b <= duration && sounding && (track.beats.empty() || b > track.beats.back() + 0.1)) track.beats.push_back(b);
    }
    if (track.beats.size() < 3) {
        track.beats.clear();
        return track;
    }
    std::vector<double> gaps;
    for (std::size_t i = 1; i < track.beats.size(); ++i) gaps.push_back(track.beats[i] - track.beats[i - 1]);
    std::nth_element(gaps.begin(), gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2), gaps.end());
    track.tempoBpm = 60 / gaps[gaps.size() / 2];
    return track;
}

}  // namespace choreia::audio
