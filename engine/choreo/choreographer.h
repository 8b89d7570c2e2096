/// The choreographer: a song's analysis to a dance. The arrows of the line, each a value in and a value out.
#pragma once

#include "audio/analysis.h"
#include "choreo/control.h"
#include "core/progress.h"
#include "core/result.h"
#include "io/project.h"
#include "motion/clip.h"

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

namespace choreia::choreo {

enum class Device { Auto, Cpu, Cuda };
/// "auto", "cpu", "cuda"; Error (Usage) for other words.
Result<Device> parseDevice(const std::string& text);

struct ModelInfo {
    std::string name, kind, file;
    std::int64_t parameters = 0;
    std::vector<std::string> trainedOn, styles;
    std::string licence, command;
    std::vector<std::pair<std::string, double>> figures;
};

/// Folder of shipped weights: $CHOREIA_MODELS, else models/ beside the program, up to three folders up, else the installed place.
Result<std::filesystem::path> findModels();
/// Everything readable in a folder of .safetensors; a damaged file is an Error that names it.
Result<std::vector<ModelInfo>> listModels(const std::filesystem::path& folder);

struct GenerateTimings {
    double tokens = 0, decodeMotion = 0, sync = 0, cleanup = 0;  ///< seconds
};

struct Generated {
    io::Dance dance;
    double bas = 0, basChance = 0, basAboveChance = 0;
    double basBeforeSync = 0, basMatched = 0;  ///< beat alignment of the motion's own timing, and after matching alone; 0 without sync
    double meanSpeedChange = 0;
    double facingAway = 0;         ///< share of frames in which the dancer turns away from the audience
    double energyCorrelation = 0;  ///< of the dance's speed and the song's loudness, see eval::energyCorrelation
    std::vector<double> pinDistances;  ///< mean joint distance (metres) of the dance to each pin, in order of time, before it was moved there
    double joinDistance = 0;           ///< of a remade part's end to the kept motion, the same, before it was moved there
    GenerateTimings seconds;
};

/// Loaded networks, ready to generate. Immutable after loading; generate() may be called from several threads.
class Choreographer {
public:
    /// Loads token predictor and quantiser from folder (<set>.gcn-mhw.safetensors, and <set>.vq-vae.safetensors or <set>.kmeans.safetensors as the predictor says;
    /// set "default" or "research").
    /// Error (BadInput) for missing files, wrong kind, version, name or shape, by name.
    /// model "lstm-vae": <set>.lstm-vae.safetensors instead, without styles or tokens. Error (Usage) for another model.
    static Result<std::shared_ptr<const Choreographer>> load(const std::filesystem::path& folder, const std::string& set, Device device,
                                                             const std::string& model = "gcn-mhw");
    ~Choreographer();
    Choreographer(const Choreographer&) = delete;
    Choreographer& operator=(const Choreographer&) = delete;

    [[nodiscard]] const std::vector<std::string>& styles() const;  ///< without "auto"
    /// The whole line after analysis. The same analysis, settings, constraints and seed give the same clip, byte for byte, on the same machine.
    /// The clip is as long as the song (60 fps, frame 0 at 0 s). Error (Usage) for an unknown style and as orderedPins; Cancelled where asked.
    /// Sync leaves pinned moments at their time.
    Result<Generated> generate(const audio::Analysis& analysis, const io::GenerateSettings& settings, std::stop_token stop, Progress& progress,
                               const Constraints& constraints = {}) const;
    /// "More like this": a new dance of the song that leans towards the steps of another one. closeness 0..1: the share of its two-bar groups that it
    /// leans towards; at 0 it is a dance of its own, at 1 nearly the same, and another seed gives other differences.
    Result<Generated> likeThis(const audio::Analysis& analysis, const io::Dance& dance, const io::GenerateSettings& settings, double closeness, std::stop_token stop,
                               Progress& progress, const Constraints& constraints = {}) const;
    /// The dance with the part from..to (seconds, at least 0.5) made anew: the new part carries on from the motion before it and leads into the motion after
    /// it, which both stay as they are, bit for bit. settings: seed, style ("auto": the dance's own) and the rest; an energy or temperature of its own is
    /// welcome; repeats do not count. Pins must lie inside, 0.1 s from what is kept; an opening is refused. Error (Usage): a part that is too short or outside the dance.
    Result<Generated> remake(const audio::Analysis& analysis, const io::Dance& dance, double from, double to, const io::GenerateSettings& settings,
                             const Constraints& constraints, std::stop_token stop, Progress& progress) const;

private:
    struct Likeness;
    Result<Generated> make(const audio::Analysis& analysis, const io::GenerateSettings& settings, const Constraints& constraints, const Likeness* likeness,
                           std::stop_token stop, Progress& progress) const;
    struct State;
    explicit Choreographer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace choreia::choreo
