/// A pose on its way from the shelf into the dance: how it travels in a drag, and how it is laid at a moment.
#pragma once

#include "document/document.h"
#include "io/pose_library.h"

#include <optional>

class QMimeData;

namespace choreia::ui {

inline constexpr char kPoseMime[] = "application/x-choreia-pose";

/// The pose as drag data: a pose library of one. The caller owns it.
[[nodiscard]] QMimeData* mimeOf(const io::NamedPose& pose);
/// Nothing where there is none, or one that cannot be read.
[[nodiscard]] std::optional<io::NamedPose> poseIn(const QMimeData& data);

/// The dancer takes the pose at a moment, where they stand and facing as they face: Document::requestPose, one undo entry. False where that refuses.
/// mirrored: left and right exchanged.
bool layPose(Document& document, double seconds, const io::NamedPose& pose, bool mirrored);

}  // namespace choreia::ui
