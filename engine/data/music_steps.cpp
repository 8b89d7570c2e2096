// Means over each token for slow features; points in time for onsets and phases.
#include "data/music_steps.h"

#include "audio/analysis.h"

#include <algorithm>
#include <cmath>

namespace choreia::data {

namespace columns = audio::columns;

Table musicSteps(const Table& features, double start, double rate, std::size_t count) {
    Table steps(count, kMusicColumns);
    if (features.rows == 0) return steps;
    const double rowsPerSecond = 60.0 * rate, rowsPerStep = rowsPerSecond / kTokensPerSecond;
    const auto rowAt = [&](double position) {
        return static_cast<std::size_t>(std::clamp(std::floor(position + 0.5), 0.0, static_cast<double>(features.rows - 1)));
    };
    for (std::size_t i = 0; i < count; ++i) {
        const double first = start * rowsPerSecond + static_cast<double>(i) * rowsPerStep;
        const std::size_t low = rowAt(first), high = std::max(low + 1, rowAt(first + rowsPerStep));
        auto out = steps.row(i);
        std::size_t at = 0;
        const auto mean = [&](std::size_t column) {
            double sum = 0;
            for (std::size_t r = low; r < high; ++r) sum += features.at(std::min(r, features.rows - 1), column);
            return static_cast<float>(sum / static_cast<double>(high - low));
        };
        for (std::size_t k = 0; k < columns::kMfccs; ++k) out[at++] = mean(columns::kMfcc + k);
        for (std::size_t k = 0; k < columns::kChromas; ++k) out[at++] = mean(columns::kChroma + k);
        for (std::size_t k = 0; k < 8; ++k)
            out[at++] = features.at(rowAt(first + rowsPerStep * static_cast<double>(k) / 8.0), columns::kOnset);
        out[at++] = mean(columns::kEnergy);
        for (const double where : {0.0, 0.5}) {
            const std::size_t row = rowAt(first + where * rowsPerStep);
            out[at++] = features.at(row, columns::kBeatPhaseSin);
            out[at++] = features.at(row, columns::kBeatPhaseCos);
        }
        out[at++] = features.at(low, columns::kBarPhaseSin);
        out[at++] = features.at(low, columns::kBarPhaseCos);
        const float tempo = features.at(low, columns::kTempo);
        out[at++] = tempo == 0.0f ? 0.0f : tempo + static_cast<float>(std::log2(rate));
        for (const std::size_t column : {columns::kSectionBegan, columns::kSectionEnds, columns::kSectionLoud}) out[at++] = features.at(low, column);
    }
    return steps;
}

} // namespace choreia::data
