// Unison keeps the distances between places; a canon changes them by what the root goes within the delay.
#include "motion/formation.h"

#include <algorithm>
#include <array>

namespace choreia::motion {

namespace {

constexpr float kApart = 1.8f, kRowsApart = 1.4f;  // m: outstretched arms of neighbours just meet

/// Dancers in each row, from the front.
constexpr std::array<std::array<std::size_t, 3>, kMostDancers> kRows = {{{1}, {2}, {1, 2}, {1, 2, 1}, {2, 3}, {1, 2, 3}, {3, 4}, {3, 2, 3}}};

}  // namespace

std::vector<FormationPlace> formation(std::size_t count) {
    std::vector<FormationPlace> places;
    const auto& rows = kRows[std::clamp<std::size_t>(count, 1, kMostDancers) - 1];
    float middle = 0;
    for (std::size_t row = 0; row < rows.size(); ++row)
        for (std::size_t i = 0; i < rows[row]; ++i) {
            places.push_back({kApart * (static_cast<float>(i) - 0.5f * static_cast<float>(rows[row] - 1)), -kRowsApart * static_cast<float>(row), row});
            middle += places.back().z;
        }
    for (auto& place : places) place.z -= middle / static_cast<float>(places.size());
    return places;
}

std::vector<Clip> inFormation(const Clip& lead, std::size_t count, double delay) {
    std::vector<Clip> dancers;
    for (const auto& place : formation(count)) {
        Clip dancer = lead;
        if (delay > 0 && place.row > 0) {
            std::vector<double> times(lead.frames());
            for (std::size_t f = 0; f < times.size(); ++f) times[f] = static_cast<double>(f) / lead.fps - delay * static_cast<double>(place.row);
            dancer = sampleAt(lead, times, lead.fps);
        }
        for (Vec3& root : dancer.root) root += Vec3(place.x, 0, place.z);
        dancers.push_back(std::move(dancer));
    }
    return dancers;
}

}  // namespace choreia::motion
