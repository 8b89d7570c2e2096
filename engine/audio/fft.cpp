// Stockham's radix-4 transform over eight complex lanes; each lane carries two real frames, parted at the end.
#include "audio/fft.h"

#include <cassert>
#include <cmath>
#include <numbers>

namespace choreia::audio {

namespace {
constexpr std::size_t kLanes = 8;

struct Halves {
    float *re, *im, *re2, *im2;
};

/// Turns frames, 16 of them `apart`, into magnitudes [16, size / 2 + 1].
CHOREIA_FAST void transform(const float* frames, std::size_t apart, std::size_t size, const float* cosines, const float* sines, const Halves& work, float* magnitudes) {
    for (std::size_t n = 0; n < size; ++n)
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            work.re[n * kLanes + lane] = frames[2 * lane * apart + n];
            work.im[n * kLanes + lane] = frames[(2 * lane + 1) * apart + n];
        }
    auto *xr = reinterpret_cast<Eight*>(work.re), *xi = reinterpret_cast<Eight*>(work.im), *yr = reinterpret_cast<Eight*>(work.re2),
         *yi = reinterpret_cast<Eight*>(work.im2);
    std::size_t n = size, stride = 1;
    for (; n >= 4; n /= 4, stride *= 4) {
        const std::size_t m = n / 4;
        for (std::size_t p = 0; p < m; ++p) {
            const std::size_t k = p * stride; // twiddle exp(-2 pi i p / n) = table[p * size / n]
            const float c1 = cosines[k], s1 = sines[k], c2 = cosines[2 * k], s2 = sines[2 * k], c3 = cosines[3 * k], s3 = sines[3 * k];
            for (std::size_t q = 0; q < stride; ++q) {
                const std::size_t in = q + stride * p, step = stride * m, out = q + stride * 4 * p;
                const Eight ar = xr[in], ai = xi[in], br = xr[in + step], bi = xi[in + step];
                const Eight cr = xr[in + 2 * step], ci = xi[in + 2 * step], dr = xr[in + 3 * step], di = xi[in + 3 * step];
                const Eight pr = ar + cr, pi = ai + ci, mr = ar - cr, mi = ai - ci;
                const Eight sr = br + dr, si = bi + di, jr = -(bi - di), ji = br - dr; // j times (b - d)
                yr[out] = pr + sr;
                yi[out] = pi + si;
                const Eight er = mr - jr, ei = mi - ji, gr = pr - sr, gi = pi - si, hr = mr + jr, hi = mi + ji;
                yr[out + stride] = er * c1 - ei * s1;
                yi[out + stride] = er * s1 + ei * c1;
                yr[out + 2 * stride] = gr * c2 - gi * s2;
                yi[out + 2 * stride] = gr * s2 + gi * c2;
                yr[out + 3 * stride] = hr * c3 - hi * s3;
                yi[out + 3 * stride] = hr * s3 + hi * c3;
            }
        }
        std::swap(xr, yr);
        std::swap(xi, yi);
    }
    if (n == 2) {
        for (std::size_t q = 0; q < stride; ++q) {
            const Eight ar = xr[q], ai = xi[q], br = xr[q + stride], bi = xi[q + stride];
            yr[q] = ar + br;
            yi[q] = ai + bi;
            yr[q + stride] = ar - br;
            yi[q + stride] = ai - bi;
        }
        std::swap(xr, yr);
        std::swap(xi, yi);
    }
    // Frame A sat in the real part, frame B in the imaginary one: the even and odd halves of the spectrum part them.
    const std::size_t bins = size / 2 + 1;
    for (std::size_t k = 0; k < bins; ++k) {
        const std::size_t mirror = (size - k) % size;
        constexpr float half = 0.5f;
        const Eight ar = half * (xr[k] + xr[mirror]), ai = half * (xi[k] - xi[mirror]);
        const Eight br = half * (xi[k] + xi[mirror]), bi = half * (xr[mirror] - xr[k]);
        const Eight a = ar * ar + ai * ai, b = br * br + bi * bi;
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            magnitudes[2 * lane * bins + k] = a[lane];
            magnitudes[(2 * lane + 1) * bins + k] = b[lane];
        }
    }
    for (std::size_t i = 0; i < 2 * kLanes * bins; ++i) magnitudes[i] = std::sqrt(magnitudes[i]);
}

} // namespace

BatchFft::BatchFft(std::size_t size) : size_(size), cos_(size), sin_(size) {
    assert(size >= 8 && (size & (size - 1)) == 0);
    for (std::size_t k = 0; k < size; ++k) {
        const double angle = -2.0 * std::numbers::pi * static_cast<double>(k) / static_cast<double>(size);
        cos_[k] = static_cast<float>(std::cos(angle));
        sin_[k] = static_cast<float>(std::sin(angle));
    }
}

void BatchFft::magnitudes(std::span<const float> frames, std::span<float> magnitudes, Workspace& work) const {
    assert(frames.size() == kBatch * stride() && magnitudes.size() == kBatch * bins());
    for (auto* half : {&work.re, &work.im, &work.re2, &work.im2}) half->resize(kLanes * size_);
    transform(frames.data(), stride(), size_, cos_.data(), sin_.data(), {work.re.data(), work.im.data(), work.re2.data(), work.im2.data()}, magnitudes.data());
}

std::vector<float> hannWindow(std::size_t size) {
    std::vector<float> window(size);
    for (std::size_t n = 0; n < size; ++n)
        window[n] =
            static_cast<float>(0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * static_cast<double>(n) / static_cast<double>(size)));
    return window;
}

} // namespace choreia::audio
