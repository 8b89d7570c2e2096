// How well estimated beats agree with annotated ones: F-measure and continuity (Davies, Degara and Plumbley 2009, as mir_eval
// computes them).
#include "eval/metrics.h"

#include <algorithm>
#include <cmath>

namespace choreia::eval {

namespace {
constexpr double kTrim = 5.0, kTolerance = 0.07, kPhase = 0.175, kPeriod = 0.175;

std::vector<double> trimmed(std::span<const double> beats) {
    std::vector<double> out;
    std::copy_if(beats.begin(), beats.end(), std::back_inserter(out), [](double t) { return t >= kTrim; });
    std::sort(out.begin(), out.end());
    return out;
}

/// |error| of each pair of the largest one-to-one matching; taking the earliest free partner is optimal because all windows have
/// one width.
std::vector<double> matchedErrors(const std::vector<double>& estimated, const std::vector<double>& reference) {
    std::vector<double> errors;
    std::size_t e = 0, r = 0;
    while (e < estimated.size() && r < reference.size()) {
        const double difference = estimated[e] - reference[r];
        if (std::abs(difference) <= kTolerance) {
            errors.push_back(std::abs(difference));
            ++e;
            ++r;
        } else if (difference < 0) {
            ++e;
        } else {
            ++r;
        }
    }
    return errors;
}

/// Share of correct beats at one metrical level: right in phase and in period, each annotation used once.
double continuity(const std::vector<double>& estimated, const std::vector<double>& reference) {
    if (estimated.empty() || reference.empty()) return 0;
    const std::size_t n = std::max(estimated.size(), reference.size());
    std::vector<bool> used(n, false);
    std::size_t right = 0;
    for (std::size_t m = 0; m < estimated.size(); ++m) {
        std::size_t nearest = 0;
        for (std::size_t r = 1; r < reference.size(); ++r) {
            if (std::abs(estimated[m] - reference[r]) < std::abs(estimated[m] - reference[nearest])) nearest = r;
        }
        if (used[nearest]) continue;
        // The interval before the beat; after it for the first beat or annotation, where there is one.
        const bool first = m == 0 || nearest == 0;
        const auto interval = [first](const std::vector<double>& beats, std::size_t i) {
            if (beats.size() < 2) return 0.0;
            return first && i + 1 < beats.size() ? beats[i + 1] - beats[i] : beats[i] - beats[i - 1];
        };
        const double annotated = interval(reference, nearest), own = interval(estimated, m);
        if (annotated <= 0) continue;
        const double phase = std::abs(estimated[m] - reference[nearest]) / annotated, period = std::abs(1 - own / annotated);
        if (phase < kPhase && period < kPeriod) {
            used[nearest] = true;
            ++right;
        }
    }
    return static_cast<double>(right) / static_cast<double>(n);
}

std::vector<double> everySecond(const std::vector<double>& beats, std::size_t first) {
    std::vector<double> out;
    for (std::size_t i = first; i < beats.size(); i += 2) out.push_back(beats[i]);
    return out;
}
} // namespace

BeatFigures evaluateBeats(std::span<const double> estimated, std::span<const double> reference) {
    BeatFigures out;
    const std::vector<double> e = trimmed(estimated), r = trimmed(reference);
    std::vector<double> errors = matchedErrors(e, r);
    if (!errors.empty()) {
        const auto matches = static_cast<double>(errors.size());
        const double precision = matches / static_cast<double>(e.size()), recall = matches / static_cast<double>(r.size());
        out.fMeasure = 2 * precision * recall / (precision + recall);
        std::sort(errors.begin(), errors.end());
        const std::size_t half = errors.size() / 2;
        out.medianErrorMs = 1000 * (errors.size() % 2 ? errors[half] : 0.5 * (errors[half - 1] + errors[half]));
    }
    if (e.size() < 2 || r.size() < 2) return out;
    std::vector<double> doubled;
    for (std::size_t i = 0; i < r.size(); ++i) {
        doubled.push_back(r[i]);
        if (i + 1 < r.size()) doubled.push_back(0.5 * (r[i] + r[i + 1]));
    }
    out.cmlT = continuity(e, r);
    out.amlT = out.cmlT;
    for (const auto& level : {everySecond(doubled, 1), doubled, everySecond(r, 0), everySecond(r, 1)}) {
        out.amlT = std::max(out.amlT, continuity(e, level));
    }
    return out;
}

} // namespace choreia::eval
