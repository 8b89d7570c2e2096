// Velocities are compared in the same frame as poses, so that a dance that merely faces another way joins well.
#include "choreo/joins.h"

#include "choreo/control.h"
#include "choreo/smooth_offsets.h"
#include "motion/kinematics.h"
#include "motion/pose_features.h"
#include "motion/rotation.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace choreia::choreo {

namespace {

using motion::Vec3;

// Joint velocities of frames f, f + 1, turned to the heading of frame f.
std::array<Vec3, motion::kJoints> velocities(const motion::Clip& clip, std::size_t f) {
    const motion::Positions positions = motion::jointPositions(motion::Skeleton::body(), motion::slice(clip, f, 2));
    const motion::Quat unturn = motion::yawRotation(-motion::headingOf(clip.pose(f)[motion::Pelvis]));
    std::array<Vec3, motion::kJoints> out;
    for (std::size_t j = 0; j < motion::kJoints; ++j) out[j] = unturn * (positions.at(1, j) - positions.at(0, j)) * static_cast<float>(clip.fps);
    return out;
}

float headingAt(const motion::Clip& clip, std::size_t f) { return motion::headingOf(clip.pose(f)[motion::Pelvis]); }

}  // namespace

double Join::cost() const { return pose + 0.1 * speed + 0.1 * std::abs(turn) + 0.2 * place; }

Join joinBetween(const motion::Clip& clip, const motion::Clip& after) {
    const std::size_t last = clip.frames() - 1;
    Join join;
    join.pose = poseDistance(bodyPositions(clip.pose(last), clip.root[last].y()), bodyPositions(after.pose(0), after.root[0].y()));
    if (after.frames() > 1 && last > 0) join.speed = poseDistance(velocities(clip, last - 1), velocities(after, 0));
    join.turn = std::remainder(static_cast<double>(headingAt(after, 0) - headingAt(clip, last)), 2 * std::numbers::pi);
    join.place = std::hypot(static_cast<double>(after.root[0].x() - clip.root[last].x()), static_cast<double>(after.root[0].z() - clip.root[last].z()));
    return join;
}

void spreadTurn(motion::Clip& clip, const motion::Clip& after) {
    const std::size_t n = clip.frames();
    const double gap = std::remainder(static_cast<double>(headingAt(after, 0) - headingAt(clip, n - 1)), 2 * std::numbers::pi);
    const std::vector<Vec3> was = clip.root;
    for (std::size_t f = 0; f < n; ++f) {
        const double x = static_cast<double>(f) / static_cast<double>(n - 1);
        const motion::Quat turn = motion::yawRotation(static_cast<float>(gap * x * x * x * (x * (6 * x - 15) + 10)));
        clip.pose(f)[motion::Pelvis] = turn * clip.pose(f)[motion::Pelvis];
        if (f > 0) clip.root[f] = clip.root[f - 1] + turn * (was[f] - was[f - 1]);
    }
}

void spreadPlace(motion::Clip& clip, const Vec3& begin, const Vec3& end, const ContactScores& stands) {
    constexpr double kEnds = 1e6, kOwnWay = .02, kBend = 5e-3;
    const std::size_t n = clip.frames();
    for (const int axis : {0, 2}) {
        OffsetProblem path(n, clip.fps, 1e-6);
        path.pullTo(0, kEnds, static_cast<double>(begin[axis] - clip.root.front()[axis]));
        path.pullTo(n - 1, kEnds, static_cast<double>(end[axis] - clip.root.back()[axis]));
        for (std::size_t f = 0; f + 1 < n; ++f)
            path.moveAt(f, kOwnWay + std::max(stands[f][0], stands[f][1]) + std::max(stands[f][2], stands[f][3]), 0);
        // At its ends the path keeps its own speed.
        path.moveAt(0, 100, 0);
        path.moveAt(n - 2, 100, 0);
        path.bend(kBend);
        const std::vector<double> offset = path.solve();
        for (std::size_t f = 0; f < n; ++f) clip.root[f][axis] += static_cast<float>(offset[f]);
    }
}

}  // namespace choreia::choreo
