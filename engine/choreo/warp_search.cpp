// Trials are evaluated against a model that stands still, and taken over afterwards in the windows' order.
#include "choreo/warp_search.h"

#include "core/parallel.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace choreia::choreo {

std::size_t climbHills(WarpModel& model, std::uint64_t seed, double passes, std::stop_token stop) {
    const std::size_t free = model.freeCount(), firstFree = model.firstFree();
    if (free == 0 || model.beats().empty()) return 0;
    struct Round {
        std::size_t halfWidth;
        double step;
    };
    constexpr std::array<Round, 10> rounds = {
        {{8, 6.0}, {5, 5.0}, {3, 4.0}, {2, 3.0}, {4, 3.0}, {1, 2.0}, {2, 1.5}, {0, 1.5}, {1, 1.0}, {0, 0.7}}};
    Random random(seed);
    WarpModel::Trial trial;
    std::size_t evaluations = 0;
    double loss = model.loss();
    const auto tryBump = [&](std::size_t centre, std::size_t halfWidth, double step) {
        trial.first = std::max(firstFree, centre > halfWidth ? centre - halfWidth : 0);
        const std::size_t last = std::min(firstFree + free - 1, centre + halfWidth);
        const auto now = model.controls();
        trial.controls.clear();
        for (std::size_t k = trial.first; k <= last; ++k) {
            const auto away = static_cast<double>(k > centre ? k - centre : centre - k);
            trial.controls.push_back(now[k] + step * (1 - away / static_cast<double>(halfWidth + 1)));
        }
        model.repair(trial.first, trial.controls);
        model.evaluate(trial);
        ++evaluations;
        if (!(trial.loss < loss - 1e-12)) return false;
        model.accept(trial);
        loss = trial.loss;
        return true;
    };
    const auto tries = static_cast<std::size_t>(std::lround(passes * static_cast<double>(free)));
    for (int pass = 0; pass < 2; ++pass) {
        for (const Round& round : rounds) {
            for (std::size_t i = 0; i < tries && !stop.stop_requested(); ++i) {
                const std::size_t centre = firstFree + random.below(free);
                const double step = round.step * random.normal();
                if (!tryBump(centre, round.halfWidth, step)) tryBump(centre, round.halfWidth, -step);
            }
        }
    }
    return evaluations;
}

std::vector<double> anchorFrames(const WarpModel& model, bool atBeats) {
    std::vector<double> frames;
    const std::size_t end = model.firstFree() + model.freeCount();
    if (!atBeats) {
        for (std::size_t k = model.firstFree() - 1; k <= end; ++k) frames.push_back(WarpModel::frameOf(k));
        return frames;
    }
    constexpr double kNearest = 12, kFarthest = 64;
    frames.push_back(WarpModel::frameOf(model.firstFree() - 1));
    const auto fillUpTo = [&](double next) {
        const double gap = next - frames.back();
        const auto parts = std::ceil(gap / kFarthest);
        const double before = frames.back();
        for (double p = 1; p <= parts; ++p) frames.push_back(before + gap * p / parts);
    };
    const double last = WarpModel::frameOf(end);
    for (const double beat : model.beats())
        if (beat >= frames.back() + kNearest && beat <= last - kNearest) fillUpTo(beat);
    fillUpTo(last);
    return frames;
}

WarpWindow::WarpWindow(const WarpModel& model, std::span<const double> anchors) : model_(&model), anchors_(anchors.begin(), anchors.end()) {
    std::size_t a = 0;
    for (std::size_t k = model.firstFree(); k < model.firstFree() + model.freeCount(); ++k) {
        const double frame = WarpModel::frameOf(k);
        if (frame <= anchors_.front() || frame >= anchors_.back()) continue;
        while (anchors_[a + 1] < frame) ++a;
        if (count_++ == 0) trial_.first = k;
        before_.push_back(a);
        share_.push_back((frame - anchors_[a]) / (anchors_[a + 1] - anchors_[a]));
    }
}

