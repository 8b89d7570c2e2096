/// Layers shared by the networks: forward kinematics with its gradient, residual convolution, Mexican-hat wavelets on a graph and along time.
#pragma once

#include <torch/torch.h>

#include <vector>

namespace choreia::nn {

/// 6D rotations to matrices by Gram-Schmidt (Zhou et al. 2019). six: [..., 6] (two columns) -> [..., 3, 3].
torch::Tensor rotationMatrices(const torch::Tensor& six);

/// Joint positions of our body with the root at the origin. matrices: [n, 24, 3, 3] local rotations -> [n, 24, 3] metres.
/// A C++ loop with its own analytic backward (checked against finite differences): P_j = P_p + G_p o_j, G_j = G_p R_j.
torch::Tensor bodyPositions(const torch::Tensor& matrices);

/// x + W2 silu(dilated conv(silu(x))); [batch, channels, time]; length kept.
class ResidualConvImpl : public torch::nn::Module {
public:
    ResidualConvImpl(std::int64_t channels, std::int64_t dilation);
    torch::Tensor forward(const torch::Tensor& x);

private:
    torch::nn::Conv1d wide_{nullptr}, point_{nullptr};
};
TORCH_MODULE(ResidualConv);

/// Spectral graph wavelets with the Mexican-hat kernel at learned scales (Hammond, Vandergheynst and Gribonval 2011, eq. 20-24, with
/// g(x) = x^2 exp(1 - x^2), the squared-frequency band-pass of the Mexican hat, and h(x) = exp(-x^2) for the low band).
/// W_s = U diag(g(s lambda)) U^T on the normalised Laplacian L = I - D^-1/2 A D^-1/2 of the body's bones; out = sum_s W_s X Theta_s.
class GraphWaveletImpl : public torch::nn::Module {
public:
    /// parents: the tree; scales: number of band-pass wavelets. plain: one-hop graph convolution (Kipf and Welling 2017) instead, the ablation.
    GraphWaveletImpl(const std::vector<int>& parents, std::int64_t channels, std::int64_t scales, bool plain);
    /// x: [nodes, rows, channels] -> the same.
    torch::Tensor forward(const torch::Tensor& x) { return mix(x, operators()); }
    /// The same with operators() made before: they change in training only.
    torch::Tensor mix(const torch::Tensor& x, const torch::Tensor& operators);
    /// The node-mixing operators [scales + 1, nodes, nodes].
    torch::Tensor operators() const;

private:
    bool plain_;
    torch::Tensor eigenvalues_, eigenvectors_, adjacency_, logScales_, theta_;
};
TORCH_MODULE(GraphWavelet);

/// Causal convolution along time with Ricker (Mexican-hat) kernels of learned width and delay:
/// psi(t) = 2 / (sqrt(3 w) pi^1/4) (1 - (t/w)^2) exp(-t^2 / (2 w^2)), t = lag - delay, lag >= 0; a sum of several a channel, plus the present value.
class RickerConvImpl : public torch::nn::Module {
public:
    /// plain: freely learned taps instead, the ablation.
    RickerConvImpl(std::int64_t channels, std::int64_t wavelets, std::int64_t taps, bool plain);
    /// x: [time, rows, channels] -> the same; row t sees rows 0..t.
    torch::Tensor forward(const torch::Tensor& x);
    /// One step: history [taps, rows, channels], newest last (zeros before the start) -> [rows, channels].
    torch::Tensor step(const torch::Tensor& history) { return step(history, oldestFirst()); }
    /// With oldestFirst() made before: it changes in training only.
    static torch::Tensor step(const torch::Tensor& history, const torch::Tensor& oldestFirst);
    /// The kernel as step needs it: [taps, 1, channels].
    [[nodiscard]] torch::Tensor oldestFirst() const { return kernel().flip({1}).t().unsqueeze(1).contiguous(); }
    [[nodiscard]] std::int64_t taps() const { return taps_; }
    /// [channels, taps], lag 0 first.
    torch::Tensor kernel() const;

private:
    std::int64_t taps_;
    bool plain_;
    torch::Tensor logWidth_, delay_, amplitude_, free_;
};
TORCH_MODULE(RickerConv);

}  // namespace choreia::nn
