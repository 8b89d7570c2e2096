// The loss of sync_loss.cpp, computed again only where a change of some controls reaches.
#include "choreo/warp_model.h"

#include "core/units.h"
#include "eval/beat_alignment.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace choreia::choreo {

namespace {

constexpr std::ptrdiff_t kReach = 16;  // frames beyond which a motion beat adds nothing to a music beat (exp(-14))
constexpr std::ptrdiff_t kRadius = static_cast<std::ptrdiff_t>(4 * eval::kBeatSmoothingFrames + 0.5);

using Basis = std::array<std::array<double, 4>, static_cast<std::size_t>(WarpModel::kSpacing)>;

// Weights of four neighbouring controls at each frame between two of them.
const Basis& basis() {
    static const Basis table = [] {
        Basis t;
        for (std::size_t i = 0; i < t.size(); ++i) {
            const double x = static_cast<double>(i) / static_cast<double>(t.size()), x2 = x * x, x3 = x2 * x;
            t[i] = {(1 - 3 * x + 3 * x2 - x3) / 6, (4 - 6 * x2 + 3 * x3) / 6, (1 + 3 * x + 3 * x2 - 3 * x3) / 6, x3 / 6};
        }
        return t;
    }();
    return table;
}

std::size_t index(std::ptrdiff_t i) { return static_cast<std::size_t>(i); }

// out[i] = kernel over in[i - radius .. i + radius]; in stands `radius` before the first and goes on `radius` beyond the last. Sums in the
// order of eval::gaussianSmooth, so that a speed is a minimum here exactly where it is one there.
void smoothInto(const double* in, std::span<const double> kernel, std::span<double> out) {
    constexpr std::size_t kBlock = 8;
    const auto radius = kernel.size() - 1;
    std::size_t i = 0;
    for (; i + kBlock <= out.size(); i += kBlock) {
        std::array<double, kBlock> sum;
        const double* centre = in + i + radius;
        for (std::size_t b = 0; b < kBlock; ++b) sum[b] = kernel[0] * centre[b];
        for (std::size_t k = 1; k <= radius; ++k) {
            const double weight = kernel[k];
            const double *left = centre - k, *right = centre + k;
            for (std::size_t b = 0; b < kBlock; ++b) sum[b] += weight * (left[b] + right[b]);
        }
        std::copy(sum.begin(), sum.end(), out.begin() + static_cast<std::ptrdiff_t>(i));
    }
    for (; i < out.size(); ++i) {
        const double* centre = in + i + radius;
        double sum = kernel[0] * *centre;
        for (std::size_t k = 1; k <= radius; ++k) sum += kernel[k] * (*(centre - k) + *(centre + k));
        out[i] = sum;
    }
}

}  // namespace

WarpModel::WarpModel(std::span<const double> speed, std::span<const double> beats, std::span<const double> onset, double maxSpeedChange,
                     const SyncWeights& gamma, double pauses)
    : frames_(static_cast<std::ptrdiff_t>(speed.size()) + 1),
      bound_(maxSpeedChange * static_cast<double>(kSpacing)),
      gamma_(gamma),
      clipPath_(pathLengths(speed)),
      beats_(beats.begin(), beats.end()),
      onsets_(onsetWindows(onset, speed.size() + 1)),
      controls_(index((frames_ - 1) / kSpacing + 4), 0.0),
      shown_(speed.size() + 1),
      path_(speed.size() + 1),
      smooth_(speed.size()),
      hits_(beats.size()),
      energy_(onsets_.size()),
      rough_(speed.size()),
      enough_(pauses * static_cast<double>(frames_) / kMotionFps) {
    double total = 0;
    for (std::ptrdiff_t k = 0; k <= kRadius; ++k) {
        kernel_.push_back(std::exp(-0.5 * static_cast<double>(k * k) / (eval::kBeatSmoothingFrames * eval::kBeatSmoothingFrames)));
        total += k == 0 ? kernel_.back() : 2 * kernel_.back();
    }
    for (double& weight : kernel_) weight /= total;
    for (const double y : onsets_) {
        sumY_ += y;
        sumYY_ += y * y;
    }
    start({});
    unwarpedMinima_ = minima_;
}

std::size_t WarpModel::freeCount() const {
    return controls_.size() > kFixedFront + kFixedBack ? controls_.size() - kFixedFront - kFixedBack : 0;
}

SyncTerms WarpModel::termsOf(double hitSum, std::size_t minima, double roughSum, double sumX, double sumXX, double sumXY) const {
    SyncTerms terms;
    terms.beats = beats_.empty() ? 1 : 1 - hitSum / static_cast<double>(beats_.size());
    terms.crowding = crowdingOf(minima, unwarpedMinima_, enough_);
    if (!onsets_.empty()) {
        const double r = correlation(static_cast<double>(onsets_.size()), sumX, sumXX, sumY_, sumYY_, sumXY);
        terms.energy = r == 0 ? 0 : 1 - r;
    }
    terms.roughness = roughSum / static_cast<double>(rough_.size()) / (kFullSpeedChange * kFullSpeedChange);
    return terms;
}

