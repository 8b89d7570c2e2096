/// AdamW (Loshchilov and Hutter 2019) with its state by name, so that a checkpoint is a table of named arrays.
#pragma once

#include <torch/torch.h>

#include <map>
#include <string>

namespace choreia::train {

class AdamW {
public:
    AdamW(const torch::nn::Module& module, double weightDecay, double beta1 = 0.9, double beta2 = 0.98);
    /// Averages of the parameters, by name, that go after them with every step; they live elsewhere.
    void average(const std::map<std::string, torch::Tensor>& averages);
    /// One step with the gradients in the parameters, none being zeros; returns their norm before clipping to clipNorm. Norms and biases are not decayed. averages go the share `after` of
    /// their way to the parameters. A norm that is not finite changes nothing.
    double step(double learningRate, double clipNorm, double after = 0);
    /// Leaves the parameters without gradients.
    void zeroGradients();
    [[nodiscard]] std::map<std::string, torch::Tensor> state() const;
    /// false where a name or shape does not fit.
    bool setState(const std::map<std::string, torch::Tensor>& state);

private:
    struct Slot {
        torch::Tensor parameter, first, second, average;  ///< average: undefined where none is asked for
    };
    std::map<std::string, Slot> slots_;
    std::int64_t steps_ = 0;
    double weightDecay_, beta1_, beta2_;
};

}  // namespace choreia::train
