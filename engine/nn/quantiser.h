/// Poses to tokens and back, whatever does it: the one thing that the token predictor and the choreographer know of a quantiser.
#pragma once

#include "core/result.h"
#include "core/tensor_table.h"

#include <torch/torch.h>

#include <memory>
#include <string>

namespace choreia::nn {

/// Streams of tokens, lower and upper body in turn: lower 1, upper 1, lower 2, upper 2, ... One token a stream each kStride frames of 30 a second.
class Quantiser {
public:
    static constexpr std::int64_t kStride = 4;  ///< frames a token

    virtual ~Quantiser() = default;
    /// "vq-vae" or "kmeans": the kind of its weights, NAME.KIND.safetensors.
    [[nodiscard]] virtual std::string kind() const = 0;
    [[nodiscard]] virtual std::int64_t streams() const = 0;
    /// The first ones, even in number, that a token predictor speaks; the others only make what is recorded finer.
    [[nodiscard]] virtual std::int64_t dancedStreams() const { return streams(); }
    [[nodiscard]] virtual std::int64_t codes() const = 0;     ///< entries a codebook
    [[nodiscard]] virtual std::int64_t codeSize() const = 0;  ///< numbers a code vector
    /// features: [batch, frames, pose::kCount], natural units, frames a multiple of kStride -> [batch, streams, frames / kStride] int64.
    virtual torch::Tensor encode(const torch::Tensor& features) = 0;
    /// tokens [batch, streams or dancedStreams, time] -> [batch, time * kStride, pose::kDecoded]; contacts as probabilities.
    virtual torch::Tensor decode(const torch::Tensor& tokens) = 0;
    /// Code vectors of a stream, [codes, codeSize]: what a predictor's embeddings start from.
    virtual torch::Tensor codebook(std::int64_t stream) const = 0;
    virtual torch::nn::Module& module() = 0;
};

/// The quantiser that a table of weights holds, in evaluation mode. Error (BadInput): another kind, and as nn::configOf and nn::fromTable.
Result<std::shared_ptr<Quantiser>> quantiserFrom(const TensorTable& table, const std::string& where, torch::Device device);

}  // namespace choreia::nn
