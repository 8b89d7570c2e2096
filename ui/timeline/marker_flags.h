/// Named moments of the song as flags at the top of its lane: a pole, a pennant, the name in it.
#pragma once

#include "timeline/lane.h"

namespace choreia::ui {

/// Where the flag of markers[index] lies; narrower where the next one is near. The one in hand lies where it is being dragged to.
/// Cost: measures the name; flagReach() first, where there are many.
[[nodiscard]] QRectF markerFlag(const QRectF& lane, const TimeAxis& axis, const TimelineScene& scene, std::size_t index);

/// Pixels from and to which the flag can reach at the most: from its moment to the next one's.
[[nodiscard]] std::pair<double, double> flagReach(const TimeAxis& axis, const TimelineScene& scene, std::size_t index);

void paintMarkers(const LaneContext& context, const TimelineScene& scene);

}  // namespace choreia::ui
