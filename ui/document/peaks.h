/// The waveform at every zoom: lowest and highest sample of blocks, each level with blocks twice as long.
#pragma once

#include "audio/pcm.h"

#include <cstddef>
#include <vector>

namespace choreia::ui {

struct PeakRange {
    float low = 0, high = 0;  ///< -1..1
    float rms = 0;            ///< 0..1
};

/// Immutable after build(). Memory: about 1/60 of the sound's.
class Peaks {
public:
    /// Channels are averaged. Cost: about 50 ms for 3 minutes of 48 kHz stereo.
    static Peaks build(const audio::Pcm& pcm);

    /// Peaks of the sound from begin to end (seconds); zeros outside the song. Cost: a few blocks, whatever the length.
    [[nodiscard]] PeakRange range(double begin, double end) const;
    [[nodiscard]] double seconds() const { return seconds_; }
    [[nodiscard]] std::size_t levels() const { return levels_.size(); }
    /// The loudest sample of the song, for drawing quiet songs at full height.
    [[nodiscard]] float loudest() const { return loudest_; }

private:
    static constexpr std::size_t kBlock = 256;  ///< samples of a block on the finest level
    std::vector<std::vector<PeakRange>> levels_;
    double rate_ = 0, seconds_ = 0;
    float loudest_ = 0;
};

}  // namespace choreia::ui
