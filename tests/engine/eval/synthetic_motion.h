/// Motions from closed forms, which the numpy figures in these tests were computed from as well.
#pragma once

#include "motion/clip.h"

#include <cmath>

namespace choreia::testing {

/// A body of 24 joints whose every coordinate swings as a sine of its own, while the whole drifts along x at 0.1 m/s. 60 fps.
/// p[f, j, a] = base[j, a] + (0.02 + 0.16 fr(0.37 j + 0.21 a + 0.113 c)) sin(2 pi ((0.3 + 1.5 fr(0.29 j + 0.53 a + 0.07 c)) t +
/// fr(0.61 j + 0.17 a + 0.31 c))) + 0.1 t [a = 0], t = f / 60, fr(x) = x - floor(x), c the clip's number.
inline motion::Positions swingingBody(int clip, std::size_t frames) {
    static constexpr double base[24][3] = {
        {0, .95, 0},       {.09, .88, 0},      {-.09, .88, 0},    {0, 1.05, -.01}, {.09, .47, .01},   {-.09, .47, .01},
        {0, 1.17, -.01},   {.09, .08, -.02},   {-.09, .08, -.02}, {0, 1.24, 0},    {.1, .02, .11},    {-.1, .02, .11},
        {0, 1.44, -.02},   {.06, 1.35, 0},     {-.06, 1.35, 0},   {0, 1.53, 0},    {.18, 1.38, -.01}, {-.18, 1.38, -.01},
        {.43, 1.35, -.01}, {-.43, 1.33, -.01}, {.62, 1.5, .1},    {-.55, 1.2, .2}, {.7, 1.52, .12},   {-.6, 1.15, .25}};
    constexpr double kTurn = 6.283185307179586;
    const auto fr = [](double x) { return x - std::floor(x); };
    motion::Positions out;
    out.values.resize(frames * 24);
    for (std::size_t f = 0; f < frames; ++f) {
        const double t = static_cast<double>(f) / 60.0;
        for (std::size_t j = 0; j < 24; ++j) {
            for (int a = 0; a < 3; ++a) {
                const auto dj = static_cast<double>(j);
                const double amplitude = .02 + .16 * fr(.37 * dj + .21 * a + .113 * clip),
                             rate = .3 + 1.5 * fr(.29 * dj + .53 * a + .07 * clip);
                const double value =
                    base[j][a] + amplitude * std::sin(kTurn * rate * t + kTurn * fr(.61 * dj + .17 * a + .31 * clip));
                out.at(f, j)[a] = static_cast<float>(value + (a == 0 ? .1 * t : 0));
            }
        }
    }
    return out;
}

/// All joints move together along `direction`, so that joint speed at time t is `speed(t)` m/s. 60 fps.
template <class Speed> motion::Positions gliding(std::size_t frames, const motion::Vec3& direction, Speed speed) {
    motion::Positions out;
    out.values.resize(frames * 24);
    double along = 0;
    for (std::size_t f = 0; f < frames; ++f) {
        for (std::size_t j = 0; j < 24; ++j) {
            out.at(f, j) = direction * static_cast<float>(along) +
                           motion::Vec3(0.05f * static_cast<float>(j), 0.06f * static_cast<float>(j), 0);
        }
        along += speed(static_cast<double>(f) / 60.0) / 60.0;
    }
    return out;
}

} // namespace choreia::testing
