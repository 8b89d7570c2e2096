// A plain square grid; the shadow fades over its outer tenth, so that no edge shows.
#include "viewport/floor_shadow.h"

#include <algorithm>
#include <cmath>

namespace choreia::ui {

FloorShadowGrid floorShadowGrid() {
    constexpr float kFade = 0.1f;
    constexpr auto kCorners = static_cast<std::uint32_t>(kShadowCells + 1);
    FloorShadowGrid grid;
    const auto at = [](std::uint32_t i) { return 2 * static_cast<float>(i) / static_cast<float>(kShadowCells) - 1; };
    for (std::uint32_t row = 0; row < kCorners; ++row)
        for (std::uint32_t column = 0; column < kCorners; ++column) {
            const float x = at(column), z = at(row), share = std::min(1.0f, (1 - std::max(std::abs(x), std::abs(z))) / kFade);
            grid.vertices.insert(grid.vertices.end(), {kShadowReach * x, share, kShadowReach * z});
            if (row == 0 || column == 0) continue;
            const std::uint32_t here = row * kCorners + column;
            grid.indices.insert(grid.indices.end(), {here - kCorners - 1, here - kCorners, here - 1, here - kCorners, here, here - 1});
        }
    return grid;
}

}  // namespace choreia::ui
