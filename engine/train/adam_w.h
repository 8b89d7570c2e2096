/// AdamW (Loshchilov and Hutter 2019) with its state by name, so that a checkpoint is a table of named arrays.
#pragma once

#include <torch/torch.h>

#include <map>
#include <string>

namespace choreia::train {

class AdamW {
public:
    AdamW(const torch::nn::Module& module, double weightDecay, double beta1 = 0.9, double beta2 = 0.98);
    /// One step with the gradients in the parameters, none being zeros; returns their norm before clipping to clipNorm. Norms and biases are not decayed.
    double step(double learningRate, double clipNorm);
    /// Leaves the parameters without gradients.
    void zeroGradients();
    [[nodiscard]] std::map<std::string, torch::Tensor> state() const;
    /// false where a name or shape does not fit.
    bool setState(const std::map<std::string, torch::Tensor>& state);

private:
    struct Slot {
        torch::Tensor parameter, first, second;
    };
    std::map<std::string, Slot> slots_;
    std::int64_t steps_ = 0;
    double weightDecay_, beta1_, beta2_;
};

}  // namespace choreia::train
