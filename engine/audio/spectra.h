/// From samples to rows: mel, MFCC, chroma, onset strength and loudness at 60 rows a second.
#pragma once

#include "audio/packed_sound.h"
#include "audio/analysis.h"
#include "core/progress.h"

#include <cstddef>
#include <span>
#include <stop_token>
#include <vector>

namespace choreia::audio {

inline constexpr double kRowRate = 60.0;

/// Onset strength by place in the spectrum, one value a row each. Not scaled.
struct OnsetBands {
    std::vector<float> all, low, mid, high;  ///< whole spectrum; under 160 Hz; 160 Hz - 2.5 kHz; above
};

struct Spectra {
    Table features;        ///< [rows, columns::kCount], beat columns still 0
    OnsetBands onsets;
    float gain = 1;          ///< what the song was scaled by, see listeningGain
    double tuningCents = 0;  ///< deviation of the song's pitch from A = 440 Hz, -50..50
};

/// mono: samples at kAnalysisRate. progress gets 0..1 of its own stage.
Result<Spectra> computeSpectra(const MonoView& mono, std::stop_token stop, Stage& stage);

/// What brings a song to the one loudness at which it is heard: its 95th percentile to an RMS of 0.2. mono: at kAnalysisRate.
float listeningGain(const MonoView& mono);

/// Centre frequencies of the mel bands, Hz (kMelBands values).
std::vector<double> melCentres();

/// Orthonormal DCT-II, rows = coefficients: [count, size] row-major.
std::vector<float> dctMatrix(std::size_t count, std::size_t size);

}  // namespace choreia::audio
