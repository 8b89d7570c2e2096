// Small dynamic programs over beats; a minute of motion has some hundred of them.
#include "motion/beat_match.h"

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>

namespace choreia::motion {

MotionBeats motionBeats(const Positions& positions) {
    MotionBeats out;
    const std::size_t n = positions.frames();
    if (n < 4) return out;
    std::vector<double> speed(n - 1, 0);
    for (std::size_t f = 0; f + 1 < n; ++f) {
        for (std::size_t j = 0; j < positions.joints; ++j)
            speed[f] += static_cast<double>((positions.at(f + 1, j) - positions.at(f, j)).norm());
        speed[f] *= positions.fps / static_cast<double>(positions.joints);
    }
    const double sigma = 5.0 * positions.fps / 60.0;
    const auto radius = static_cast<std::ptrdiff_t>(std::ceil(4 * sigma)), count = static_cast<std::ptrdiff_t>(speed.size());
    std::vector<double> smooth(speed.size());
    for (std::ptrdiff_t f = 0; f < count; ++f) {
        double sum = 0, weight = 0;
        for (std::ptrdiff_t k = -radius; k <= radius; ++k) {
            const double w = std::exp(-0.5 * static_cast<double>(k * k) / (sigma * sigma));
            // Mirrored ends, so that the borders make no minima of their own.
            std::ptrdiff_t at = f + k;
            if (at < 0) at = -at - 1;
            if (at >= count) at = 2 * count - 1 - at;
            sum += w * speed[static_cast<std::size_t>(std::clamp<std::ptrdiff_t>(at, 0, count - 1))];
            weight += w;
        }
        smooth[static_cast<std::size_t>(f)] = sum / weight;
    }
    const auto around = static_cast<std::size_t>(std::max(1.0, positions.fps * 0.5));
    for (std::size_t f = 1; f + 1 < smooth.size(); ++f) {
        if (!(smooth[f] < smooth[f - 1] && smooth[f] < smooth[f + 1])) continue;
        const std::size_t first = f > around ? f - around : 0, last = std::min(f + around, smooth.size() - 1);
        const double before = *std::max_element(smooth.begin() + static_cast<std::ptrdiff_t>(first),
                                                smooth.begin() + static_cast<std::ptrdiff_t>(f));
        const double after = *std::max_element(smooth.begin() + static_cast<std::ptrdiff_t>(f),
                                               smooth.begin() + static_cast<std::ptrdiff_t>(last) + 1);
        const double top = std::min(before, after);
        out.times.push_back(static_cast<double>(f) / positions.fps);
        out.strengths.push_back(top > 1e-9 ? std::clamp((top - smooth[f]) / top, 0.0, 1.0) : 0.0);
    }
    return out;
}

TempoGuess motionTempo(const MotionBeats& beats, double low, double high, double likely, double spreadOctaves) {
    TempoGuess best;
    if (beats.times.size() < 4) return best;
    constexpr double kWindow = 10.0;
    double bestScore = -1;
    for (double bpm = low; bpm <= high; bpm *= 1.004) {
        // Windows of 10 s, half overlapping: a slow drift of the dancer does not cancel the sum.
        double length = 0, total = 0;
        for (double start = beats.times.front(); start < beats.times.back(); start += kWindow / 2) {
            std::complex<double> sum = 0;
            double weight = 0;
            for (std::size_t i = 0; i < beats.times.size(); ++i) {
                if (beats.times[i] < start || beats.times[i] >= start + kWindow) continue;
                sum += beats.strengths[i] * std::polar(1.0, 2 * M_PI * beats.times[i] * bpm / 60);
                weight += beats.strengths[i];
            }
            length += std::abs(sum);
            total += weight;
        }
        const double fit = total > 0 ? length / total : 0;
        const double octaves = std::log2(bpm / likely) / spreadOctaves;
        const double score = fit * std::exp(-0.5 * octaves * octaves);
        if (score > bestScore) {
            bestScore = score;
            best = {bpm, fit};
        }
    }
    return best;
}

std::vector<double> trackMotionBeats(const MotionBeats& beats, double duration, double bpm, double slack) {
    constexpr double kRate = 60;
    if (!(bpm > 0) || duration <= 0) return {};
    const auto n = static_cast<std::size_t>(duration * kRate) + 1;
    std::vector<double> onset(n, 0);
    double mean = 0;
    for (const double s : beats.strengths) mean += s;
    mean = beats.strengths.empty() ? 1 : std::max(1e-6, mean / static_cast<double>(beats.strengths.size()));
    for (std::size_t i = 0; i < beats.times.size(); ++i) {
        const double centre = beats.times[i] * kRate;
        for (int k = -6; k <= 6; ++k) {
            const auto f = std::llround(centre) + k;
            if (f < 0 || f >= static_cast<long long>(n)) continue;
            const double d = static_cast<double>(f) - centre;
            auto& at = onset[static_cast<std::size_t>(f)];
            at = std::max(at, std::min(2.0, beats.strengths[i] / mean) * std::exp(-0.5 * d * d / 4));
        }
    }
    const double period = kRate * 60 / bpm;
    const auto shortest = static_cast<std::size_t>(std::max(1.0, std::ceil(period * (1 - slack)))),
               longest = static_cast<std::size_t>(std::floor(period * (1 + slack)));
    constexpr double kTightness = 40;
    std::vector<double> score(n);
    std::vector<std::ptrdiff_t> from(n, -1);
    for (std::size_t f = 0; f < n; ++f) {
        double best = 0;
        // A beat may begin the track only within the first interval.
        if (f > longest) best = -std::numeric_limits<double>::infinity();
        for (std::size_t d = shortest; d <= longest && d <= f; ++d) {
            const double stretch = std::log(static_cast<double>(d) / period);
            const double value = score[f - d] - kTightness * stretch * stretch;
            if (value > best) {
                best = value;
                from[f] = static_cast<std::ptrdiff_t>(f - d);
            }
        }
        score[f] = best + onset[f];
    }
    std::size_t end = n - 1;
    for (std::size_t f = n > longest ? n - longest : 0; f < n; ++f) {
        if (score[f] > score[end]) end = f;
    }
    std::vector<double> out;
    for (auto f = static_cast<std::ptrdiff_t>(end); f >= 0; f = from[static_cast<std::size_t>(f)])
        out.push_back(static_cast<double>(f) / kRate);
    std::reverse(out.begin(), out.end());
    return out;
}

TimeMap::TimeMap(std::vector<double> out, std::vector<double> in)
    : out_(std::move(out)), in_(std::move(in)), slopes_(out_.size(), 1) {
    // Monotone cubic slopes (Fritsch and Carlson 1980, harmonic mean): never beyond what neighbouring intervals ask for.
    const std::size_t n = out_.size();
    if (n < 2) return;
    std::vector<double> secants(n - 1);
    for (std::size_t k = 0; k + 1 < n; ++k) secants[k] = (in_[k + 1] - in_[k]) / std::max(1e-9, out_[k + 1] - out_[k]);
    slopes_.front() = secants.front();
    slopes_.back() = secants.back();
    for (std::size_t k = 1; k + 1 < n; ++k) {
        const double a = secants[k - 1], b = secants[k];
        slopes_[k] = a > 0 && b > 0 ? 2 * a * b / (a + b) : 0;
    }
}

double TimeMap::operator()(double out) const {
    if (out_.size() < 2) return out;
    if (out <= out_.front()) return in_.front() + slopes_.front() * (out - out_.front());
    if (out >= out_.back()) return in_.back() + slopes_.back() * (out - out_.back());
    const auto k = static_cast<std::size_t>(std::upper_bound(out_.begin(), out_.end(), out) - out_.begin()) - 1;
    const double h = out_[k + 1] - out_[k], u = (out - out_[k]) / h, u2 = u * u, u3 = u2 * u;
    return (2 * u3 - 3 * u2 + 1) * in_[k] + (u3 - 2 * u2 + u) * h * slopes_[k] + (3 * u2 - 2 * u3) * in_[k + 1] +
           (u3 - u2) * h * slopes_[k + 1];
}

double TimeMap::slopeAt(double out) const {
    constexpr double kStep = 1e-3;
    return ((*this)(out + kStep) - (*this)(out - kStep)) / (2 * kStep);
}

double TimeMap::meanSpeedChange() const {
    if (out_.size() < 2) return 0;
    double sum = 0;
    int count = 0;
    for (double t = start(); t < end(); t += 0.05, ++count) sum += std::abs(slopeAt(t) - 1);
    return count > 0 ? sum / count : 0;
}

double TimeMap::maxSpeedChange() const {
    if (out_.size() < 2) return 0;
    double most = 0;
    for (double t = start() + 0.002; t < end() - 0.002; t += 0.02) most = std::max(most, std::abs(slopeAt(t) - 1));
    return most;
}

TimeMap matchBeats(const MotionBeats& beats, std::span<const double> musicBeats, double duration, const MatchSettings& settings) {
    struct Node {
        double out, in, reward;
        double score;
        std::ptrdiff_t from;
    };
    // Nodes: the start, every pair of a music beat and a motion beat within the drift, the end. Sorted by music time.
    std::vector<Node> nodes;
    nodes.push_back({0, 0, 0, 0, -1});
    for (const double s : musicBeats) {
        if (s <= 0 || s >= duration) continue;
        const auto first = std::lower_bound(beats.times.begin(), beats.times.end(), s - settings.maxDrift);
        for (auto it = first; it != beats.times.end() && *it <= s + settings.maxDrift; ++it) {
            const double strength = beats.strengths[static_cast<std::size_t>(it - beats.times.begin())];
            nodes.push_back({s, *it, 0.3 + 0.7 * strength, -1e18, -1});
        }
    }
    nodes.push_back({duration, duration, 0, -1e18, -1});
    const double low = 1 - settings.maxSpeedChange, high = 1 + settings.maxSpeedChange;
    constexpr double kReach = 6.0; // seconds between matched beats at the most, except where nothing else fits
    for (std::size_t k = 1; k < nodes.size(); ++k) {
        for (std::size_t p = k; p-- > 0;) {
            const double ds = nodes[k].out - nodes[p].out;
            if (ds <= 0) continue;
            if (ds > kReach && nodes[k].from >= 0) break;
            const double slope = (nodes[k].in - nodes[p].in) / ds;
            if (slope < low || slope > high) continue;
            const double score = nodes[p].score + nodes[k].reward - settings.stiffness * ds * (slope - 1) * (slope - 1);
            if (score > nodes[k].score) {
                nodes[k].score = score;
                nodes[k].from = static_cast<std::ptrdiff_t>(p);
            }
        }
    }
    std::vector<double> out, in;
    for (auto k = static_cast<std::ptrdiff_t>(nodes.size() - 1); k >= 0; k = nodes[static_cast<std::size_t>(k)].from) {
        out.push_back(nodes[static_cast<std::size_t>(k)].out);
        in.push_back(nodes[static_cast<std::size_t>(k)].in);
    }
    if (out.size() < 2) return TimeMap({0, std::max(duration, 1e-3)}, {0, std::max(duration, 1e-3)});
    std::reverse(out.begin(), out.end());
    std::reverse(in.begin(), in.end());
    return TimeMap(std::move(out), std::move(in));
}

} // namespace choreia::motion
