// Times go through beats, so that a part taken up at another tempo is still met beat by beat.
#include "choreo/echo.h"

#include "core/random.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>

namespace choreia::choreo {

namespace {

/// Place of a time among beats, in beats; beyond the ends by the nearest interval. Seconds where there are no beats.
double placeOf(const std::vector<double>& beats, double time) {
    if (beats.size() < 2) return time;
    const auto after = std::clamp<std::ptrdiff_t>(std::upper_bound(beats.begin(), beats.end(), time) - beats.begin(), 1, static_cast<std::ptrdiff_t>(beats.size()) - 1);
    const auto i = static_cast<std::size_t>(after);
    return static_cast<double>(i) - 1 + (time - beats[i - 1]) / (beats[i] - beats[i - 1]);
}

double timeOf(const std::vector<double>& beats, double place) {
    if (beats.size() < 2) return place;
    const auto i = static_cast<std::size_t>(std::clamp(std::floor(place), 0.0, static_cast<double>(beats.size() - 2)));
    return beats[i] + (place - static_cast<double>(i)) * (beats[i + 1] - beats[i]);
}

}  // namespace

std::vector<std::ptrdiff_t> echoedSteps(const audio::Analysis& analysis, std::size_t count, double tokensPerSecond) {
    std::vector<std::ptrdiff_t> echoes(count, -1);
    std::map<std::string, const audio::Section*> first;
    const auto& beats = analysis.grid.beats;
    for (const auto& section : analysis.sections) {
        const auto [known, fresh] = first.emplace(section.label, &section);
        if (fresh) continue;
        const auto& earlier = *known->second;
        const double shift = placeOf(beats, earlier.start) - placeOf(beats, section.start);
        const auto from = static_cast<std::size_t>(std::ceil(std::max(0.0, section.start) * tokensPerSecond));
        for (std::size_t i = from; i < count; ++i) {
            const double time = (static_cast<double>(i) + 0.5) / tokensPerSecond;
            if (time >= section.end) break;
            const double there = timeOf(beats, placeOf(beats, time) + shift);
            const auto step = static_cast<std::ptrdiff_t>(std::floor(there * tokensPerSecond));
            if (step >= 0 && there < earlier.end && step < static_cast<std::ptrdiff_t>(i)) echoes[i] = step;
        }
    }
    return echoes;
}

std::vector<std::ptrdiff_t> keptEchoes(const std::vector<std::ptrdiff_t>& echoes, const audio::Analysis& analysis, double tokensPerSecond, double share,
                                       std::uint64_t seed) {
    std::vector<std::ptrdiff_t> kept = echoes;
    // Two bars at a time: a figure taken up is longer than a bar.
    std::vector<double> lines;
    for (std::size_t i = 0; i < analysis.grid.downbeats.size(); i += 2) lines.push_back(analysis.grid.downbeats[i]);
    if (lines.size() < 2)
        for (double t = 0; t < static_cast<double>(echoes.size()) / tokensPerSecond; t += 4) lines.push_back(t);
    Random random(seed * 0x9e3779b97f4a7c15ULL + 7);
    std::vector<bool> keep(lines.size() + 1);
    for (std::size_t k = 0; k < keep.size(); ++k) keep[k] = random.uniform() < share;
    for (std::size_t i = 0; i < kept.size(); ++i) {
        const double time = (static_cast<double>(i) + 0.5) / tokensPerSecond;
        const auto bar = static_cast<std::size_t>(std::upper_bound(lines.begin(), lines.end(), time) - lines.begin());
        if (!keep[bar]) kept[i] = -1;
    }
    return kept;
}

}  // namespace choreia::choreo
