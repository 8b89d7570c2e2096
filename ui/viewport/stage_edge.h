/// The stage's edge on the floor and the label of its size, as geometry. A mark only: no dance knows of it.
#pragma once

#include "motion/types.h"
#include "viewport/orbit_camera.h"

#include <array>
#include <optional>
#include <vector>

namespace choreia::ui {

/// Whole metres, even: the edge lies on lines of the floor's grid. Centred on the origin; width along X, depth along Z.
struct StageSize {
    int width = 4, depth = 4;
    bool operator==(const StageSize&) const = default;
};
inline constexpr std::array<StageSize, 4> kStageSizes = {{{4, 4}, {6, 6}, {8, 6}, {12, 8}}};
/// A dance is made within 2 m of the middle (choreo::cleanFeet), so 4 m by 4 m hold it.
inline constexpr StageSize kStandardStage = kStageSizes[0];
inline constexpr float kFloorGrid = 1.0f;  ///< metres from line to line

inline constexpr float kStageLabelPixels = 10;  ///< height of the label's figures, logical

/// "4 x 4 m" in strokes for the ribbon shader, one strip: x to the right, y up, z = 0, from the origin on, in heights of a figure.
[[nodiscard]] std::vector<float> stageLabel(const StageSize& size);
/// Its length, in heights of a figure.
[[nodiscard]] float stageLabelLength(const StageSize& size);
/// Where the label begins: over the edge that is farther from the eye, as far left as the picture (logical pixels) shows it whole and beside its middle, where a dancer is; the edge's left end where it is not in the picture.
[[nodiscard]] motion::Vec3 stageLabelPlace(const OrbitCamera& camera, QSizeF view, const StageSize& size);

}  // namespace choreia::ui