double WarpWindow::operator()(std::span<const double> moves) {
    const auto move = [&](std::size_t anchor) { return anchor == 0 || anchor > moves.size() ? 0.0 : moves[anchor - 1]; };
    trial_.controls.resize(count_);
    const auto now = model_->controls();
    for (std::size_t i = 0; i < count_; ++i)
        trial_.controls[i] = now[trial_.first + i] + move(before_[i]) * (1 - share_[i]) + move(before_[i] + 1) * share_[i];
    model_->repair(trial_.first, trial_.controls);
    model_->evaluate(trial_);
    return trial_.loss;
}

namespace {

// The best moves found in one window; empty where nothing better than staying was found.
std::vector<double> searchOne(const WarpModel& model, std::span<const double> anchors, const WindowSettings& settings, std::uint64_t seed,
                              std::stop_token stop) {
    WarpWindow window(model, anchors);
    if (window.empty()) return {};
    const std::vector<double> upper(window.dimensions(), settings.range), lower(window.dimensions(), -settings.range);
    if (settings.evolve) {
        EvolutionSettings evolution = settings.evolution;
        evolution.seed = seed;
        evolution.parallel = false;
        evolution.guesses = {std::vector<double>(window.dimensions(), 0.0)};
        return evolve([&](std::span<const double> moves) { return window(moves); }, lower, upper, evolution, stop).best;
    }
    Random random(seed);
    std::vector<double> moves(window.dimensions()), best;
    double least = model.loss();
    for (std::size_t i = 0; i < settings.evolution.maxEvaluations && !stop.stop_requested(); ++i) {
        for (double& move : moves) move = random.uniform(-settings.range, settings.range);
        const double loss = window(moves);
        if (loss < least) {
            least = loss;
            best = moves;
        }
    }
    return best;
}

}  // namespace

std::size_t searchWindows(WarpModel& model, const WindowSettings& settings, std::stop_token stop) {
    if (model.freeCount() == 0 || model.beats().empty()) return 0;
    const std::vector<double> anchors = anchorFrames(model, settings.atBeats);
    std::size_t evaluations = 0;
    for (int sweep = 0; sweep < settings.sweeps; ++sweep) {
        // Windows of `anchors` moving anchors and a still one on each side; every other sweep begins with half a window.
        struct Window {
            std::size_t first, last;
        };
        std::vector<Window> windows;
        std::size_t at = 0, size = sweep % 2 == 0 ? settings.anchors : std::max<std::size_t>(1, settings.anchors / 2);
        while (at + 2 < anchors.size()) {
            const std::size_t last = std::min(at + size + 1, anchors.size() - 1);
            windows.push_back({at, last});
            at = last - 1;
            size = settings.anchors;
        }
        std::vector<std::vector<double>> found(windows.size());
        for (const std::size_t parity : {0u, 1u}) {
            const std::size_t count = (windows.size() + 1 - parity) / 2;
            parallelFor(count, [&](std::size_t i) {
                const std::size_t w = 2 * i + parity;
                const std::uint64_t seed = settings.seed * 0x9e3779b97f4a7c15ULL + static_cast<std::uint64_t>(sweep) * 1000003 + w;
                found[w] = searchOne(model, std::span(anchors).subspan(windows[w].first, windows[w].last - windows[w].first + 1), settings, seed, stop);
            });
            for (std::size_t w = parity; w < windows.size(); w += 2) {
                evaluations += settings.evolution.maxEvaluations;
                if (found[w].empty()) continue;
                WarpWindow window(model, std::span(anchors).subspan(windows[w].first, windows[w].last - windows[w].first + 1));
                if (window(found[w]) < model.loss()) model.accept(window.trial());
            }
            if (stop.stop_requested()) return evaluations;
        }
    }
    return evaluations;
}

}  // namespace choreia::choreo
