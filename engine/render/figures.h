/// The ten figures and the full stop as strokes of even weight, all of one width so that counting numbers do not jump. Drawn for this project in the
/// proportions of the window's typeface; taken from no font.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace choreia::render {

/// How much of each pixel a line of figures covers.
struct FigureMask {
    int width = 0, height = 0;
    std::vector<std::uint8_t> cover;  ///< [height, width], 0..255
};

/// text: 0-9 and '.'; anything else stays blank. high: of a figure, pixels. The mask is as high as the figures and as wide as figureWidth says, rounded up.
[[nodiscard]] FigureMask figureMask(std::string_view text, float high);
/// Pixels from the line's beginning to its end.
[[nodiscard]] float figureWidth(std::string_view text, float high);

}  // namespace choreia::render
