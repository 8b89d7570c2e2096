// Peaks instead of bins: interpolation places a peak far finer than the bin width, so that even bass notes find their class.
#include "audio/chroma.h"

#include "audio/pcm.h"
#include "audio/stft.h"

#include <cmath>
#include <complex>
#include <numbers>
#include <vector>

namespace choreia::audio {

namespace {

constexpr std::size_t kSize = 4096;
constexpr std::size_t kRowsApart = 3; // 20 spectra a second, interpolated to 60: the window is 0.19 s long anyhow
constexpr std::size_t kTuningApart = 8; // of these spectra
constexpr double kLowHz = 60, kHighHz = 2200;

struct Peak {
    float semitone; // above C0 by A = 440 Hz
    float weight;
};

void findPeaks(std::span<const float> magnitude, std::vector<Peak>& peaks) {
    constexpr double kBinHz = static_cast<double>(kAnalysisRate) / kSize;
    const auto first = static_cast<std::size_t>(kLowHz / kBinHz), last = static_cast<std::size_t>(kHighHz / kBinHz);
    float top = 0;
    for (std::size_t k = first; k <= last; ++k) top = std::max(top, magnitude[k]);
    if (top < 0.02f) return; // below the hearing of a song scaled to its own loudness
    for (std::size_t k = first; k <= last; ++k) {
        const float a = magnitude[k - 1], b = magnitude[k], c = magnitude[k + 1];
        if (b < 0.02f * top || b <= a || b < c) continue;
        const double la = std::log(a + 1e-9), lb = std::log(b), lc = std::log(c + 1e-9);
        const double curve = la - 2 * lb + lc;
        const double shift = curve < -1e-9 ? 0.5 * (la - lc) / curve : 0.0;
        const double hz = (static_cast<double>(k) + std::clamp(shift, -0.5, 0.5)) * kBinHz;
        // The bass often anticipates or walks: the chord above it says more about the harmony.
        const float share = hz < 220 ? 0.4f : 1.0f;
        peaks.push_back({static_cast<float>(12 * std::log2(hz / 440.0) + 57), share * std::sqrt(b)});
    }
}

} // namespace

std::optional<Chromagram> computeChroma(const MonoView& mono, float gain, std::size_t rows, std::stop_token stop,
                                        const std::function<void(double)>& done) {
    const std::size_t spectra = (rows + kRowsApart - 1) / kRowsApart + 1;
    constexpr std::size_t kBins = kSize / 2 + 1;
    const double hop = kAnalysisRate / 60.0 * kRowsApart;
    // The song's own pitch: the mean direction of the peaks on the circle of one semitone. Every eighth spectrum tells it; keeping the peaks of all until
    // it is known would need 50 MB an hour.
    const std::size_t sampled = (spectra + kTuningApart - 1) / kTuningApart;
    std::vector<std::complex<double>> directions(sampled);
    bool finished = forSpectra(
        mono, {kSize, hop * kTuningApart, sampled, gain, 0}, stop,
        [&](std::size_t first, std::size_t count, std::size_t, std::span<const float> magnitudes) {
            std::vector<Peak> peaks;
            for (std::size_t i = 0; i < count; ++i) {
                peaks.clear();
                findPeaks(magnitudes.subspan(i * kBins, kBins), peaks);
                for (const Peak& p : peaks) directions[first + i] += std::polar(static_cast<double>(p.weight), 2 * std::numbers::pi * p.semitone);
            }
        },
        [](std::size_t) {});
    if (!finished) return std::nullopt;
    std::complex<double> direction = 0;
    for (const auto& d : directions) direction += d;
    const double tuning = std::abs(direction) > 0 ? std::arg(direction) / (2 * std::numbers::pi) : 0.0;

    Chromagram result{Table(rows, 12), 100 * tuning};
    Table coarse(spectra, 12);
    finished = forSpectra(
        mono, {kSize, hop, spectra, gain, 0}, stop,
        [&](std::size_t first, std::size_t count, std::size_t, std::span<const float> magnitudes) {
            std::vector<Peak> peaks;
            for (std::size_t i = 0; i < count; ++i) {
                peaks.clear();
                findPeaks(magnitudes.subspan(i * kBins, kBins), peaks);
                for (const Peak& p : peaks) {
                    const double semitone = p.semitone - tuning, below = std::floor(semitone), part = semitone - below;
                    const double share = std::cos(0.5 * std::numbers::pi * part);
                    const auto pitchClass = static_cast<std::size_t>((static_cast<int>(below) % 12 + 12) % 12);
                    coarse.at(first + i, pitchClass) += static_cast<float>(p.weight * share * share);
                    coarse.at(first + i, (pitchClass + 1) % 12) += static_cast<float>(p.weight * (1 - share * share));
                }
            }
        },
        [&](std::size_t n) { done(static_cast<double>(n) / static_cast<double>(spectra)); });
    if (!finished) return std::nullopt;
    for (std::size_t r = 0; r < rows; ++r) {
        const std::size_t i = r / kRowsApart;
        const float part = static_cast<float>(r % kRowsApart) / kRowsApart;
        for (std::size_t c = 0; c < 12; ++c)
            result.rows.at(r, c) = (1 - part) * coarse.at(i, c) + part * coarse.at(std::min(i + 1, spectra - 1), c);
    }
    return result;
}

} // namespace choreia::audio
