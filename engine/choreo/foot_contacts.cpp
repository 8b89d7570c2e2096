// Soft scores first, decisions last.
#include "choreo/foot_contacts.h"

#include "eval/beat_alignment.h"
#include "motion/kinematics.h"

#include <algorithm>
#include <cmath>

namespace choreia::choreo {

namespace {
using motion::kContactJoints;

/// 1 below low, 0 above high, smooth between.
double fading(double value, double low, double high) {
    const double x = std::clamp((high - value) / (high - low), 0.0, 1.0);
    return x * x * (3 - 2 * x);
}

/// The floor under the dancer as the motion has it: the lowest standing height within half a second either way, smoothed.
std::vector<double> localFloor(const motion::Positions& p, const std::array<double, 4>& rest) {
    constexpr std::ptrdiff_t kReach = 30;
    const auto n = static_cast<std::ptrdiff_t>(p.frames());
    std::vector<double> lowest(p.frames()), floor(p.frames());
    for (std::size_t f = 0; f < lowest.size(); ++f) {
        lowest[f] = 1e9;
        for (std::size_t k = 0; k < 4; ++k) {
            lowest[f] =
                std::min(lowest[f], static_cast<double>(p.at(f, static_cast<std::size_t>(kContactJoints[k])).y()) - rest[k]);
        }
    }
    for (std::ptrdiff_t f = 0; f < n; ++f) {
        const auto begin = lowest.begin() + std::max<std::ptrdiff_t>(0, f - kReach),
                   end = lowest.begin() + std::min(n, f + kReach + 1);
        floor[static_cast<std::size_t>(f)] = *std::min_element(begin, end);
    }
    return eval::gaussianSmooth(floor, 15);
}
} // namespace

std::array<double, 4> restHeights() {
    const motion::Skeleton& body = motion::Skeleton::body();
    std::array<motion::Vec3, motion::kJoints> joints;
    const std::vector<motion::Quat> rest(motion::kJoints, motion::Quat::Identity());
    motion::forwardKinematics(body, body.offset(motion::Pelvis), rest, joints);
    std::array<double, 4> heights{};
    for (std::size_t k = 0; k < 4; ++k) heights[k] = static_cast<double>(joints[static_cast<std::size_t>(kContactJoints[k])].y());
    return heights;
}

double standingScore(bool ankle, double height, double speed, double slow, double fast, double hint) {
    const double low = ankle ? fading(height, .02, .07) : fading(height, .02, .06);
    const double own = low * fading(speed, slow, fast);
    return hint < 0 ? own : .6 * fading(height, .05, .12) * std::min(hint, 1.0) + .4 * own;
}

double steering(double score, double leftSpeed) {
    constexpr double kFaint = .3, kOutlier = .15;
    const double left = leftSpeed / kOutlier;
    return std::max(0.0, (score - kFaint) / (1 - kFaint)) / (1 + left * left);
}

ContactScores scoreContacts(const motion::Positions& positions, const std::vector<std::array<float, 4>>& hint, double slow,
                            double fast) {
    const std::size_t n = positions.frames();
    ContactScores scores(n, {0, 0, 0, 0});
    if (n < 2) return scores;
    const std::array<double, 4> rest = restHeights();
    const std::vector<double> floor = localFloor(positions, rest);
    std::vector<double> speed(n);
    for (std::size_t k = 0; k < 4; ++k) {
        const auto joint = static_cast<std::size_t>(kContactJoints[k]);
        const bool ankle = k % 2 == 0;
        for (std::size_t f = 0; f < n; ++f) {
            const std::size_t before = f > 0 ? f - 1 : 0, after = std::min(f + 1, n - 1);
            const double seconds = static_cast<double>(after - before) / positions.fps;
            speed[f] = static_cast<double>((positions.at(after, joint) - positions.at(before, joint)).norm()) / seconds;
        }
        const std::vector<double> smooth = eval::gaussianSmooth(speed, 2);
        for (std::size_t f = 0; f < n; ++f) {
            const double height = static_cast<double>(positions.at(f, joint).y()) - rest[k] - floor[f];
            scores[f][k] = standingScore(ankle, height, smooth[f], slow, fast, hint.empty() ? -1 : std::max(0.0, static_cast<double>(hint[f][k])));
        }
    }
    return scores;
}

ContactRuns contactRuns(const ContactScores& scores) {
    constexpr double kEnter = .55, kLeave = .4;
    constexpr std::size_t kShortest = 6;
    const std::size_t n = scores.size();
    ContactRuns runs(n, {false, false, false, false});
    for (std::size_t k = 0; k < 4; ++k) {
        bool on = false;
        for (std::size_t f = 0; f < n; ++f) {
            on = scores[f][k] > (on ? kLeave : kEnter);
            runs[f][k] = on;
        }
        for (const bool value : {false, true}) { // first gaps are closed, then lone runs go
            for (std::size_t f = 0; f < n;) {
                std::size_t end = f;
                while (end < n && runs[end][k] == runs[f][k]) ++end;
                if (runs[f][k] == value && end - f < kShortest && f > 0 && end < n) {
                    for (std::size_t i = f; i < end; ++i) runs[i][k] = !value;
                }
                f = end;
            }
        }
    }
    return runs;
}

ContactScores softened(const ContactRuns& runs, double sigmaFrames) {
    ContactScores out(runs.size(), {0, 0, 0, 0});
    std::vector<double> track(runs.size());
    for (std::size_t k = 0; k < 4; ++k) {
        for (std::size_t f = 0; f < runs.size(); ++f) track[f] = runs[f][k] ? 1 : 0;
        const std::vector<double> smooth = eval::gaussianSmooth(track, sigmaFrames);
        for (std::size_t f = 0; f < runs.size(); ++f) out[f][k] = smooth[f];
    }
    return out;
}

} // namespace choreia::choreo
