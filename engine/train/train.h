/// Training from a request: the door that the command line and the window use.
#pragma once

#include "core/progress.h"
#include "core/result.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

namespace choreia::train {

/// What train() can train, in the order in which a person meets them.
[[nodiscard]] std::vector<std::string> modelNames();

struct TrainRequest {
    std::string model;                        ///< "vq-vae", "kmeans", "gcn-mhw", "lstm-vae" or "beats"
    std::vector<std::filesystem::path> data;  ///< training HDF5 files; for beats folders of songs with beats, or nothing: generated music alone
    std::filesystem::path out;                ///< run folder: MODEL.config.json, MODEL.log.jsonl, MODEL.last.ckpt, NAME.MODEL.safetensors (best, float16)
    std::filesystem::path config;             ///< JSON over the defaults; may be empty
    std::filesystem::path from;               ///< weights to fine-tune (a .safetensors of the model), kept as MODEL.start.safetensors; may be empty: random ones
    std::vector<std::filesystem::path> keep;  ///< gcn-mhw from weights: training HDF5 of what it must not forget; none: its own dances stand for it
    std::string style;                        ///< one style name for all clips of data; empty: as the files say
    int epochs = 0;                           ///< 0: by minutes
    double minutes = 0;                       ///< 0: by epochs; both 0: the model's default number of epochs
    bool resume = false;
    std::uint64_t seed = 1;
    std::string device = "auto";              ///< auto, cpu, cuda
    std::filesystem::path log;                ///< further copy of the log; may be empty
    std::function<void(const std::string&)> print;  ///< lines worth reading (elbow, silhouette); may be empty
};

/// Trains, validates, writes checkpoints. Where no clip of motion is kept for validation, one take of several is. From weights, what the config does not say is
/// said for a few minutes' fine-tuning: a small rate, a first validation before the first step (so that weights that got no better ship as they came), and for
/// gcn-mhw that what it knows is held (held_styles.h); styles of the data that it does not know follow those that it does. gcn-mhw needs NAME.vq-vae.safetensors in the run folder (or the config's "vq_vae" path), with the config's
/// "quantiser": "kmeans" NAME.kmeans.safetensors (or the path "kmeans").
/// Error (Usage) for an unknown model, config key or device; (BadInput) for unusable data; Cancelled after the step under way, checkpoint written.
Result<void> train(const TrainRequest& request, std::stop_token stop, Progress& progress);

}  // namespace choreia::train
