// The heading forgets at the rate at which faceAudience leads a dance round afterwards.
#include "choreo/turn_memory.h"

#include "motion/pose_features.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace choreia::choreo {

namespace {

constexpr double kReturn = 4;        // s: how fast a turned dance is led round afterwards, see choreo/facing.h
constexpr std::size_t kTurning = 4;  // stretches of 2 s, with the one at hand, whose turns are added up: eval::kSpinSeconds

double headingAfter(double heading, double turn) {
    return std::remainder((heading + turn / motion::kPoseFps) * std::exp(-1 / (motion::kPoseFps * kReturn)), 2 * std::numbers::pi);
}

double turnsOf(std::span<const double> turns) { return std::accumulate(turns.begin(), turns.end(), 0.0) / motion::kPoseFps / (2 * std::numbers::pi); }

}  // namespace

double TurnMemory::away(std::span<const double> turns) const {
    double heading = heading_, sum = 0;
    for (const double turn : turns) {
        heading = headingAfter(heading, turn);
        sum += (1 - std::cos(heading)) / 2;
    }
    return turns.empty() ? 0 : sum / static_cast<double>(turns.size());
}

double TurnMemory::mostTurns(std::span<const double> turns) const {
    double sum = turnsOf(turns), most = std::abs(sum);
    for (auto before = turned_.rbegin(); before != turned_.rend(); ++before) most = std::max(most, std::abs(sum += *before));
    return most;
}

void TurnMemory::add(std::span<const double> turns) {
    for (const double turn : turns) heading_ = headingAfter(heading_, turn);
    turned_.push_back(turnsOf(turns));
    if (turned_.size() >= kTurning) turned_.pop_front();
}

}  // namespace choreia::choreo
