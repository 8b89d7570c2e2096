/// Where two blocks of a dance meet, and the cross-fade from one into the other. No networks.
#pragma once

#include "choreo/movement.h"

#include <utility>

namespace choreia::choreo {

inline constexpr double kSeamReach = 1;             ///< s to either side of a seam for which both movements are kept
inline constexpr double kLongestFade = 2 * kSeamReach;
inline constexpr double kShortestFade = 0.2;        ///< s: less is no blend

/// The seam at a moment (within a frame), or null.
const io::Seam* seamAt(const io::Dance& dance, double at);

/// The longest fade that has room at the block beginning at `at`: up to the neighbouring blocks and their fades, and the dance's ends. 0: no block begins there, or there is no room.
double longestFade(const io::Dance& dance, double at);

/// Whether there is anything to blend at the block that begins at `at`: a dance that was only split runs through it as one.
bool isSeam(const io::Dance& dance, double at);

/// The dance with the two movements that meet at `at` blended over `fade` seconds about it: at its beginning the earlier one is danced to the bit, at its end the later one, and between
/// them both, each where it would go on (come from) by itself. What was laid from elsewhere is known beyond the seam; where it is not, the earlier movement slows down to its
/// last pose and the later one sets out from its first. Feet are planted anew and pinned poses within it are met; everything outside is the same to the bit. A fade that is there already is
/// taken back first, unless its frames have been shaped since; 0 only takes it back. Error (Usage): no block begins there; fade neither 0 nor within kShortestFade..longestFade().
/// Cost: as lay(), some 30 ms for 2 s.
Result<Laid> crossFaded(const io::Dance& dance, double at, double fade);

/// A part from..to of `was` has been laid anew in `dance`: seams inside it are gone, and new ones at its ends. begins: the new movement about `from`, ends: about `to`, as
/// aboutSeam() of a clip; {} where not known.
void keepSeams(io::Dance& dance, const io::Dance& was, double from, double to, motion::Clip begins, motion::Clip ends);
/// How far the cut between two blocks at `at` may be moved: its neighbours keep a tenth of a second, and where two movements meet, their fades, and the one that gains must be
/// known so far (kSeamReach when it was laid; less of it after each move its way). {at, at}: no block begins there, or nothing is known.
std::pair<double, double> trimRoom(const io::Dance& dance, double at);
/// The dance with the cut at `at` moved to `to` (a roll edit): what lies between is danced by the movement that gains it, as it would have gone on (begun) by itself; ends are met and feet
/// planted as lay() does. A fade is taken back first and laid about the new cut as far as there is room. A dance that was only split runs through: its mark alone moves. Error (Usage): `to`
/// outside trimRoom(), or less than a frame from the cut. Cost: as lay() of what lies between, and as the fade.
Result<Laid> trimmed(const io::Dance& dance, double at, double to);

/// Frames of a dance kSeamReach to either side of a moment; {} where it does not reach so far.
motion::Clip aboutSeam(const motion::Clip& clip, double at);

}  // namespace choreia::choreo
