/// Slow and fast sound with its pitch kept, pulled frame by frame; the Rubber Band library stays inside this pair of files.
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace RubberBand {
class RubberBandStretcher;
}

namespace choreia::ui {

/// Everything is allocated when it is made; next() neither allocates nor locks, so that it may run in the sound's own thread.
class Stretcher {
public:
    using Frame = std::array<float, 2>;  ///< left and right, -1..1
    /// The frame `index` of the sound to stretch: 0 is heard first; some before it (negative) are asked for to warm up, and some past the end.
    using Feed = std::function<Frame(std::ptrdiff_t index)>;

    /// rate: frames a second, from 8000. speed: frames of feed a frame heard, 0.25..2. Reads from feed at once.
    Stretcher(int rate, double speed, Feed feed);
    ~Stretcher();
    Stretcher(const Stretcher&) = delete;
    Stretcher& operator=(const Stretcher&) = delete;

    /// What is heard next: the n-th call (from 0) gives the place n * speed of feed, within a few milliseconds. The delay is taken out.
    [[nodiscard]] Frame next();

private:
    void refill();

    std::unique_ptr<RubberBand::RubberBandStretcher> stretcher_;
    Feed feed_;
    std::ptrdiff_t fed_ = 0;  ///< index of the next frame to feed
    std::array<std::vector<float>, 2> in_, out_;
    std::size_t ready_ = 0, taken_ = 0;  ///< frames in out_
};

}  // namespace choreia::ui
