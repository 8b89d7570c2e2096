// The prices were chosen on ten dances by the figures of eval/, one at a time.
#include "choreo/way_worth.h"

#include <algorithm>

namespace choreia::choreo {

namespace {

constexpr double kFresh = 0.08;      // m, see eval/pose_freshness.h: as new as recordings are
constexpr double kStalePrice = 4.0;  // for poses that were all there before
constexpr double kCrowdPrice = 4.0;  // for a pause more than the style has
constexpr double kAwayPrice = 3.0;   // for a back turned to the audience all the time, where the style does not turn
constexpr double kSlidePrice = 4.0;  // for feet that slide all the time
constexpr double kLively = 1.5;      // a metre a second of mean joint speed: what the other prices favour is calm
constexpr double kFast = 1.2;        // m/s: more than that is not asked for
constexpr double kLoopsOrSpins = 1e2, kAsleep = 1e3;

}  // namespace

double worthOf(const StretchLook& look, const WayFacts& facts, const eval::DanceHabits& habits) {
    if (look.asleep()) return look.liveliness() - kAsleep;
    double worth = facts.beatsMet - kSlidePrice * look.slide + kLively * std::min(look.speed, kFast);
    worth -= kStalePrice * std::max(0.0, 1 - facts.fresh / kFresh);
    worth -= kCrowdPrice * std::max(0.0, facts.pauses - habits.pauses) * facts.seconds;
    worth -= kAwayPrice * std::max(0.0, facts.away - habits.away);
    if (facts.fresh < eval::kLoops || facts.turns > habits.spins) worth -= kLoopsOrSpins;
    return worth;
}

}  // namespace choreia::choreo
