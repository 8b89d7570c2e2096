// Two passes of short-time spectra: 2048 samples for timbre, 1024 for onsets, which must be sharp in time; chroma has its own.
#include "audio/spectra.h"

#include "audio/chroma.h"
#include "audio/log_filters.h"
#include "audio/stft.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace choreia::audio {

namespace {

constexpr double kLowHz = 30, kHighHz = 11000;
constexpr std::size_t kTimbreSize = 2048, kOnsetSize = 1024;
constexpr float kFloor = 1e-5f;
constexpr double kTargetLevel = 0.2, kMostGain = 100; // a song is heard at one loudness, whatever its volume

double toMel(double hz) { return hz < 1000 ? hz * 3 / 200 : 15 + std::log(hz / 1000) * 27 / std::log(6.4); }
double toHz(double mel) { return mel < 15 ? mel * 200 / 3 : 1000 * std::exp((mel - 15) * std::log(6.4) / 27); }

std::vector<Filter> melFilters() {
    constexpr double kBinHz = static_cast<double>(kAnalysisRate) / kTimbreSize;
    const double low = toMel(kLowHz), step = (toMel(kHighHz) - low) / static_cast<double>(columns::kMelBands + 1);
    std::vector<Filter> filters(columns::kMelBands);
    for (std::size_t b = 0; b < filters.size(); ++b) {
        const double left = toHz(low + step * static_cast<double>(b)), centre = toHz(low + step * static_cast<double>(b + 1)),
                     right = toHz(low + step * static_cast<double>(b + 2));
        filters[b].first = static_cast<std::size_t>(std::ceil(left / kBinHz));
        double sum = 0;
        std::vector<double> weights;
        for (std::size_t k = filters[b].first; static_cast<double>(k) * kBinHz < right; ++k) {
            const double hz = static_cast<double>(k) * kBinHz;
            weights.push_back(hz < centre ? (hz - left) / (centre - left) : (right - hz) / (right - centre));
            sum += weights.back();
        }
        for (double w : weights) filters[b].weights.push_back(static_cast<float>(w / sum)); // the mean energy of the band
    }
    return filters;
}

double percentile(std::vector<float> values, double share) {
    if (values.empty()) return 0;
    const auto k = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + k, values.end());
    return values[static_cast<std::size_t>(k)];
}

/// RMS over the 0.2 s around each row.
std::vector<float> loudness(const MonoView& mono, std::size_t rows) {
    constexpr std::size_t kBlock = 512;
    std::vector<float> result(rows);
    const auto length = static_cast<double>(mono.size());
    parallelFor((rows + kBlock - 1) / kBlock, [&](std::size_t block) {
        std::vector<float> x;
        for (std::size_t r = block * kBlock; r < std::min(rows, (block + 1) * kBlock); ++r) {
            const double centre = static_cast<double>(r) * kAnalysisRate / kRowRate;
            const auto from = static_cast<std::size_t>(std::clamp(centre - 0.1 * kAnalysisRate, 0.0, length));
            const auto to = static_cast<std::size_t>(std::clamp(centre + 0.1 * kAnalysisRate, 0.0, length));
            x.resize(to - from);
            mono.read(static_cast<std::ptrdiff_t>(from), x.size(), x.data());
            float sums[8] = {};
            std::size_t i = 0;
            for (; i + 8 <= x.size(); i += 8)
                for (std::size_t lane = 0; lane < 8; ++lane) sums[lane] += x[i + lane] * x[i + lane];
            for (; i < x.size(); ++i) sums[0] += x[i] * x[i];
            double sum = 0;
            for (float s : sums) sum += s;
            if (to > from) result[r] = static_cast<float>(std::sqrt(sum / static_cast<double>(to - from)));
        }
    });
    return result;
}

std::size_t rowsOf(std::size_t samples) {
    return static_cast<std::size_t>(std::floor(static_cast<double>(samples) / kAnalysisRate * kRowRate + 1e-9)) + 1;
}

float gainFor(double level) { return static_cast<float>(level > 0 ? std::min(kTargetLevel / level, kMostGain) : 1.0); }

void computeOnsets(std::span<const float> spectra, const std::vector<Filter>& filters, std::size_t midStart,
                   std::size_t highStart, std::size_t first, std::size_t count, std::size_t skip, OnsetBands& out) {
    constexpr std::size_t kBins = kOnsetSize / 2 + 1;
    const std::size_t bands = filters.size(), rows = count + skip;
    std::vector<float> logs(rows * bands);
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t b = 0; b < bands; ++b)
            logs[r * bands + b] = std::log10(1 + 4 * apply(filters[b], spectra.data() + r * kBins));
    for (std::size_t r = skip; r < rows; ++r) {
        if (r == 0) continue; // the song's very first row has nothing before it
        const float *now = logs.data() + r * bands, *past = now - bands;
        float sums[3] = {};
        for (std::size_t b = 0; b < bands; ++b) {
            // The maximum over neighbouring bands keeps a wavering pitch (vibrato) from counting as an onset.
            float before = past[b];
            if (b > 0) before = std::max(before, past[b - 1]);
            if (b + 1 < bands) before = std::max(before, past[b + 1]);
            sums[b < midStart ? 0 : b < highStart ? 1 : 2] += std::max(0.0f, now[b] - before);
        }
        const std::size_t row = first + r - skip;
        out.low[row] = sums[0];
        out.mid[row] = sums[1];
        out.high[row] = sums[2];
        out.all[row] = sums[0] + sums[1] + sums[2];
    }
}

} // namespace

