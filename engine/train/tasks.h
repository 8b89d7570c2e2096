/// The models as tasks of the loop, and the clips they share. Internal to the room.
#pragma once

#include "core/result.h"
#include "data/dataset.h"
#include "nn/quantiser.h"
#include "train/loop.h"

#include <memory>
#include <string>
#include <vector>

namespace choreia::train {

/// What a fine-tuning begins from.
struct StartWeights {
    TensorTable table;
    nlohmann::json config;            ///< of the network, as stored in them
    std::string where;                ///< the file
    std::filesystem::path quantiser;  ///< of the predictor that they are, where the run folder has none of its own
};

struct TaskSetting {
    nlohmann::json config;  ///< the person's config over defaults
    torch::Device device = torch::kCPU;
    std::uint64_t seed = 1;
    std::filesystem::path out;
    std::string name;
    Share share;            ///< the part of every batch to take
    const StartWeights* start = nullptr;     ///< null: random weights; outlives the task's making
    std::vector<data::TrainingClip> kept{};  ///< a general set that a fine-tuning rehearses; may be empty
};

Result<std::unique_ptr<Task>> makeVqVaeTask(const std::vector<data::TrainingClip>& clips, const TaskSetting& setting);
Result<std::unique_ptr<Task>> makeGcnMhwTask(const std::vector<data::TrainingClip>& clips, const TaskSetting& setting);
/// data: files of landmarks with music (see landmark_samples.h).
Result<std::unique_ptr<Task>> makeLstmVaeTask(const std::vector<std::filesystem::path>& data, const TaskSetting& setting);
/// The network that lifts flat landmarks to space (nn/lift_net), from motion seen by cameras all around (flat_views.h).
Result<std::unique_ptr<Task>> makeLiftTask(const std::vector<data::TrainingClip>& clips, const TaskSetting& setting);
/// data: places with annotated songs (see beat_songs.h); may be empty: then on generated music alone.
Result<std::unique_ptr<Task>> makeBeatsTask(const std::vector<std::filesystem::path>& data, const TaskSetting& setting);
/// data: pictures of one person with landmarks, or motion for our own character (see dancer_samples.h).
Result<std::unique_ptr<Task>> makeDancerGanTask(const std::vector<std::filesystem::path>& data, const TaskSetting& setting);
/// The same with the second seed's networks.
Result<std::unique_ptr<Task>> makeDancerGanBasicTask(const std::vector<std::filesystem::path>& data, const TaskSetting& setting);

/// data: pictures of people with landmarks (see data/picture_samples.h) and training HDF5 with motion, in whose poses our own character is drawn.
Result<std::unique_ptr<Task>> makeSeVitTask(const std::vector<std::filesystem::path>& data, const TaskSetting& setting);
/// The same with the seed's network.
Result<std::unique_ptr<Task>> makeSeVitBasicTask(const std::vector<std::filesystem::path>& data, const TaskSetting& setting);

/// Loads a quantiser of any kind for inference. Error (BadInput) as nn::quantiserFrom.
Result<std::shared_ptr<nn::Quantiser>> loadQuantiser(const std::filesystem::path& path, torch::Device device);

torch::Tensor toTensor(const Table& table);

}  // namespace choreia::train
