// Feet that stand: the root follows the standing foot and stays on the stage, then each foot is held where it stands.
// Every correction is a smooth curve along time found by least squares, so that nothing starts or stops with a jerk.
#include "choreo/foot_cleanup.h"

#include "choreo/foot_contacts.h"
#include "choreo/foot_placement.h"
#include "choreo/smooth_offsets.h"
#include "motion/kinematics.h"

#include <algorithm>
#include <cmath>

namespace choreia::choreo {

namespace {
using motion::kContactJoints;
using motion::Positions;

/// Adds a path to every joint and to the root.
void shift(motion::Clip& clip, Positions& positions, const std::vector<double>& by, int axis) {
    for (std::size_t f = 0; f < clip.frames(); ++f) {
        const auto d = static_cast<float>(by[f]);
        clip.root[f][axis] += d;
        for (motion::Vec3& joint : positions.frame(f)) joint[axis] += d;
    }
}

/// Removes the drift of the standing feet from the root's horizontal path. The weights are refined so that, where two feet
/// disagree, the one that moves less (and so stands) decides.
void followStandingFeet(motion::Clip& clip, Positions& positions, const ContactScores& scores) {
    constexpr double kBend = 2e-3;
    const std::size_t n = clip.frames();
    const double fps = clip.fps;
    std::vector<double> dx(n, 0.0), dz(n, 0.0);
    for (int round = 0; round < 4; ++round) {
        OffsetProblem x(n, fps, 1e-4), z(n, fps, 1e-4);
        for (std::size_t f = 0; f + 1 < n; ++f) {
            x.moveAt(f, kRootsOwnWay, 0); // in the air the root keeps its own speed
            z.moveAt(f, kRootsOwnWay, 0);
            for (std::size_t k = 0; k < 4; ++k) {
                const double score = std::min(scores[f][k], scores[f + 1][k]);
                if (steering(score, 0) <= 0) continue;
                const auto joint = static_cast<std::size_t>(kContactJoints[k]);
                const motion::Vec3 step = positions.at(f + 1, joint) - positions.at(f, joint);
                const double vx = static_cast<double>(step.x()) * fps, vz = static_cast<double>(step.z()) * fps;
                const double weight = steering(score, std::hypot(vx + (dx[f + 1] - dx[f]) * fps, vz + (dz[f + 1] - dz[f]) * fps));
                x.moveAt(f, weight, -vx);
                z.moveAt(f, weight, -vz);
            }
        }
        x.bend(kBend);
        z.bend(kBend);
        dx = x.solve();
        dz = z.solve();
    }
    shift(clip, positions, dx, 0);
    shift(clip, positions, dz, 2);
}

/// Holds the root within radius of the stage's middle. The path is moved as slowly as it can be, and least while feet stand.
void stayOnStage(motion::Clip& clip, Positions& positions, const ContactScores& scores, double radius) {
    constexpr double kBend = 2e-2, kHold = 1, kFirmer = 1.4;
    constexpr int kRounds = 60;
    const std::size_t n = clip.frames();
    const double inner = .9 * radius;
    std::vector<double> dx(n, 0.0), dz(n, 0.0);
    std::vector<double> stands(n), hold(n, kHold);
    for (std::size_t f = 0; f < n; ++f) stands[f] = std::max(scores[f][0], scores[f][1]) + std::max(scores[f][2], scores[f][3]);
    bool moved = false;
    for (int round = 0; round < kRounds; ++round) {
        OffsetProblem x(n, clip.fps, 1e-4), z(n, clip.fps, 1e-4);
        bool outside = false;
        for (std::size_t f = 0; f < n; ++f) {
            const double px = static_cast<double>(clip.root[f].x()) + dx[f], pz = static_cast<double>(clip.root[f].z()) + dz[f];
            const double r = std::hypot(px, pz);
            if (r > radius) {  // what does not come back is held more firmly
                outside = true;
                if (moved) hold[f] *= kFirmer;
            }
            // The nearest allowed place; within the stage that is where the path already is.
            const double scale = r > inner ? inner / r : 1;
            if (r > inner || moved) {
                x.pullTo(f, hold[f], px * scale - static_cast<double>(clip.root[f].x()));
                z.pullTo(f, hold[f], pz * scale - static_cast<double>(clip.root[f].z()));
            }
            if (f + 1 < n) {
                x.moveAt(f, kRootsOwnWay + stands[f], 0);
                z.moveAt(f, kRootsOwnWay + stands[f], 0);
            }
        }
        if (!outside) break;
        moved = true;
        x.bend(kBend);
        z.bend(kBend);
        dx = x.solve();
        dz = z.solve();
    }
    if (!moved) return;
    shift(clip, positions, dx, 0);
    shift(clip, positions, dz, 2);
}

/// Brings standing feet to their height; between contacts the correction is carried on smoothly, so that jumps keep their height.
void standOnFloor(motion::Clip& clip, Positions& positions, const ContactScores& scores) {
    constexpr double kBend = 2e-4;
    const std::size_t n = clip.frames();
    const std::array<double, 4> rest = restHeights();
    OffsetProblem y(n, clip.fps, 1e-3);
    for (std::size_t f = 0; f < n; ++f) {
        for (std::size_t k = 0; k < 4; ++k) {
            const double height = static_cast<double>(positions.at(f, static_cast<std::size_t>(kContactJoints[k])).y());
            const double weight = k % 2 == 0 ? scores[f][k] * (1 - scores[f][k + 1]) : scores[f][k];  // a heel says where the floor is only while the ball is off it
            y.pullTo(f, weight, rest[k] - height);
        }
    }
    y.bend(kBend);
    shift(clip, positions, y.solve(), 1);
}
} // namespace

CleanedClip cleanFeet(const motion::Clip& clip, const std::vector<std::array<float, 4>>& hint, double stageRadius) {
    CleanedClip out{clip, ContactRuns(clip.frames(), {false, false, false, false})};
    if (clip.frames() < 8) return out;
    const std::vector<std::array<float, 4>> heard = hint.size() == clip.frames() ? hint : std::vector<std::array<float, 4>>{};
    Positions positions = motion::jointPositions(motion::Skeleton::body(), clip);
    // A sliding foot is fast as well: the first look is generous, and the second, after the root has been put right, strict.
    const ContactScores first = scoreContacts(positions, heard, .35, .9);
    followStandingFeet(out.clip, positions, first);
    standOnFloor(out.clip, positions, first);
    out.contacts = contactRuns(scoreContacts(positions, heard, .3, .75));
    const ContactScores contacts = softened(out.contacts, 3);
    followStandingFeet(out.clip, positions, contacts);
    standOnFloor(out.clip, positions, contacts);
    stayOnStage(out.clip, positions, contacts, stageRadius);
    placeFeet(out.clip, contacts);
    return out;
}

} // namespace choreia::choreo
