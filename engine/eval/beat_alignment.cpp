// Beat alignment score: how near the music's beats the motion's speed has its minima, and how near it would have them by chance.
#include "eval/beat_alignment.h"

#include "core/random.h"
#include "core/units.h"
#include "eval/metrics.h"

#include <algorithm>
#include <cmath>

namespace choreia::eval {

std::vector<double> jointSpeedCurve(const motion::Positions& positions) {
    const std::size_t frames = positions.frames(), joints = positions.joints;
    std::vector<double> speed(frames > 0 ? frames - 1 : 0);
    for (std::size_t f = 0; f < speed.size(); ++f) {
        double sum = 0;
        for (std::size_t j = 0; j < joints; ++j) {
            sum += (positions.at(f + 1, j).cast<double>() - positions.at(f, j).cast<double>()).norm();
        }
        speed[f] = sum / static_cast<double>(joints);
    }
    return speed;
}

std::vector<double> gaussianSmooth(std::span<const double> values, double sigma) {
    const auto radius = static_cast<std::ptrdiff_t>(4.0 * sigma + 0.5);
    std::vector<double> kernel(static_cast<std::size_t>(radius) + 1);
    double total = 0;
    for (std::size_t k = 0; k < kernel.size(); ++k) {
        kernel[k] = std::exp(-0.5 * static_cast<double>(k * k) / (sigma * sigma));
        total += k == 0 ? kernel[k] : 2 * kernel[k];
    }
    for (double& weight : kernel) weight /= total;
    const auto n = static_cast<std::ptrdiff_t>(values.size());
    // Index of the mirrored sample (d c b a | a b c d | d c b a); a short curve is mirrored as often as needed.
    const auto mirrored = [n](std::ptrdiff_t i) {
        i %= 2 * n;
        if (i < 0) i += 2 * n;
        return static_cast<std::size_t>(i < n ? i : 2 * n - 1 - i);
    };
    std::vector<double> out(values.size());
    for (std::ptrdiff_t i = 0; i < n; ++i) {
        double sum = kernel[0] * values[static_cast<std::size_t>(i)];
        if (i >= radius && i + radius < n) {
            for (std::ptrdiff_t k = 1; k <= radius; ++k) {
                sum += kernel[static_cast<std::size_t>(k)] *
                       (values[static_cast<std::size_t>(i - k)] + values[static_cast<std::size_t>(i + k)]);
            }
        } else {
            for (std::ptrdiff_t k = 1; k <= radius; ++k) {
                sum += kernel[static_cast<std::size_t>(k)] * (values[mirrored(i - k)] + values[mirrored(i + k)]);
            }
        }
        out[static_cast<std::size_t>(i)] = sum;
    }
    return out;
}

std::vector<double> strictMinima(std::span<const double> values) {
    std::vector<double> minima;
    for (std::size_t i = 1; i + 1 < values.size(); ++i) {
        if (values[i] < values[i - 1] && values[i] < values[i + 1]) minima.push_back(static_cast<double>(i));
    }
    return minima;
}

double alignmentScore(std::span<const double> targets, std::span<const double> events) {
    if (targets.empty() || events.empty()) return 0;
    double sum = 0;
    for (const double target : targets) {
        const auto after = std::lower_bound(events.begin(), events.end(), target);
        double distance = after != events.end() ? *after - target : target - events.back();
        if (after != events.begin()) distance = std::min(distance, target - *(after - 1));
        sum += std::exp(-distance * distance / (2 * kBeatToleranceFrames * kBeatToleranceFrames));
    }
    return sum / static_cast<double>(targets.size());
}

namespace {
std::vector<double> motionBeatFrames(const motion::Positions& positions) {
    return strictMinima(gaussianSmooth(jointSpeedCurve(positions), kBeatSmoothingFrames));
}
} // namespace

std::vector<double> motionBeats(const motion::Positions& positions) {
    std::vector<double> beats = motionBeatFrames(positions);
    for (double& beat : beats) beat /= kMotionFps;
    return beats;
}

BeatAlignment beatAlignment(const motion::Positions& positions, std::span<const double> musicBeats, std::uint64_t seed) {
    BeatAlignment result;
    const auto length = static_cast<double>(positions.frames());
    if (length < 1) return result;
    const std::vector<double> events = motionBeatFrames(positions);
    result.motionBeatRateHz = static_cast<double>(events.size()) * kMotionFps / length;
    std::vector<double> targets;
    for (const double beat : musicBeats) {
        if (beat >= 0 && beat * kMotionFps < length) targets.push_back(beat * kMotionFps);
    }
    result.bas = alignmentScore(targets, events);
    constexpr int kShifts = 200;
    Random random(seed);
    std::vector<double> shifted(targets.size());
    for (int s = 0; s < kShifts; ++s) {
        const double shift = random.uniform(0, length);
        for (std::size_t i = 0; i < targets.size(); ++i) shifted[i] = std::fmod(targets[i] + shift, length);
        result.chance += alignmentScore(shifted, events) / kShifts;
    }
    result.aboveChance = result.bas - result.chance;
    return result;
}

} // namespace choreia::eval
