/// Fine-tuning the token predictor: weights that learn a further style, and what they must not forget. Internal to the room.
///
/// What is held is held by answers (knowledge distillation, Hinton et al. 2015; against forgetting: Li and Hoiem 2016): on dances in the styles of before, the
/// network is to foretell what it foretold when the fine-tuning began. The dances are recordings where a general set is at hand, else the network's own, made up
/// to the new songs (pseudo-rehearsal, Robins 1995).
#pragma once

#include "core/random.h"
#include "core/result.h"
#include "core/tensor_table.h"
#include "nn/gcn_mhw.h"
#include "train/token_sequences.h"

#include <string>
#include <vector>

namespace choreia::train {

/// A predictor's weights with room for further styles, which follow those that it has: a style's row begins as the mean of the others', and is never what the
/// music alone suggests ("auto" goes on as before). known, all: names, all beginning with known. Error (BadInput) where the table's styles are not known.
Result<TensorTable> withFurtherStyles(TensorTable table, const std::vector<std::string>& known, const std::vector<std::string>& all, const std::string& where);

/// Lets every further style begin near the one that foretells the sequences of it best, a little aside of it. model: with the grown weights, styles first..last-1 new.
void beginNearKnownStyle(nn::GcnMhwImpl& model, std::int64_t first, const std::vector<TokenSequence>& sequences, torch::Device device, Random& random);

/// The network's own dances in each of its first `styles` styles to pieces of the sequences' music, some livelier and some calmer: `walkers` a style, at most
/// `steps` long. musicMean: what is heard where there is no music. Cost: about half a millisecond a step and walker.
std::vector<TokenSequence> danceAsBefore(nn::GcnMhwImpl& model, std::int64_t styles, const std::vector<TokenSequence>& sequences, const torch::Tensor& musicMean,
                                         std::int64_t walkers, std::int64_t steps, torch::Device device, Random& random);

/// Nats a step by which a network's answers differ from those of before: KL(before || now) of each stream's [batch, steps, codes] logits, each stream weighed, and
/// steps weighed by weight [batch, steps], divided by `known`.
torch::Tensor divergence(const std::vector<torch::Tensor>& before, const std::vector<torch::Tensor>& now, const std::vector<double>& streamWeights, const torch::Tensor& weight,
                         const torch::Tensor& known);

}  // namespace choreia::train
