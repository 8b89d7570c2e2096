/// Pitch classes of a song: peaks of a long-window spectrum, tuned, folded to the twelve classes.
#pragma once

#include "audio/packed_sound.h"
#include "core/matrix.h"

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>

namespace choreia::audio {

struct Chromagram {
    Table rows;              ///< [rows, 12], C..B, not normalised
    double tuningCents = 0;  ///< -50..50 from A = 440 Hz
};

/// mono at kAnalysisRate, scaled by gain; row i is centred on i / 60 s. Nothing where stop was asked. done(fraction) from the calling thread.
std::optional<Chromagram> computeChroma(const MonoView& mono, float gain, std::size_t rows, std::stop_token stop,
                                        const std::function<void(double)>& done);

}  // namespace choreia::audio
