// Rates are counted over all recordings of a style together, directions in each by itself: no two were filmed from the same side.
#include "eval/dance_habits.h"

#include "eval/beat_alignment.h"
#include "motion/kinematics.h"
#include "motion/pose_features.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace choreia::eval {

namespace {
constexpr double kLeastSeconds = 5, kTravelSeconds = 10, kTravelShare = 0.75, kPercentile = 0.99, kRoom = 1.25, kFewestSpins = 1, kMostSpins = 4;

// Turns since the beginning, to the left positive; as long as the headings.
std::vector<double> turnsSince(const std::vector<double>& heading) {
    std::vector<double> turns(heading.size(), 0.0);
    for (std::size_t f = 1; f < heading.size(); ++f)
        turns[f] = turns[f - 1] + std::remainder(heading[f] - heading[f - 1], 2 * std::numbers::pi) / (2 * std::numbers::pi);
    return turns;
}
// The largest distance of the root from the middle of its path's extent.
double reachOf(const motion::Clip& clip) {
    motion::Vec3 low = clip.root.front(), high = low;
    for (const auto& root : clip.root) low = low.cwiseMin(root), high = high.cwiseMax(root);
    const motion::Vec3 middle = (low + high) / 2;
    double reach = 0;
    for (const auto& root : clip.root) reach = std::max(reach, std::hypot(static_cast<double>(root.x() - middle.x()), static_cast<double>(root.z() - middle.z())));
    return reach;
}
}  // namespace

DanceHabits habitsOf(std::span<const motion::Clip> clips) {
    double seconds = 0, pauses = 0, away = 0;
    std::size_t frames = 0;
    std::vector<double> spun, reaches;
    for (const auto& clip : clips) {
        if (clip.frames() < 8) continue;
        seconds += static_cast<double>(clip.frames()) / clip.fps;
        frames += clip.frames();
        if (static_cast<double>(clip.frames()) >= kTravelSeconds * clip.fps) reaches.push_back(reachOf(clip));
        const auto speed = jointSpeedCurve(motion::jointPositions(motion::Skeleton::body(), clip));
        pauses += static_cast<double>(strictMinima(gaussianSmooth(speed, kBeatSmoothingFrames)).size());
        std::vector<double> heading(clip.frames());
        double east = 0, north = 0;
        for (std::size_t f = 0; f < heading.size(); ++f) {
            heading[f] = static_cast<double>(motion::headingOf(clip.pose(f)[motion::Pelvis]));
            east += std::sin(heading[f]);
            north += std::cos(heading[f]);
        }
        for (const double h : heading) away += (1 - std::cos(h - std::atan2(east, north))) / 2;
        const auto turns = turnsSince(heading);
        const auto window = std::min(turns.size() - 1, static_cast<std::size_t>(kSpinSeconds * clip.fps));
        for (std::size_t f = window; f < turns.size(); ++f) spun.push_back(std::abs(turns[f] - turns[f - window]));
    }
    if (seconds < kLeastSeconds) return {};
    const auto at = spun.begin() + static_cast<std::ptrdiff_t>(kPercentile * static_cast<double>(spun.size() - 1));
    std::nth_element(spun.begin(), at, spun.end());
    double stage = kLeastStage;
    if (!reaches.empty()) {
        const auto share = reaches.begin() + static_cast<std::ptrdiff_t>(kTravelShare * static_cast<double>(reaches.size() - 1));
        std::nth_element(reaches.begin(), share, reaches.end());
        stage = std::clamp(*share, kLeastStage, kMostStage);
    }
    return {pauses / seconds, away / static_cast<double>(frames), std::clamp(kRoom * *at, kFewestSpins, kMostSpins), stage};
}

std::string habitsText(const std::map<std::string, DanceHabits>& byStyle) {
    auto all = nlohmann::json::object();
    for (const auto& [style, habits] : byStyle) all[style] = {{"pauses", habits.pauses}, {"away", habits.away}, {"spins", habits.spins}, {"stage", habits.stage}};
    return all.dump();
}

std::map<std::string, DanceHabits> parseHabits(const std::string& text) {
    const auto all = nlohmann::json::parse(text, nullptr, false);
    std::map<std::string, DanceHabits> byStyle;
    if (!all.is_object()) return byStyle;
    for (const auto& [style, habits] : all.items()) {
        const auto number = [&](const char* key) { return habits.is_object() && habits.contains(key) && habits[key].is_number() ? habits[key].get<double>() : -1; };
        DanceHabits read{number("pauses"), number("away"), number("spins")};
        if (const double stage = number("stage"); stage >= kLeastStage && stage <= kMostStage) read.stage = stage;  // weights of before do not tell
        if (read.pauses > 0 && read.away >= 0 && read.spins > 0) byStyle[style] = read;
    }
    return byStyle;
}

}  // namespace choreia::eval
