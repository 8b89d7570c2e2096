/// What one way through a stretch is worth beside the others, so that the best can be chosen. Everything is priced in beats met. Internal to the room.
#pragma once

#include "choreo/stretch_look.h"
#include "eval/dance_habits.h"

namespace choreia::choreo {

/// What is known of a way beyond how it looks.
struct WayFacts {
    double beatsMet = 0;  ///< meetsBeats()
    double pauses = 0;    ///< pausesFrom(), a second
    double seconds = 0;   ///< over which the two were counted
    double fresh = 1;     ///< m: eval::freshness against what was danced before
    double away = 0;      ///< TurnMemory::away()
    double turns = 0;     ///< TurnMemory::mostTurns()
};

/// Any way that is awake is worth more than any asleep, and of those awake any that neither loops nor spins for ever more than those that do. habits: of the
/// style, which decide how many pauses, how much turning away and how many spins are usual.
double worthOf(const StretchLook& look, const WayFacts& facts, const eval::DanceHabits& habits);

}  // namespace choreia::choreo
