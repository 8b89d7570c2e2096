// Local search: a control moves only some hundred frames, so a trial costs microseconds whatever the song's length.
#include "choreo/warp_search.h"

#include "eval/beat_alignment.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace choreia::choreo {

namespace {
constexpr std::ptrdiff_t kSpacing = 16; // frames between controls: a quarter of a second
constexpr std::ptrdiff_t kReach = 16;   // frames beyond which a motion beat adds nothing to a target (exp(-14))
constexpr std::ptrdiff_t kRadius = static_cast<std::ptrdiff_t>(4 * eval::kBeatSmoothingFrames + 0.5);
constexpr std::size_t kFixedFront = 3, kFixedBack = 4; // controls held at 0 so that the warp starts and ends with the clip
// Price of speed changes and of changes of speed, against one music beat met exactly (1). Tuned on real dances: mean change about
// 8%.
constexpr double kSpeedPrice = 2.2, kUnevennessPrice = 2.2;

std::array<double, 4> basis(double x) {
    const double x2 = x * x, x3 = x2 * x;
    return {(1 - 3 * x + 3 * x2 - x3) / 6, (4 - 6 * x2 + 3 * x3) / 6, (1 + 3 * x + 3 * x2 - 3 * x3) / 6, x3 / 6};
}
} // namespace

WarpSearch::WarpSearch(std::span<const double> speed, std::span<const double> targets, double maxSpeedChange)
    : frames_(static_cast<std::ptrdiff_t>(speed.size()) + 1),
      arc_(speed.size() + 1, 0.0),
      targets_(targets.begin(), targets.end()),
      bound_(maxSpeedChange * static_cast<double>(kSpacing)),
      controls_(static_cast<std::size_t>((frames_ - 1) / kSpacing + 4), 0.0),
      shown_(speed.size() + 1),
      speed_(speed.size() + 2 * static_cast<std::size_t>(kRadius)),
      smooth_(speed.size()),
      hits_(targets.size()) {
    for (std::size_t i = 0; i < speed.size(); ++i) arc_[i + 1] = arc_[i] + speed[i];
    double total = 0;
    for (std::ptrdiff_t k = -kRadius; k <= kRadius; ++k) {
        kernel_.push_back(
            std::exp(-0.5 * static_cast<double>(k * k) / (eval::kBeatSmoothingFrames * eval::kBeatSmoothingFrames)));
        total += kernel_.back();
    }
    for (double& weight : kernel_) weight /= total;
    refresh({0, frames_});
}

double WarpSearch::arc(double frame) const {
    const double f = std::clamp(frame, 0.0, static_cast<double>(frames_ - 1));
    const auto i = std::min(static_cast<std::size_t>(f), arc_.size() - 2);
    return arc_[i] + (arc_[i + 1] - arc_[i]) * (f - static_cast<double>(i));
}

double WarpSearch::costBetween(std::size_t firstControl, std::size_t lastControl) const {
    double cost = 0;
    const std::size_t begin = firstControl > 1 ? firstControl - 2 : 0, end = std::min(lastControl + 2, controls_.size() - 1);
    for (std::size_t k = begin; k < end; ++k) {
        const double change = (controls_[k + 1] - controls_[k]) / static_cast<double>(kSpacing);
        cost += kSpeedPrice * change * change;
        if (k + 2 < controls_.size()) {
            const double bend = (controls_[k + 2] - 2 * controls_[k + 1] + controls_[k]) / static_cast<double>(kSpacing);
            cost += kUnevennessPrice * bend * bend;
        }
    }
    return cost;
}

bool WarpSearch::allowed(std::size_t firstControl, std::size_t lastControl) const {
    for (std::size_t k = firstControl - 1; k <= lastControl; ++k) {
        if (std::abs(controls_[k + 1] - controls_[k]) > bound_) return false;
    }
    return true;
}

double WarpSearch::hit(double target) const {
    const auto first = std::max<std::ptrdiff_t>(1, static_cast<std::ptrdiff_t>(target) - kReach);
    const auto last = std::min<std::ptrdiff_t>(frames_ - 3, static_cast<std::ptrdiff_t>(target) + kReach);
    double nearest = 1e3;
    for (std::ptrdiff_t i = first; i <= last; ++i) {
        const double* s = smooth_.data() + i;
        if (s[0] < s[-1] && s[0] < s[1]) nearest = std::min(nearest, std::abs(static_cast<double>(i) - target));
    }
    return std::exp(-nearest * nearest / (2 * eval::kBeatToleranceFrames * eval::kBeatToleranceFrames));
}

