/// Windows of movement that nobody danced: one window's trunk and arms over another's legs, joints turned by slow curves. Half an hour of recordings shows few of
/// the poses that a body can take; what only copies movement through codes learns more of them this way. Internal to the room.
#pragma once

#include "core/random.h"

#include <torch/torch.h>

namespace choreia::train {

/// Chances of a window, 0..1.
struct PoseVariety {
    double mixed = 0;       ///< trunk and arms of another window
    double turned = 0;      ///< joints of trunk and arms turned by slow curves
    double turnedLegs = 0;  ///< of a turned window: hips, knees and ankles too; such feet stand nowhere, their contacts become 0
};

/// rows: [frames, pose::kCount], as motion::poseFeatures makes them. Trunk and arms become those of `other`, of as many frames; positions of joints stay those of before
/// (restorePositions).
void mixBodies(torch::Tensor& rows, const torch::Tensor& other);

/// Turns joints about axes of chance, by a steady angle and a slow swing of spreads that differ from joint to joint (shoulders 0.45 rad, spine 0.1), in the joint's
/// parent's frame. rows as above, changed in place; positions stay those of before.
void turnJoints(torch::Tensor& rows, bool legs, Random& random);

/// The same dance by somebody who holds themselves otherwise: trunk and arms turned by steady angles alone, so that the angles between frames and with them its pauses stay as they were, the legs' joints by
/// small ones, so that feet that stand go on standing, nearly, and contacts stay. rows as above, changed in place; positions stay those of before.
void anotherBearing(torch::Tensor& rows, Random& random);

/// The joints' positions as the rotations and the pelvis's height say. rows: [batch, frames, pose::kCount], changed in place.
void restorePositions(torch::Tensor& rows);

}  // namespace choreia::train
