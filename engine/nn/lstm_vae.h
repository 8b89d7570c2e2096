/// LSTM-VAE of the second seed (The-Dancing-Project): a window of MFCC to 33 flat landmarks a step.
/// LSTM 128, LSTM 128 (its last step), latent mean and log-variance, sample, dense 128, repeated a step each, LSTM 128, dense 66 a step.
#pragma once

#include <nlohmann/json.hpp>
#include <torch/torch.h>

namespace choreia::nn {

struct LstmVaeConfig {
    std::int64_t steps = 149, mfccs = 13, landmarks = 33;  ///< the seed's shapes
    std::int64_t units = 128;
    std::int64_t latent = 32;
    double pictureMetres = 0;  ///< height of the picture that the landmarks are seen in; 0: not known
    static constexpr double kFps = 30.0;  ///< steps a second of our own training windows and of generation

    [[nodiscard]] nlohmann::json toJson() const;
    static LstmVaeConfig fromJson(const nlohmann::json& json);  ///< throws nlohmann errors; callers translate
};

class LstmVaeImpl : public torch::nn::Module {
public:
    explicit LstmVaeImpl(const LstmVaeConfig& config);
    struct Output {
        torch::Tensor landmarks;        ///< [batch, steps, landmarks, 2], 0..1 across the picture
        torch::Tensor mean, logVariance;  ///< [batch, latent]
    };
    /// mfcc: [batch, steps, mfccs], each column of mean 0 and spread 1 over its song. noise: [batch, latent], standard normal; undefined: the mean is taken.
    Output forward(const torch::Tensor& mfcc, const torch::Tensor& noise = {});
    /// latent: [batch, latent] -> [batch, steps, landmarks, 2].
    torch::Tensor decode(const torch::Tensor& latent);
    /// The output begins at this pose, [landmarks, 2]: the mean of the training data.
    void setMeanPose(const torch::Tensor& pose);
    [[nodiscard]] const LstmVaeConfig& config() const { return config_; }

private:
    LstmVaeConfig config_;
    torch::nn::LSTM encoder1_{nullptr}, encoder2_{nullptr}, decoder_{nullptr};
    torch::nn::Linear mean_{nullptr}, logVariance_{nullptr}, dense_{nullptr}, out_{nullptr};
};
TORCH_MODULE(LstmVae);

/// Kullback-Leibler divergence of N(mean, exp(logVariance)) from N(0, 1), summed over the latent, mean over the batch, nats.
torch::Tensor klDivergence(const torch::Tensor& mean, const torch::Tensor& logVariance);

}  // namespace choreia::nn
