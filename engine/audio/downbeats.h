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

/// How much each sign of a bar's beginning counts.
struct BarTuning {
    double bass = 0.5, strike = 0.4;           ///< onsets on the beat: bass, middle
    double harmony = 0.8, longHarmony = 0.1;      ///< change of chroma over one and over two beats
    double timbre = 2.2;                          ///< change of the mel spectrum over one beat
    double resemblance = 3.0;                     ///< of beats a bar and two bars apart, for the metre
    double three = -0.05;                         ///< what three in a bar has against it from the start
};

Bars findBars(const std::vector<double>& beats, const OnsetBands& onsets, const Table& features, const BarTuning& tuning = {});

}  // namespace choreia::audio
