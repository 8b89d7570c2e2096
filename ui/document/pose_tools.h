/// What the pose tools make of the pose at a moment: drawn between the poses around it, or calmed and exaggerated. Root path and standing feet stay.
#pragma once

#include "document/document.h"

#include <optional>

namespace choreia::ui {

enum class PoseTool {
    Breakdown,  ///< amount -1: as the pose before, 0: half way, 1: as the pose after
    Relax       ///< amount 1: the mean of the motion around, -1: as far again from it
};

/// Moments of the poses that a breakdown lies between: the nearest beat or key pose on either side (not of this moment itself), else the dance's end. Seconds.
struct PosesAround {
    double before = 0, after = 0;
};
[[nodiscard]] PosesAround posesAround(const io::Dance& dance, const audio::BeatGrid& grid, double seconds);

/// The pose of the chosen dance at a moment as the tool makes it of the chosen joints (none chosen: of all). Feet that stand there stay where they are.
/// Nothing where there is no dance. Cost: 0.1 ms.
[[nodiscard]] std::optional<motion::Pose> poseByTool(const Document& document, double seconds, PoseTool tool, double amount);
/// What the undo entry of it is called.
[[nodiscard]] QString textOf(PoseTool tool, double amount);
/// The dance takes that pose: Document::requestPose, one undo entry. False where that refuses.
bool applyPoseTool(Document& document, double seconds, PoseTool tool, double amount);

/// The joints a pose tool takes: those chosen, or all.
[[nodiscard]] motion::JointSet chosenOrAll(const motion::JointSet& chosen);

}  // namespace choreia::ui
