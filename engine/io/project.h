/// The project file .choreia (HDF5): a song, what was heard in it with the person's edits, dances, and how they were made.
#pragma once

#include "audio/analysis.h"
#include "core/result.h"
#include "motion/clip.h"
#include "motion/stage_place.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace choreia::io {

inline constexpr int kProjectVersion = 1;

/// A moment of a course that energy takes through a song.
struct EnergyPoint {
    double time = 0;   ///< seconds
    double value = 0;  ///< -1..1
    bool operator==(const EnergyPoint&) const = default;
};
/// A moment from which on a dance goes on in another style.
struct StyleChange {
    double time = 0;  ///< seconds
    std::string style;
    bool operator==(const StyleChange&) const = default;
};

/// How a dance was (or will be) generated.
struct GenerateSettings {
    std::string model = "gcn-mhw";
    std::string style = "auto";
    std::uint64_t seed = 1;
    double temperature = 1.0;
    double topP = 0.97;
    bool sync = true;
    double syncStrength = 1.0;
    double energy = 0;      ///< -1 calmer .. 1 livelier than the song asks for
    double guidance = 0.5;  ///< how much further than trained the music is followed; 0: as trained
    double repeats = 0.7;   ///< share of the bars of a repeated part that take up the part's earlier movement
    bool mirror = false;    ///< left and right exchanged
    bool firstPose = true;  ///< it waits in a pose for the song's first accent
    bool finalPose = true;  ///< it comes to rest in a pose on the song's last accent
    double stage = 0;       ///< m, how far from its middle the root goes; 0: as far as dancers of the style do
    std::vector<EnergyPoint> energyCourse{};  ///< added to energy, straight between its points and level beyond them; times rising
    std::vector<StyleChange> styleCourse{};   ///< times rising; before the first: style
    std::string syncMethod = "de-log-sigmoid";  ///< one of choreo::kSyncMethodNames; not stored in a project
    bool operator==(const GenerateSettings&) const = default;
};

/// Tokens of a dance: one code of the upper and one of the lower body each 1/tokensPerSecond, before the sync warp.
struct TokenTrack {
    double tokensPerSecond = 7.5;
    std::vector<std::int64_t> upper, lower;
    std::vector<double> times;  ///< seconds in the song where each token starts, after the warp; size as upper
};

struct KeyPose {
    double time = 0;  ///< seconds
    bool pinned = false;
    motion::Vec3 root = motion::Vec3::Zero();
    std::vector<motion::Quat> rotations;  ///< 24
};

/// A stretch of a dance that was made in one go; it lasts to the next one's start.
struct Block {
    double start = 0;  ///< seconds
    std::string name;  ///< where it comes from, as shown
    bool operator==(const Block&) const = default;
};

/// Where two movements meet that were not danced as one. It counts where a block begins at it.
struct Seam {
    double at = 0;    ///< seconds
    double fade = 0;  ///< seconds about it over which the earlier movement goes over into the later; 0: as they were laid
    std::shared_ptr<const motion::Clip> earlier{}, later{};      ///< each by itself about the seam (choreo::aboutSeam; the earlier one may end, the later one begin nearer to it), standing anywhere; null: not known
    std::shared_ptr<const motion::Clip> unblended{}, blended{};  ///< the dance's frames about the seam before the fade, and with it; as many. Null without a fade
    std::vector<std::array<bool, 4>> contacts{};                 ///< of unblended; may be empty
};

/// One dance over the song.
struct Dance {
    std::string name = "Dancer";
    motion::Clip clip;  ///< 60 fps; frame 0 at the song's start
    TokenTrack tokens;
    std::vector<KeyPose> keys;
    std::vector<std::array<bool, 4>> contacts;  ///< per frame, order of motion::kContactJoints; may be empty
    GenerateSettings settings;
    std::vector<Block> blocks{};  ///< starts rising; none: the dance is one
    std::vector<Seam> seams{};    ///< in order of time
    motion::StagePlace place{};   ///< where the dancer stands; the clip and the keys are in the dancer's own space
};

/// A named moment of the song.
struct Marker {
    double time = 0;  ///< seconds
    std::string name;
    bool operator==(const Marker&) const = default;
};

struct Camera {
    double yaw = 0.5, pitch = 0.15, distance = 4.5;  ///< radians, radians, metres
    motion::Vec3 target = motion::Vec3(0, 1, 0);
};

struct Project {
    std::string songPath;  ///< absolute, or relative to the project file
    std::string songHash;  ///< io::fileHash
    audio::Analysis analysis;  ///< features are not stored; they are heard again on opening where needed
    bool gridEdited = false;
    std::vector<Dance> dances;
    GenerateSettings settings;  ///< of the generate panel
    motion::Clip opening;       ///< what the next dance continues; no frames: nothing
    Camera camera;
    double playhead = 0;        ///< seconds
    double viewStart = 0, viewEnd = 0;  ///< the visible part of the timeline, seconds; 0,0 = all
    std::vector<Marker> markers{};      ///< times rising
};

/// Error (BadInput): missing, not a project, newer version (says which), damaged part by name.
Result<Project> readProject(const std::filesystem::path& path);
/// Atomic.
Result<void> writeProject(const std::filesystem::path& path, const Project& project);

}  // namespace choreia::io
