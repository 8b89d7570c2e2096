/// Networks to named arrays and back: kind, config and version travel with the weights, every name and shape is compared on loading.
#pragma once

#include "core/result.h"
#include "core/tensor_table.h"

#include <nlohmann/json.hpp>
#include <torch/torch.h>

#include <string>

namespace choreia::nn {

inline constexpr int kWeightsVersion = 1;

/// Parameters and buffers of module (buffers named ema_* left out: training state), with kind, config and format_version in the metadata. half: float16.
TensorTable toTable(const torch::nn::Module& module, const std::string& kind, const nlohmann::json& config, bool half);

/// The config stored in a table. Error (BadInput): another kind (expected/found), another version, config not readable.
Result<nlohmann::json> configOf(const TensorTable& table, const std::string& kind, const std::string& where);

/// Copies a table into a module of the same architecture. Error (BadInput) by name: missing, unknown, wrong shape, not finite.
Result<void> fromTable(const TensorTable& table, torch::nn::Module& module, const std::string& where);

/// One array to a tensor (float32 or int64) and back.
torch::Tensor toTensor(const TensorEntry& entry);
TensorEntry toEntry(const torch::Tensor& tensor, bool half);

std::int64_t countParameters(const TensorTable& table);

}  // namespace choreia::nn
