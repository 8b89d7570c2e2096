// Physical plausibility: contact score (PFC), skating of standing feet, speeds.
#include "eval/metrics.h"

#include "core/units.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

namespace choreia::eval {

namespace {
using Vec3d = Eigen::Vector3d;
using namespace motion;

Vec3d at(const Positions& p, std::size_t frame, int joint) { return p.at(frame, static_cast<std::size_t>(joint)).cast<double>(); }

double flatStep(const Positions& p, std::size_t frame, int joint, std::size_t stride) {
    const Vec3d step = at(p, frame + stride, joint) - at(p, frame, joint);
    return std::hypot(step.x(), step.z());
}

/// PFC, at 30 fps: every second frame of 60.
double contactScore(const Positions& p, std::size_t stride, double rate) {
    const std::size_t samples = p.frames() / stride + (p.frames() % stride ? 1 : 0);
    if (samples < 3) return 0;
    double sum = 0, largest = 0;
    for (std::size_t s = 0; s + 2 < samples; ++s) {
        const std::size_t f = s * stride;
        Vec3d a = (at(p, f + 2 * stride, Pelvis) - 2 * at(p, f + stride, Pelvis) + at(p, f, Pelvis)) * rate * rate;
        a.y() = std::max(a.y(), 0.0);
        largest = std::max(largest, a.norm());
        const auto foot = [&](int ankle, int toe) {
            return std::min(flatStep(p, f + stride, ankle, stride), flatStep(p, f + stride, toe, stride));
        };
        sum += foot(LeftAnkle, LeftFoot) * foot(RightAnkle, RightFoot) * a.norm();
    }
    return largest > 0 ? 1e4 * sum / largest / static_cast<double>(samples - 2) : 0;
}

/// The level on which the feet stand: a low percentile of the lower toe, so that one stray frame does not lower it.
double floorLevel(const Positions& p) {
    std::vector<double> lowest(p.frames());
    for (std::size_t f = 0; f < lowest.size(); ++f) lowest[f] = std::min(at(p, f, LeftFoot).y(), at(p, f, RightFoot).y());
    const auto k = static_cast<std::ptrdiff_t>(lowest.size() / 100);
    std::nth_element(lowest.begin(), lowest.begin() + k, lowest.end());
    return lowest[static_cast<std::size_t>(k)];
}

bool inContact(const Positions& p, std::size_t f, int ankle, int toe, double floor) {
    constexpr double kAnkleHeight = 0.08, kToeHeight = 0.05;
    return at(p, f, ankle).y() - floor <= kAnkleHeight && at(p, f, toe).y() - floor <= kToeHeight;
}

double skatingRatio(const Positions& p, std::size_t stride, double floor) {
    constexpr double kStep = 0.01;
    std::size_t contact = 0, skating = 0;
    for (std::size_t f = 0; f + stride < p.frames(); f += stride) {
        for (const auto& [ankle, toe] : {std::pair<int, int>(LeftAnkle, LeftFoot), std::pair<int, int>(RightAnkle, RightFoot)}) {
            if (!inContact(p, f, ankle, toe, floor)) continue;
            ++contact;
            if (std::max(flatStep(p, f, ankle, stride), flatStep(p, f, toe, stride)) > kStep) ++skating;
        }
    }
    return contact ? static_cast<double>(skating) / static_cast<double>(contact) : 0;
}

/// Of every frame, and of those in which the lower foot is in contact.
std::pair<double, double> lowestFootSpeeds(const Positions& p, double floor) {
    std::vector<double> speeds, standing;
    for (std::size_t f = 0; f + 1 < p.frames(); ++f) {
        const bool left = at(p, f, LeftFoot).y() <= at(p, f, RightFoot).y();
        const int ankle = left ? LeftAnkle : RightAnkle, toe = left ? LeftFoot : RightFoot;
        const double speed = flatStep(p, f, toe, 1) * p.fps;
        speeds.push_back(speed);
        if (inContact(p, f, ankle, toe, floor)) standing.push_back(speed);
    }
    const auto median = [](std::vector<double>& values) {
        if (values.empty()) return 0.0;
        const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
        std::nth_element(values.begin(), middle, values.end());
        return *middle;
    };
    return {median(speeds), median(standing)};
}
} // namespace

Plausibility plausibility(const Positions& positions) {
    Plausibility out;
    const std::size_t frames = positions.frames();
    if (frames < 2) return out;
    const auto stride = static_cast<std::size_t>(std::max(1.0, std::round(positions.fps / 30.0)));
    out.pfc = contactScore(positions, stride, positions.fps / static_cast<double>(stride));
    const double floor = floorLevel(positions);
    out.footSkatingRatio = skatingRatio(positions, stride, floor);
    std::tie(out.lowestFootSpeed, out.standingFootSpeed) = lowestFootSpeeds(positions, floor);
    const auto window = static_cast<std::size_t>(std::max(1.0, std::round(positions.fps)));
    double total = 0, inWindow = 0;
    std::size_t steps = 0;
    for (std::size_t f = 0; f + 1 < frames; ++f) {
        double speed = 0;
        for (std::size_t j = 0; j < positions.joints; ++j) {
            speed += (positions.at(f + 1, j).cast<double>() - positions.at(f, j).cast<double>()).norm() * positions.fps;
        }
        speed /= static_cast<double>(positions.joints);
        total += speed;
        inWindow += speed;
        if (++steps == window) {
            out.windowSpeeds.push_back(inWindow / static_cast<double>(window));
            inWindow = 0;
            steps = 0;
        }
    }
    // The rest counts where it is most of a second, or all there is.
    if (steps * 2 > window || out.windowSpeeds.empty()) out.windowSpeeds.push_back(inWindow / static_cast<double>(steps));
    out.meanJointSpeed = total / static_cast<double>(frames - 1);
    return out;
}

double energyCorrelation(const Positions& positions, std::span<const float> loudness) {
    const std::size_t steps = std::min(positions.frames() > 0 ? positions.frames() - 1 : 0, loudness.size());
    const auto window = static_cast<std::size_t>(std::max(1.0, std::round(2 * positions.fps)));
    std::vector<double> moved, heard;
    for (std::size_t first = 0; first + window <= steps; first += window) {
        double motion = 0, sound = 0;
        for (std::size_t f = first; f < first + window; ++f) {
            for (std::size_t j = 0; j < positions.joints; ++j)
                motion += (positions.at(f + 1, j).cast<double>() - positions.at(f, j).cast<double>()).norm();
            sound += static_cast<double>(loudness[f]);
        }
        moved.push_back(motion);
        heard.push_back(sound);
    }
    if (moved.size() < 3) return 0;
    const auto n = static_cast<double>(moved.size());
    const double meanMoved = std::accumulate(moved.begin(), moved.end(), 0.0) / n, meanHeard = std::accumulate(heard.begin(), heard.end(), 0.0) / n;
    double both = 0, ownMoved = 0, ownHeard = 0;
    for (std::size_t i = 0; i < moved.size(); ++i) {
        both += (moved[i] - meanMoved) * (heard[i] - meanHeard);
        ownMoved += (moved[i] - meanMoved) * (moved[i] - meanMoved);
        ownHeard += (heard[i] - meanHeard) * (heard[i] - meanHeard);
    }
    return ownMoved > 1e-18 && ownHeard > 1e-18 ? both / std::sqrt(ownMoved * ownHeard) : 0;
}

} // namespace choreia::eval
