/// How much a dance moves, as a wish that the token predictor learns to follow: the speed of each moment's surroundings, as its rank in the style.
#pragma once

#include "core/matrix.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace choreia::data {

/// Columns after the music of a step: the rank (0 stillest .. 1 liveliest) and whether it is known (1) or left open (0, rank 0.5).
inline constexpr std::size_t kControlColumns = 2;

/// Mean joint speed (m/s, in the world, 24 joints) around each token: over the second before and the second after its middle.
/// features: rows of motion::poseFeatures; token i covers rows 4i .. 4i + 3. Returns floor(rows / 4) values.
std::vector<float> motionEnergy(const Table& features);

/// Mean of a track of one value a token over the second before and after each: the window of motionEnergy.
std::vector<float> overTwoSeconds(std::span<const float> track);

/// Rank of each value among `among` (sorted, rising), 0..1; ties take the middle. 0.5 where `among` is empty.
std::vector<float> ranksAmong(std::span<const float> values, std::span<const float> among);

/// The wish for a song: ranks of its loudness over two seconds within the song itself, so that all kinds of energy that a style knows come up as often as
/// in its dances; what stays loud or quiet for longer than ten seconds is asked for at 0.6 of its distance from the song's mean rank. energy -1..1, one for all or one a step, makes it calmer or livelier: rank^(0.64 * 2^(-1.6 energy)). Silence (under 2% of the loud parts) wishes for stillness.
/// seed: a dance's own share of liveliness, power times 2^(0.4 n), n standard normal within 1.5; 0: none.
std::vector<float> energyWish(std::span<const float> loudness, std::span<const double> energy, std::uint64_t seed = 0);
std::vector<float> energyWish(std::span<const float> loudness, double energy, std::uint64_t seed = 0);

/// steps [n, columns] with the wish beside it: [n, columns + kControlColumns].
Table withWish(const Table& steps, std::span<const float> wish);

}  // namespace choreia::data
