/// What turns the beat spectrum into activations: a network, handed in as a value, so that this room needs to know none.
#pragma once

#include "audio/packed_sound.h"
#include "core/matrix.h"
#include "core/progress.h"
#include "core/result.h"

#include <cmath>
#include <cstddef>
#include <functional>
#include <span>
#include <stop_token>

namespace choreia::audio {

/// Tempi that are told apart: bins of equal steps in octaves, 2.7% each.
inline constexpr std::size_t kTempoBins = 56;
inline constexpr double kSlowestBin = 50, kBinsPerOctave = 26;
inline double tempoOfBin(double bin) { return kSlowestBin * std::exp2(bin / kBinsPerOctave); }
/// May lie outside of 0 .. kTempoBins - 1.
inline double binOfTempo(double bpm) { return kBinsPerOctave * std::log2(bpm / kSlowestBin); }

/// What is heard in a stretch of sound.
struct BeatActivations {
    Table rows;   ///< [rows, 2] at kBeatRate: probability of a beat and of a downbeat
    Table tempo;  ///< [seconds, kTempoBins]: natural logarithm of each tempo's probability; empty where the model does not say
};

struct BeatModel {
    /// Rows of beatSpectrum in; the first of them on a whole second of the song. Called from several threads at once.
    std::function<Result<BeatActivations>(const Table& spectrum)> activations;
    std::size_t reach = 0;  ///< rows either side that an output row depends on
};

/// Activations of a whole song at kAnalysisRate, heard stretch by stretch (a minute each, with the model's reach either side), so that memory stays
/// bounded; the same values for any number of threads. gain: see listeningGain.
Result<BeatActivations> beatActivations(const MonoView& mono, float gain, const BeatModel& model, std::stop_token stop, const std::function<void(double)>& done);

/// The classic activation, for where no network is: SuperFlux over its surroundings, and change of harmony for bars. Nothing in it is fitted to songs.
BeatModel classicBeatModel();

}  // namespace choreia::audio
