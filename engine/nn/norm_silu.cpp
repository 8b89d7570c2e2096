// Pictures lie channels last: a pixel's channels are a row of whole vectors, and what a channel is scaled by lies in another.
#include "nn/norm_silu.h"

#include "nn/exponentials.h"

#include <ATen/Parallel.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace choreia::nn {

namespace {

namespace F = torch::nn::functional;
using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

using Shorts = std::uint16_t __attribute__((vector_size(16), aligned(2), may_alias));
constexpr std::int64_t kLanes = 8, kRowsOfASum = 64;  // float32 sums of so many pixels at the most

[[gnu::always_inline]] inline void load(const float* from, Eight& x) { x = *reinterpret_cast<const Eight*>(from); }
[[gnu::always_inline]] inline void load(const c10::BFloat16* from, Eight& x) {
    x = (Eight)(__builtin_convertvector(*reinterpret_cast<const Shorts*>(from), EightBits) << 16);
}
[[gnu::always_inline]] inline void store(const Eight& x, float* to) { *reinterpret_cast<Eight*>(to) = x; }
[[gnu::always_inline]] inline void store(const Eight& x, c10::BFloat16* to) {
    EightBits bits = (EightBits)x;
    bits += 0x7fff + ((bits >> 16) & 1);  // to the nearest, ties to even
    *reinterpret_cast<Shorts*>(to) = __builtin_convertvector((bits >> 16) & 0xffff, Shorts);
}

[[gnu::always_inline]] inline void sigmoid(Eight& x) {
    x = -x;
    exponentials(x);
    x = 1.0f / (1.0f + x);
}
/// z to silu'(z).
[[gnu::always_inline]] inline void siluSlope(Eight& z) {
    Eight s = z;
    sigmoid(s);
    z = s * (1.0f + z * (1.0f - s));
}

/// A batch of pictures, channels last: at(n) has pixels x channels numbers.
struct Shape {
    std::int64_t batch, pixels, channels;
    explicit Shape(const torch::Tensor& x) : batch(x.size(0)), pixels(x.size(2) * x.size(3)), channels(x.size(1)) {}
    [[nodiscard]] std::int64_t at(std::int64_t n) const { return n * pixels * channels; }
};

/// Calls row(first number of a pixel) for every pixel and sums the two rows of channels that it adds to.
template <class Row>
[[gnu::always_inline]] inline void summed(const Shape& shape, double* first, double* second, const Row& row) {
    std::vector<float> some(static_cast<std::size_t>(2 * shape.channels));
    for (std::int64_t from = 0; from < shape.pixels; from += kRowsOfASum) {
        std::fill(some.begin(), some.end(), 0.0f);
        for (std::int64_t p = from; p < std::min(shape.pixels, from + kRowsOfASum); ++p) row(p * shape.channels, some.data(), some.data() + shape.channels);
        for (std::int64_t c = 0; c < shape.channels; ++c) {
            first[c] += static_cast<double>(some[static_cast<std::size_t>(c)]);
            second[c] += static_cast<double>(some[static_cast<std::size_t>(shape.channels + c)]);
        }
    }
}

[[gnu::always_inline]] inline void addTo(float* sums, const Eight& x) { *reinterpret_cast<Eight*>(sums) += x; }

/// Sums of a picture's channels and of their squares.
template <class T>
CHOREIA_FAST void momentsOf(const T* x, const Shape& shape, double* sum, double* square) {
    summed(shape, sum, square, [&](std::int64_t at, float* some, float* squares) {
        for (std::int64_t c = 0; c < shape.channels; c += kLanes) {
            Eight v;
            load(x + at + c, v);
            addTo(some + c, v);
            addTo(squares + c, v * v);
        }
    });
}

/// y = silu or nothing of scale x + shift, by channels.
template <class T>
CHOREIA_FAST void scaledOf(const T* x, const Shape& shape, const float* scale, const float* shift, bool silu, T* y) {
    for (std::int64_t p = 0, at = 0; p < shape.pixels; ++p, at += shape.channels)
        for (std::int64_t c = 0; c < shape.channels; c += kLanes) {
            Eight v, a, b;
            load(x + at + c, v), load(scale + c, a), load(shift + c, b);
            v = v * a + b;
            if (silu) {
                Eight s = v;
                sigmoid(s);
                v *= s;
            }
            store(v, y + at + c);
        }
}

/// dz = dy silu'(scale x + shift) (or dy), its sums by channels, and those of dz x.
template <class T>
CHOREIA_FAST void slopesOf(const T* x, const T* dy, const Shape& shape, const float* scale, const float* shift, bool silu, T* dz, double* sum, double* product) {
    summed(shape, sum, product, [&](std::int64_t at, float* some, float* products) {
        for (std::int64_t c = 0; c < shape.channels; c += kLanes) {
            Eight v, d, a, b;
            load(x + at + c, v), load(dy + at + c, d), load(scale + c, a), load(shift + c, b);
            if (silu) {
                Eight z = v * a + b;
                siluSlope(z);
                d *= z;
            }
            store(d, dz + at + c);
            addTo(some + c, d);
            addTo(products + c, d * v);
        }
    });
}

/// dx = scale dz + linear x + constant, by channels; in dz's place.
template <class T>
CHOREIA_FAST void combinedOf(const T* x, const Shape& shape, const float* scale, const float* linear, const float* constant, T* dz) {
    for (std::int64_t p = 0, at = 0; p < shape.pixels; ++p, at += shape.channels)
        for (std::int64_t c = 0; c < shape.channels; c += kLanes) {
            Eight v, d, a, l, k;
            load(x + at + c, v), load(dz + at + c, d), load(scale + c, a), load(linear + c, l), load(constant + c, k);
            store(a * d + l * v + k, dz + at + c);
        }
}

/// y = silu(x + gate h).
template <class T>
CHOREIA_FAST void gatedOf(const T* x, const T* h, const Shape& shape, const float* gate, T* y) {
    for (std::int64_t p = 0, at = 0; p < shape.pixels; ++p, at += shape.channels)
        for (std::int64_t c = 0; c < shape.channels; c += kLanes) {
            Eight v, w, g;
            load(x + at + c, v), load(h + at + c, w), load(gate + c, g);
            v += g * w;
            Eight s = v;
            sigmoid(s);
            store(v * s, y + at + c);
        }
}

template <class T>
CHOREIA_FAST void gatedSlopesOf(const T* x, const T* h, const T* dy, const Shape& shape, const float* gate, T* dx, T* dh, double* product, double* unused) {
    summed(shape, product, unused, [&](std::int64_t at, float* products, float*) {
        for (std::int64_t c = 0; c < shape.channels; c += kLanes) {
            Eight v, w, g, d;
            load(x + at + c, v), load(h + at + c, w), load(gate + c, g), load(dy + at + c, d);
            v += g * w;
            siluSlope(v);
            d *= v;
            store(d, dx + at + c);
            store(d * g, dh + at + c);
            addTo(products + c, d * w);
        }
    });
}

torch::Tensor channelsLast(const torch::Tensor& x) { return x.contiguous(at::MemoryFormat::ChannelsLast); }

/// Calls work with a null pointer of x's number type.
template <class Work>
void byType(const torch::Tensor& x, const Work& work) {
    if (x.scalar_type() == torch::kFloat32) work(static_cast<float*>(nullptr));
    else work(static_cast<c10::BFloat16*>(nullptr));
}

bool ours(const torch::Tensor& x) {
    return x.dim() == 4 && x.device().is_cpu() && (x.scalar_type() == torch::kFloat32 || x.scalar_type() == torch::kBFloat16) && x.size(1) % kLanes == 0;
}

struct GroupNormFunction : torch::autograd::Function<GroupNormFunction> {
    static torch::Tensor forward(AutogradContext* context, const torch::Tensor& given, const torch::Tensor& weight, const torch::Tensor& bias, std::int64_t groups, double eps, bool silu) {
        const auto x = channelsLast(given);
        const Shape shape(x);
        auto y = torch::empty_like(x);
        const auto each = shape.channels / groups;
        // [batch, 2, groups]: mean and reciprocal deviation; [batch, 2, channels]: what they make of scale and shift.
        auto moments = torch::empty({shape.batch, 2, groups}, torch::kFloat32), line = torch::empty({shape.batch, 2, shape.channels}, torch::kFloat32);
        const auto w = weight.contiguous(), b = bias.contiguous();
        const float *scale = w.data_ptr<float>(), *shift = b.data_ptr<float>();
        byType(x, [&](auto* type) {
            using T = std::remove_pointer_t<decltype(type)>;
            const T* from = x.data_ptr<T>();
            T* to = y.template data_ptr<T>();
            at::parallel_for(0, shape.batch, 1, [&](std::int64_t first, std::int64_t last) {
                std::vector<double> sums(static_cast<std::size_t>(2 * shape.channels));
                for (std::int64_t n = first; n < last; ++n) {
                    std::fill(sums.begin(), sums.end(), 0.0);
                    momentsOf(from + shape.at(n), shape, sums.data(), sums.data() + shape.channels);
                    float *moment = moments.data_ptr<float>() + n * 2 * groups, *own = line.data_ptr<float>() + n * 2 * shape.channels;
                    for (std::int64_t g = 0; g < groups; ++g) {
                        double sum = 0, square = 0;
                        for (std::int64_t c = g * each; c < (g + 1) * each; ++c) sum += sums[static_cast<std::size_t>(c)], square += sums[static_cast<std::size_t>(shape.channels + c)];
                        const double count = static_cast<double>(each * shape.pixels), mean = sum / count;
                        const double reciprocal = 1 / std::sqrt(std::max(0.0, square / count - mean * mean) + eps);
                        moment[g] = static_cast<float>(mean), moment[groups + g] = static_cast<float>(reciprocal);
                        for (std::int64_t c = g * each; c < (g + 1) * each; ++c) {
                            own[c] = static_cast<float>(static_cast<double>(scale[c]) * reciprocal);
                            own[shape.channels + c] = static_cast<float>(static_cast<double>(shift[c]) - static_cast<double>(scale[c]) * reciprocal * mean);
                        }
                    }
                    scaledOf(from + shape.at(n), shape, own, own + shape.channels, silu, to + shape.at(n));
                }
            });
        });
        context->save_for_backward({x, w, moments, line});
        context->saved_data["groups"] = groups;
        context->saved_data["silu"] = silu;
        return y;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto &x = saved[0], &w = saved[1], &moments = saved[2], &line = saved[3];
        const auto groups = context->saved_data["groups"].toInt();
        const bool silu = context->saved_data["silu"].toBool();
        const Shape shape(x);
        const auto each = shape.channels / groups;
        const auto dy = channelsLast(gradients[0].to(x.scalar_type()));
        auto dx = torch::empty_like(x);
        auto parts = torch::empty({2, shape.batch, shape.channels}, torch::kFloat32);  // of the scale's and the shift's gradients
        const float* scale = w.data_ptr<float>();
        byType(x, [&](auto* type) {
            using T = std::remove_pointer_t<decltype(type)>;
            const T *from = x.data_ptr<T>(), *back = dy.data_ptr<T>();
            T* to = dx.template data_ptr<T>();
            at::parallel_for(0, shape.batch, 1, [&](std::int64_t first, std::int64_t last) {
                std::vector<double> sums(static_cast<std::size_t>(2 * shape.channels));
                std::vector<float> linear(static_cast<std::size_t>(shape.channels)), constant(linear.size());
                for (std::int64_t n = first; n < last; ++n) {
                    std::fill(sums.begin(), sums.end(), 0.0);
                    const double *sum = sums.data(), *product = sums.data() + shape.channels;
                    const float *moment = moments.data_ptr<float>() + n * 2 * groups, *own = line.data_ptr<float>() + n * 2 * shape.channels;
                    slopesOf(from + shape.at(n), back + shape.at(n), shape, own, own + shape.channels, silu, to + shape.at(n), sums.data(), sums.data() + shape.channels);
                    float *ofScale = parts.data_ptr<float>() + n * shape.channels, *ofShift = ofScale + shape.batch * shape.channels;
                    for (std::int64_t g = 0; g < groups; ++g) {
                        const double mean = static_cast<double>(moment[g]), reciprocal = static_cast<double>(moment[groups + g]), count = static_cast<double>(each * shape.pixels);
                        double slopes = 0, products = 0;
                        for (std::int64_t c = g * each; c < (g + 1) * each; ++c) slopes += static_cast<double>(scale[c]) * sum[c], products += static_cast<double>(scale[c]) * product[c];
                        const double along = (slopes * mean - products) * reciprocal * reciprocal * reciprocal / count, level = -along * mean - slopes * reciprocal / count;
                        for (std::int64_t c = g * each; c < (g + 1) * each; ++c) {
                            linear[static_cast<std::size_t>(c)] = static_cast<float>(along), constant[static_cast<std::size_t>(c)] = static_cast<float>(level);
                            ofScale[c] = static_cast<float>(reciprocal * (product[c] - mean * sum[c])), ofShift[c] = static_cast<float>(sum[c]);
                        }
                    }
                    combinedOf(from + shape.at(n), shape, own, linear.data(), constant.data(), to + shape.at(n));
                }
            });
        });
        return {dx, parts[0].sum(0), parts[1].sum(0), Variable(), Variable(), Variable()};
    }
};

struct GatedSumFunction : torch::autograd::Function<GatedSumFunction> {
    static torch::Tensor forward(AutogradContext* context, const torch::Tensor& given, const torch::Tensor& other, const torch::Tensor& gate) {
        const auto x = channelsLast(given), h = channelsLast(other.to(given.scalar_type()));
        const auto shares = gate.to(torch::kFloat32).contiguous();
        const Shape shape(x);
        auto y = torch::empty_like(x);
        byType(x, [&](auto* type) {
            using T = std::remove_pointer_t<decltype(type)>;
            at::parallel_for(0, shape.batch, 1, [&](std::int64_t first, std::int64_t last) {
                for (std::int64_t n = first; n < last; ++n)
                    gatedOf(x.data_ptr<T>() + shape.at(n), h.data_ptr<T>() + shape.at(n), shape, shares.data_ptr<float>() + n * shape.channels, y.template data_ptr<T>() + shape.at(n));
            });
        });
        context->save_for_backward({x, h, shares});
        context->saved_data["gate"] = gate.scalar_type();
        return y;
    }

