// A pyramid of bytes, and a palette that grows steadily in light (dark theme) or darkness (light theme), so that it reads without its colours, too.
#include "timeline/spectrogram.h"

#include "audio/analysis.h"
#include "audio/spectra.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace choreia::ui {

namespace {

using audio::columns::kMel;
using audio::columns::kMelBands;
constexpr double kRowsASecond = 60;
constexpr float kDeepest = 60.0f / 4.3429448f;  // 60 dB in natural logarithms of energy

using Palette = std::array<QRgb, 256>;

Palette paletteOf(std::initializer_list<std::pair<double, QColor>> stops) {
    Palette out{};
    for (std::size_t i = 0; i < out.size(); ++i) {
        const double place = static_cast<double>(i) / 255;
        const auto* after = std::find_if(stops.begin() + 1, stops.end() - 1, [place](const auto& stop) { return stop.first >= place; });
        const auto* before = after - 1;
        const double share = (place - before->first) / (after->first - before->first);
        const auto mix = [share](int a, int b) { return static_cast<int>(std::lround(a + share * (b - a))); };
        out[i] = qRgb(mix(before->second.red(), after->second.red()), mix(before->second.green(), after->second.green()), mix(before->second.blue(), after->second.blue()));
    }
    return out;
}

const Palette& palette(style::Theme theme) {
    // The lane's ground, the song's blue, violet, coral, gold; on paper the same from light to dark.
    static const Palette dark = paletteOf({{0, QColor(0x14, 0x16, 0x1b)}, {0.25, QColor(0x23, 0x29, 0x52)}, {0.48, QColor(0x4f, 0x4a, 0xa8)}, {0.66, QColor(0xb0, 0x58, 0xa8)},
                                           {0.82, QColor(0xff, 0x7a, 0x59)}, {0.93, QColor(0xf6, 0xc8, 0x5a)}, {1, QColor(0xff, 0xf3, 0xd0)}});
    static const Palette light = paletteOf({{0, style::colorsOf(style::Theme::Light).background}, {0.3, QColor(0xc9, 0xd3, 0xf6)}, {0.52, QColor(0x8f, 0x9a, 0xee)},
                                            {0.7, QColor(0x8a, 0x5a, 0xc8)}, {0.85, QColor(0xa8, 0x30, 0x60)}, {1, QColor(0x3a, 0x0c, 0x24)}});
    return theme == style::Theme::Dark ? dark : light;
}

/// The natural logarithm at which so many of the values lie below, from a histogram.
float percentile(const std::vector<float>& sorted, double share) { return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))]; }

}  // namespace

Spectrogram Spectrogram::build(const Table& features) {
    Spectrogram out;
    if (features.rows == 0 || features.columns < kMel + kMelBands) return out;
    // Each 7th value tells the range well enough.
    std::vector<float> some;
    for (std::size_t i = 0; i < features.rows * kMelBands; i += 7) some.push_back(static_cast<float>(features.at(i / kMelBands, kMel + i % kMelBands)));
    std::sort(some.begin(), some.end());
    const float top = percentile(some, 0.998), bottom = std::max(percentile(some, 0.05), top - kDeepest), range = std::max(top - bottom, 0.5f);
    auto& finest = out.levels_.emplace_back(features.rows * kMelBands);
    for (std::size_t r = 0; r < features.rows; ++r)
        for (std::size_t b = 0; b < kMelBands; ++b)
            finest[r * kMelBands + b] = static_cast<std::uint8_t>(255 * std::clamp((static_cast<float>(features.at(r, kMel + b)) - bottom) / range, 0.0f, 1.0f) + 0.5f);
    while (out.levels_.back().size() > kMelBands) {
        const auto& fine = out.levels_.back();
        const std::size_t rows = fine.size() / kMelBands, half = (rows + 1) / 2;
        std::vector<std::uint8_t> coarse(half * kMelBands);
        for (std::size_t r = 0; r < half; ++r)
            for (std::size_t b = 0; b < kMelBands; ++b) {
                const int first = fine[2 * r * kMelBands + b], second = fine[std::min(2 * r + 1, rows - 1) * kMelBands + b];
                // Between the mean and the louder one: drums stay to be seen from afar.
                coarse[r * kMelBands + b] = static_cast<std::uint8_t>((first + second + 2 * std::max(first, second) + 2) / 4);
            }
        out.levels_.push_back(std::move(coarse));
    }
    return out;
}

QImage Spectrogram::picture(double from, double to, int columns, style::Theme theme) const {
    QImage image(std::max(1, columns), static_cast<int>(kMelBands), QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    if (empty() || columns < 1 || !(to > from)) return image;
    const auto& colours = palette(theme);
    const double rowsAColumn = (to - from) * kRowsASecond / columns;
    std::size_t level = 0;
    while (level + 1 < levels_.size() && rowsAColumn > static_cast<double>(std::size_t{1} << (level + 1))) ++level;
    const auto& rows = levels_[level];
    const double scale = kRowsASecond / static_cast<double>(std::size_t{1} << level);
    const auto count = static_cast<std::ptrdiff_t>(rows.size() / kMelBands);
    std::array<QRgb*, kMelBands> lines{};
    for (std::size_t b = 0; b < kMelBands; ++b) lines[b] = reinterpret_cast<QRgb*>(image.scanLine(static_cast<int>(kMelBands - 1 - b)));
    for (int x = 0; x < columns; ++x) {
        const double begin = (from + (to - from) * x / columns) * scale, middle = (from + (to - from) * (x + 0.5) / columns) * scale;
        if (middle < 0 || begin >= static_cast<double>(count)) continue;
        // Between two rows where a row is wider than a column, the nearest of this level elsewhere.
        const double place = std::clamp(middle - (level == 0 ? 0.0 : 0.5), 0.0, static_cast<double>(count - 1));
        const auto row = static_cast<std::ptrdiff_t>(place), next = std::min(row + 1, count - 1);
        const int share = static_cast<int>(256 * (place - static_cast<double>(row)));
        const std::uint8_t *a = rows.data() + row * static_cast<std::ptrdiff_t>(kMelBands), *c = rows.data() + next * static_cast<std::ptrdiff_t>(kMelBands);
        for (std::size_t b = 0; b < kMelBands; ++b) lines[b][x] = colours[static_cast<std::size_t>((a[b] * (256 - share) + c[b] * share) >> 8)];
    }
    return image;
}

float Spectrogram::at(double seconds, std::size_t band) const {
    if (empty() || band >= kMelBands) return 0;
    const auto rows = levels_.front().size() / kMelBands;
    const auto row = std::min(rows - 1, static_cast<std::size_t>(std::lround(std::max(0.0, seconds) * kRowsASecond)));
    return static_cast<float>(levels_.front()[row * kMelBands + band]) / 255;
}

double Spectrogram::heightOf(double hz) {
    static const std::vector<double> centres = audio::melCentres();
    const auto after = std::lower_bound(centres.begin() + 1, centres.end() - 1, hz);
    const auto before = after - 1;
    const double band = static_cast<double>(before - centres.begin()) + (hz - *before) / (*after - *before);
    return std::clamp((band + 0.5) / static_cast<double>(kMelBands), 0.0, 1.0);
}

}  // namespace choreia::ui
