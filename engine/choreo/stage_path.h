/// Where a dance goes on its stage: one whose way leads off it is turned back, as dancers do, instead of being drawn together.
#pragma once

#include "choreo/foot_contacts.h"
#include "motion/clip.h"

namespace choreia::choreo {

/// Turns the dance slowly, path and body together, so that its root stays within `radius` metres of the middle where turning can bring that about; how far it goes from moment to moment stays
/// what it was. It turns at 40 degrees a second at most, rather while feet are in the air, and not at all where its way stays on the stage by itself. away: how far from the audience its style's
/// dancers are turned (eval::DanceHabits::away): who always faces it is turned from it a little at most. The turns of each second are chosen by a beam search that sees four seconds ahead.
/// contacts: see scoreContacts, one a frame. Cost: linear in frames, about a millisecond for each ten seconds.
void keepToStage(motion::Clip& clip, const ContactScores& contacts, double radius, double away);

/// Turns the body by turn[f] radians at every frame and its path with it, so that the dancer still goes where the body points.
void turnAlong(motion::Clip& clip, const std::vector<double>& turn);

}  // namespace choreia::choreo
