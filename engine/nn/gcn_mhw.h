/// GCN-MHW: the token predictor. A graph network over the body's joints with Mexican-hat wavelets on the graph's spectrum and along time,
/// a body-level stream with causal attention, and the song by feature-wise modulation (FiLM, Perez et al. 2018).
#pragma once

#include "nn/gcn_stepper.h"
#include "nn/layers.h"

#include <nlohmann/json.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace choreia::nn {

struct GcnMhwConfig {
    std::int64_t streams = 4;        ///< tokens a step: lower 1, upper 1, lower 2, upper 2
    std::int64_t codes = 256;
    std::int64_t codeSize = 64;      ///< size of the codebook vectors that the embeddings start from
    std::int64_t nodeChannels = 24;  ///< channels a joint
    std::int64_t width = 192;        ///< body-level channels
    std::int64_t heads = 6;
    std::int64_t blocks = 4;
    std::int64_t window = 64;        ///< steps of the past that attention sees in each block
    std::int64_t taps = 24;          ///< steps of the past of the temporal wavelets
    std::int64_t scales = 3;         ///< wavelet scales on the graph
    std::int64_t musicColumns = 0;   ///< numbers of music a step, controls included
    std::int64_t controls = 0;       ///< how many of them, the last, are wishes and not music: see data/motion_energy.h
    std::int64_t musicWidth = 96;
    double dropout = 0.2;
    bool plainGraph = false, plainTime = false, noMusic = false, noStyle = false;  ///< ablation switches
    std::int64_t alterations = 0;    ///< ways in which what is learned from may have been altered and the network is told (Karras et al. 2022, "non-leaky augmentation")
    bool beatTime = false;           ///< steps are counted in beats, see data/beat_time.h; else 7.5 a second
    std::vector<std::string> styles;

    [[nodiscard]] nlohmann::json toJson() const;
    static GcnMhwConfig fromJson(const nlohmann::json& json);
};

/// What a generation carries from step to step; made by GcnMhw::start. Hearers: 1, or 2 with guidance, the second of whom is deaf to the music.
/// Walkers: dances that go on side by side from a common past; of each row the walker counts first, then the hearer.
struct GcnMhwState {
    std::vector<torch::Tensor> ricker;        ///< [taps, 24 * walkers * hearers, nodeChannels] a block, newest last
    std::vector<torch::Tensor> keys, values;  ///< [walkers * hearers, past, width] a block, at most window rows
    torch::Tensor music;                      ///< [hearers, steps, musicWidth]: the whole song, encoded
    std::int64_t walkers = 1;
    std::int64_t step = 0;
    double guidance = 0;                      ///< how much further from the deaf one's choice than the music alone would go
    std::vector<torch::Tensor> operators, kernels;  ///< of each block's wavelets on the graph and along time: they are the same for every step
    std::shared_ptr<const GcnStepper> stepper;      ///< on the CPU in float32: goes instead of the tensors above, with
    std::vector<GcnRowMemory> rows;                 ///< what each row remembers
    std::int64_t walked = 0;                        ///< and how many steps it has gone
    void seek(std::int64_t at) { step = at; } ///< the next step's place in the song

    /// Of one walker: several who go on from here each their own way.
    [[nodiscard]] GcnMhwState forked(std::int64_t count) const;
    /// Of several: one of them.
    [[nodiscard]] GcnMhwState alone(std::int64_t walker) const;
};

class GcnMhwImpl : public torch::nn::Module {
public:
    explicit GcnMhwImpl(const GcnMhwConfig& config);
    [[nodiscard]] const GcnMhwConfig& config() const { return config_; }

    /// Logits of every stream. previous: [batch, streams, time] tokens of the step before (codes = "start"); wanted: [batch, streams, time]
    /// tokens of this step, of which stream k sees those of streams < k; music: [batch, time, musicColumns]; style: [batch].
    /// altered: [batch, alterations], other than 0 where a sequence was altered in that way; left out: as recorded, which is how every generation goes.
    /// Returns a vector of [batch, time, codes].
    std::vector<torch::Tensor> forward(const torch::Tensor& previous, const torch::Tensor& wanted, const torch::Tensor& music, const torch::Tensor& style,
                                       const torch::Tensor& altered = {});
    /// Style logits [batch, styles] from music alone (mean over time): what "auto" chooses by.
    torch::Tensor styleFromMusic(const torch::Tensor& music);

    /// Embeddings start from the quantiser's code vectors, [codes, codeSize] a stream.
    void setCodebooks(const std::vector<torch::Tensor>& codebooks);
    void setMusicNormalisation(const torch::Tensor& mean, const torch::Tensor& deviation);

    /// Generation, one step at a time (evaluation mode, no gradient). music: [steps, musicColumns]. guidance g > 0: classifier-free guidance (Ho and
    /// Salimans 2022), logits = heard + g (heard - unheard); both are reckoned at once, as a batch of two.
    GcnMhwState start(const torch::Tensor& music, double guidance = 0);
    /// previous: tokens of the step before; choose(stream, logits [codes]) returns the token. Returns this step's tokens.
    std::vector<std::int64_t> step(GcnMhwState& state, const std::vector<std::int64_t>& previous, std::int64_t style,
                                   const std::function<std::int64_t(std::int64_t, std::span<const float>)>& choose);
    /// The same for every walker at once, which costs little more than one: previous and what is returned are a list a walker,
    /// choose(walker, stream, logits [codes]).
    std::vector<std::vector<std::int64_t>> stepTogether(GcnMhwState& state, const std::vector<std::vector<std::int64_t>>& previous, std::int64_t style,
                                                        const std::function<std::int64_t(std::int64_t, std::int64_t, std::span<const float>)>& choose);

private:
    struct Block;
    torch::Tensor encodeMusic(const torch::Tensor& music);
    torch::Tensor advance(GcnMhwState& state, const torch::Tensor& tokens, std::int64_t style);
    torch::Tensor embedNodes(const torch::Tensor& previous);

    GcnMhwConfig config_;
    std::vector<torch::Tensor> tables_;
    std::vector<torch::nn::Linear> toNodes_, depthEmbedding_, hidden_, out_;
    torch::nn::Conv1d music1_{nullptr}, music2_{nullptr}, music3_{nullptr};
    torch::nn::Linear styleHead_{nullptr};
    torch::nn::Embedding style_{nullptr};
    torch::nn::Linear alteration_{nullptr};  // only where there are alterations
    torch::nn::LayerNorm last_{nullptr};
    std::vector<std::shared_ptr<Block>> blocks_;
    torch::Tensor musicMean_, musicDeviation_, jointOrder_;
};
TORCH_MODULE(GcnMhw);

}  // namespace choreia::nn
