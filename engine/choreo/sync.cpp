// Sync: match motion beats to music beats by dynamic programming, then improve the smooth warp through the matches.
#include "choreo/sync.h"

#include "choreo/warp_search.h"
#include "eval/beat_alignment.h"

#include <algorithm>
#include <cmath>

namespace choreia::choreo {

namespace {
constexpr int kFarthest = 75;       // largest displacement, frames: the dance stays within 1.25 s of the music it was made for
constexpr double kMatchPrice = 2.2; // of (speed change)^2 over a beat, against one beat met exactly

/// Score of showing clip frame x on a music beat.
double meeting(std::span<const double> motionBeats, double x) {
    const double target[1] = {x};
    return eval::alignmentScore(target, motionBeats);
}

/// Displacement (frames) at each output frame: straight lines between music beats, their values chosen so that the most motion
/// beats fall on music beats at the least change of speed. Viterbi over displacement in whole frames.
std::vector<double> matchBeats(std::span<const double> motionBeats, std::span<const double> musicBeats, std::size_t frames,
                               double maxSpeedChange) {
    constexpr std::size_t kStates = 2 * kFarthest + 1;
    const auto end = static_cast<double>(frames - 1);
    std::vector<double> nodes = {0};
    for (const double beat : musicBeats) {
        if (beat > nodes.back() + 2 && beat < end - 2) nodes.push_back(beat);
    }
    nodes.push_back(end);
    constexpr double kNever = -1e18;
    std::vector<double> best(kStates, kNever), next(kStates);
    best[kFarthest] = 0;
    std::vector<std::vector<int>> from(nodes.size(), std::vector<int>(kStates, kFarthest));
    for (std::size_t n = 1; n < nodes.size(); ++n) {
        const double gap = nodes[n] - nodes[n - 1];
        const int reach = static_cast<int>(std::floor(0.85 * maxSpeedChange * gap));
        for (int e = 0; e < static_cast<int>(kStates); ++e) {
            double value = kNever;
            for (int p = std::max(0, e - reach); p <= std::min(static_cast<int>(kStates) - 1, e + reach); ++p) {
                const double change = (e - p) / gap;
                const double candidate = best[static_cast<std::size_t>(p)] - kMatchPrice * change * change * gap / 16;
                if (candidate > value) {
                    value = candidate;
                    from[n][static_cast<std::size_t>(e)] = p;
                }
            }
            const double shown = nodes[n] + e - kFarthest;
            const bool inside = shown >= 0 && shown <= end;
            next[static_cast<std::size_t>(e)] =
                inside ? value + (n + 1 < nodes.size() ? meeting(motionBeats, shown) : 0) : kNever;
        }
        best.swap(next);
    }
    std::vector<double> values(nodes.size(), 0.0);
    int state = kFarthest;
    for (std::size_t n = nodes.size() - 1; n > 0; --n) {
        values[n] = state - kFarthest;
        state = from[n][static_cast<std::size_t>(state)];
    }
    std::vector<double> displacement(frames);
    std::size_t n = 0;
    for (std::size_t f = 0; f < frames; ++f) {
        const auto t = static_cast<double>(f);
        while (n + 2 < nodes.size() && nodes[n + 1] <= t) ++n;
        const double share = (t - nodes[n]) / (nodes[n + 1] - nodes[n]);
        displacement[f] = values[n] + (values[n + 1] - values[n]) * share;
    }
    return displacement;
}
} // namespace

std::optional<SyncMethod> parseSyncMethod(std::string_view name) {
    const auto found = std::find(kSyncMethodNames.begin(), kSyncMethodNames.end(), name);
    if (found == kSyncMethodNames.end()) return std::nullopt;
    return static_cast<SyncMethod>(found - kSyncMethodNames.begin());
}

std::string syncMethodList() {
    std::string list;
    for (const auto name : kSyncMethodNames) list += (list.empty() ? "" : ", ") + std::string(name);
    return list;
}

namespace {
// Measured (choreia-sync-bench, equal time): both laws of the factor clearly beat the hill climb and a little the random tries; between the
// two there is no difference beyond noise. Sizes found on real dances: many sweeps with small populations beat few thorough ones, and windows longer than six anchors.
std::size_t refine(WarpModel& model, const SyncSettings& settings, std::stop_token stop) {
    if (settings.method == SyncMethod::Match) return 0;
    if (settings.method == SyncMethod::HillClimb) return climbHills(model, settings.seed, 5.5 * settings.effort, stop);
    WindowSettings windows;
    windows.seed = settings.seed;
    windows.evolve = settings.method != SyncMethod::Random;
    windows.evolution.factor.law = settings.method == SyncMethod::DeUniform ? FactorLaw::Uniform : FactorLaw::LogSigmoid;
    windows.evolution.population = 10;
    windows.evolution.maxEvaluations = 200;
    windows.sweeps = static_cast<int>(std::lround(6 * settings.effort));
    // Last, single controls settle between the anchors of the last sweep.
    return searchWindows(model, windows, stop) + climbHills(model, settings.seed, 0.5 * settings.effort, stop);
}
} // namespace

std::vector<double> syncWarp(const motion::Positions& positions, std::span<const double> musicBeats, const SyncSettings& settings,
                             SyncReport* report, std::span<const double> onset, std::stop_token stop) {
    const std::size_t frames = positions.frames();
    std::vector<double> times(frames), still(frames);
    for (std::size_t f = 0; f < frames; ++f) {
        still[f] = static_cast<double>(f);
        times[f] = static_cast<double>(f) / positions.fps;
    }
    SyncReport figures;
    std::vector<double> targets;
    for (const double beat : musicBeats) {
        if (beat >= 0 && beat * positions.fps < static_cast<double>(frames)) targets.push_back(beat * positions.fps);
    }
    std::sort(targets.begin(), targets.end());
    const std::vector<double> speed = eval::jointSpeedCurve(positions);
    const std::vector<double> beats = eval::strictMinima(eval::gaussianSmooth(speed, eval::kBeatSmoothingFrames));
    figures.before = figures.matched = figures.after = eval::alignmentScore(targets, beats);
    // A weaker sync is one that may change speed less: what it does meet, it meets fully.
    const double bound = std::clamp(settings.strength, 0.0, 1.0) * std::clamp(settings.maxSpeedChange, 0.0, 0.9);
    if (frames >= 8 && !targets.empty() && !beats.empty() && bound > 1e-4) {
        WarpModel model(speed, targets, onset, bound, settings.gamma, settings.pauses);
        model.start(matchBeats(beats, targets, frames, bound));
        const double matched = 1 - model.terms().beats;
        figures.matched = std::max(figures.before, matched);
        figures.evaluations = refine(model, settings, stop);
        const double refined = 1 - model.terms().beats;
        if (refined > figures.before) {
            figures.after = refined;
            figures.terms = model.terms();
            const auto& shown = model.shown();
            for (std::size_t f = 0; f < frames; ++f) times[f] = shown[f] / positions.fps;
            for (std::size_t f = 0; f + 1 < frames; ++f) {
                const double change = std::abs(shown[f + 1] - shown[f] - 1);
                figures.meanSpeedChange += change / static_cast<double>(frames - 1);
                figures.maxSpeedChange = std::max(figures.maxSpeedChange, change);
            }
        } else {
            figures.terms = syncTerms(still, speed, targets, onset, settings.pauses);
        }
    }
    if (report) *report = figures;
    return times;
}

} // namespace choreia::choreo
