/// A beat counter in a film's corner: bar and beat, and the bar's counts with the present one lit.
#pragma once

#include "audio/beat_grid.h"
#include "render/mannequin.h"

#include <array>
#include <cstdint>
#include <string_view>

namespace choreia::render {

class BeatCounter {
public:
    /// For pictures of this size. grid: of the whole song; without beats nothing is drawn.
    BeatCounter(audio::BeatGrid grid, int width, int height);

    /// Over what the picture shows (premultiplied where it is not opaque), lower left. seconds: of the song. Thread-safe for different pictures.
    void draw(double seconds, Picture& out) const;

    /// What it shows at a moment.
    struct Count {
        audio::BarBeat at;
        int counts = 4;   ///< of the bar, at least at.beat
        float glow = 0;   ///< 1 on the beat, falling to its half until the next; 0 where no beat is under way
    };
    [[nodiscard]] Count countAt(double seconds) const;

private:
    struct Ink {
        std::array<float, 3> colour;  ///< 0..255
        float share;                  ///< 0..1
    };
    void write(std::string_view text, float left, float top, float high, const Ink& ink, Picture& out) const;

    audio::BeatGrid grid_;
    int digits_ = 1;     ///< of the last bar's number
    int width_, height_;
    float high_, margin_;
};

}  // namespace choreia::render
