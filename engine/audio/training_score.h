/// The training music on paper: genres as chances, and pieces drawn from them as timed events. Inside of the audio room.
#pragma once

#include "audio/synth_score.h"
#include "core/random.h"

#include <vector>

namespace choreia::audio {

/// One drum's chances: a digit a step (9 always, 0 or . never), over one or two bars.
struct ChanceLine {
    Drum drum;
    const char* chances;
    float level;
};

/// How a genre goes. Patterns have stepsPerBeat steps a beat.
struct TrainingGenre {
    const char* name;
    double weight;         ///< how often it is drawn
    double slow, fast;     ///< beats a minute
    int beatsPerBar, stepsPerBeat;
    double swing;          ///< at most
    double drumless;       ///< chance of a piece without drums
    std::vector<ChanceLine> drums;
    const char* bass;      ///< chances of a bass note
    const char* chords;    ///< chances of a struck chord
    bool soft;             ///< strings, piano and voice rather than plucks and leads
};

const std::vector<TrainingGenre>& trainingGenres();

struct TimedHit {
    double time = 0;  ///< seconds
    Drum drum = Drum::Kick;
    float velocity = 1;
};

struct TimedNote {
    double time = 0, length = 1;  ///< seconds
    Note note;                    ///< beat and length not used
};

/// A piece before any sound is made.
struct TrainingScore {
    std::vector<TimedHit> hits;
    std::vector<TimedNote> notes;
    std::vector<double> beats, downbeats;
    int beatsPerBar = 4;
    double tempoBpm = 0;
    bool steady = true;
    const TrainingGenre* genre = nullptr;  ///< null for sound without a beat
};

TrainingScore drawTrainingScore(Random& random, double seconds);

}  // namespace choreia::audio
