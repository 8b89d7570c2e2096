/// A song for tests of the choreographer: heard by nobody, but with everything that an analysis holds.
#pragma once

#include "audio/analysis.h"

#include <cmath>

namespace choreia::testing {

/// A beat every half second, bars of four, and features that rise and fall.
inline audio::Analysis someSong(double seconds) {
    audio::Analysis song;
    song.duration = seconds;
    song.features = Table(static_cast<std::size_t>(seconds * 60) + 1, audio::columns::kCount);
    for (std::size_t i = 0; i < song.features.values.size(); ++i) song.features.values[i] = std::sin(static_cast<float>(i) * 0.37f) * 0.5f + 0.5f;
    for (double t = 0.25; t < seconds; t += 0.5) song.grid.beats.push_back(t);
    for (double t = 0.25; t < seconds; t += 2) song.grid.downbeats.push_back(t);
    song.grid.tempoBpm = 120;
    return song;
}

}  // namespace choreia::testing
