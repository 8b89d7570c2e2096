// Stockham's radix-4 transform over four complex lanes; each lane carries two real frames, parted at the end.
#include "audio/fft.h"

#include <cassert>
#include <cmath>
#include <numbers>

namespace choreia::audio {

namespace {
using Lane = BatchFft::Lane;

Lane fill(float v) { return Lane{v, v, v, v}; }
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
    assert(frames.size() == kBatch * size_ && magnitudes.size() == kBatch * bins());
    work.re.resize(size_);
    work.im.resize(size_);
    work.re2.resize(size_);
    work.im2.resize(size_);
    const float* f = frames.data();
    for (std::size_t n = 0; n < size_; ++n) {
        work.re[n] = Lane{f[n], f[2 * size_ + n], f[4 * size_ + n], f[6 * size_ + n]};
        work.im[n] = Lane{f[size_ + n], f[3 * size_ + n], f[5 * size_ + n], f[7 * size_ + n]};
    }
    Lane *xr = work.re.data(), *xi = work.im.data(), *yr = work.re2.data(), *yi = work.im2.data();
    std::size_t n = size_, stride = 1;
    for (; n >= 4; n /= 4, stride *= 4) {
        const std::size_t m = n / 4;
        for (std::size_t p = 0; p < m; ++p) {
            const std::size_t k = p * stride; // twiddle exp(-2 pi i p / n) = table[p * size / n]
            const Lane c1 = fill(cos_[k]), s1 = fill(sin_[k]), c2 = fill(cos_[2 * k]), s2 = fill(sin_[2 * k]),
                       c3 = fill(cos_[3 * k]), s3 = fill(sin_[3 * k]);
            for (std::size_t q = 0; q < stride; ++q) {
                const std::size_t in = q + stride * p, step = stride * m, out = q + stride * 4 * p;
                const Lane ar = xr[in], ai = xi[in], br = xr[in + step], bi = xi[in + step];
                const Lane cr = xr[in + 2 * step], ci = xi[in + 2 * step], dr = xr[in + 3 * step], di = xi[in + 3 * step];
                const Lane pr = ar + cr, pi = ai + ci, mr = ar - cr, mi = ai - ci;
                const Lane sr = br + dr, si = bi + di, jr = -(bi - di), ji = br - dr; // j times (b - d)
                yr[out] = pr + sr;
                yi[out] = pi + si;
                const Lane er = mr - jr, ei = mi - ji, gr = pr - sr, gi = pi - si, hr = mr + jr, hi = mi + ji;
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
            const Lane ar = xr[q], ai = xi[q], br = xr[q + stride], bi = xi[q + stride];
            yr[q] = ar + br;
            yi[q] = ai + bi;
            yr[q + stride] = ar - br;
            yi[q + stride] = ai - bi;
        }
        std::swap(xr, yr);
        std::swap(xi, yi);
    }
    // Frame A sat in the real part, frame B in the imaginary one: the even and odd halves of the spectrum part them.
    for (std::size_t k = 0; k < bins(); ++k) {
        const std::size_t mirror = (size_ - k) % size_;
        const Lane half = fill(0.5f);
        const Lane ar = half * (xr[k] + xr[mirror]), ai = half * (xi[k] - xi[mirror]);
        const Lane br = half * (xi[k] + xi[mirror]), bi = half * (xr[mirror] - xr[k]);
        const Lane a = ar * ar + ai * ai, b = br * br + bi * bi;
        for (std::size_t lane = 0; lane < 4; ++lane) {
            magnitudes[(2 * lane) * bins() + k] = std::sqrt(a[lane]);
            magnitudes[(2 * lane + 1) * bins() + k] = std::sqrt(b[lane]);
        }
    }
}

std::vector<float> hannWindow(std::size_t size) {
    std::vector<float> window(size);
    for (std::size_t n = 0; n < size; ++n)
        window[n] =
            static_cast<float>(0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * static_cast<double>(n) / static_cast<double>(size)));
    return window;
}

} // namespace choreia::audio
