// Speeds from pose rows without rebuilding the world: local change, the root's velocity and what its turning adds.
#include "data/motion_energy.h"

#include "core/random.h"
#include "motion/pose_features.h"

#include <algorithm>
#include <cmath>

namespace choreia::data {

namespace pose = motion::pose;

namespace {

constexpr std::size_t kFramesAToken = 4;
constexpr std::ptrdiff_t kHalfWindow = 7;  // tokens: just under a second
constexpr float kSilence = 0.02f;
// What is asked for is not quite reached: dances come out some 13% slower than the wish. With this power six training songs were met within 3%.
constexpr double kAsked = 0.64;
constexpr double kOwn = 0.4;
constexpr double kLasting = 0.6;            // of what is loud or quiet for long
constexpr std::ptrdiff_t kHalfLasting = 37;  // tokens: ten seconds in all

}  // namespace

std::vector<float> overTwoSeconds(std::span<const float> track) {
    std::vector<double> sums(track.size() + 1);
    for (std::size_t i = 0; i < track.size(); ++i) sums[i + 1] = sums[i] + static_cast<double>(track[i]);
    std::vector<float> out(track.size());
    const auto count = static_cast<std::ptrdiff_t>(track.size());
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        const auto from = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, i - kHalfWindow));
        const auto to = static_cast<std::size_t>(std::min(count, i + kHalfWindow + 1));
        out[static_cast<std::size_t>(i)] = static_cast<float>((sums[to] - sums[from]) / static_cast<double>(to - from));
    }
    return out;
}

namespace {

// Ranks that stay high or low for long, brought nearer to their mean. Dancers go on at the edge of their style for some seconds, not through half a song: asked for that, a dance goes beyond what any recording does.
void easeLasting(std::vector<float>& ranks, std::span<const float> smooth) {
    std::vector<double> sums(ranks.size() + 1), counts(ranks.size() + 1);
    for (std::size_t i = 0; i < ranks.size(); ++i) {
        const bool sounds = smooth[i] > kSilence;
        sums[i + 1] = sums[i] + (sounds ? static_cast<double>(ranks[i]) : 0.0);
        counts[i + 1] = counts[i] + (sounds ? 1.0 : 0.0);
    }
    const double mean = sums.back() / std::max(1.0, counts.back());
    const auto count = static_cast<std::ptrdiff_t>(ranks.size());
    for (std::ptrdiff_t i = 0; i < count; ++i) {
        const auto from = static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, i - kHalfLasting)), to = static_cast<std::size_t>(std::min(count, i + kHalfLasting + 1));
        const double lasting = (sums[to] - sums[from]) / std::max(1.0, counts[to] - counts[from]);
        float& rank = ranks[static_cast<std::size_t>(i)];
        rank = static_cast<float>(std::clamp(static_cast<double>(rank) - (1 - kLasting) * (lasting - mean), 0.0, 1.0));
    }
}

}  // namespace

std::vector<float> motionEnergy(const Table& features) {
    const std::size_t tokens = features.rows / kFramesAToken;
    std::vector<float> speed(tokens);
    for (std::size_t t = 0; t < tokens; ++t) {
        double sum = 0;
        std::size_t counted = 0;
        for (std::size_t f = std::max<std::size_t>(1, t * kFramesAToken); f < (t + 1) * kFramesAToken; ++f) {
            const auto now = features.row(f), before = features.row(f - 1);
            const double vx = now[pose::kVelocity], vz = now[pose::kVelocity + 1], turn = now[pose::kYawRate];
            for (std::size_t j = 0; j < motion::kJoints; ++j) {
                const std::size_t c = pose::kPositions + 3 * j;
                const double x = (now[c] - before[c]) * motion::kPoseFps + vx + turn * now[c + 2];
                const double y = (now[c + 1] - before[c + 1]) * motion::kPoseFps;
                const double z = (now[c + 2] - before[c + 2]) * motion::kPoseFps + vz - turn * now[c];
                sum += std::sqrt(x * x + y * y + z * z);
            }
            ++counted;
        }
        speed[t] = static_cast<float>(sum / static_cast<double>(std::max<std::size_t>(1, counted) * motion::kJoints));
    }
    return overTwoSeconds(speed);
}

std::vector<float> ranksAmong(std::span<const float> values, std::span<const float> among) {
    std::vector<float> ranks(values.size(), 0.5f);
    if (among.empty()) return ranks;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto [low, high] = std::equal_range(among.begin(), among.end(), values[i]);
        ranks[i] = static_cast<float>(0.5 * static_cast<double>((low - among.begin()) + (high - among.begin())) / static_cast<double>(among.size()));
    }
    return ranks;
}

std::vector<float> energyWish(std::span<const float> loudness, double energy, std::uint64_t seed) { return energyWish(loudness, {&energy, 1}, seed); }

std::vector<float> energyWish(std::span<const float> loudness, std::span<const double> energy, std::uint64_t seed) {
    const std::vector<float> smooth = overTwoSeconds(loudness);
    std::vector<float> sounding;
    for (const float v : smooth)
        if (v > kSilence) sounding.push_back(v);
    std::sort(sounding.begin(), sounding.end());
    std::vector<float> wish = ranksAmong(smooth, sounding);
    easeLasting(wish, smooth);
    // To one song one dancer moves more, another less: some of that comes with the seed.
    const double own = seed == 0 ? 0.0 : kOwn * std::clamp(Random(seed * 0x9e3779b97f4a7c15ULL + 3).normal(), -1.5, 1.5);
    for (std::size_t i = 0; i < wish.size(); ++i) {
        const double power = kAsked * std::exp2(-1.6 * std::clamp(energy[std::min(i, energy.size() - 1)], -1.0, 1.0) - own);
        wish[i] = smooth[i] > kSilence ? static_cast<float>(std::pow(wish[i], power)) : 0.0f;
    }
    return wish;
}

Table withWish(const Table& steps, std::span<const float> wish) {
    Table out(steps.rows, steps.columns + kControlColumns);
    for (std::size_t i = 0; i < steps.rows; ++i) {
        std::copy(steps.row(i).begin(), steps.row(i).end(), out.row(i).begin());
        out.at(i, steps.columns) = i < wish.size() ? wish[i] : 0.5f;
        out.at(i, steps.columns + 1) = i < wish.size() ? 1.0f : 0.0f;
    }
    return out;
}

}  // namespace choreia::data
