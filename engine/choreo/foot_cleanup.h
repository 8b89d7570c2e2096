/// Feet that stand still where they stand: contacts found, feet locked by inverse kinematics, the pelvis and knees following
/// softly.
#pragma once

#include "eval/dance_habits.h"
#include "motion/clip.h"

#include <array>
#include <vector>

namespace choreia::choreo {

struct CleanedClip {
  motion::Clip clip;
  std::vector<std::array<bool, 4>> contacts; ///< order of motion::kContactJoints
};

/// hint: contact probabilities from the decoder, [frames][4] in kContactJoints order, or empty (then found from the motion).
/// First the root's horizontal drift during stance is removed (stance-based root correction), then the root path is held on a
/// stage of stageRadius metres by a slow pull, then each contact run is locked by two-bone IK with eased ends (0.1 s); toes never
/// under the floor. 60 fps.
CleanedClip cleanFeet(const motion::Clip& clip, const std::vector<std::array<float, 4>>& hint, double stageRadius = eval::kLeastStage);

} // namespace choreia::choreo
