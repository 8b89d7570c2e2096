// Polyphase windowed-sinc resampling: the ratio of two whole rates has few phases, each a short row of taps.
#include "audio/resample.h"

#include "core/parallel.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>
#include <numeric>

namespace choreia::audio {

namespace {

constexpr double kZeroCrossings = 16; // each side
constexpr double kKaiserBeta = 8.0;

double besselI0(double x) {
    double sum = 1, term = 1;
    for (int k = 1; k < 40; ++k) {
        term *= (x / (2 * k)) * (x / (2 * k));
        sum += term;
    }
    return sum;
}

std::vector<float> mixDown(const Pcm& pcm) {
    const std::size_t frames = pcm.frames();
    std::vector<float> mono(frames);
    const float* in = pcm.samples.data();
    if (pcm.channels == 1)
        std::copy(in, in + frames, mono.begin());
    else {
        const auto channels = static_cast<std::size_t>(pcm.channels);
        const float scale = 1.0f / static_cast<float>(pcm.channels);
        for (std::size_t i = 0; i < frames; ++i) {
            float sum = 0;
            for (std::size_t c = 0; c < channels; ++c) sum += in[i * channels + c];
            mono[i] = sum * scale;
        }
    }
    for (float& v : mono)
        if (!std::isfinite(v)) v = 0;
    return mono;
}

} // namespace

std::vector<float> toMono(const Pcm& pcm, int rate) {
    assert(pcm.rate > 0 && rate > 0 && pcm.channels > 0);
    std::vector<float> mono = mixDown(pcm);
    if (pcm.rate == rate || mono.empty()) return mono;
    const int common = std::gcd(pcm.rate, rate);
    const auto up = static_cast<std::size_t>(rate / common), down = static_cast<std::size_t>(pcm.rate / common);
    // Cut a little below the lower of the two half rates; the sinc is wider in input samples where the rate falls.
    const double cutoff = 0.96 * std::min(1.0, static_cast<double>(rate) / pcm.rate);
    const auto half = static_cast<std::size_t>(std::ceil(kZeroCrossings / cutoff));
    const std::size_t taps = 2 * half;
    std::vector<float> table(up * taps);
    const double norm = besselI0(kKaiserBeta);
    for (std::size_t phase = 0; phase < up; ++phase) {
        double sum = 0;
        std::vector<double> row(taps);
        for (std::size_t t = 0; t < taps; ++t) {
            const double x =
                static_cast<double>(t) - static_cast<double>(half - 1) - static_cast<double>(phase) / static_cast<double>(up);
            const double edge = x / static_cast<double>(half);
            const double window = std::abs(edge) >= 1 ? 0 : besselI0(kKaiserBeta * std::sqrt(1 - edge * edge)) / norm;
            const double angle = std::numbers::pi * x * cutoff;
            row[t] = (std::abs(angle) < 1e-9 ? 1.0 : std::sin(angle) / angle) * window;
            sum += row[t];
        }
        for (std::size_t t = 0; t < taps; ++t) table[phase * taps + t] = static_cast<float>(row[t] / sum);
    }
    const std::size_t frames = mono.size();
    const std::size_t outFrames = (frames * up + down - 1) / down;
    std::vector<float> padded(frames + 2 * taps, 0.0f);
    std::copy(mono.begin(), mono.end(), padded.begin() + static_cast<std::ptrdiff_t>(half - 1));
    std::vector<float> out(outFrames);
    constexpr std::size_t kBlock = 1 << 15;
    parallelFor((outFrames + kBlock - 1) / kBlock, [&](std::size_t block) {
        const std::size_t end = std::min(outFrames, (block + 1) * kBlock);
        for (std::size_t i = block * kBlock; i < end; ++i) {
            const std::size_t position = i * down;
            const float* in = padded.data() + position / up;
            const float* kernel = table.data() + (position % up) * taps;
            float sums[4] = {}; // four partial sums, so that the compiler may use vector registers
            for (std::size_t t = 0; t + 4 <= taps; t += 4)
                for (std::size_t lane = 0; lane < 4; ++lane) sums[lane] += in[t + lane] * kernel[t + lane];
            for (std::size_t t = taps & ~std::size_t{3}; t < taps; ++t) sums[0] += in[t] * kernel[t];
            out[i] = (sums[0] + sums[1]) + (sums[2] + sums[3]);
        }
    });
    return out;
}

} // namespace choreia::audio
