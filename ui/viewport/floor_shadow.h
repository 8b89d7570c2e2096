/// The grid on the floor at whose corners the chosen dancer's shadow is worked out. Only for the files of this folder that draw.
#pragma once

#include <cstdint>
#include <vector>

namespace choreia::ui {

inline constexpr float kShadowReach = 1.7f;  ///< metres from the body to the grid's edge: a dancer who lies with the arms stretched out
inline constexpr int kShadowCells = 84;      ///< along either side: 4 cm, a planted foot's shadow is 11 cm wide

struct FloorShadowGrid {
    std::vector<float> vertices;  ///< x, share, z of each corner: metres about the body; share 1 inside, falling to 0 at the edge
    std::vector<std::uint32_t> indices;  ///< triangles
};
FloorShadowGrid floorShadowGrid();

}  // namespace choreia::ui
