// As the seed draws it, layer by layer.
#include "nn/lstm_vae.h"

namespace choreia::nn {

nlohmann::json LstmVaeConfig::toJson() const { return {{"steps", steps}, {"mfccs", mfccs}, {"landmarks", landmarks}, {"units", units}, {"latent", latent}, {"picture_metres", pictureMetres}}; }

LstmVaeConfig LstmVaeConfig::fromJson(const nlohmann::json& json) {
    LstmVaeConfig config;
    config.steps = json.value("steps", config.steps);
    config.mfccs = json.value("mfccs", config.mfccs);
    config.landmarks = json.value("landmarks", config.landmarks);
    config.units = json.value("units", config.units);
    config.latent = json.value("latent", config.latent);
    config.pictureMetres = json.value("picture_metres", config.pictureMetres);
    return config;
}

LstmVaeImpl::LstmVaeImpl(const LstmVaeConfig& config) : config_(config) {
    const auto lstm = [&](std::int64_t in) { return torch::nn::LSTM(torch::nn::LSTMOptions(in, config.units).batch_first(true)); };
    encoder1_ = register_module("encoder_1", lstm(config.mfccs));
    encoder2_ = register_module("encoder_2", lstm(config.units));
    mean_ = register_module("z_mean", torch::nn::Linear(config.units, config.latent));
    logVariance_ = register_module("z_log_var", torch::nn::Linear(config.units, config.latent));
    dense_ = register_module("dense", torch::nn::Linear(config.latent, config.units));
    decoder_ = register_module("decoder", lstm(config.units));
    out_ = register_module("out", torch::nn::Linear(config.units, config.landmarks * 2));
}

LstmVaeImpl::Output LstmVaeImpl::forward(const torch::Tensor& mfcc, const torch::Tensor& noise) {
    TORCH_CHECK(mfcc.dim() == 3 && mfcc.size(1) == config_.steps && mfcc.size(2) == config_.mfccs, "LstmVae: expected [batch, ", config_.steps, ", ", config_.mfccs, "]");
    const auto first = std::get<0>(encoder1_->forward(mfcc));
    const auto last = std::get<0>(encoder2_->forward(first)).select(1, config_.steps - 1);
    Output output;
    output.mean = mean_->forward(last);
    output.logVariance = logVariance_->forward(last).clamp(-12, 6);
    output.landmarks = decode(noise.defined() ? output.mean + noise * (0.5 * output.logVariance).exp() : output.mean);
    return output;
}

torch::Tensor LstmVaeImpl::decode(const torch::Tensor& latent) {
    const auto hidden = torch::relu(dense_->forward(latent)).unsqueeze(1).repeat({1, config_.steps, 1});
    return out_->forward(std::get<0>(decoder_->forward(hidden))).view({latent.size(0), config_.steps, config_.landmarks, 2});
}

void LstmVaeImpl::setMeanPose(const torch::Tensor& pose) {
    torch::NoGradGuard noGrad;
    out_->bias.copy_(pose.reshape({-1}));
}

torch::Tensor klDivergence(const torch::Tensor& mean, const torch::Tensor& logVariance) {
    return 0.5 * (mean.pow(2) + logVariance.exp() - 1 - logVariance).sum(1).mean();
}

}  // namespace choreia::nn
