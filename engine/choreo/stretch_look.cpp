// Plain sums over a few dozen rows: they are looked at some hundred times a dance.
#include "choreo/stretch_look.h"

#include "choreo/foot_contacts.h"
#include "eval/beat_alignment.h"
#include "motion/pose_features.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

namespace choreia::choreo {

namespace {

constexpr double kStill = 0.20;      // m/s, mean over joints: half of a calm dance's speed
constexpr double kStiffArms = 0.05;  // m: arms move less in 3 % of the recordings' stretches of 2.8 s
constexpr double kStiffArm = 0.065;  // m: one of the two moves less in 4 % of their stretches of 4.8 s
constexpr std::size_t kLong = 4 * 30;  // rows by which one arm is judged
constexpr double kSlides = 0.3, kAnkleHeight = 0.08, kToeHeight = 0.05;  // m/s, m: as eval has them
constexpr std::array kFeet = {std::pair<int, int>(motion::LeftAnkle, motion::LeftFoot), std::pair<int, int>(motion::RightAnkle, motion::RightFoot)};
constexpr std::array<int, 2> kWrists = {motion::LeftWrist, motion::RightWrist};

constexpr double kFramesARow = 60.0 / motion::kPoseFps;

std::vector<double> smoothed(std::span<const double> speed) { return eval::gaussianSmooth(speed, eval::kBeatSmoothingFrames / kFramesARow); }

/// Root mean square distance of one hand from its mean place over all rows of both.
double spreadOf(std::size_t side, std::span<const Hands> earlier, std::span<const Hands> hands) {
    const std::size_t rows = std::max<std::size_t>(1, earlier.size() + hands.size());
    motion::Vec3 mean = motion::Vec3::Zero();
    for (const auto part : {earlier, hands})
        for (const Hands& both : part) mean += both[side] / static_cast<float>(rows);
    double squares = 0;
    for (const auto part : {earlier, hands})
        for (const Hands& both : part) squares += (both[side] - mean).squaredNorm();
    return std::sqrt(squares / static_cast<double>(rows));
}

using Velocity = std::array<double, 2>;  // x, z, m/s

/// What planting the feet adds to the root's velocity between each row and the next, given how the contact joints move there, [rows - 1] in the world's frame: row by row what
/// followStandingFeet does over the whole dance.
std::vector<Velocity> plantingAdds(const std::array<std::vector<motion::Vec3>, 4>& velocities, std::span<const motion::Vec3> positions, std::span<const Stands> stands) {
    constexpr double kSlow = 0.35, kFast = 0.9;  // m/s: as at the first look of cleanFeet
    constexpr double kSpeedSmooth = 1, kRootSmooth = 1.5;  // rows
    constexpr int kRounds = 4;
    static const std::array<double, 4> rest = restHeights();
    const std::size_t steps = velocities[0].size();
    std::array<std::vector<double>, 4> speeds;
    for (std::size_t k = 0; k < 4; ++k) {
        for (const auto& velocity : velocities[k]) speeds[k].push_back(static_cast<double>(velocity.norm()));
        speeds[k] = eval::gaussianSmooth(speeds[k], kSpeedSmooth);
    }
    std::vector<double> x(steps), z(steps);
    for (std::size_t r = 0; r < steps; ++r) {
        std::array<double, 4> score{};
        for (std::size_t k = 0; k < 4; ++k) {
            const double height = static_cast<double>(positions[r * motion::kJoints + static_cast<std::size_t>(motion::kContactJoints[k])].y()) - rest[k];
            score[k] = standingScore(k % 2 == 0, height, speeds[k][r], kSlow, kFast, std::max(0.0, static_cast<double>(std::min(stands[r][k], stands[r + 1][k]))));
        }
        for (int round = 0; round < kRounds; ++round) {
            double weights = kRootsOwnWay, sumX = 0, sumZ = 0;
            for (std::size_t k = 0; k < 4; ++k) {
                const double vx = static_cast<double>(velocities[k][r].x()), vz = static_cast<double>(velocities[k][r].z()), weight = steering(score[k], std::hypot(vx + x[r], vz + z[r]));
                weights += weight;
                sumX -= weight * vx;
                sumZ -= weight * vz;
            }
            x[r] = sumX / weights;
            z[r] = sumZ / weights;
        }
    }
    x = eval::gaussianSmooth(x, kRootSmooth);
    z = eval::gaussianSmooth(z, kRootSmooth);
    std::vector<Velocity> all(steps);
    for (std::size_t r = 0; r < steps; ++r) all[r] = {x[r], z[r]};
    return all;
}

}  // namespace

double StretchLook::liveliness() const { return std::min({speed / kStill, arms / kStiffArms, stiffest / kStiffArm}); }

StretchLook lookAt(std::span<const motion::Vec3> positions, std::span<const RootStep> root, std::size_t count, std::span<const Hands> earlier, std::span<const Stands> stands) {
    using motion::Vec3;
    const std::size_t rows = root.size(), first = rows - std::min(rows, count);
    const auto place = [&](std::size_t row, int joint) -> const Vec3& { return positions[row * motion::kJoints + static_cast<std::size_t>(joint)]; };
    // The world's velocity: a foot that stands while the body turns moves against the turn in the heading frame, and arms that rest sweep round.
    const auto inWorld = [&](std::size_t r, int joint) -> Vec3 {
        const Vec3 along(root[r].x, 0, root[r].z), turn(0, root[r].turn, 0);
        return (place(r + 1, joint) - place(r, joint)) * static_cast<float>(motion::kPoseFps) + along + turn.cross(place(r, joint));
    };
    std::vector<Velocity> planting;
    if (stands.size() == rows && rows > 1) {
        std::array<std::vector<Vec3>, 4> feet;
        for (std::size_t k = 0; k < feet.size(); ++k)
            for (std::size_t r = 0; r + 1 < rows; ++r) feet[k].push_back(inWorld(r, motion::kContactJoints[k]));
        planting = plantingAdds(feet, positions, stands);
    }
    StretchLook look;
    std::size_t standing = 0, sliding = 0;
    for (std::size_t r = 0; r + 1 < rows; ++r) {
        const Vec3 planted = planting.empty() ? Vec3(Vec3::Zero()) : Vec3(static_cast<float>(planting[r][0]), 0, static_cast<float>(planting[r][1]));
        double sum = 0;
        for (int joint = 0; joint < static_cast<int>(motion::kJoints); ++joint) sum += (inWorld(r, joint) + planted).norm();
        look.speeds.push_back(sum / static_cast<double>(motion::kJoints));
        if (r < first) continue;
        const auto flat = [&](int joint) {
            const Vec3 velocity = inWorld(r, joint);
            return std::hypot(velocity.x(), velocity.z());
        };
        for (const auto& [ankle, toe] : kFeet) {
            if (place(r, ankle).y() > kAnkleHeight || place(r, toe).y() > kToeHeight) continue;
            ++standing;
            sliding += std::max(flat(ankle), flat(toe)) > kSlides;
        }
    }
    const auto last = std::span(look.speeds).last(std::min(look.speeds.size(), count > 0 ? count - 1 : 0));
    look.speed = std::accumulate(last.begin(), last.end(), 0.0) / static_cast<double>(std::max<std::size_t>(1, last.size()));
    look.slide = standing > 0 ? static_cast<double>(sliding) / static_cast<double>(standing) : 0.0;
    for (std::size_t r = first; r < rows; ++r) look.turns.push_back(static_cast<double>(root[r].turn));
    for (std::size_t r = first; r < rows; r += 4) {
        eval::BodyPose pose;
        for (std::size_t j = 0; j < pose.size(); ++j) pose[j] = place(r, static_cast<int>(j));
        look.poses.push_back(pose);
    }
    for (std::size_t r = 0; r < rows; ++r)
        look.hands.push_back({place(r, kWrists[0]) - place(r, motion::Pelvis), place(r, kWrists[1]) - place(r, motion::Pelvis)});
    for (std::size_t side = 0; side < kWrists.size(); ++side) {
        look.arms += spreadOf(side, {}, look.hands) / static_cast<double>(kWrists.size());
        if (earlier.size() + rows >= kLong) look.stiffest = std::min(look.stiffest, spreadOf(side, earlier, look.hands));
    }
    return look;
}

std::size_t pausesFrom(std::span<const double> speed, std::size_t first) {
    const auto minima = eval::strictMinima(smoothed(speed));
    return static_cast<std::size_t>(std::count_if(minima.begin(), minima.end(), [first](double at) { return at >= static_cast<double>(first); }));
}

double meetsBeats(std::span<const double> speed, std::span<const double> beats, std::size_t first) {
    const auto smooth = smoothed(speed);
    const double from = static_cast<double>(first) - 5;
    std::vector<double> minima;
    std::size_t counted = 0;
    for (const double at : eval::strictMinima(smooth)) {
        if (at < from) continue;
        const auto i = static_cast<std::size_t>(at);
        // The vertex of the parabola through the three: rows are coarser than the tolerance.
        const double before = smooth[i - 1], after = smooth[i + 1], bend = before - 2 * smooth[i] + after;
        minima.push_back((at + 0.5 + (bend > 0 ? 0.5 * (before - after) / bend : 0.0)) * kFramesARow);
        counted += at >= static_cast<double>(first);
    }
    std::vector<double> targets;
    for (const double beat : beats)
        if (beat >= static_cast<double>(first)) targets.push_back(beat * kFramesARow);
    const double frames = static_cast<double>(std::max<std::size_t>(1, speed.size() - std::min(speed.size(), first))) * kFramesARow;
    const double chance = static_cast<double>(counted) / frames * eval::kBeatToleranceFrames * std::sqrt(2 * std::numbers::pi);
    return static_cast<double>(targets.size()) * (eval::alignmentScore(targets, minima) - chance);
}

}  // namespace choreia::choreo
