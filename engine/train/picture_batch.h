/// Squares cut from pictures of people as batches for SE-ViT: turned, mirrored, coloured and partly covered for training, plain for measuring. Internal to
/// the room.
#pragma once

#include "core/random.h"
#include "data/picture_samples.h"

#include <torch/torch.h>

#include <span>

namespace choreia::train {

struct PictureBatch {
    torch::Tensor rgb;         ///< [batch, 3, size, size] in 0..1
    torch::Tensor where;       ///< [batch, 33, 2]: x, y in 0..1 of the square
    torch::Tensor known;       ///< [batch, 33]: 1 where `where` means something and lies in the square
    torch::Tensor seen;        ///< [batch, 33]: 1 in sight, 0 hidden or outside
    torch::Tensor seenKnown;   ///< [batch, 33]: 1 where seen means something
    torch::Tensor depth;       ///< [batch, 33], metres
    torch::Tensor depthKnown;  ///< [batch, 33]
};

/// The square that measuring uses: the person's, a quarter larger.
data::CutSquare measuringSquare(const data::PictureSample& sample);

/// Every picture by a square of chance. Deterministic for the state of random.
PictureBatch trainingBatch(std::span<const data::PictureSample* const> samples, int size, Random& random);
/// Every picture by its measuring square, as it is.
PictureBatch measuringBatch(std::span<const data::PictureSample* const> samples, int size);

}  // namespace choreia::train
