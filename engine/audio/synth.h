/// Music of our own with known beats: drums, bass, chords and melody, rendered from a small description. Free of anybody's rights.
#pragma once

#include "audio/analysis.h"
#include "audio/pcm.h"

#include <cstdint>
#include <string>

namespace choreia::audio {

enum class Groove { FourOnTheFloor, Rock, HipHop, House, Salsa, Waltz, ChaCha, Rumba, DrumAndBass, Ballad };

struct SynthSettings {
    Groove groove = Groove::House;
    double tempoBpm = 120;
    double seconds = 60;
    double swing = 0;      ///< 0..0.33, share of an eighth by which off-beats are late
    std::uint64_t seed = 1;
    int rate = 22050;
};

struct SynthSong {
    Pcm pcm;        ///< stereo at settings.rate
    BeatGrid grid;  ///< exact: from the score, not measured
    std::vector<Section> sections;
};

/// Renders a song: intro, verse, chorus and so on, by seed. Same settings, same samples. Cost: well over 50x real time.
SynthSong synthesize(const SynthSettings& settings);

/// The bundled demo track: about 48 s at 118 BPM, at the playback rate.
SynthSettings demoTrack();

}  // namespace choreia::audio
