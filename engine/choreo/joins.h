/// Where a new part of a dance meets what is kept: how well it does, and how its turn and place are brought there. Internal to the room.
#pragma once

#include "choreo/foot_contacts.h"
#include "motion/clip.h"

namespace choreia::choreo {

/// What lies between the end of a clip and the motion that is to follow.
struct Join {
    double pose = 0;   ///< mean joint distance in the heading frame, metres
    double speed = 0;  ///< mean difference of the joints' velocities in the heading frame, m/s
    double turn = 0;   ///< of heading, radians, -pi..pi
    double place = 0;  ///< on the floor, metres
    [[nodiscard]] double cost() const;
};
/// after: two frames, of which the first is to be the clip's last.
Join joinBetween(const motion::Clip& clip, const motion::Clip& after);

/// Turns the clip more and more, its path along, until its last heading is that of after's first frame.
void spreadTurn(motion::Clip& clip, const motion::Clip& after);
/// Shifts the path on the floor so that it begins and ends where wanted, smoothly, and least while feet stand. stands: as softened(), [frames].
void spreadPlace(motion::Clip& clip, const motion::Vec3& begin, const motion::Vec3& end, const ContactScores& stands);

}  // namespace choreia::choreo