float listeningGain(const MonoView& mono) {
    return gainFor(percentile(loudness(mono, rowsOf(mono.size())), 0.95));
}

std::vector<double> melCentres() {
    const double low = toMel(kLowHz), step = (toMel(kHighHz) - low) / static_cast<double>(columns::kMelBands + 1);
    std::vector<double> centres(columns::kMelBands);
    for (std::size_t b = 0; b < centres.size(); ++b) centres[b] = toHz(low + step * static_cast<double>(b + 1));
    return centres;
}

std::vector<float> dctMatrix(std::size_t count, std::size_t size) {
    std::vector<float> matrix(count * size);
    for (std::size_t k = 0; k < count; ++k)
        for (std::size_t n = 0; n < size; ++n)
            matrix[k * size + n] = static_cast<float>(
                std::sqrt((k == 0 ? 1.0 : 2.0) / static_cast<double>(size)) *
                std::cos(std::numbers::pi * (static_cast<double>(n) + 0.5) * static_cast<double>(k) / static_cast<double>(size)));
    return matrix;
}

Result<Spectra> computeSpectra(const MonoView& mono, std::stop_token stop, Stage& stage) {
    const std::size_t rows = rowsOf(mono.size());
    Spectra result;
    result.features = Table(rows, columns::kCount);
    OnsetBands& onsets = result.onsets;
    for (auto* band : {&onsets.all, &onsets.low, &onsets.mid, &onsets.high}) band->assign(rows, 0.0f);

    std::vector<float> energy = loudness(mono, rows);
    const double level = percentile(energy, 0.95);
    const float gain = gainFor(level);
    result.gain = gain;
    for (std::size_t r = 0; r < rows; ++r)
        result.features.at(r, columns::kEnergy) = level > 1e-7 ? energy[r] / static_cast<float>(level) : 0.0f;

    const std::vector<Filter> mels = melFilters();
    const std::vector<float> dct = dctMatrix(columns::kMfccs, columns::kMelBands);
    float windowEnergy = 0;
    for (float w : hannWindow(kTimbreSize)) windowEnergy += w * w;
    const double hop = kAnalysisRate / kRowRate, all = static_cast<double>(rows);
    bool going = forSpectra(
        mono, {kTimbreSize, hop, rows, gain, 0}, stop,
        [&](std::size_t first, std::size_t count, std::size_t, std::span<const float> magnitudes) {
            constexpr std::size_t kBins = kTimbreSize / 2 + 1;
            std::vector<float> power(kBins);
            for (std::size_t i = 0; i < count; ++i) {
                for (std::size_t k = 0; k < kBins; ++k)
                    power[k] = magnitudes[i * kBins + k] * magnitudes[i * kBins + k] / windowEnergy;
                auto row = result.features.row(first + i);
                for (std::size_t b = 0; b < columns::kMelBands; ++b)
                    row[columns::kMel + b] = std::log(std::max(kFloor, apply(mels[b], power.data())));
                for (std::size_t c = 0; c < columns::kMfccs; ++c) {
                    float sum = 0;
                    for (std::size_t b = 0; b < columns::kMelBands; ++b)
                        sum += dct[c * columns::kMelBands + b] * row[columns::kMel + b];
                    row[columns::kMfcc + c] = sum;
                }
            }
        },
        [&](std::size_t n) { stage.update(0.35 * static_cast<double>(n) / all, 1); });
    if (!going) return cancelled();

    const LogFilters bands = logFilters(24, kOnsetSize);
    going = forSpectra(
        mono, {kOnsetSize, hop, rows, gain, 1}, stop,
        [&](std::size_t first, std::size_t count, std::size_t skip, std::span<const float> magnitudes) {
            computeOnsets(magnitudes, bands.filters, bands.midStart, bands.highStart, first, count, skip, onsets);
        },
        [&](std::size_t n) { stage.update(0.35 + 0.25 * static_cast<double>(n) / all, 1); });
    if (!going) return cancelled();
    const double strong = percentile(onsets.all, 0.99);
    for (std::size_t r = 0; r < rows; ++r)
        result.features.at(r, columns::kOnset) = strong > 1e-6 ? onsets.all[r] / static_cast<float>(strong) : 0.0f;

    const auto chroma = computeChroma(mono, gain, rows, stop, [&](double part) { stage.update(0.6 + 0.35 * part, 1); });
    if (!chroma) return cancelled();
    result.tuningCents = chroma->tuningCents;
    for (std::size_t r = 0; r < rows; ++r) {
        const auto in = chroma->rows.row(r);
        const float top = *std::max_element(in.begin(), in.end());
        for (std::size_t c = 0; c < 12; ++c) result.features.at(r, columns::kChroma + c) = top > 0 ? in[c] / top : 0.0f;
    }
    return result;
}

} // namespace choreia::audio
