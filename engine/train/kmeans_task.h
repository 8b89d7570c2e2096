/// K-means has no gradient and no loop: it is trained here, and leaves the same kind of files as the networks. Internal to the room.
#pragma once

#include "train/tasks.h"

#include <functional>

namespace choreia::train {

/// Writes NAME.kmeans.safetensors and kmeans.log.jsonl into setting.out. print: lines worth reading (elbow, silhouette, errors); may be empty.
/// Config: codes, mode ("words" or "poses"), blend, code_size, elbow (numbers of codes to compare), samples, batches, passes, speeds.
Result<void> trainKMeans(const std::vector<data::TrainingClip>& clips, const TaskSetting& setting, const std::filesystem::path& log,
                         const std::function<void(const std::string&)>& print, std::stop_token stop, Progress& progress);

}  // namespace choreia::train
