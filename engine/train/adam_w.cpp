// beta 0.9 / 0.98, epsilon 1e-8.
#include "train/adam_w.h"

#include <cmath>

namespace choreia::train {

AdamW::AdamW(const torch::nn::Module& module, double weightDecay) : weightDecay_(weightDecay) {
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
    constexpr double kBeta1 = 0.9, kBeta2 = 0.98, kEpsilon = 1e-8;
    const double correct1 = 1 - std::pow(kBeta1, static_cast<double>(steps_)), correct2 = 1 - std::pow(kBeta2, static_cast<double>(steps_));
    for (auto& [name, slot] : slots_) {
        auto g = slot.parameter.grad();
        if (!g.defined()) continue;
        if (scale != 1.0) g = g * scale;
        slot.first.mul_(kBeta1).add_(g, 1 - kBeta1);
        slot.second.mul_(kBeta2).addcmul_(g, g, 1 - kBeta2);
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
