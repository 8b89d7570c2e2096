/// What the dances of a style have in common that no token tells: how often they pause and how much they turn. Measured on recordings, kept beside the weights
/// that learned from them, and what a dance made in that style is held against.
#pragma once

#include "motion/clip.h"

#include <map>
#include <span>
#include <string>

namespace choreia::eval {

inline constexpr double kLeastStage = 2, kMostStage = 6;  ///< m

struct DanceHabits {
    double pauses = 1.37;  ///< motion beats a second: minima of the smoothed mean joint speed
    double away = 0.15;    ///< how far a dancer is turned from where the dance mostly faces: mean of (1 - cos) / 2; 0.5: every direction alike
    double spins = 3;      ///< turns one way within kSpinSeconds beyond which it spins too long: a quarter over the 99th percentile, 1 to 4
    double stage = kLeastStage;  ///< how far from the middle of its stage a dancer goes, m: three of four recordings of ten seconds no further; kLeastStage to kMostStage
    bool operator==(const DanceHabits&) const = default;
};
inline constexpr double kSpinSeconds = 8;

/// Of the recordings of one style, 60 fps; the defaults where they last under five seconds in all. Cost: linear in frames.
DanceHabits habitsOf(std::span<const motion::Clip> clips);

/// By style, as text for weights and back; {} where the text is none of these.
std::string habitsText(const std::map<std::string, DanceHabits>& byStyle);
std::map<std::string, DanceHabits> parseHabits(const std::string& text);

}  // namespace choreia::eval
