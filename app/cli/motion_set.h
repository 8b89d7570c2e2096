/// Sets of motions as the measures need them: 24 joints, 60 frames a second, with the beats of their music and the style where known.
#pragma once

#include "cli/console.h"
#include "core/result.h"
#include "eval/metrics.h"

#include <string>
#include <vector>

namespace choreia::cli {

struct MotionSetRequest {
    std::string source;     ///< a folder of motion files, one motion file, or a training HDF5
    std::string music;      ///< folder with NAME.beats or NAME.mp3, .ogg ...; may be empty
    std::string set = "all";  ///< of a training HDF5: "train", "val" or "all"
};

/// Beats are looked for in this order: NAME.beats in the music folder, a song NAME there (which is then analysed), NAME.beats beside
/// the motion, and the motion file's own beats_s or beat_times_s. Bodies of other joints are fitted to ours.
/// Error (BadInput) for an empty set or an unreadable file, by name.
Result<std::vector<eval::EvaluatedClip>> loadMotionSet(const MotionSetRequest& request, Context& context);

/// Joint positions on another frame grid: Catmull-Rom through the frames, ends held.
motion::Positions resamplePositions(const motion::Positions& positions, double fps);

}  // namespace choreia::cli
