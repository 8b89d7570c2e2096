// Knees that flip from one frame to the next: found by their speed, bridged by interpolation with the ankle still on the source.
#include "motion/fit_solver.h"

#include <algorithm>
#include <cmath>

namespace choreia::motion::fitting {

namespace {
constexpr double kFlipSpeed = 9.0;     ///< m/s; a dancer's knee stays well below
constexpr double kFlipSeconds = 1.1;   ///< longer stretches between two flips are taken for the true side
constexpr double kBlendSeconds = 0.12; ///< reach of the bridge around a lone flip

/// Frames [first, last] to bridge.
std::vector<std::pair<std::size_t, std::size_t>> flips(const Model& model, const std::vector<Pose>& poses, double fps, int knee) {
    std::array<V3, kJoints> joints;
    std::array<M3, kJoints> world;
    std::vector<std::size_t> leaps;
    V3 before = V3::Zero();
    for (std::size_t f = 0; f < poses.size(); ++f) {
        place(model, poses[f], joints, world);
        const V3 at = joints[static_cast<std::size_t>(knee)] - joints[0];
        if (f > 0 && (at - before).norm() * fps > kFlipSpeed) leaps.push_back(f);
        before = at;
    }
    const auto longest = static_cast<std::size_t>(kFlipSeconds * fps),
               blend = static_cast<std::size_t>(std::ceil(kBlendSeconds * fps));
    std::vector<std::pair<std::size_t, std::size_t>> out;
    for (std::size_t k = 0; k < leaps.size(); ++k) {
        std::size_t first = leaps[k] > blend ? leaps[k] - blend : 1, last = std::min(leaps[k] + blend, poses.size() - 2);
        if (k + 1 < leaps.size() && leaps[k + 1] - leaps[k] <= longest) {
            first = leaps[k] > 2 ? leaps[k] - 2 : 1;
            last = std::min(leaps[k + 1] + 2, poses.size() - 2);
            ++k;
        }
        if (!out.empty() && first <= out.back().second + 1) {
            out.back().second = std::max(out.back().second, last);
        } else {
            out.emplace_back(first, last);
        }
    }
    return out;
}
} // namespace

void repairLegFlips(const Model& model, const Positions& positions, std::span<const float> trusted, std::vector<Pose>& poses) {
    if (poses.size() < 8) return;
    const std::size_t count = positions.joints;
    for (const auto& [hip, knee, ankle] : {std::array<int, 3>{LeftHip, LeftKnee, LeftAnkle}, {RightHip, RightKnee, RightAnkle}}) {
        for (const auto& [first, last] : flips(model, poses, positions.fps, knee)) {
            if (last <= first || last + 1 >= poses.size()) continue;
            const Pose start = poses[first - 1], end = poses[last + 1];
            for (std::size_t f = first; f <= last; ++f) {
                const double u = static_cast<double>(f - first + 1) / static_cast<double>(last - first + 2);
                const double eased = u * u * (3 - 2 * u);
                Pose guess = poses[f];
                for (const int j : {hip, knee, ankle}) {
                    const auto k = static_cast<std::size_t>(j);
                    guess.local[k] = start.local[k].slerp(eased, end.local[k]);
                }
                std::vector<float> weights(trusted.begin() + static_cast<std::ptrdiff_t>(f * count),
                                           trusted.begin() + static_cast<std::ptrdiff_t>((f + 1) * count));
                for (std::size_t i = 0; i < count; ++i) {
                    const auto& point = model.points[i];
                    const bool axis = !point.onJoint && (point.joint == hip || point.joint == ankle);
                    if (point.joint == knee || axis) weights[i] = 0;
                }
                Pose solved = guess;
                SolveOptions options;
                options.iterations = 6;
                options.temporal = 3e-3;
                options.neighbour = &guess;
                solvePose(model, positions.frame(f), weights, solved, options);
                poses[f] = solved;
            }
        }
    }
}

} // namespace choreia::motion::fitting
