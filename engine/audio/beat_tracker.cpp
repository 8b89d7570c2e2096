// Beats by dynamic programming over pairs (time of a beat, interval before it): every interval earns the onset strength at its
// beat, the periodicity of the neighbourhood at its length and the commonness of its tempo, each times its length, so that fast
// and slow readings compete fairly; changes of tempo cost. Tempo and beats are so found together (compare Ellis 2007; Krebs et
// al. 2015).
#include "audio/beat_tracker.h"

#include "core/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace choreia::audio {

namespace {

constexpr double kSlowest = 55, kFastest = 215; // beats a minute
constexpr double kStateStep = 0.02;             // neighbouring intervals differ by 2%
constexpr double kLeastConfidence = 0.08;       // below: no beat at all
constexpr std::size_t kTempogramHop = 30;       // rows
constexpr std::size_t kTempogramHalf = 300;     // rows each side: 10 s windows
constexpr std::size_t kLags = 280;

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
            const std::size_t from = centre > kTempogramHalf ? centre - kTempogramHalf : 0,
                              to = std::min(rows, centre + kTempogramHalf);
            x.assign(activation.begin() + static_cast<std::ptrdiff_t>(from),
                     activation.begin() + static_cast<std::ptrdiff_t>(to));
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

/// How well each interval explains the periodicity around each column: its multiples are peaks too, its odd fractions are not.
/// [columns, states]
Table periodicity(const Table& correlation, const std::vector<double>& taus, const BeatTuning& tuning) {
    Table result(correlation.rows, taus.size());
    const std::array<double, 4> weight{1.0, tuning.second, tuning.third, tuning.fourth};
    for (std::size_t c = 0; c < correlation.rows; ++c)
        for (std::size_t k = 0; k < taus.size(); ++k) {
            const auto row = correlation.row(c);
            double sum = 0, weights = 0;
            for (std::size_t m = 1; m <= 4; ++m) {
                const double lag = taus[k] * static_cast<double>(m);
                if (lag + 1 >= static_cast<double>(kLags)) break;
                sum += weight[m - 1] * peakNear(row, lag);
                weights += weight[m - 1];
            }
            double value = weights > 0 ? sum / weights : 0;
            value += tuning.half * peakNear(row, taus[k] / 2);
            value -= tuning.thirds * std::max({0.0f, peakNear(row, taus[k] * 2 / 3), peakNear(row, taus[k] * 4 / 3)});
            value -= tuning.quarters * std::max({0.0f, peakNear(row, taus[k] * 3 / 4), peakNear(row, taus[k] * 3 / 2)});
            result.at(c, k) = static_cast<float>(value);
        }
    return result;
}

struct Path {
    std::vector<std::size_t> rows;
    double score = 0; // per row
};

/// What speaks for a beat at each row, and against one half a beat later.
struct Evidence {
    std::vector<float> onBeat, offBeat;
};

Path bestPath(const Evidence& evidence, const Table& period, const std::vector<double>& taus, const BeatTuning& tuning) {
    const std::size_t rows = evidence.onBeat.size(), states = taus.size();
    constexpr int kReach = 3;
    std::vector<float> best(rows * states);
    std::vector<std::int8_t> cameFrom(rows * states, 127), cameLength(rows * states);
    std::vector<float> prior(states), cost(2 * kReach + 1);
    for (std::size_t k = 0; k < states; ++k) {
        const double octaves = std::log2(60 * kRowRate / taus[k] / tuning.commonTempo) / tuning.spread;
        prior[k] = static_cast<float>(-tuning.prior * octaves * octaves);
    }
    for (int d = -kReach; d <= kReach; ++d) {
        const double change = d * std::log2(1 + kStateStep);
        cost[static_cast<std::size_t>(d + kReach)] = static_cast<float>(tuning.change * change * change * 60);
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
            const auto halfWay = static_cast<std::size_t>(0.5 * tau + 0.5);
            const float off = t >= halfWay ? std::max(evidence.offBeat[t - halfWay], evidence.offBeat[t - halfWay + 1]) : 0.0f;
            const float gain = evidence.onBeat[t] - off + static_cast<float>(tuning.period) * around[k] + prior[k];
            const std::size_t here = t * states + k;
            if (t <= longStep && top < 0) { // a first beat
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

/// Rows to seconds, drawn to the onset peak within 20 ms but kept regular: minimises sum w (b - peak)^2 + stiffness (second
/// differences)^2.
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

/// The bands summed, each brought to its own level first: a bass drum has few spectrum bands, a hi-hat many.
std::vector<float> balance(const OnsetBands& onsets, const BeatTuning& tuning) {
    std::vector<float> sum(onsets.all.size());
    const std::array<std::pair<const std::vector<float>*, double>, 3> bands{
        {{&onsets.low, tuning.low}, {&onsets.mid, tuning.mid}, {&onsets.high, tuning.high}}};
    const double all = mean(onsets.all);
    for (const auto& [band, weight] : bands) {
        const double level = mean(*band);
        if (level < 1e-3 * all + 1e-9) continue;
        const auto scale = static_cast<float>(weight / (level + 0.05 * all));
        for (std::size_t r = 0; r < sum.size(); ++r) sum[r] += scale * (*band)[r];
    }
    return sum;
}

/// Whether anything begins in this sound: steady tones have no onsets, and in noise none stands out (its 99th percentile is 1.7
/// to 1.9 times its mean; in the dullest of 60 songs 2.9).
bool hasOnsets(const std::vector<float>& onset) {
    constexpr std::ptrdiff_t kEdge = 4; // the start and end of the sound itself are no onsets of the music
    if (onset.size() < 2 * kEdge + 8) return false;
    std::vector<float> values(onset.begin() + kEdge, onset.end() - kEdge);
    const double average = mean(values);
    const auto strong = values.begin() + static_cast<std::ptrdiff_t>(0.99 * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), strong, values.end());
    return *strong > 0.5f && *strong > 2.3 * average;
}

/// How far onsets gather on the beats (noise: 3 times the mean, songs 4 to 15) and how well the stretch repeats after one or two
/// beats.
double confidenceOf(const Path& path, const std::vector<float>& activation, const Table& correlation) {
    if (path.rows.size() < 3) return 0;
    double onBeat = 0, repeat = 0;
    for (std::size_t i = 0; i < path.rows.size(); ++i) {
        const std::size_t r = path.rows[i];
        float top = 0;
        for (std::size_t n = r > 0 ? r - 1 : 0; n <= std::min(r + 1, activation.size() - 1); ++n)
            top = std::max(top, activation[n]);
        onBeat += top;
        if (i + 1 == path.rows.size()) continue;
        const auto around = correlation.row(std::min(r / kTempogramHop, correlation.rows - 1));
        const auto gap = static_cast<double>(path.rows[i + 1] - r);
        repeat += std::max(peakNear(around, gap), peakNear(around, 2 * gap));
    }
    onBeat /= static_cast<double>(path.rows.size()) * (mean(activation) + 1e-9);
    repeat /= static_cast<double>(path.rows.size() - 1);
    return std::sqrt(std::clamp((onBeat - 3) / 6, 0.0, 1.0) * std::clamp(repeat / 0.5, 0.0, 1.0));
}

} // namespace

std::vector<float> evenOut(const std::vector<float>& band) {
    const std::vector<float> base = movingMean(band, 24);
    std::vector<float> out(band.size()), squares(band.size());
    for (std::size_t r = 0; r < band.size(); ++r) {
        out[r] = std::max(0.0f, band[r] - base[r]);
        squares[r] = out[r] * out[r];
    }
    const std::vector<float> local = movingMean(squares, 300);
    const auto floor = static_cast<float>(0.1 * std::sqrt(mean(squares)) + 1e-9);
    for (std::size_t r = 0; r < band.size(); ++r) {
        const float x = out[r] / (std::sqrt(local[r]) + floor);
        out[r] = 2.5f * x / (1.5f + x); // one loud hit must not outweigh many
    }
    return out;
}

std::vector<float> harmonicChange(const Table& features) {
    constexpr std::size_t kSpan = 20, kBands = columns::kChromas;
    const std::size_t rows = features.rows;
    std::vector<double> sums((rows + 1) * kBands);
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < kBands; ++c)
            sums[(r + 1) * kBands + c] = sums[r * kBands + c] + features.at(r, columns::kChroma + c);
    std::vector<float> change(rows);
    for (std::size_t r = kSpan; r + kSpan < rows; ++r) {
        double dot = 0, before = 0, after = 0;
        for (std::size_t c = 0; c < kBands; ++c) {
            const double a = sums[r * kBands + c] - sums[(r - kSpan) * kBands + c],
                         b = sums[(r + kSpan) * kBands + c] - sums[r * kBands + c];
            dot += a * b;
            before += a * a;
            after += b * b;
        }
        if (before > 0 && after > 0) change[r] = static_cast<float>(1 - dot / std::sqrt(before * after));
    }
    return evenOut(change);
}

BeatTrack trackBeats(const OnsetBands& onsets, const Table& features, const BeatTuning& tuning) {
    BeatTrack track;
    const std::size_t rows = onsets.all.size();
    if (!hasOnsets(onsets.all)) return track;
    const std::vector<float> activation = evenOut(balance(onsets, tuning));
    const std::vector<float> low = evenOut(onsets.low), harmony = harmonicChange(features);
    Evidence evidence{std::vector<float>(rows), std::vector<float>(rows)};
    for (std::size_t r = 0; r < rows; ++r) {
        // The body of a bass drum rises a row later than its click.
        const double both = tuning.lowOnset * std::max(low[r], low[std::min(r + 1, rows - 1)]) + tuning.harmony * harmony[r];
        evidence.onBeat[r] = static_cast<float>(tuning.onset * activation[r] + both);
        evidence.offBeat[r] = static_cast<float>(tuning.offBeat * activation[r] + both);
    }
    const std::vector<double> taus = intervals();
    const Table correlation = tempogram(activation);
    const Table period = periodicity(correlation, taus, tuning);
    const Path path = bestPath(evidence, period, taus, tuning);

    track.confidence = confidenceOf(path, activation, correlation);
    if (track.confidence < kLeastConfidence) return track;

    std::vector<double> beats = refine(path.rows, activation);
    const double duration = static_cast<double>(rows - 1) / kRowRate;
    for (double b : beats) {
        const auto r = static_cast<std::size_t>(std::clamp(b, 0.0, duration) * kRowRate);
        // No beats in the silence before the first and after the last sound.
        bool sounding = false;
        for (std::size_t i = r > 30 ? r - 30 : 0; i <= std::min(r + 30, rows - 1); ++i)
            sounding |= features.at(i, columns::kEnergy) > 0.01f;
        if (b >= 0 && b <= duration && sounding && (track.beats.empty() || b > track.beats.back() + 0.1))
            track.beats.push_back(b);
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

} // namespace choreia::audio
