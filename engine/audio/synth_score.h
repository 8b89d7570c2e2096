/// The synthesised song on paper: notes and drum hits in beats, before any sound is made.
#pragma once

#include "audio/synth.h"

#include <string>
#include <vector>

namespace choreia::audio {

enum class Drum {
    Kick, SoftKick, Snare, SideStick, Clap, ClosedHat, OpenHat, Ride, Crash, LowTom, HighTom,
    Clave, CongaOpen, CongaLow, CongaSlap, Cowbell, Guiro, GuiroShort, Maracas, Brush
};
inline constexpr std::size_t kDrums = 20;

enum class Timbre { Bass, RoundBass, SubBass, Pad, Strings, ElectricPiano, Piano, Pluck, Lead, Bell, Voice, Organ };

struct Hit {
    double beat = 0;
    Drum drum = Drum::Kick;
    float velocity = 1;
};

struct Note {
    double beat = 0, length = 1;  ///< beats
    int pitch = 60;               ///< MIDI number
    float velocity = 1;
    Timbre timbre = Timbre::Pad;
    float pan = 0;  ///< -1 left .. 1 right
};

enum class PartKind { Intro, Verse, Chorus, Bridge, Outro };

struct Part {
    PartKind kind = PartKind::Verse;
    int firstBar = 0, bars = 0;
};

struct Score {
    int beatsPerBar = 4;
    int bars = 0;  ///< the last bar holds only the closing chord
    std::vector<Part> parts;
    std::vector<Hit> hits;
    std::vector<Note> notes;
    bool pumping = false;  ///< chords duck under the kick
};

/// A song of the given number of bars (at least 2). Same arguments, same score.
Score compose(Groove groove, int bars, std::uint64_t seed);

/// Beats in a bar of a groove: 3 for the waltz, else 4.
int beatsPerBar(Groove groove);

/// One drum's line: X accent, x hit, o soft, . rest; steps fill one or two bars. Played while the part's intensity is in low..high.
struct DrumLine {
    Drum drum;
    const char* steps;
    int stepsPerBeat;
    int low, high;
    float level;
};

enum class ChordStyle { Held, Struck, Broken, Montuno };

struct GrooveStyle {
    int beatsPerBar = 4;
    bool minor = false;
    bool pumping = false;
    Timbre bass = Timbre::Bass, chords = Timbre::Pad, melody = Timbre::Lead;
    ChordStyle chordStyle = ChordStyle::Held;
    bool pad = true;                  ///< a soft pad under the other chords in lively parts
    const char* chordSteps = "";      ///< for Struck and Montuno, two steps a beat, one or two bars
    const char* bassSteps = "";       ///< 1 root, 5 fifth, 8 octave, 3 third, n root of the next chord, - hold, . rest
    int bassStepsPerBeat = 2;
    std::vector<DrumLine> drums;
    std::vector<const char*> progressions;  ///< four or eight degrees 1..7, one a bar; verses take the first by seed, choruses another
};

/// The style sheet of a groove.
const GrooveStyle& styleOf(Groove groove);

}  // namespace choreia::audio
