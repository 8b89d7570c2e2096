/// Any sound to the mono rate of the analysis.
#pragma once

#include "audio/pcm.h"

#include <vector>

namespace choreia::audio {

/// The mean of the channels, resampled to rate by a windowed sinc (about 80 dB). Not-a-number and infinite samples count as silence.
/// pcm.rate and rate: 1000..768000.
std::vector<float> toMono(const Pcm& pcm, int rate);

}  // namespace choreia::audio
