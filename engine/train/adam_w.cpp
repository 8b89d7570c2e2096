// Beta 0.9 / 0.98 where nothing else is asked, epsilon 1e-8.
#include "train/adam_w.h"

#include <cmath>

namespace choreia::train {

AdamW::AdamW(const torch::nn::Module& module, double weightDecay, double beta1, double beta2) : weightDecay_(weightDecay), beta1_(beta1), beta2_(beta2) {
    for (const auto& item : module.named_parameters()) {
        if (!item.value().requires_grad()) continue;
        slots_[item.key()] = {item.value(), torch::zeros_like(item.value()), torch::zeros_like(item.value())};
    }
}

double AdamW::step(double learningRate, double clipNorm) {
    torch::NoGradGuard noGrad;
    double square = 0;
    for (auto& [name, slot] : slots_)
        if (const auto& g = slot.parameter.grad(); g.defined()) square += g.pow(2).sum().item<double>();
    const double norm = std::sqrt(square);
    if (!std::isfinite(norm)) return norm;
    const double scale = clipNorm > 0 && norm > clipNorm ? clipNorm / norm : 1.0;
    ++steps_;
    constexpr double kEpsilon = 1e-8;
    const double correct1 = 1 - std::pow(beta1_, static_cast<double>(steps_)), correct2 = 1 - std::pow(beta2_, static_cast<double>(steps_));
    for (auto& [name, slot] : slots_) {
        auto g = slot.parameter.grad();
        if (!g.defined()) continue;
        if (scale != 1.0) g = g * scale;
        slot.first.mul_(beta1_).add_(g, 1 - beta1_);
        slot.second.mul_(beta2_).addcmul_(g, g, 1 - beta2_);
        if (weightDecay_ > 0 && slot.parameter.dim() > 1) slot.parameter.mul_(1 - learningRate * weightDecay_);
        slot.parameter.addcdiv_(slot.first, (slot.second / correct2).sqrt_().add_(kEpsilon), -learningRate / correct1);
    }
    return norm;
}

void AdamW::zeroGradients() {
    for (auto& [name, slot] : slots_)
        if (slot.parameter.grad().defined()) slot.parameter.mutable_grad().zero_();
}

std::map<std::string, torch::Tensor> AdamW::state() const {
    std::map<std::string, torch::Tensor> all;
    for (const auto& [name, slot] : slots_) {
        all["first/" + name] = slot.first;
        all["second/" + name] = slot.second;
    }
    all["steps"] = torch::tensor({steps_}, torch::kInt64);
    return all;
}

bool AdamW::setState(const std::map<std::string, torch::Tensor>& state) {
    torch::NoGradGuard noGrad;
    const auto steps = state.find("steps");
    if (steps == state.end()) return false;
    for (auto& [name, slot] : slots_) {
        const auto first = state.find("first/" + name), second = state.find("second/" + name);
        if (first == state.end() || second == state.end() || first->second.sizes() != slot.first.sizes()) return false;
        slot.first.copy_(first->second);
        slot.second.copy_(second->second);
    }
    steps_ = steps->second.item<std::int64_t>();
    return true;
}

}  // namespace choreia::train
