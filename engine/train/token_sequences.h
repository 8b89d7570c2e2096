/// Clips as the token predictor learns from them: tokens of each step with the music and the wish beside them. Internal to the room.
#pragma once

#include "data/dataset.h"
#include "nn/quantiser.h"

#include <torch/torch.h>

#include <string>
#include <vector>

namespace choreia::train {

/// One rendering of a clip: tokens of each step, and the music under them.
struct TokenSequence {
    torch::Tensor tokens;      ///< [streams, steps] int64
    torch::Tensor music;       ///< [steps, kMusicColumns + kControlColumns]
    std::vector<float> speed;  ///< m/s around each step; may be empty
    std::int64_t style = 0;
    bool hasMusic = false;
    bool mirrored = false, otherwise = false;  ///< how it differs from what was recorded; otherwise: in another bearing

    static constexpr std::int64_t kAlterations = 2;
    static constexpr float kTold = 8;  ///< loudly: only what has no past yet has to be told, and a rate moves every weight alike
    [[nodiscard]] torch::Tensor altered() const { return torch::tensor({mirrored ? kTold : 0.0F, otherwise ? kTold : 0.0F}); }  ///< [kAlterations], as GcnMhw hears of it
};

struct SequenceSetting {
    bool beatTime = true;            ///< time in beats (data/beat_time.h), else in seconds
    std::int64_t phases = 2;         ///< in seconds: at how many places of a token a clip is taken up
    std::vector<double> speeds;      ///< in seconds: at which a clip is learned
    int bearings = 0;                ///< times that each clip to learn from is learned once more, held otherwise (anotherBearing)
    std::uint64_t seed = 1;          ///< of these
    std::int64_t ends = 0;           ///< steps left out at the end of each clip to learn from that lasts four times as long: final poses are no part of a dance's middle
    torch::Device device = torch::kCPU;
};

struct TokenSequences {
    std::vector<TokenSequence> training, validation;
    std::vector<TokenSequence> misheard;  ///< of validation, what has music: the same motion with its song rolled by half, in beats counted by the rolled song's
    double distinctSteps = 0;  ///< of training, each movement counted once
};

/// Every clip turned into tokens once for each mirror and speed (in beats: tokens a beat; in seconds: frame phase too), and for each bearing again. A style that is not among styles counts
/// as the first. The wish of a step is the rank of its speed among the training motion of its style.
TokenSequences tokenSequences(nn::Quantiser& quantiser, const std::vector<data::TrainingClip>& clips, const std::vector<std::string>& styles, const SequenceSetting& setting);

}  // namespace choreia::train
