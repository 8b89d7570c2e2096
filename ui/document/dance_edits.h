/// Whole dances changed as values: mirrored, danced later, a foot planted or freed. What commands put on the stack is made here.
#pragma once

#include "document/snapshots.h"
#include "document/time_range.h"

#include <vector>

namespace choreia::ui {

/// Left and right exchanged, key poses and contacts too.
io::Dance mirroredDance(io::Dance dance);

/// The dance begun `delay` seconds later, to whole frames: the first pose is held until then, and what no longer fits at the end is gone. Keys, blocks, tokens, contacts and
/// the seams of blocks go along; a cross-fade that would reach beyond the end stays as it is danced, but is none any longer. While it waits, feet on the floor stand.
/// Contacts that are not one a frame are left to be found anew.
io::Dance delayedDance(const io::Dance& dance, double delay);

/// A stretch of frames [begin, end) in which a foot stands.
struct Stand {
    std::size_t begin = 0, end = 0;
    bool operator==(const Stand&) const = default;
};
/// foot: 0 left, 1 right. A foot stands where its heel or its ball does.
std::vector<Stand> standsOf(const std::vector<std::array<bool, 4>>& contacts, int foot);

/// A foot stands throughout a part of the dance, or nowhere in it. Where it stands it is held still on the floor (choreo::placeFeet); where it no longer does it is lifted
/// if it goes over the floor. The change comes in and goes out within a third of a second around; frames beyond are the same to the bit, key poses there follow.
/// foot: 0 left, 1 right. range: seconds, cut to the dance; unchanged where it holds no frame.
std::shared_ptr<const DanceSnapshot> withFoot(const DanceSnapshot& now, int foot, TimeRange range, bool stands);

}  // namespace choreia::ui
