/// How well a token predictor foretells, and what its music is worth to it. Internal to the room.
#pragma once

#include "nn/gcn_mhw.h"
#include "train/token_sequences.h"

#include <torch/torch.h>

#include <map>
#include <string>

namespace choreia::train {

/// How much a stream's entropy counts: streams come in pairs, lower and upper body, and what corrects a correction matters less than the movement itself.
double levelWeight(std::size_t stream);

/// Nats a step of one stream. logits: [batch, steps, codes]; wanted: [batch, steps] int64; weight: [batch, steps]; smoothing: of the labels, 0..1; known: what the
/// sum is divided by.
torch::Tensor crossEntropy(const torch::Tensor& logits, const torch::Tensor& wanted, const torch::Tensor& weight, double smoothing, const torch::Tensor& known);

/// Of the validation sequences: score (all streams by their weights), entropy (level 1, both bodies), and how much of it the right music is worth, nats a step:
/// music_gain where what is heard is rolled by half the song and the steps lie on the right beats still, music_gain_beats_too where the whole song is rolled, its
/// beats with it; each for level 1 and for all streams, the first with the wish left open too. musicMean: [columns], heard where a sequence has no music.
std::map<std::string, double> tokenFigures(nn::GcnMhwImpl& model, const TokenSequences& sequences, const torch::Tensor& musicMean, torch::Device device);

}  // namespace choreia::train
