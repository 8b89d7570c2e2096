/// Where the dancer faces: dances that have drifted round are led back to the audience, spins are left as they are.
#pragma once

#include "choreo/foot_contacts.h"
#include "motion/clip.h"

namespace choreia::choreo {

/// Turns the dance slowly, path and body together, so that over a second or two it faces the audience (+Z) within some 40 degrees; it turns rather while feet
/// are in the air. A spin has no direction over that time and is not touched. contacts: see scoreContacts, one a frame. Cost: linear in frames.
void faceAudience(motion::Clip& clip, const ContactScores& contacts);

/// Turns the five seconds before `time` (s) in the same way, so that from then on the dance faces within 40 degrees of the audience: for a pose that is to be seen. Nothing is done where it does, or where
/// the clip has ended by then.
void faceFrom(motion::Clip& clip, const ContactScores& contacts, double time);

/// Share of frames in which the pelvis faces away from the audience, by more than 90 degrees.
double facingAway(const motion::Clip& clip);

}  // namespace choreia::choreo
