/// Sounds with known properties, and the field's score for beats, for the tests of the audio room.
#pragma once

#include "audio/pcm.h"
#include "core/random.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

namespace choreia::testing {

inline audio::Pcm silence(double seconds, int rate = audio::kAnalysisRate, int channels = 1) {
    audio::Pcm pcm;
    pcm.rate = rate;
    pcm.channels = channels;
    pcm.samples.assign(static_cast<std::size_t>(std::lround(seconds * rate)) * static_cast<std::size_t>(channels), 0.0f);
    return pcm;
}

/// Adds a sine to every channel.
inline void addTone(audio::Pcm& pcm, double hz, double level, double from = 0, double to = 1e9) {
    const auto channels = static_cast<std::size_t>(pcm.channels);
    for (std::size_t i = 0; i < pcm.frames(); ++i) {
        const double t = static_cast<double>(i) / pcm.rate;
        if (t < from || t >= to) continue;
        for (std::size_t c = 0; c < channels; ++c)
            pcm.samples[i * channels + c] += static_cast<float>(level * std::sin(2 * std::numbers::pi * hz * t));
    }
}

inline audio::Pcm noise(double seconds, std::uint64_t seed, double level = 0.1) {
    audio::Pcm pcm = silence(seconds);
    Random random(seed);
    for (float& v : pcm.samples) v = static_cast<float>(level * random.normal());
    return pcm;
}

/// A short decaying burst at each time.
inline audio::Pcm clicks(double seconds, const std::vector<double>& times, int rate = audio::kAnalysisRate) {
    audio::Pcm pcm = silence(seconds, rate);
    for (double time : times)
        for (std::size_t n = 0; n < static_cast<std::size_t>(0.03 * rate); ++n) {
            const std::size_t at = static_cast<std::size_t>(std::lround(time * rate)) + n;
            if (at >= pcm.samples.size()) break;
            const double t = static_cast<double>(n) / rate;
            pcm.samples[at] += static_cast<float>(0.6 * std::exp(-t / 0.006) * std::sin(2 * std::numbers::pi * 1500 * t + 1));
        }
    return pcm;
}

inline std::vector<double> everySoOften(double first, double interval, double until) {
    std::vector<double> times;
    for (int i = 0; first + i * interval < until; ++i) times.push_back(first + i * interval);
    return times;
}

/// F-measure with one-to-one matching within tolerance seconds, of beats from `from` on.
inline double beatScore(const std::vector<double>& reference, const std::vector<double>& found, double tolerance, double from) {
    std::vector<double> r, f;
    for (double t : reference)
        if (t >= from) r.push_back(t);
    for (double t : found)
        if (t >= from) f.push_back(t);
    std::size_t i = 0, j = 0, hits = 0;
    while (i < r.size() && j < f.size()) {
        if (std::abs(r[i] - f[j]) <= tolerance) {
            ++hits;
            ++i;
            ++j;
        } else if (r[i] < f[j])
            ++i;
        else
            ++j;
    }
    return r.empty() || f.empty() ? 0.0 : 2.0 * static_cast<double>(hits) / static_cast<double>(r.size() + f.size());
}

} // namespace choreia::testing
