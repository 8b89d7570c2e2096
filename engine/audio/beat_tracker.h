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

/// What the tracker trusts, and how much. The defaults were fitted on songs with known beats (tests/benchmarks/audio).
struct BeatTuning {
    double low = 0.2, mid = 1.5, high = 1.5;  ///< bands in the onset activation
    double onset = 0.95;      ///< onset strength on a beat
    double offBeat = 0.025;   ///< against onset strength half a beat before it
    double lowOnset = 0.05;   ///< bass strength on a beat, less that half a beat before
    double harmony = 0.13;    ///< change of harmony on a beat, less that half a beat before
    double period = 0.015;    ///< periodicity at the interval
    double second = 1.35, third = 0.6, fourth = 0.4;  ///< weights of the interval's multiples, the interval's own being 1
    double half = 0.02;       ///< weight of half the interval
    double thirds = 0.2;      ///< against intervals with periodicity at 2/3 or 4/3 of them
    double quarters = 0.12;   ///< against intervals with periodicity at 3/4 or 3/2 of them
    double prior = 0.08, commonTempo = 112, spread = 0.42;  ///< weight, centre (BPM) and spread (octaves) of tempi people tap
    double change = 330;      ///< cost of a changing tempo
};

/// features: energy and chroma columns filled. Cost: linear in rows, some 60 ms for 3 minutes.
BeatTrack trackBeats(const OnsetBands& onsets, const Table& features, const BeatTuning& tuning = {});

/// One onset band evened out: local mean removed, local level brought to one, strong peaks compressed.
std::vector<float> evenOut(const std::vector<float>& band);

/// Change of harmony: distance of the mean chroma of the third of a second before a row from that after it, evened out.
std::vector<float> harmonicChange(const Table& features);

}  // namespace choreia::audio
