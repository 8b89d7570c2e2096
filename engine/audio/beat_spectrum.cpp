// Log-filtered spectrum after Boeck and Widmer 2013 (SuperFlux), and pitch classes from a four times longer window of the sound at a quarter of
// its rate.
#include "audio/beat_spectrum.h"

#include "audio/log_filters.h"
#include "audio/pcm.h"
#include "audio/stft.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <numbers>
#include <vector>

namespace choreia::audio {

namespace {

constexpr std::size_t kSize = 1024, kBins = kSize / 2 + 1;
constexpr std::size_t kLag = 2;       // rows between the two spectra of a difference
constexpr std::size_t kDecimation = 4;
constexpr double kHop = kAnalysisRate / kBeatRate;

/// Every fourth sample of a low-passed stretch: samples 4 * from .. of the song.
std::vector<float> decimated(const MonoView& mono, std::size_t from, std::size_t count) {
    constexpr int kHalf = 24;
    static const std::array<float, 2 * kHalf + 1> taps = [] {
        std::array<float, 2 * kHalf + 1> h{};
        constexpr double kCut = 0.9 / kDecimation;
        for (int n = -kHalf; n <= kHalf; ++n) {
            const double sinc = n == 0 ? kCut : std::sin(std::numbers::pi * kCut * n) / (std::numbers::pi * n);
            h[static_cast<std::size_t>(n + kHalf)] =
                static_cast<float>(sinc * (0.5 + 0.5 * std::cos(std::numbers::pi * n / (kHalf + 1))));
        }
        return h;
    }();
    std::vector<float> out(count), in(count * kDecimation + taps.size());
    mono.read(static_cast<std::ptrdiff_t>(from * kDecimation) - kHalf, in.size(), in.data());
    for (std::size_t i = 0; i < count; ++i) {
        const float* x = in.data() + i * kDecimation;
        float sum = 0;
        for (std::size_t n = 0; n < taps.size(); ++n) sum += taps[n] * x[n];
        out[i] = sum;
    }
    return out;
}

/// A bin's share in two neighbouring pitch classes of its register.
struct PitchShare {
    std::size_t bin, lower, upper;
    float lowerShare, upperShare;
};

std::vector<PitchShare> pitchShares() {
    constexpr double kBinHz = static_cast<double>(kAnalysisRate) / kDecimation / kSize;
    std::vector<PitchShare> shares;
    for (std::size_t k = 1; k < kBins; ++k) {
        const double hz = static_cast<double>(k) * kBinHz;
        if (hz < 55 || hz > 1760) continue;
        const double semitone = 12 * std::log2(hz / 440) + 57, below = std::floor(semitone);
        const double share = std::cos(0.5 * std::numbers::pi * (semitone - below));
        const std::size_t base = beat_columns::kPitch + (hz < 220 ? 0 : 12), pitch = static_cast<std::size_t>(below) % 12;
        shares.push_back({k, base + pitch, base + (pitch + 1) % 12, static_cast<float>(share * share),
                          static_cast<float>(1 - share * share)});
    }
    return shares;
}

} // namespace

std::size_t beatRows(std::size_t samples) {
    return static_cast<std::size_t>(std::floor(static_cast<double>(samples) / kAnalysisRate * kBeatRate + 1e-9)) + 1;
}

std::optional<Table> beatSpectrum(const MonoView& mono, float gain, std::size_t first, std::size_t rows,
                                  std::stop_token stop) {
    static const LogFilters coarse = logFilters(12, kSize), fine = logFilters(24, kSize);
    static const std::vector<PitchShare> shares = pitchShares();
    assert(coarse.filters.size() == beat_columns::kBands);
    Table out(rows, beat_columns::kCount);
    const std::size_t lead = std::min(first, kLag);
    StftPlan plan{kSize, kHop, rows + lead, gain, kLag, first - lead, 0};
    const std::size_t bands = fine.filters.size();
    bool going = forSpectra(
        mono, plan, stop,
        [&](std::size_t blockFirst, std::size_t count, std::size_t skip, std::span<const float> magnitudes) {
            std::vector<float> logs((count + skip) * bands);
            for (std::size_t r = 0; r < count + skip; ++r)
                for (std::size_t b = 0; b < bands; ++b)
                    logs[r * bands + b] = std::log10(1 + 4 * apply(fine.filters[b], magnitudes.data() + r * kBins));
            for (std::size_t r = skip; r < count + skip; ++r) {
                if (blockFirst + r - skip < lead) continue;
                auto row = out.row(blockFirst + r - skip - lead);
                for (std::size_t b = 0; b < beat_columns::kBands; ++b)
                    row[beat_columns::kBand + b] = std::log10(1 + 4 * apply(coarse.filters[b], magnitudes.data() + r * kBins));
                if (r < kLag) continue; // the song's very first rows have nothing before them
                const float *now = logs.data() + r * bands, *past = now - kLag * bands;
                for (std::size_t b = 0; b < bands; ++b) {
                    // The maximum over neighbouring bands keeps a wavering pitch (vibrato) from counting as an onset.
                    float before = past[b];
                    if (b > 0) before = std::max(before, past[b - 1]);
                    if (b + 1 < bands) before = std::max(before, past[b + 1]);
                    row[beat_columns::kFlux + (b < fine.midStart ? 0 : b < fine.highStart ? 1 : 2)] +=
                        std::max(0.0f, now[b] - before);
                }
            }
        },
        [](std::size_t) {});
    if (!going) return std::nullopt;

    const double hop = kHop / kDecimation;
    const auto centre = static_cast<double>(first) * hop;
    const auto from = static_cast<std::size_t>(std::max(0.0, std::floor(centre) - static_cast<double>(kSize) / 2 - 1));
    const auto count = static_cast<std::size_t>(std::ceil(static_cast<double>(rows) * hop)) + kSize + 4;
    const std::vector<float> slow = decimated(mono, from, count);
    StftPlan slowPlan{kSize, hop, rows, gain, 0, first, static_cast<std::ptrdiff_t>(from)};
    going = forSpectra(
        slow, slowPlan, stop,
        [&](std::size_t blockFirst, std::size_t blockRows, std::size_t, std::span<const float> magnitudes) {
            for (std::size_t i = 0; i < blockRows; ++i) {
                auto row = out.row(blockFirst + i);
                const float* spectrum = magnitudes.data() + i * kBins;
                for (const PitchShare& s : shares) {
                    row[s.lower] += s.lowerShare * spectrum[s.bin];
                    row[s.upper] += s.upperShare * spectrum[s.bin];
                }
                for (std::size_t c = beat_columns::kPitch; c < beat_columns::kCount; ++c) row[c] = std::log10(1 + row[c]);
            }
        },
        [](std::size_t) {});
    if (!going) return std::nullopt;
    return out;
}

} // namespace choreia::audio