SyncTerms WarpModel::terms() const { return termsOf(hitSum_, minima_, roughSum_, sumX_, sumXX_, sumXY_); }

void WarpModel::start(std::span<const double> displacement) {
    Trial all;
    all.first = 0;
    all.controls.assign(controls_.size(), 0.0);
    if (!displacement.empty() && freeCount() > 0) {
        const std::span<double> free(all.controls.data() + kFixedFront, freeCount());
        for (std::size_t k = 0; k < free.size(); ++k)
            free[k] = displacement[std::min(index((static_cast<std::ptrdiff_t>(k + kFixedFront) - 1) * kSpacing), displacement.size() - 1)];
        std::fill(controls_.begin(), controls_.end(), 0.0);
        repair(kFixedFront, free);
    }
    evaluate(all);
    accept(all);
}

void WarpModel::repair(std::size_t first, std::span<double> values) const {
    // Forward from the neighbour before, then backward from the one behind: each within the bound of its neighbours.
    const double limit = bound_ * (1 - 1e-9);
    double beside = controls_[first - 1];
    for (double& value : values) beside = value = std::clamp(value, beside - limit, beside + limit);
    beside = controls_[first + values.size()];
    for (std::size_t k = values.size(); k-- > 0;) beside = values[k] = std::clamp(values[k], beside - limit, beside + limit);
}

double WarpModel::hit(std::span<const double> smooth, std::ptrdiff_t smoothBegin, double beat) const {
    const auto first = std::max<std::ptrdiff_t>(1, static_cast<std::ptrdiff_t>(beat) - kReach);
    const auto last = std::min<std::ptrdiff_t>(frames_ - 3, static_cast<std::ptrdiff_t>(beat) + kReach);
    double nearest = 1e3;
    for (std::ptrdiff_t i = first; i <= last; ++i) {
        const double* s = smooth.data() + (i - smoothBegin);
        if (s[0] < s[-1] && s[0] < s[1]) nearest = std::min(nearest, std::abs(static_cast<double>(i) - beat));
    }
    return std::exp(-nearest * nearest / (2 * eval::kBeatToleranceFrames * eval::kBeatToleranceFrames));
}

