/// The choreographer: a song's analysis to a dance. The arrows of the line, each a value in and a value out.
#pragma once

#include "audio/analysis.h"
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
    /// The whole line after analysis. The same analysis, settings and seed give the same clip, byte for byte, on the same machine.
    /// The clip is as long as the song (60 fps, frame 0 at 0 s). Error (Usage) for an unknown style; Cancelled where asked.
    Result<Generated> generate(const audio::Analysis& analysis, const io::GenerateSettings& settings, std::stop_token stop, Progress& progress) const;

private:
    struct State;
    explicit Choreographer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace choreia::choreo
