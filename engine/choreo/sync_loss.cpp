// The loss written plainly, for whole warps; warp_model.cpp computes the same piecewise.
#include "choreo/sync_loss.h"

#include "core/units.h"
#include "eval/beat_alignment.h"

#include <algorithm>
#include <cmath>

namespace choreia::choreo {

std::vector<double> pathLengths(std::span<const double> speed) {
    std::vector<double> path(speed.size() + 1, 0.0);
    for (std::size_t i = 0; i < speed.size(); ++i) path[i + 1] = path[i] + speed[i];
    return path;
}

double pathAt(std::span<const double> path, double frame) {
    const double f = std::clamp(frame, 0.0, static_cast<double>(path.size() - 1));
    const auto i = std::min(static_cast<std::size_t>(f), path.size() - 2);
    return path[i] + (path[i + 1] - path[i]) * (f - static_cast<double>(i));
}

std::vector<double> onsetWindows(std::span<const double> onset, std::size_t frames) {
    std::vector<double> out;
    if (onset.empty()) return out;
    for (std::size_t at = 0; at + kEnergyFrames < frames; at += kEnergyStep) {
        double sum = 0;
        for (std::size_t f = at; f < std::min(at + kEnergyFrames, onset.size()); ++f) sum += onset[f];
        out.push_back(sum / kEnergyFrames);
    }
    return out;
}

double correlation(double n, double sumX, double sumXX, double sumY, double sumYY, double sumXY) {
    const double varianceX = n * sumXX - sumX * sumX, varianceY = n * sumYY - sumY * sumY;
    if (varianceX <= 1e-12 * n * sumXX || varianceY <= 1e-12 * n * sumYY) return 0;
    return (n * sumXY - sumX * sumY) / std::sqrt(varianceX * varianceY);
}

std::size_t motionBeatsIn(std::span<const double> smooth, std::ptrdiff_t smoothBegin, std::ptrdiff_t samples, std::ptrdiff_t begin, std::ptrdiff_t end) {
    std::size_t count = 0;
    const std::ptrdiff_t last = std::min(end, samples - 1);
    for (std::ptrdiff_t i = std::max<std::ptrdiff_t>(begin, 1); i < last; ++i) {
        const double* const s = smooth.data() + (i - smoothBegin);
        const double before = s[0] - s[-1], here = s[1] - s[0];
        if (before < 0 && here > 0) {
            ++count;
        } else if (std::abs(here) < kShelf * s[0] && i + 2 < samples) {
            const double after = s[2] - s[1];
            count += here < 0 ? before <= here && after < here : before > 0 && before >= here && after > here;
        }
    }
    return count;
}

double crowdingOf(std::size_t now, std::size_t before, double enough) {
    const auto were = static_cast<double>(before), allowed = enough > 0 ? std::min(were, enough) : were;
    return std::max(0.0, static_cast<double>(now) - allowed) / std::max(1.0, were);
}

SyncTerms syncTerms(std::span<const double> shown, std::span<const double> speed, std::span<const double> beats,
                    std::span<const double> onset, double pauses) {
    SyncTerms terms;
    const std::size_t frames = shown.size();
    if (frames < 3 || speed.size() + 1 != frames) return terms;
    const std::vector<double> path = pathLengths(speed);
    std::vector<double> shownPath(frames), warped(frames - 1), play(frames - 1);
    for (std::size_t f = 0; f < frames; ++f) shownPath[f] = pathAt(path, shown[f]);
    for (std::size_t f = 0; f + 1 < frames; ++f) {
        warped[f] = shownPath[f + 1] - shownPath[f];
        play[f] = shown[f + 1] - shown[f];
    }
    const std::vector<double> smooth = eval::gaussianSmooth(warped, eval::kBeatSmoothingFrames);
    terms.beats = 1 - eval::alignmentScore(beats, eval::strictMinima(smooth));
    const auto motionBeats = [](std::span<const double> curve) { return motionBeatsIn(curve, 0, std::ssize(curve), 0, std::ssize(curve)); };
    terms.crowding = crowdingOf(motionBeats(smooth), motionBeats(eval::gaussianSmooth(speed, eval::kBeatSmoothingFrames)), pauses * static_cast<double>(frames) / kMotionFps);

    const std::vector<double> onsets = onsetWindows(onset, frames);
    double sumX = 0, sumXX = 0, sumY = 0, sumYY = 0, sumXY = 0;
    for (std::size_t k = 0; k < onsets.size(); ++k) {
        const double x = shownPath[k * kEnergyStep + kEnergyFrames] - shownPath[k * kEnergyStep], y = onsets[k];
        sumX += x;
        sumXX += x * x;
        sumY += y;
        sumYY += y * y;
        sumXY += x * y;
    }
    if (!onsets.empty()) {
        const double r = correlation(static_cast<double>(onsets.size()), sumX, sumXX, sumY, sumYY, sumXY);
        terms.energy = r == 0 ? 0 : 1 - r;
    }

    double sum = 0;
    for (std::size_t f = 0; f < play.size(); ++f) {
        sum += (play[f] - 1) * (play[f] - 1);
        if (f + kBendFrames < play.size()) sum += (play[f + kBendFrames] - play[f]) * (play[f + kBendFrames] - play[f]);
    }
    terms.roughness = sum / static_cast<double>(play.size()) / (kFullSpeedChange * kFullSpeedChange);
    return terms;
}

}  // namespace choreia::choreo
