// Beta 0.9 / 0.98 where nothing else is asked.
#include "train/adam_w.h"

#include "train/adam_pass.h"

#include <ATen/Parallel.h>

#include <cmath>

namespace choreia::train {

namespace {

constexpr std::int64_t kGrain = 32768;  // numbers a thread takes at once

bool plain(const torch::Tensor& t) { return t.device().is_cpu() && t.scalar_type() == torch::kFloat32 && t.is_contiguous(); }

}  // namespace

AdamW::AdamW(const torch::nn::Module& module, double weightDecay, double beta1, double beta2) : weightDecay_(weightDecay), beta1_(beta1), beta2_(beta2) {
    for (const auto& item : module.named_parameters()) {
        if (!item.value().requires_grad()) continue;
        slots_[item.key()] = {item.value(), torch::zeros_like(item.value()), torch::zeros_like(item.value()), {}};
    }
}

void AdamW::average(const std::map<std::string, torch::Tensor>& averages) {
    for (auto& [name, slot] : slots_)
        if (const auto found = averages.find(name); found != averages.end()) slot.average = found->second;
}

double AdamW::step(double learningRate, double clipNorm, double after) {
    torch::NoGradGuard noGrad;
    double square = 0;
    for (auto& [name, slot] : slots_)
        if (const auto& g = slot.parameter.grad(); g.defined()) square += plain(g) ? squaresOf(g.data_ptr<float>(), g.numel()) : g.pow(2).sum().item<double>();
    const double norm = std::sqrt(square);
    if (!std::isfinite(norm)) return norm;
    const double scale = clipNorm > 0 && norm > clipNorm ? clipNorm / norm : 1.0;
    ++steps_;
    const double correct1 = 1 - std::pow(beta1_, static_cast<double>(steps_)), correct2 = 1 - std::pow(beta2_, static_cast<double>(steps_));
    const AdamFactors factors{static_cast<float>(scale), static_cast<float>(beta1_), static_cast<float>(beta2_), static_cast<float>(1 / correct2), static_cast<float>(learningRate / correct1)};
    for (auto& [name, slot] : slots_) {
        auto g = slot.parameter.grad();
        const double kept = weightDecay_ > 0 && slot.parameter.dim() > 1 ? 1 - learningRate * weightDecay_ : 1.0;
        if (plain(slot.parameter) && plain(slot.first) && plain(slot.second) && (!g.defined() || plain(g)) && (!slot.average.defined() || plain(slot.average))) {
            float *const p = slot.parameter.data_ptr<float>(), *const first = slot.first.data_ptr<float>(), *const second = slot.second.data_ptr<float>();
            const float* const gradient = g.defined() ? g.data_ptr<float>() : nullptr;
            float* const average = slot.average.defined() ? slot.average.data_ptr<float>() : nullptr;
            at::parallel_for(0, slot.parameter.numel(), kGrain, [&](std::int64_t begin, std::int64_t end) {
                adamPass(p + begin, first + begin, second + begin, gradient ? gradient + begin : nullptr, end - begin, factors, static_cast<float>(kept), average ? average + begin : nullptr,
                         static_cast<float>(after));
            });
            continue;
        }
        if (!g.defined()) g = torch::zeros_like(slot.parameter);
        if (scale != 1.0) g = g * scale;
        slot.first.mul_(beta1_).add_(g, 1 - beta1_);
        slot.second.mul_(beta2_).addcmul_(g, g, 1 - beta2_);
        if (kept != 1.0) slot.parameter.mul_(kept);
        slot.parameter.addcdiv_(slot.first, (slot.second / correct2).sqrt_().add_(static_cast<double>(kAdamEpsilon)), -learningRate / correct1);
        if (slot.average.defined()) slot.average.lerp_(slot.parameter, after);
    }
    return norm;
}

void AdamW::zeroGradients() {
    for (auto& [name, slot] : slots_)
        slot.parameter.mutable_grad().reset();  // the next backward pass leaves its own there, and neither zeros nor a sum are written
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
