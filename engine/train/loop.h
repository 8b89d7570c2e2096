/// The one training loop: schedule, EMA weights, validation, atomic checkpoints, resume, log. Every model is a Task in it.
#pragma once

#include "core/progress.h"
#include "core/random.h"
#include "core/result.h"
#include "core/tensor_table.h"
#include "train/ranks.h"

#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include <filesystem>
#include <map>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace choreia::train {

/// What differs from model to model.
class Task {
public:
    virtual ~Task() = default;
    [[nodiscard]] virtual std::string kind() const = 0;
    virtual torch::nn::Module& module() = 0;
    [[nodiscard]] virtual nlohmann::json modelConfig() const = 0;
    /// Loss of the batch of a step (from 0), drawn with random; the first entry of parts is what is minimised ("total").
    virtual std::vector<std::pair<std::string, torch::Tensor>> loss(Random& random, std::int64_t step) = 0;
    /// Items of a batch, of which each of several processes takes its part (TaskSetting::share); 0: the model trains in one process.
    [[nodiscard]] virtual std::int64_t batch() const { return 0; }
    /// What of the step is to be added up over several processes beside gradients and losses, after the backward pass and in the same message, in place; of the same shapes in all.
    [[nodiscard]] virtual std::vector<torch::Tensor> sums() { return {}; }
    /// They are. Called in a group of processes only.
    virtual void summed() {}
    /// Figures on the validation clips, lower "score" is better. Called with EMA weights in place, in evaluation mode, without gradients.
    virtual std::map<std::string, double> validate() = 0;
    [[nodiscard]] virtual double stepsPerEpoch() const = 0;
    /// Weights to begin from instead of random ones. Error (BadInput) where they do not fit; where names it in the error.
    virtual Result<void> startFrom(const TensorTable& table, const std::string& where);
    /// What share of the run lies behind, before every loss: for tasks whose losses change on the way.
    virtual void reached(double share) { static_cast<void>(share); }
    /// Learning rate at a share of the run, relative to the settings'; half a cosine down to a fiftieth where nothing else is said.
    [[nodiscard]] virtual double rateAt(double share) const;
    /// Adam's decays of the mean and of the square.
    [[nodiscard]] virtual std::pair<double, double> betas() const { return {0.9, 0.98}; }
    /// What a resumed run needs beside the module: a task that trains a second network inside loss() puts it and its optimiser here. Tensors as they
    /// live, by name. setExtraState copies into them; false where a name or shape does not fit.
    [[nodiscard]] virtual std::map<std::string, torch::Tensor> extraState() { return {}; }
    virtual bool setExtraState(const std::map<std::string, torch::Tensor>& state) { return state.empty(); }
    /// Further metadata of the shipped weights.
    [[nodiscard]] virtual std::map<std::string, std::string> metadata() const { return {}; }
};

struct LoopSettings {
    std::string name = "default";  ///< file name of the weights: NAME.KIND.safetensors
    double learningRate = 1e-3;
    double weightDecay = 0.01;
    double clipNorm = 1.0;
    double emaDecay = 0.998;
    int warmupSteps = 100;
    int epochs = 0;      ///< 0: by minutes
    double minutes = 0;
    double validateEveryS = 60, checkpointEveryS = 60;
    double logEveryS = 2;  ///< 0: every step
    bool mixedPrecision = false;  ///< losses in bfloat16 where products are (nn::MixedPrecision); weights, gradients' sums and validation are float32
    torch::Device device = torch::kCPU;  ///< where the task's module is
    bool resume = false;
    bool validateFirst = false;  ///< before the first step: what there is to be improved upon
    std::uint64_t seed = 1;
    std::filesystem::path out, log;
    Share share;  ///< who else trains this model; the tasks' losses are then their parts' (see ranks.h)
};

/// Runs to the end (or to a stop) and leaves KIND.last.ckpt, KIND.log.jsonl and the best weights in settings.out.
/// A loss that is not finite goes back to the last good state with half the rate and says so; after five times it fails.
/// Of several processes rank 0 alone measures and writes; to resume, all read the run folder. Where one is lost, all end with its number (Failed) and
/// what rank 0 last wrote is whole.
Result<void> runLoop(Task& task, const LoopSettings& settings, std::stop_token stop, Progress& progress);

}  // namespace choreia::train
