/// Clips as a quantiser is measured on them. Internal to the room: code_report.h is the door.
#pragma once

#include "train/code_report.h"
#include "train/tasks.h"

namespace choreia::train {

struct HeldMotion {
    std::string name, style;
    bool validation = false;
    torch::Tensor rows;  ///< [frames, pose::kCount], frames a multiple of the quantiser's stride
};

/// Each movement once, however many songs lie under it.
std::vector<HeldMotion> heldMotions(const std::vector<data::TrainingClip>& clips, bool validationOnly);

/// Error: Cancelled.
Result<CodeReport> checkQuantiser(nn::Quantiser& quantiser, const std::vector<HeldMotion>& motions, torch::Device device, bool looks, std::stop_token stop,
                                  Progress& progress);

}  // namespace choreia::train