void WarpModel::evaluate(Trial& t) const {
    const std::ptrdiff_t samples = frames_ - 1, first = static_cast<std::ptrdiff_t>(t.first);
    // Control k carries the frames from (k - 3) to (k + 1) spacings. Frames are copied with a margin on both sides, so that everything
    // below reads from one place.
    t.frameBegin = std::max<std::ptrdiff_t>(0, (first - 3) * kSpacing);
    t.frameEnd = std::min(frames_, (first + static_cast<std::ptrdiff_t>(t.controls.size())) * kSpacing);
    constexpr std::ptrdiff_t kMargin = kEnergyFrames + kBendFrames + 2;
    const std::ptrdiff_t begin = std::max<std::ptrdiff_t>(0, t.frameBegin - kMargin), end = std::min(frames_, t.frameEnd + kMargin);
    t.bufferBegin = begin;
    t.shown.assign(shown_.begin() + begin, shown_.begin() + end);
    t.path.assign(path_.begin() + begin, path_.begin() + end);
    const auto control = [&](std::ptrdiff_t k) {
        const std::ptrdiff_t own = k - first;
        return own >= 0 && own < static_cast<std::ptrdiff_t>(t.controls.size()) ? t.controls[index(own)] : controls_[index(k)];
    };
    for (std::ptrdiff_t f = t.frameBegin; f < t.frameEnd;) {
        const std::ptrdiff_t k = f / kSpacing;
        const double c0 = control(k), c1 = control(k + 1), c2 = control(k + 2), c3 = control(k + 3);
        for (const std::ptrdiff_t stop = std::min((k + 1) * kSpacing, t.frameEnd); f < stop; ++f) {
            const auto& b = basis()[index(f % kSpacing)];
            const double at = static_cast<double>(f) + b[0] * c0 + b[1] * c1 + b[2] * c2 + b[3] * c3;
            t.shown[index(f - begin)] = at;
            t.path[index(f - begin)] = pathAt(clipPath_, at);
        }
    }

    const std::ptrdiff_t speedBegin = std::max<std::ptrdiff_t>(0, t.frameBegin - 1), speedEnd = std::min(samples, t.frameEnd);
    t.smoothBegin = std::max<std::ptrdiff_t>(0, speedBegin - kRadius);
    t.smoothEnd = std::min(samples, speedEnd + kRadius);
    t.speed.resize(index(t.smoothEnd - t.smoothBegin + 2 * kRadius));
    for (std::ptrdiff_t i = t.smoothBegin - kRadius; i < t.smoothEnd + kRadius; ++i) {
        std::ptrdiff_t at = i;  // the ends mirrored
        while (at < 0 || at >= samples) at = at < 0 ? -1 - at : 2 * samples - 1 - at;
        t.speed[index(i - t.smoothBegin + kRadius)] = at >= begin && at + 1 < end ? t.path[index(at + 1 - begin)] - t.path[index(at - begin)]
                                                                                  : path_[index(at + 1)] - path_[index(at)];
    }
    const std::ptrdiff_t nearBegin = std::max<std::ptrdiff_t>(0, t.smoothBegin - 2 * kReach - 4),
                         nearEnd = std::min(samples, t.smoothEnd + 2 * kReach + 4);
    t.smooth.assign(smooth_.begin() + nearBegin, smooth_.begin() + nearEnd);
    smoothInto(t.speed.data(), kernel_,
               {t.smooth.data() + (t.smoothBegin - nearBegin), index(t.smoothEnd - t.smoothBegin)});

    t.hitBegin = index(std::lower_bound(beats_.begin(), beats_.end(), static_cast<double>(t.smoothBegin - kReach - 1)) - beats_.begin());
    t.hitEnd = index(std::upper_bound(beats_.begin(), beats_.end(), static_cast<double>(t.smoothEnd + kReach + 1)) - beats_.begin());
    t.hits.clear();
    t.hitSum = hitSum_;
    for (std::size_t i = t.hitBegin; i < t.hitEnd; ++i) {
        t.hits.push_back(hit(t.smooth, nearBegin, beats_[i]));
        t.hitSum += t.hits.back() - hits_[i];
    }
    // A changed sample decides whether its neighbours are minima too.
    const std::ptrdiff_t countBegin = t.smoothBegin - 2, countEnd = t.smoothEnd + 1;
    t.minima = minima_ + motionBeatsIn(t.smooth, nearBegin, samples, countBegin, countEnd) - motionBeatsIn(smooth_, 0, samples, countBegin, countEnd);
    // Only the part that changed is kept for accept().
    t.smooth.erase(t.smooth.begin() + (t.smoothEnd - nearBegin), t.smooth.end());
    t.smooth.erase(t.smooth.begin(), t.smooth.begin() + (t.smoothBegin - nearBegin));

    t.roughBegin = std::max<std::ptrdiff_t>(0, speedBegin - kBendFrames);
    t.roughEnd = speedEnd;
    t.rough.clear();
    t.roughSum = roughSum_;
    const auto play = [&](std::ptrdiff_t f) { return t.shown[index(f + 1 - begin)] - t.shown[index(f - begin)]; };
    for (std::ptrdiff_t f = t.roughBegin; f < t.roughEnd; ++f) {
        const double speed = play(f), change = speed - 1, bend = f + kBendFrames < samples ? play(f + kBendFrames) - speed : 0;
        t.rough.push_back(change * change + bend * bend);
        t.roughSum += t.rough.back() - rough_[index(f)];
    }

    // Windows that begin or end within the frames changed.
    t.energyBegin = index(std::max<std::ptrdiff_t>(0, t.frameBegin - kEnergyFrames + kEnergyStep - 1) / kEnergyStep);
    t.energyEnd = std::min(energy_.size(), index((t.frameEnd + kEnergyStep - 1) / kEnergyStep));
    t.energyBegin = std::min(t.energyBegin, t.energyEnd);
    t.energy.clear();
    t.sumX = sumX_;
    t.sumXX = sumXX_;
    t.sumXY = sumXY_;
    for (std::size_t k = t.energyBegin; k < t.energyEnd; ++k) {
        const std::ptrdiff_t from = static_cast<std::ptrdiff_t>(k) * kEnergyStep - begin;
        const double x = t.path[index(from + kEnergyFrames)] - t.path[index(from)], before = energy_[k];
        t.energy.push_back(x);
        t.sumX += x - before;
        t.sumXX += x * x - before * before;
        t.sumXY += (x - before) * onsets_[k];
    }
    t.loss = termsOf(t.hitSum, t.minima, t.roughSum, t.sumX, t.sumXX, t.sumXY).loss(gamma_);
}

void WarpModel::accept(const Trial& t) {
    const auto put = [](std::span<const double> from, std::vector<double>& to, std::ptrdiff_t at) { std::copy(from.begin(), from.end(), to.begin() + at); };
    put(t.controls, controls_, static_cast<std::ptrdiff_t>(t.first));
    const auto changed = index(t.frameEnd - t.frameBegin), margin = index(t.frameBegin - t.bufferBegin);
    put(std::span(t.shown).subspan(margin, changed), shown_, t.frameBegin);
    put(std::span(t.path).subspan(margin, changed), path_, t.frameBegin);
    put(t.smooth, smooth_, t.smoothBegin);
    put(t.hits, hits_, static_cast<std::ptrdiff_t>(t.hitBegin));
    put(t.rough, rough_, t.roughBegin);
    put(t.energy, energy_, static_cast<std::ptrdiff_t>(t.energyBegin));
    hitSum_ = t.hitSum;
    minima_ = t.minima;
    roughSum_ = t.roughSum;
    sumX_ = t.sumX;
    sumXX_ = t.sumXX;
    sumXY_ = t.sumXY;
}

}  // namespace choreia::choreo