    static variable_list backward(AutogradContext* context, variable_list gradients) {
        const auto saved = context->get_saved_variables();
        const auto &x = saved[0], &h = saved[1], &gate = saved[2];
        const Shape shape(x);
        const auto dy = channelsLast(gradients[0].to(x.scalar_type()));
        auto dx = torch::empty_like(x), dh = torch::empty_like(x);
        auto dgate = torch::empty({shape.batch, shape.channels}, torch::kFloat32);
        byType(x, [&](auto* type) {
            using T = std::remove_pointer_t<decltype(type)>;
            at::parallel_for(0, shape.batch, 1, [&](std::int64_t first, std::int64_t last) {
                std::vector<double> sums(static_cast<std::size_t>(2 * shape.channels));
                for (std::int64_t n = first; n < last; ++n) {
                    std::fill(sums.begin(), sums.end(), 0.0);
                    const auto at = shape.at(n);
                    gatedSlopesOf(x.data_ptr<T>() + at, h.data_ptr<T>() + at, dy.data_ptr<T>() + at, shape, gate.data_ptr<float>() + n * shape.channels, dx.template data_ptr<T>() + at,
                                  dh.template data_ptr<T>() + at, sums.data(), sums.data() + shape.channels);
                    std::copy_n(sums.begin(), shape.channels, dgate.data_ptr<float>() + n * shape.channels);
                }
            });
        });
        return {dx, dh, dgate.to(context->saved_data["gate"].toScalarType())};
    }
};

}  // namespace

torch::Tensor groupNorm(const torch::Tensor& x, const torch::nn::GroupNorm& norm, bool silu) {
    if (ours(x) && norm->weight.defined()) return GroupNormFunction::apply(x, norm->weight, norm->bias, norm->options.num_groups(), norm->options.eps(), silu);
    const auto& weight = norm->weight;
    const auto y = torch::group_norm(weight.defined() ? x.to(weight.scalar_type()) : x, norm->options.num_groups(), weight, norm->bias, norm->options.eps());
    return silu ? torch::silu(y) : y;
}

torch::Tensor gatedSum(const torch::Tensor& x, const torch::Tensor& y, const torch::Tensor& gate) {
    if (ours(x) && y.sizes() == x.sizes()) return GatedSumFunction::apply(x, y, gate);
    return torch::silu(x + gate.unsqueeze(2).unsqueeze(3) * y);
}

}  // namespace choreia::nn
