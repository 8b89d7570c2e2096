// See layers.h for shapes and sources.
#include "nn/layers.h"

#include "motion/skeleton.h"

#include <Eigen/Core>

#include <cmath>
#include <numbers>

namespace choreia::nn {

torch::Tensor rotationMatrices(const torch::Tensor& six) {
    using torch::indexing::Ellipsis;
    using torch::indexing::Slice;
    auto a = six.index({Ellipsis, Slice(0, 3)}), b = six.index({Ellipsis, Slice(3, 6)});
    a = a / a.norm(2, -1, true).clamp_min(1e-6);
    b = b - (a * b).sum(-1, true) * a;
    b = b / b.norm(2, -1, true).clamp_min(1e-6);
    return torch::stack({a, b, torch::cross(a, b, -1)}, -1);
}

namespace {

using RowMat3 = Eigen::Matrix<float, 3, 3, Eigen::RowMajor>;

// Forward and backward walk the tree once a frame; frames are independent.
class BodyPositions : public torch::autograd::Function<BodyPositions> {
public:
    static torch::Tensor forward(torch::autograd::AutogradContext* context, const torch::Tensor& input) {
        const auto matrices = input.contiguous();
        const auto frames = matrices.size(0);
        auto positions = torch::empty({frames, motion::kJoints, 3}, matrices.options());
        auto global = torch::empty_like(matrices);
        const auto& body = motion::Skeleton::body();
        const float* local = matrices.data_ptr<float>();
        float* world = global.data_ptr<float>();
        float* out = positions.data_ptr<float>();
        at::parallel_for(0, frames, 256, [&](std::int64_t begin, std::int64_t end) {
            for (std::int64_t f = begin; f < end; ++f)
                for (int j = 0; j < motion::kJoints; ++j) {
                    const auto at = (f * motion::kJoints + j);
                    const Eigen::Map<const RowMat3> r(local + at * 9);
                    Eigen::Map<RowMat3> g(world + at * 9);
                    Eigen::Map<Eigen::Vector3f> p(out + at * 3);
                    const int parent = body.parent(j);
                    if (parent < 0) {
                        g = r;
                        p.setZero();
                    } else {
                        const auto up = (f * motion::kJoints + parent);
                        const Eigen::Map<const RowMat3> gp(world + up * 9);
                        g.noalias() = gp * r;
                        p = Eigen::Map<const Eigen::Vector3f>(out + up * 3) + gp * body.offset(j);
                    }
                }
        });
        context->save_for_backward({matrices, global});
        return positions;
    }

