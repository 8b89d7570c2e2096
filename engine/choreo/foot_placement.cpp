// Per foot: heights of ankle and toe, then the foot's pitch, then its place on the floor; then pelvis height and the legs.
#include "choreo/foot_placement.h"

#include "choreo/smooth_offsets.h"
#include "eval/beat_alignment.h"
#include "motion/kinematics.h"

#include <algorithm>
#include <cmath>

namespace choreia::choreo {

namespace {
using motion::Quat;
using motion::Vec3;

constexpr double kSink = .002; // soles give a little: a standing joint is not above its rest height for a rounding error

constexpr double kToeGive = .004, kAnkleGive = .01; // how far a joint in the air may come under its standing height

struct Leg {
    int hip, knee, ankle, toe;
    std::size_t ankleContact, toeContact; // in kContactJoints
};
constexpr std::array<Leg, 2> kLegs = {{{motion::LeftHip, motion::LeftKnee, motion::LeftAnkle, motion::LeftFoot, 0, 1},
                                       {motion::RightHip, motion::RightKnee, motion::RightAnkle, motion::RightFoot, 2, 3}}};

/// Where ankle and toe shall be, and how the foot shall be turned from where it is, [frames].
struct FootPath {
    std::vector<Vec3> ankle, toe;
    std::vector<Quat> turn;
};

/// How high a foot that is on its way is to be lifted, metres over its standing height, [frames]: the faster, the higher. Only while the other foot stands: who
/// turns on both, or jumps, is left alone.
std::vector<double> clearance(const FootPath& foot, const ContactScores& contacts, const Leg& leg, const Leg& other, double fps) {
    constexpr double kFrom = .3, kFull = .9, kLift = .045;  // m/s, m/s, m
    constexpr double kCalm = 3;                              // frames
    const std::size_t n = foot.ankle.size();
    std::vector<double> lift(n, 0.0);
    for (std::size_t f = 0; f + 1 < n; ++f) {
        const auto flat = [&](const std::vector<Vec3>& joint) { return static_cast<double>(std::hypot(joint[f + 1].x() - joint[f].x(), joint[f + 1].z() - joint[f].z())) * fps; };
        const double speed = std::clamp((std::max(flat(foot.ankle), flat(foot.toe)) - kFrom) / (kFull - kFrom), 0.0, 1.0);
        const double free = 1 - std::max(contacts[f][leg.ankleContact], contacts[f][leg.toeContact]);
        const double carried = std::max(contacts[f][other.ankleContact], contacts[f][other.toeContact]);
        lift[f] = kLift * speed * free * carried;
    }
    return eval::gaussianSmooth(lift, kCalm);
}

/// Height correction of one joint: in contact to its standing height, but for what it is raised over it while the ball of its foot carries (raised: 0..1, [frames] or
/// empty), never under `least` or what `lift` asks for, else small and smooth.
std::vector<double> heights(const std::vector<Vec3>& joint, const ContactScores& contacts, std::size_t k, double standing,
                            double least, const std::vector<double>& lift, double fps, const std::vector<double>& raised) {
    constexpr double kBend = 2e-6, kFloor = 3;
    const std::size_t n = joint.size();
    std::vector<double> offset(n, 0.0);
    std::vector<bool> under(n, false);
    for (int round = 0; round < 6; ++round) {
        OffsetProblem y(n, fps, .02);
        bool sinks = false;
        for (std::size_t f = 0; f < n; ++f) {
            const double height = static_cast<double>(joint[f].y());
            const double over = raised.empty() ? 0.0 : raised[f] * std::max(0.0, height - standing);
            y.pullTo(f, contacts[f][k] * contacts[f][k], standing + over - height);
            const double wanted = lift[f] > 2e-3 ? standing + lift[f] : least;
            if (height + offset[f] < wanted - 1e-3) {
                sinks = sinks || !under[f];
                under[f] = true;
            }
            if (under[f]) y.pullTo(f, kFloor, wanted - height);
            if (f + 1 < n) y.moveAt(f, 2e-4, 0);
        }
        if (round > 0 && !sinks) break;
        y.bend(kBend);
        offset = y.solve();
    }
    return offset;
}

/// Turn of the foot about its own sideways axis that gives the toe the wanted height over the ankle. The toe rises by bending the
/// foot up, never by swinging it backwards: a foot that points straight down or behind itself is left as it is, and one near that
/// hardly turns.
Quat pitchTo(const Vec3& foot, const Vec3& sideways, double rise) {
    const auto length = static_cast<double>(foot.norm());
    double angle = 0;
    for (int step = 0; step < 4; ++step) {
        const Vec3 now = Eigen::AngleAxisf(static_cast<float>(angle), sideways) * foot;
        const double slope = std::min(0.0, static_cast<double>(sideways.cross(now).y()));
        const double damping = std::max(0.0, .6 * length + slope);
        if (slope == 0) break;
        angle = std::clamp(angle + (rise - static_cast<double>(now.y())) * slope / (slope * slope + damping * damping), -.9, .9);
    }
    return Quat(Eigen::AngleAxisf(static_cast<float>(angle), sideways));
}

/// Horizontal correction that stops the standing point of the foot: the ball where it stands, else the heel.
void holdStill(FootPath& foot, const ContactScores& contacts, const Leg& leg, double fps) {
    constexpr double kHold = 1, kSwing = 1e-3, kHome = 4e-3, kBend = 3e-6, kBallFirst = 4;
    const std::size_t n = foot.ankle.size();
    for (const int axis : {0, 2}) {
        OffsetProblem x(n, fps, kHome);
        for (std::size_t f = 0; f + 1 < n; ++f) {
            const double heel = std::min(contacts[f][leg.ankleContact], contacts[f + 1][leg.ankleContact]);
            const double ball = std::min(contacts[f][leg.toeContact], contacts[f + 1][leg.toeContact]);
            const double stands = std::max(heel, ball);
            const double share = stands > 1e-6 ? heel / (heel + kBallFirst * ball + 1e-9) : 0;
            const double speed = (share * static_cast<double>(foot.ankle[f + 1][axis] - foot.ankle[f][axis]) +
                                  (1 - share) * static_cast<double>(foot.toe[f + 1][axis] - foot.toe[f][axis])) *
                                 fps;
            x.moveAt(f, kHold * stands * stands, -speed);
            x.moveAt(f, kSwing, 0);
        }
        x.bend(kBend);
        const std::vector<double> offset = x.solve();
        for (std::size_t f = 0; f < n; ++f) {
            foot.ankle[f][axis] += static_cast<float>(offset[f]);
            foot.toe[f][axis] += static_cast<float>(offset[f]);
        }
    }
}

/// sideways: the foot's own x axis in the world, [frames].
FootPath planFoot(const motion::Positions& positions, const std::vector<Vec3>& sideways, const ContactScores& contacts,
                  const Leg& leg, const Leg& other) {
    const std::array<double, 4> rest = restHeights();
    const std::size_t n = positions.frames();
    FootPath foot;
    for (std::size_t f = 0; f < n; ++f) {
        foot.ankle.push_back(positions.at(f, static_cast<std::size_t>(leg.ankle)));
        foot.toe.push_back(positions.at(f, static_cast<std::size_t>(leg.toe)));
    }
    const double ankleRest = rest[leg.ankleContact] - kSink, toeRest = rest[leg.toeContact] - kSink;
    const std::vector<double> ankleLift = clearance(foot, contacts, leg, other, positions.fps);
    std::vector<double> toeLift = ankleLift;
    for (double& lift : toeLift) lift *= .6;  // the heel comes up first
    // Who stands on the ball of the foot keeps the heel up: ballroom dancers do half of the time.
    std::vector<double> onBall(n);
    for (std::size_t f = 0; f < n; ++f) onBall[f] = contacts[f][leg.toeContact];
    const std::vector<double> ankleUp =
        heights(foot.ankle, contacts, leg.ankleContact, ankleRest, ankleRest - kAnkleGive, ankleLift, positions.fps, onBall);
    const std::vector<double> toeUp = heights(foot.toe, contacts, leg.toeContact, toeRest, toeRest - kToeGive, toeLift, positions.fps, {});
    for (std::size_t f = 0; f < n; ++f) {
        const Vec3 old = foot.toe[f] - foot.ankle[f];
        foot.ankle[f].y() += static_cast<float>(ankleUp[f]);
        foot.turn.push_back(pitchTo(old, sideways[f], static_cast<double>(old.y()) + toeUp[f] - ankleUp[f]));
        foot.toe[f] = foot.ankle[f] + foot.turn[f] * old;
        const float under = static_cast<float>(toeRest - kToeGive) - foot.toe[f].y();
        if (under > 0) { // what the turn could not do, the leg does
            foot.ankle[f].y() += under;
            foot.toe[f].y() += under;
        }
    }
    holdStill(foot, contacts, leg, positions.fps);
    return foot;
}

/// How far the pelvis must come down so that standing legs reach their feet without being stretched straight; smooth, at most 8
/// cm.
std::vector<double> pelvisDrop(const motion::Positions& positions, const std::array<FootPath, 2>& feet,
                               const ContactScores& contacts) {
    constexpr double kReach = .988, kMost = .08, kBend = 2e-5;
    const motion::Skeleton& body = motion::Skeleton::body();
    const std::size_t n = positions.frames();
    std::vector<double> need(n, 0.0);
    for (std::size_t side = 0; side < 2; ++side) {
        const Leg& leg = kLegs[side];
        const double reach = kReach * static_cast<double>(body.offset(leg.knee).norm() + body.offset(leg.ankle).norm());
        for (std::size_t f = 0; f < n; ++f) {
            const Vec3 span = positions.at(f, static_cast<std::size_t>(leg.hip)) - feet[side].ankle[f];
            const double flat = std::min(std::hypot(static_cast<double>(span.x()), static_cast<double>(span.z())), .95 * reach);
            const double stands = std::max(contacts[f][leg.ankleContact], contacts[f][leg.toeContact]);
            const double drop = static_cast<double>(span.y()) - std::sqrt(reach * reach - flat * flat);
            need[f] = std::max(need[f], std::clamp(drop, 0.0, kMost) * stands);
        }
    }
    std::vector<double> drop(n, 0.0);
    for (int round = 0; round < 5; ++round) {
        OffsetProblem y(n, positions.fps, .05);
        for (std::size_t f = 0; f < n; ++f) {
            if (need[f] > drop[f] + 5e-4 || (round > 0 && need[f] > 0)) y.pullTo(f, 2, need[f]);
            if (f + 1 < n) y.moveAt(f, 1e-3, 0);
        }
        y.bend(kBend);
        drop = y.solve();
    }
    for (double& d : drop) d = std::clamp(d, 0.0, kMost);
    return drop;
}

/// A swinging leg is hardly stretched by the corrections: what they add to its length fades as the leg becomes straight. All in
/// metres.
Vec3 withinReach(const Vec3& hip, const Vec3& ankle, double lengthBefore, double full, double stands) {
    const Vec3 span = ankle - hip;
    const auto length = static_cast<double>(span.norm());
    const double added = length - lengthBefore, room = std::max(.985 * full - lengthBefore, .01 * full);
    if (added <= 0) return ankle;
    const double soft = lengthBefore + room * (1 - std::exp(-added / room));
    return hip + span * static_cast<float>(stands + (1 - stands) * soft / length);
}
} // namespace

void placeFeet(motion::Clip& clip, const ContactScores& contacts) {
    const motion::Skeleton& body = motion::Skeleton::body();
    const std::size_t n = clip.frames();
    motion::Positions positions;
    positions.fps = clip.fps;
    positions.values.resize(n * motion::kJoints);
    std::array<Vec3, motion::kJoints> joints;
    std::array<Quat, motion::kJoints> world;
    std::array<std::vector<Vec3>, 2> sideways;
    for (std::size_t f = 0; f < n; ++f) {
        motion::forwardKinematics(body, clip.root[f], clip.pose(f), positions.frame(f), world);
        for (std::size_t side = 0; side < 2; ++side)
            sideways[side].push_back(world[static_cast<std::size_t>(kLegs[side].ankle)] * Vec3::UnitX());
    }
    const std::array<FootPath, 2> feet = {planFoot(positions, sideways[0], contacts, kLegs[0], kLegs[1]),
                                          planFoot(positions, sideways[1], contacts, kLegs[1], kLegs[0])};
    const std::vector<double> drop = pelvisDrop(positions, feet, contacts);
    for (std::size_t f = 0; f < n; ++f) {
        clip.root[f].y() -= static_cast<float>(drop[f]);
        const auto pose = clip.pose(f);
        motion::forwardKinematics(body, clip.root[f], pose, joints, world);
        for (std::size_t side = 0; side < 2; ++side) {
            const Leg& leg = kLegs[side];
            const auto hip = static_cast<std::size_t>(leg.hip), knee = static_cast<std::size_t>(leg.knee),
                       ankle = static_cast<std::size_t>(leg.ankle);
            pose[ankle] = (world[knee].conjugate() * feet[side].turn[f] * world[ankle]).normalized();
            const double full = static_cast<double>(body.offset(leg.knee).norm() + body.offset(leg.ankle).norm());
            const double stands = std::max(contacts[f][leg.ankleContact], contacts[f][leg.toeContact]);
            const auto before = static_cast<double>((joints[ankle] - joints[hip]).norm());
            const Vec3 target = withinReach(joints[hip], feet[side].ankle[f], before, full, stands);
            motion::solveTwoBone(body, clip.root[f], pose, leg.hip, leg.knee, leg.ankle, target);
        }
    }
}

} // namespace choreia::choreo
