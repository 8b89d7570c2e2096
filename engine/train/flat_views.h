/// Dances as cameras see them and finders read them: what the lifting network learns from. Internal to the room.
#pragma once

#include "core/matrix.h"
#include "core/random.h"
#include "motion/clip.h"

namespace choreia::train {

struct FlatView {
    Table flat;   ///< [frames, 33 * 2] as nn::LiftNet reads it
    Table space;  ///< [frames, 33 * 3] as it should answer: our own body in these poses
};

struct ViewSetting {
    bool any = true;    ///< any camera, any person; otherwise a level camera far away, our own body, at the true scale
    double noise = -1;  ///< metres by which the landmarks waver; below 0: drawn, from none to seven hundredths
};

/// A camera 2.2 to 9 m away at 0.2 to 2.4 m height, held not quite level, looks at the dancer from anywhere around; the dancer's limbs, trunk and head have other proportions than
/// ours (the answer has not: lifting also brings a person to our body), and the scale is known to some hundredths. Landmarks waver slowly and fast, each a little off for good; now and
/// then an arm or leg is read for the other one or somewhere else for a moment.
FlatView flatView(const motion::Clip& clip, const ViewSetting& setting, Random& random);

}  // namespace choreia::train
