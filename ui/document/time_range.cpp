// Beats are sorted: the neighbours of a moment are found by halving.
#include "document/time_range.h"

#include <QCoreApplication>

#include <algorithm>
#include <cmath>

namespace choreia::ui {

namespace {

constexpr double kSame = 1e-6;  // seconds

/// The beat at or before, and the next after it; the song's ends stand in where there is none.
std::pair<double, double> around(const std::vector<double>& beats, double duration, double seconds) {
    const auto next = std::upper_bound(beats.begin(), beats.end(), seconds + kSame);
    return {next == beats.begin() ? 0.0 : *(next - 1), next == beats.end() ? duration : std::min(*next, duration)};
}

/// Bars counted from 1; 0 is the upbeat.
std::ptrdiff_t barAt(const audio::BeatGrid& grid, double seconds) {
    return std::upper_bound(grid.downbeats.begin(), grid.downbeats.end(), seconds + kSame) - grid.downbeats.begin();
}

QString clockText(double seconds) {
    const auto whole = std::llround(seconds);
    return QStringLiteral("%1:%2").arg(whole / 60).arg(whole % 60, 2, 10, QLatin1Char('0'));
}

}  // namespace

double snappedToBeat(const audio::BeatGrid& grid, double duration, double seconds) {
    if (grid.beats.empty()) return seconds;
    const auto [before, after] = around(grid.beats, duration, seconds);
    return seconds - before <= after - seconds ? before : after;
}

double beatAt(const audio::BeatGrid& grid, double seconds) {
    if (grid.beats.size() < 2) return 0.5;
    const auto next = std::clamp<std::ptrdiff_t>(std::upper_bound(grid.beats.begin(), grid.beats.end(), seconds + kSame) - grid.beats.begin(), 1, static_cast<std::ptrdiff_t>(grid.beats.size()) - 1);
    return grid.beats[static_cast<std::size_t>(next)] - grid.beats[static_cast<std::size_t>(next - 1)];
}

TimeRange snappedRange(const audio::BeatGrid& grid, double duration, double a, double b) {
    if (grid.beats.empty()) return {std::min(a, b), std::max(a, b)};
    TimeRange range{snappedToBeat(grid, duration, std::min(a, b)), snappedToBeat(grid, duration, std::max(a, b))};
    if (range.seconds() > kSame) return range;
    const auto [before, after] = around(grid.beats, duration, 0.5 * (a + b));
    return {before, after};
}

QString rangeText(const audio::BeatGrid& grid, const TimeRange& range) {
    if (grid.downbeats.empty()) return QStringLiteral("%1\u2013%2").arg(clockText(range.from), clockText(range.to));
    const auto first = barAt(grid, range.from), last = std::max(first, barAt(grid, range.to - 0.02));
    if (first == last) return QCoreApplication::translate("Document", "bar %1").arg(first);
    return QCoreApplication::translate("Document", "bars %1\u2013%2").arg(first).arg(last);
}

}  // namespace choreia::ui
