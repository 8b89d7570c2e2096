/// A dance by the LSTM-VAE: windows of the song to flat landmarks, faded into one another.
#pragma once

#include "core/matrix.h"
#include "core/progress.h"
#include "core/result.h"
#include "nn/lstm_vae.h"

#include <cstdint>
#include <stop_token>

namespace choreia::choreo {

/// features: [rows at 60 a second, audio::columns::kCount]. Returns [frames, 33 * 2] at data::kSampleFps over `seconds`. Windows overlap by about a third and
/// cross-fade there; each draws its latent from what the network hears, spread by temperature, in an order that the seed fixes. Error: Cancelled.
Result<Table> danceLandmarks(nn::LstmVaeImpl& model, const Table& features, double seconds, double temperature, std::uint64_t seed, std::stop_token stop, Progress& progress);

}  // namespace choreia::choreo
