// A slow turn found by least squares: pulled by where the dance faces, held back by how fast it would turn.
#include "choreo/facing.h"

#include "choreo/smooth_offsets.h"
#include "choreo/stage_path.h"
#include "eval/beat_alignment.h"
#include "motion/pose_features.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace choreia::choreo {

namespace {
constexpr double kAround = 0.8;    // s, sigma: what is shorter is a figure of the dance
constexpr double kFree = 0.7;      // radians to either side that count as facing the audience
constexpr double kPull = 0.3, kTurn = 1.0, kStands = 1.5, kSteady = 0.05;  // weights; kTurn / kPull is the square of some two seconds
constexpr int kTurnRounds = 4;
constexpr double kBefore = 5, kSettled = 0.3, kFirm = 30;  // s before a pose from which, and by when, the turn is made; weight of both ends

double wrapped(double angle) { return std::remainder(angle, 2 * std::numbers::pi); }
}  // namespace

void faceAudience(motion::Clip& clip, const ContactScores& contacts) {
    const std::size_t n = clip.frames();
    if (n < 8 || contacts.size() != n) return;
    std::vector<double> east(n), north(n), stands(n);
    for (std::size_t f = 0; f < n; ++f) {
        const double heading = static_cast<double>(motion::headingOf(clip.pose(f)[motion::Pelvis]));
        east[f] = std::sin(heading);
        north[f] = std::cos(heading);
        stands[f] = std::max(contacts[f][0], contacts[f][1]) + std::max(contacts[f][2], contacts[f][3]);
    }
    east = eval::gaussianSmooth(east, kAround * clip.fps);
    north = eval::gaussianSmooth(north, kAround * clip.fps);
    std::vector<double> turn(n, 0.0);
    for (int round = 0; round < kTurnRounds; ++round) {
        OffsetProblem problem(n, clip.fps, 1e-6);
        bool away = false;
        for (std::size_t f = 0; f < n; ++f) {
            // The resultant tells how much there is of a direction at all.
            const double sure = std::hypot(east[f], north[f]), faces = wrapped(std::atan2(east[f], north[f]) + turn[f]);
            const double over = std::copysign(std::max(0.0, std::abs(faces) - kFree), faces);
            away = away || (over != 0.0 && sure > 0.5);
            problem.pullTo(f, kPull * sure * sure, turn[f] - over);
            if (f + 1 < n) problem.moveAt(f, kTurn + kStands * stands[f], 0);
        }
        if (!away && round == 0) return;
        problem.bend(kSteady);
        turn = problem.solve();
    }
    turnAlong(clip, turn);
}

void faceFrom(motion::Clip& clip, const ContactScores& contacts, double time) {
    const std::size_t n = clip.frames();
    if (n < 8 || contacts.size() != n || !(time > 0) || time * clip.fps >= static_cast<double>(n)) return;
    const auto at = static_cast<std::size_t>(time * clip.fps);
    const double faces = wrapped(static_cast<double>(motion::headingOf(clip.pose(at)[motion::Pelvis])));
    const double over = std::copysign(std::max(0.0, std::abs(faces) - kFree), faces);
    if (over == 0) return;
    const std::size_t begin = at - std::min(at, static_cast<std::size_t>(kBefore * clip.fps)), settled = at - std::min(at - begin, static_cast<std::size_t>(kSettled * clip.fps));
    OffsetProblem problem(n, clip.fps, 1e-6);
    for (std::size_t f = 0; f < n; ++f) {
        if (f <= begin || f >= settled) problem.pullTo(f, kFirm, f <= begin ? 0 : -over);
        if (f + 1 < n) problem.moveAt(f, kTurn + kStands * (std::max(contacts[f][0], contacts[f][1]) + std::max(contacts[f][2], contacts[f][3])), 0);
    }
    problem.bend(kSteady);
    turnAlong(clip, problem.solve());
}

double facingAway(const motion::Clip& clip) {
    std::size_t away = 0;
    for (std::size_t f = 0; f < clip.frames(); ++f) away += std::abs(motion::headingOf(clip.pose(f)[motion::Pelvis])) > std::numbers::pi_v<float> / 2;
    return clip.frames() > 0 ? static_cast<double>(away) / static_cast<double>(clip.frames()) : 0;
}

}  // namespace choreia::choreo
