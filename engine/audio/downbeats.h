/// Which beats begin a bar, and whether bars have three or four beats.
#pragma once

#include "audio/beat_tracker.h"

namespace choreia::audio {

/// Per-beat means of the feature rows from each beat to the next: [beats, columns::kCount].
Table beatSynchronous(const Table& features, const std::vector<double>& beats);

struct Bars {
    int beatsPerBar = 4;
    std::vector<double> downbeats;  ///< subset of beats
};

Bars findBars(const std::vector<double>& beats, const OnsetBands& onsets, const Table& features);

}  // namespace choreia::audio