WarpSearch::Range WarpSearch::framesOf(std::size_t firstControl, std::size_t lastControl) const {
    // Control k carries the frames from (k - 3) to (k + 1) spacings.
    const auto begin = (static_cast<std::ptrdiff_t>(firstControl) - 3) * kSpacing,
               end = (static_cast<std::ptrdiff_t>(lastControl) + 1) * kSpacing;
    return {std::max<std::ptrdiff_t>(0, begin), std::min(frames_, end)};
}

void WarpSearch::refresh(Range frames) {
    static const auto table = [] {
        std::array<std::array<double, 4>, static_cast<std::size_t>(kSpacing)> t;
        for (std::size_t i = 0; i < t.size(); ++i) t[i] = basis(static_cast<double>(i) / static_cast<double>(kSpacing));
        return t;
    }();
    for (std::ptrdiff_t t = frames.begin; t < frames.end; ++t) {
        const auto& b = table[static_cast<std::size_t>(t % kSpacing)];
        const double* c = controls_.data() + t / kSpacing;
        shown_[static_cast<std::size_t>(t)] = static_cast<double>(t) + b[0] * c[0] + b[1] * c[1] + b[2] * c[2] + b[3] * c[3];
    }
    const std::ptrdiff_t samples = frames_ - 1;
    const auto speedBegin = std::max<std::ptrdiff_t>(0, frames.begin - 1), speedEnd = std::min(samples, frames.end);
    double before = arc(shown_[static_cast<std::size_t>(speedBegin)]);
    for (std::ptrdiff_t t = speedBegin; t < speedEnd; ++t) {
        const double after = arc(shown_[static_cast<std::size_t>(t + 1)]);
        speed_[static_cast<std::size_t>(t + kRadius)] = after - before;
        before = after;
    }
    if (speedBegin < kRadius || speedEnd > samples - kRadius) { // the mirrored ends
        for (std::ptrdiff_t k = 0; k < kRadius; ++k) {
            const std::ptrdiff_t inside = std::min(k, samples - 1);
            speed_[static_cast<std::size_t>(kRadius - 1 - k)] = speed_[static_cast<std::size_t>(kRadius + inside)];
            speed_[static_cast<std::size_t>(kRadius + samples + k)] =
                speed_[static_cast<std::size_t>(kRadius + samples - 1 - inside)];
        }
    }
    const auto smoothBegin = std::max<std::ptrdiff_t>(0, speedBegin - kRadius), smoothEnd = std::min(samples, speedEnd + kRadius);
    std::fill(smooth_.begin() + smoothBegin, smooth_.begin() + smoothEnd, 0.0);
    for (std::size_t k = 0; k < kernel_.size(); ++k) {
        const double weight = kernel_[k];
        const double* source = speed_.data() + k;
        double* out = smooth_.data();
        for (std::ptrdiff_t i = smoothBegin; i < smoothEnd; ++i) out[i] += weight * source[i];
    }
    const auto from = std::lower_bound(targets_.begin(), targets_.end(), static_cast<double>(smoothBegin - kReach - 2));
    for (auto it = from; it != targets_.end() && *it <= static_cast<double>(smoothEnd + kReach + 2); ++it) {
        hits_[static_cast<std::size_t>(it - targets_.begin())] = hit(*it);
    }
}

double WarpSearch::alignment() const {
    double sum = 0;
    for (const double h : hits_) sum += h;
    return hits_.empty() ? 0 : sum / static_cast<double>(hits_.size());
}

void WarpSearch::start(std::span<const double> displacement) {
    if (controls_.size() <= kFixedFront + kFixedBack) return;
    const std::size_t last = controls_.size() - kFixedBack - 1;
    for (std::size_t k = kFixedFront; k <= last; ++k) {
        const auto frame = std::min((static_cast<std::ptrdiff_t>(k) - 1) * kSpacing, frames_ - 1);
        controls_[k] = displacement[static_cast<std::size_t>(frame)];
    }
    // Forward from the start, then backward from the end: each control within the bound of its neighbours.
    const double limit = bound_ * (1 - 1e-9);
    for (std::size_t k = kFixedFront; k <= last; ++k)
        controls_[k] = std::clamp(controls_[k], controls_[k - 1] - limit, controls_[k - 1] + limit);
    for (std::size_t k = last; k >= kFixedFront; --k)
        controls_[k] = std::clamp(controls_[k], controls_[k + 1] - limit, controls_[k + 1] + limit);
    refresh({0, frames_});
}

