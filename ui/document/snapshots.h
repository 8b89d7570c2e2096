/// What workers make and views read: immutable, shared, never changed after they are made.
#pragma once

#include "audio/analysis.h"
#include "choreo/choreographer.h"
#include "document/peaks.h"
#include "io/project.h"

#include <QString>

#include <compare>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace choreia::ui {

/// A song as the window needs it.
struct LoadedSong {
    std::string path;                            ///< absolute
    std::string hash;                            ///< io::fileHash
    std::shared_ptr<const audio::Pcm> playback;  ///< 48 kHz stereo
    audio::Analysis analysis;                    ///< as heard, features included, before any edit of the beats
    Peaks peaks;
};

/// A dance with what the views derive from it.
struct DanceSnapshot {
    io::Dance dance;              ///< contacts are filled
    motion::Positions positions;  ///< of every frame, world
};

/// What a block is called that was made with the whole dance: its style.
QString nameOfWhole(const io::Dance& dance);

/// Identity of a dance within the document; commands hold this, never pointers.
struct DanceId {
    std::uint64_t value = 0;
    auto operator<=>(const DanceId&) const = default;
};

/// Positions and contacts worked out. Cost: about 5 us a frame; call it in a worker.
std::shared_ptr<const DanceSnapshot> makeSnapshot(io::Dance dance);

/// Decode, hash, analyse, peaks: a song file to a LoadedSong. For a worker.
Result<std::shared_ptr<const LoadedSong>> loadSong(const std::string& path, std::stop_token stop, Progress& progress);

/// What is asked of the choreographer.
struct DanceRequest {
    enum class Kind {
        Whole,  ///< a dance for the whole song
        Part,   ///< `dance` with from..to made anew
        Like    ///< a whole dance that leans towards `dance`
    };
    Kind kind = Kind::Whole;
    audio::Analysis analysis;
    io::GenerateSettings settings;
    choreo::Constraints constraints;
    std::shared_ptr<const DanceSnapshot> dance;  ///< for Part and Like, else null
    double from = 0, to = 0;                     ///< of the part, seconds
    double closeness = 0;                        ///< 0..1, for Like
};

/// How the document has a dance made; injected, so that tests need no networks.
using Generator = std::function<Result<choreo::Generated>(const DanceRequest&, std::stop_token, Progress&)>;

/// The engine's choreographer: loads the networks at its first call (in the caller's thread) and keeps them. folder: of the weights; the installed ones
/// where empty.
Generator engineGenerator(const std::string& set = "default", const std::filesystem::path& folder = {});

}  // namespace choreia::ui