    static torch::autograd::tensor_list backward(torch::autograd::AutogradContext* context, torch::autograd::tensor_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto &matrices = saved[0], &global = saved[1];
        const auto incoming = gradients[0].contiguous();
        const auto frames = matrices.size(0);
        auto result = torch::empty_like(matrices);
        const auto& body = motion::Skeleton::body();
        const float* local = matrices.data_ptr<float>();
        const float* world = global.data_ptr<float>();
        const float* grad = incoming.data_ptr<float>();
        float* out = result.data_ptr<float>();
        at::parallel_for(0, frames, 256, [&](std::int64_t begin, std::int64_t end) {
            std::vector<Eigen::Vector3f> gradPosition(motion::kJoints);
            std::vector<Eigen::Matrix3f> gradGlobal(motion::kJoints);
            for (std::int64_t f = begin; f < end; ++f) {
                for (int j = 0; j < motion::kJoints; ++j) {
                    gradPosition[static_cast<std::size_t>(j)] = Eigen::Map<const Eigen::Vector3f>(grad + (f * motion::kJoints + j) * 3);
                    gradGlobal[static_cast<std::size_t>(j)].setZero();
                }
                for (int j = motion::kJoints - 1; j >= 0; --j) {
                    const auto at = (f * motion::kJoints + j);
                    const Eigen::Map<const RowMat3> r(local + at * 9);
                    Eigen::Map<RowMat3> gradLocal(out + at * 9);
                    const int parent = body.parent(j);
                    const auto& gj = gradGlobal[static_cast<std::size_t>(j)];
                    if (parent < 0) {
                        gradLocal = gj;
                        continue;
                    }
                    const Eigen::Map<const RowMat3> gp(world + (f * motion::kJoints + parent) * 9);
                    gradLocal.noalias() = gp.transpose() * gj;
                    auto& up = gradGlobal[static_cast<std::size_t>(parent)];
                    up.noalias() += gj * r.transpose();
                    up.noalias() += gradPosition[static_cast<std::size_t>(j)] * body.offset(j).transpose();
                    gradPosition[static_cast<std::size_t>(parent)] += gradPosition[static_cast<std::size_t>(j)];
                }
            }
        });
        return {result};
    }
};

}  // namespace

torch::Tensor bodyPositions(const torch::Tensor& matrices) {
    TORCH_CHECK(matrices.dim() == 4 && matrices.size(1) == motion::kJoints, "bodyPositions: expected [n, 24, 3, 3]");
    if (matrices.is_cuda()) {  // the loop is for the CPU; on a device the same sums are a few large operations
        const auto& body = motion::Skeleton::body();
        std::vector<torch::Tensor> global(motion::kJoints), place(motion::kJoints);
        for (int j = 0; j < motion::kJoints; ++j) {
            const int parent = body.parent(j);
            const auto r = matrices.select(1, j);
            if (parent < 0) {
                global[0] = r;
                place[0] = torch::zeros({matrices.size(0), 3}, matrices.options());
                continue;
            }
            const auto& o = body.offset(j);
            const auto offset = torch::tensor({o.x(), o.y(), o.z()}, matrices.options());
            const auto& gp = global[static_cast<std::size_t>(parent)];
            global[static_cast<std::size_t>(j)] = torch::matmul(gp, r);
            place[static_cast<std::size_t>(j)] = place[static_cast<std::size_t>(parent)] + torch::matmul(gp, offset);
        }
        return torch::stack(place, 1);
    }
    return BodyPositions::apply(matrices);
}

ResidualConvImpl::ResidualConvImpl(std::int64_t channels, std::int64_t dilation) {
    wide_ = register_module("wide", torch::nn::Conv1d(torch::nn::Conv1dOptions(channels, channels, 3).padding(dilation).dilation(dilation)));
    point_ = register_module("point", torch::nn::Conv1d(torch::nn::Conv1dOptions(channels, channels, 1)));
}

torch::Tensor ResidualConvImpl::forward(const torch::Tensor& x) { return x + point_(torch::silu(wide_(torch::silu(x)))); }

GraphWaveletImpl::GraphWaveletImpl(const std::vector<int>& parents, std::int64_t channels, std::int64_t scales, bool plain) : plain_(plain) {
    const auto nodes = static_cast<std::int64_t>(parents.size());
    auto a = torch::zeros({nodes, nodes}, torch::kFloat64);
    for (std::int64_t j = 0; j < nodes; ++j)
        if (const int p = parents[static_cast<std::size_t>(j)]; p >= 0) {
            a.index_put_({j, p}, 1.0);
            a.index_put_({p, j}, 1.0);
        }
    const auto inverseRoot = a.sum(1).clamp_min(1.0).rsqrt();
    const auto normalised = inverseRoot.unsqueeze(1) * a * inverseRoot.unsqueeze(0);
    const auto laplacian = torch::eye(nodes, torch::kFloat64) - normalised;
    const auto [values, vectors] = torch::linalg_eigh(laplacian);
    const auto looped = a + torch::eye(nodes, torch::kFloat64);
    const auto loopedRoot = looped.sum(1).rsqrt();
    // Derived from the skeleton, not learned: kept outside the weights.
    eigenvalues_ = values.to(torch::kFloat32);
    eigenvectors_ = vectors.to(torch::kFloat32);
    adjacency_ = (loopedRoot.unsqueeze(1) * looped * loopedRoot.unsqueeze(0)).to(torch::kFloat32);
    const std::int64_t filters = plain ? 1 : scales + 1;
    theta_ = register_parameter("theta", torch::randn({filters, channels, channels}) / std::sqrt(static_cast<double>(channels * filters)));
    if (!plain) {
        auto start = torch::empty({scales + 1});
        start[0] = std::log(1.0);  // low band
        for (std::int64_t s = 0; s < scales; ++s) start[s + 1] = std::log(0.7) + static_cast<double>(s) * std::log(2.5);
        logScales_ = register_parameter("log_scales", start);
    }
}

torch::Tensor GraphWaveletImpl::operators() const {
    if (plain_) return adjacency_.to(theta_.device(), theta_.scalar_type()).unsqueeze(0);
    const auto values = eigenvalues_.to(theta_.device(), theta_.scalar_type()), vectors = eigenvectors_.to(theta_.device(), theta_.scalar_type());
    const auto x = logScales_.exp().unsqueeze(1) * values.unsqueeze(0);  // [filters, nodes]
    const auto square = x * x;
    const auto low = torch::exp(-square.narrow(0, 0, 1));
    const auto band = square.narrow(0, 1, square.size(0) - 1) * torch::exp(1.0 - square.narrow(0, 1, square.size(0) - 1));
    const auto response = torch::cat({low, band}, 0);
    return torch::matmul(vectors.unsqueeze(0) * response.unsqueeze(1), vectors.t().unsqueeze(0));
}

torch::Tensor GraphWaveletImpl::mix(const torch::Tensor& x, const torch::Tensor& w) {
    // One matrix product over the nodes for all filters, then one a filter over the channels.
    const auto filters = w.size(0), nodes = w.size(1), rows = x.size(1), channels = x.size(2);
    const auto mixed = torch::matmul(w.reshape({filters * nodes, nodes}), x.reshape({nodes, rows * channels}));
    return torch::bmm(mixed.view({filters, nodes * rows, channels}), theta_).sum(0).view({nodes, rows, channels});
}

RickerConvImpl::RickerConvImpl(std::int64_t channels, std::int64_t wavelets, std::int64_t taps, bool plain) : taps_(taps), plain_(plain) {
    if (plain) {
        free_ = register_parameter("free", torch::randn({channels, taps}) * 0.1);
        return;
    }
    logWidth_ = register_parameter("log_width", torch::rand({channels, wavelets}) * std::log(6.0));  // 1 to 6 steps
    delay_ = register_parameter("delay", torch::rand({channels, wavelets}) * static_cast<double>(taps) * 0.6);
    amplitude_ = register_parameter("amplitude", torch::randn({channels, wavelets}) * 0.5);
    free_ = register_parameter("present", torch::randn({channels, 1}) * 0.5);
}

torch::Tensor RickerConvImpl::kernel() const {
    if (plain_) return free_;
    const auto lag = torch::arange(taps_, logWidth_.options()).view({1, 1, taps_});
    const auto width = logWidth_.exp().clamp(0.5, static_cast<double>(taps_)).unsqueeze(-1);
    const auto u = (lag - delay_.unsqueeze(-1)) / width;
    const auto square = u * u;
    const double norm = 2.0 / (std::sqrt(3.0) * std::pow(std::numbers::pi, 0.25));
    const auto wavelet = norm * width.rsqrt() * (1.0 - square) * torch::exp(-0.5 * square);
    const auto sum = (amplitude_.unsqueeze(-1) * wavelet).sum(1);
    return torch::cat({sum.narrow(1, 0, 1) + free_, sum.narrow(1, 1, taps_ - 1)}, 1);
}

torch::Tensor RickerConvImpl::forward(const torch::Tensor& x) {
    const auto time = x.size(0), rows = x.size(1), channels = x.size(2);
    const auto step = torch::arange(time, torch::TensorOptions().dtype(torch::kInt64).device(x.device()));
    const auto lag = step.unsqueeze(1) - step.unsqueeze(0);  // [t, s]
    const auto inside = ((lag >= 0) & (lag < taps_)).to(x.dtype());
    const auto k = kernel().to(x.dtype());
    const auto toeplitz = k.index_select(1, lag.clamp(0, taps_ - 1).view({-1})).view({channels, time, time}) * inside;
    const auto columns = x.permute({2, 0, 1}).reshape({channels, time, rows});
    return torch::bmm(toeplitz, columns).permute({1, 2, 0});
}

torch::Tensor RickerConvImpl::step(const torch::Tensor& history, const torch::Tensor& oldestFirst) { return (history * oldestFirst).sum(0); }

}  // namespace choreia::nn
