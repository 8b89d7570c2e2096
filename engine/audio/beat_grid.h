/// Mending a beat grid by hand: every edit is a pure function from grid to grid. Results keep the invariants of isValid; an edit that has
/// nothing to work on (an empty grid, too few taps), or whose grid is locked, returns the grid as it was.
#pragma once

#include "audio/analysis.h"

#include <span>
#include <string>

namespace choreia::audio {

/// Beats strictly rising, finite and not negative; downbeats a subset of them; 2..12 beats a bar; tempo 0 exactly where there is no beat.
[[nodiscard]] bool isValid(const BeatGrid& grid);

/// Where in the bars a moment lies.
struct BarBeat {
    int bar = 0, beat = 0;  ///< from 1; bar 0 is the upbeat before the first downbeat; both 0 where there is no beat yet
};
/// A moment on a beat belongs to it.
[[nodiscard]] BarBeat barBeatAt(const BeatGrid& grid, double seconds);

/// Twice as many beats: one in the middle of every interval. Bars keep their number of beats and so are half as long; old downbeats stay.
[[nodiscard]] BeatGrid doubled(const BeatGrid& grid);

/// Every other beat goes; the first downbeat stays, and bars are counted from it.
[[nodiscard]] BeatGrid halved(const BeatGrid& grid);

/// Four beats where there were three: for a tracker that counted dotted beats. The first downbeat stays, and bars are counted from it.
[[nodiscard]] BeatGrid timesFourThirds(const BeatGrid& grid);

/// Three beats where there were four, likewise.
[[nodiscard]] BeatGrid timesThreeQuarters(const BeatGrid& grid);

/// Locked: every edit returns the grid as it is, until it is unlocked.
[[nodiscard]] BeatGrid withLock(const BeatGrid& grid, bool locked);

/// Every beat moves half its interval later; where there is room before the first, a beat is added there. duration: the song's, seconds.
[[nodiscard]] BeatGrid shiftedHalfBeat(const BeatGrid& grid, double duration);

/// All beats move by seconds (negative: earlier); those pushed out of 0..duration go.
[[nodiscard]] BeatGrid nudged(const BeatGrid& grid, double seconds, double duration);

/// The beat nearest to time becomes a downbeat, and bars are counted from it both ways.
[[nodiscard]] BeatGrid withDownbeatAt(const BeatGrid& grid, double time);

/// Another number of beats a bar (clamped to 2..12), counted from the first downbeat.
[[nodiscard]] BeatGrid withBeatsPerBar(const BeatGrid& grid, int beatsPerBar);

/// One beat more, at time; unchanged where one stands within 50 ms. The bars around it keep their downbeats.
[[nodiscard]] BeatGrid withBeatAt(const BeatGrid& grid, double time);

/// Without the beat nearest to time (a downbeat hands its role to the following beat).
[[nodiscard]] BeatGrid withoutBeatAt(const BeatGrid& grid, double time);

/// A regular grid over 0..duration in the tempo and phase of the taps (at least two; a missed tap does no harm). The former downbeat nearest
/// to the first tap stays one; without any the first tap is it.
[[nodiscard]] BeatGrid retimed(const BeatGrid& grid, std::span<const double> taps, double duration);

}  // namespace choreia::audio
