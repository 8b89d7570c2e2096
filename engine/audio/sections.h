/// Parts of a song: where it turns, and which parts are alike.
#pragma once

#include "audio/analysis.h"

#include <vector>

namespace choreia::audio {

/// Boundaries lie on downbeats where the grid has any, else on a grid of 2 s. Covers 0..duration without gaps; one section for a short song.
std::vector<Section> findSections(const Table& features, const BeatGrid& grid, double duration);

}  // namespace choreia::audio
