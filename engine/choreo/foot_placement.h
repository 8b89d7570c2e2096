/// The last step of the foot clean-up: each foot held where it stands, by inverse kinematics of the leg.
#pragma once

#include "choreo/foot_contacts.h"
#include "motion/clip.h"

namespace choreia::choreo {

/// Changes hips, knees, ankles and, by a few centimetres where a leg would overstretch, the pelvis height.
/// A foot that goes over the floor while the other stands is lifted by up to 4.5 cm, the faster the higher, so that it steps and is not dragged.
/// contacts: soft weights of the four contact joints, [frames].
void placeFeet(motion::Clip& clip, const ContactScores& contacts);

} // namespace choreia::choreo
