/// How alike two pictures are to SE-ViT: a perceptual loss (Johnson, Alahi and Fei-Fei 2016) whose features are our own network's. Internal to the room.
#pragma once

#include "core/result.h"
#include "nn/se_vit.h"

#include <filesystem>
#include <memory>

namespace choreia::train {

class DancerLikeness {
public:
    /// weights: of kind se-vit; empty: the installed ones. Error (BadInput): missing, of another kind, damaged.
    static Result<std::unique_ptr<DancerLikeness>> load(const std::filesystem::path& weights, torch::Device device);
    /// Mean absolute difference of the features at a half and a quarter of the size; no gradient into the true ones. Both [batch, 3, h, w], -1..1.
    torch::Tensor difference(const torch::Tensor& generated, const torch::Tensor& real);

private:
    explicit DancerLikeness(nn::SeVit net) : net_(std::move(net)) {}
    nn::SeVit net_;
};

}  // namespace choreia::train
