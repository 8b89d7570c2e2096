/// The clock of a training piece: where each beat falls, and what lies between. Inside of the audio room.
#pragma once

#include "core/random.h"

#include <vector>

namespace choreia::audio {

/// Beat times with everything that real ones have: drift, changes of tempo, rubato. Beat 0 may lie before the song's start.
class TrainingClock {
public:
    /// beatsPerBar: changes of tempo fall on bar lines. Covers start .. seconds and some more. restless: chance of a tempo that is not steady.
    TrainingClock(Random& random, double tempoBpm, int beatsPerBar, double start, double seconds, double restless);

    [[nodiscard]] const std::vector<double>& beats() const { return beats_; }
    [[nodiscard]] bool steady() const { return steady_; }
    /// Seconds of a place in beats. swing: share of an eighth by which off-beats come late; fine: of sixteenths instead.
    [[nodiscard]] double at(double beat, double swing = 0, bool fine = false) const;

private:
    std::vector<double> beats_;
    bool steady_ = true;
};

}  // namespace choreia::audio
