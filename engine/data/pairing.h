/// Music under motion: what a song sounds like over a stretch of motion, and songs laid under motion that has none. Inside of the
/// data room.
#pragma once

#include "audio/analysis.h"
#include "core/random.h"
#include "data/sources.h"
#include "motion/beat_match.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace choreia::data {

/// A song as heard.
struct Song {
    std::string name;
    audio::BeatGrid grid;
    Table features;
    double duration = 0;
    bool publishable = false;
};

/// Motion with music: rows of features a frame, beats in seconds from the first frame.
struct Pairing {
    std::string song;
    motion::Clip clip;
    Table music;
    std::vector<double> beats;
    double tempo = 0;
    double meanSpeedChange = 0;
    bool warped = false;
    bool freeSound = true; ///< false: the sound came with the motion file, whose licence speaks of the motion only
};

Result<Song> hearSong(const std::filesystem::path& path, std::stop_token stop);

/// The song under the motion as its file says: offset kept, beats of the file where it has them. Cut to the shorter of both.
Pairing pairAsGiven(const FittedMotion& motion, const Song& song);
/// The same pairing with the motion gently warped so that its beats meet the music's, speed within 1 +- bound.
/// Empty where nothing could be matched.
std::optional<Pairing> warpOntoBeat(const Pairing& pairing, double bound = 0.18);

/// Tempo and beats of a motion's own: from its file, or from the way it moves.
struct OwnBeats {
    bool measured = false; ///< found from the motion; false: stated by its file
    double tempo = 0;
    double confidence = 0;
    std::vector<double> beats;
};
/// partner: the other dancer of the same take, heard together with this one; may be null.
OwnBeats ownBeats(const FittedMotion& motion, const FittedMotion* partner);

/// A song of our own at the motion's tempo (groove by style), the motion's beats brought onto the song's.
Pairing pairWithSynth(const FittedMotion& motion, const OwnBeats& own, Random& random);
/// A found song: used where its tempo (or its half or double) is within 10% of the motion's. Empty where it is not, or is too
/// short.
std::optional<Pairing> pairWithSong(const FittedMotion& motion, const OwnBeats& own, const Song& song, Random& random);

} // namespace choreia::data
