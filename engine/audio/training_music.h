/// Endless annotated music for training the beat network: random bands play random patterns of many genres, and the recording suffers as
/// recordings do. Free of anybody's rights.
#pragma once

#include "audio/synth_voices.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace choreia::audio {

struct TrainingPiece {
    std::vector<float> mono;        ///< at kAnalysisRate
    std::vector<double> beats;      ///< seconds, exact: from the score; empty for sounds without a beat
    std::vector<double> downbeats;  ///< subset of beats
    int beatsPerBar = 4;            ///< 2 (6/8), 3 or 4
    double tempoBpm = 0;            ///< of the first beat; 0 where there is no beat
    bool steady = true;             ///< exact tempo: no drift, no change
    std::string genre;
};

/// The instruments, made once: several drum kits and the pitched voices. One band a thread.
class TrainingBand {
public:
    TrainingBand();
    ~TrainingBand();
    TrainingBand(const TrainingBand&) = delete;
    TrainingBand& operator=(const TrainingBand&) = delete;

    /// A piece of so many seconds. Same seed and length, same samples. Cost: some 150 times as fast as real time on one core.
    TrainingPiece play(std::uint64_t seed, double seconds);

private:
    struct Instruments;
    std::unique_ptr<Instruments> instruments_;
};

}  // namespace choreia::audio