bool WarpSearch::tryMove(std::size_t centre, std::size_t halfWidth, double step) {
    const std::size_t lastFree = controls_.size() - kFixedBack - 1;
    const std::size_t first = std::max(kFixedFront, centre > halfWidth ? centre - halfWidth : 0),
                      last = std::min(lastFree, centre + halfWidth);
    savedControls_.assign(controls_.begin() + static_cast<std::ptrdiff_t>(first),
                          controls_.begin() + static_cast<std::ptrdiff_t>(last) + 1);
    const double costBefore = costBetween(first, last);
    for (std::size_t k = first; k <= last; ++k) {
        const auto away = static_cast<double>(k > centre ? k - centre : centre - k);
        controls_[k] += step * (1 - away / static_cast<double>(halfWidth + 1));
    }
    const auto undoControls = [&] {
        std::copy(savedControls_.begin(), savedControls_.end(), controls_.begin() + static_cast<std::ptrdiff_t>(first));
    };
    if (!allowed(first, last)) {
        undoControls();
        return false;
    }
    const double costAfter = costBetween(first, last);
    const Range frames = framesOf(first, last);
    const auto low = std::max<std::ptrdiff_t>(0, frames.begin - kRadius - 1), high = std::min(frames_ - 1, frames.end + kRadius);
    const auto hitsFrom =
        std::lower_bound(targets_.begin(), targets_.end(), static_cast<double>(low - kReach - 2)) - targets_.begin();
    const auto hitsTo =
        std::upper_bound(targets_.begin(), targets_.end(), static_cast<double>(high + kReach + 2)) - targets_.begin();
    savedShown_.assign(shown_.begin() + frames.begin, shown_.begin() + frames.end);
    savedSmooth_.assign(smooth_.begin() + low, smooth_.begin() + high);
    savedSpeed_.assign(speed_.begin() + low, speed_.begin() + high + 2 * kRadius);
    savedHits_.assign(hits_.begin() + hitsFrom, hits_.begin() + hitsTo);
    refresh(frames);
    double gain = costBefore - costAfter;
    for (std::ptrdiff_t i = hitsFrom; i < hitsTo; ++i) {
        gain += hits_[static_cast<std::size_t>(i)] - savedHits_[static_cast<std::size_t>(i - hitsFrom)];
    }
    if (gain > 1e-9) return true;
    undoControls();
    std::copy(savedShown_.begin(), savedShown_.end(), shown_.begin() + frames.begin);
    std::copy(savedSmooth_.begin(), savedSmooth_.end(), smooth_.begin() + low);
    std::copy(savedSpeed_.begin(), savedSpeed_.end(), speed_.begin() + low);
    std::copy(savedHits_.begin(), savedHits_.end(), hits_.begin() + hitsFrom);
    return false;
}

void WarpSearch::improve(Random& random) {
    if (controls_.size() <= kFixedFront + kFixedBack || targets_.empty()) return;
    const std::size_t free = controls_.size() - kFixedFront - kFixedBack;
    // Bumps from wide and large to narrow and small.
    struct Round {
        std::size_t halfWidth;
        double step;
    };
    constexpr std::array<Round, 10> rounds = {
        {{8, 6.0}, {5, 5.0}, {3, 4.0}, {2, 3.0}, {4, 3.0}, {1, 2.0}, {2, 1.5}, {0, 1.5}, {1, 1.0}, {0, 0.7}}};
    for (int pass = 0; pass < 2; ++pass) {
        for (const Round& round : rounds) {
            for (std::size_t trial = 0; trial < 2 * free; ++trial) {
                const std::size_t centre = kFixedFront + random.below(free);
                const double step = round.step * random.normal();
                if (!tryMove(centre, round.halfWidth, step)) tryMove(centre, round.halfWidth, -step);
            }
        }
    }
}

} // namespace choreia::choreo
