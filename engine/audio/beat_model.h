/// What turns the beat spectrum into activations: a network, handed in as a value, so that this room needs to know none.
#pragma once

#include "audio/packed_sound.h"
#include "core/matrix.h"
#include "core/progress.h"
#include "core/result.h"

#include <cstddef>
#include <functional>
#include <span>
#include <stop_token>

namespace choreia::audio {

struct BeatModel {
    /// Rows of beatSpectrum in, [rows, 2] out: probability of a beat and of a downbeat. Called from several threads at once.
    std::function<Result<Table>(const Table& spectrum)> activations;
    std::size_t reach = 0;  ///< rows either side that an output row depends on
};

/// Activations of a whole song at kAnalysisRate, heard stretch by stretch (a minute each, with the model's reach either side), so that memory stays
/// bounded; the same values for any number of threads. gain: see listeningGain.
Result<Table> beatActivations(const MonoView& mono, float gain, const BeatModel& model, std::stop_token stop, const std::function<void(double)>& done);

/// The classic activation, for where no network is: SuperFlux over its surroundings, and change of harmony for bars. Nothing in it is fitted to songs.
BeatModel classicBeatModel();

}  // namespace choreia::audio
