/// Tempo and beats from onset strength.
#pragma once

#include "audio/spectra.h"

#include <vector>

namespace choreia::audio {

struct BeatTrack {
    std::vector<double> beats;  ///< seconds, strictly rising; empty where the sound has no beat
    double tempoBpm = 0;        ///< from the median interval
    double confidence = 0;      ///< 0..1
};

/// features: energy column filled. Cost: linear in rows, some 40 ms for 3 minutes.
BeatTrack trackBeats(const OnsetBands& onsets, const Table& features);

/// Onset strength as the tracker uses it: bass weighted up, local mean removed, local level evened out.
std::vector<float> beatActivation(const OnsetBands& onsets);

}  // namespace choreia::audio
