// Edits of beat grids. Bars are recounted from one beat, so that downbeats never drift apart from beats.
#include "audio/beat_grid.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace choreia::audio {

namespace {

constexpr double kTiny = 1e-6;

std::size_t nearest(const std::vector<double>& beats, double time) {
    const auto after = std::lower_bound(beats.begin(), beats.end(), time);
    if (after == beats.end()) return beats.size() - 1;
    const auto i = static_cast<std::size_t>(after - beats.begin());
    return i > 0 && time - beats[i - 1] <= beats[i] - time ? i - 1 : i;
}

/// A copy to change: how sure the tracker was of its beats says nothing about a person's.
BeatGrid changing(const BeatGrid& grid) {
    BeatGrid out = grid;
    out.strength.clear();
    return out;
}

/// Index of the first downbeat, 0 where none.
std::size_t firstDownbeat(const BeatGrid& grid) {
    return grid.downbeats.empty() ? 0 : nearest(grid.beats, grid.downbeats.front());
}

void countBarsFrom(BeatGrid& grid, std::size_t index) {
    const auto bar = static_cast<std::size_t>(std::max(1, grid.beatsPerBar));
    grid.downbeats.clear();
    for (std::size_t i = index % bar; i < grid.beats.size(); i += bar) grid.downbeats.push_back(grid.beats[i]);
}

/// Tempo from the median interval; 0 where there is no beat. A single beat has no interval and keeps the tempo it has.
void measureTempo(BeatGrid& grid) {
    if (grid.beats.empty()) {
        grid.tempoBpm = 0;
        grid.downbeats.clear();
        return;
    }
    if (grid.beats.size() < 2) return;
    std::vector<double> gaps;
    for (std::size_t i = 1; i < grid.beats.size(); ++i) gaps.push_back(grid.beats[i] - grid.beats[i - 1]);
    const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
    std::nth_element(gaps.begin(), middle, gaps.end());
    grid.tempoBpm = 60 / *middle;
}

/// Applies a map of times to beats and downbeats alike, then drops what left the song.
template <class Map> BeatGrid moved(const BeatGrid& grid, double duration, const Map& map) {
    BeatGrid out = changing(grid);
    out.beats.clear();
    out.downbeats.clear();
    for (std::size_t i = 0; i < grid.beats.size(); ++i) {
        const double time = map(i);
        if (time < 0 || time > duration) continue;
        out.beats.push_back(time);
        if (std::binary_search(grid.downbeats.begin(), grid.downbeats.end(), grid.beats[i])) out.downbeats.push_back(time);
    }
    return out;
}

} // namespace

bool isValid(const BeatGrid& grid) {
    for (std::size_t i = 0; i < grid.beats.size(); ++i) {
        if (!std::isfinite(grid.beats[i]) || grid.beats[i] < 0) return false;
        if (i > 0 && grid.beats[i] <= grid.beats[i - 1]) return false;
    }
    for (std::size_t i = 0; i < grid.downbeats.size(); ++i) {
        if (i > 0 && grid.downbeats[i] <= grid.downbeats[i - 1]) return false;
        if (!std::binary_search(grid.beats.begin(), grid.beats.end(), grid.downbeats[i])) return false;
    }
    if (grid.beatsPerBar < 2 || grid.beatsPerBar > 12) return false;
    return grid.beats.empty() ? grid.tempoBpm == 0 : grid.tempoBpm > 0;
}

BarBeat barBeatAt(const BeatGrid& grid, double seconds) {
    constexpr double kOn = 1e-6;  // a moment set on a beat is on that beat
    const auto after = std::upper_bound(grid.beats.begin(), grid.beats.end(), seconds + kOn);
    if (after == grid.beats.begin()) return {};
    const auto bar = std::upper_bound(grid.downbeats.begin(), grid.downbeats.end(), seconds + kOn);
    const double from = bar == grid.downbeats.begin() ? grid.beats.front() : *std::prev(bar);
    const auto first = std::lower_bound(grid.beats.begin(), after, from - kOn);
    return {static_cast<int>(bar - grid.downbeats.begin()), static_cast<int>(after - first)};
}

BeatGrid doubled(const BeatGrid& grid) {
    if (grid.locked || grid.beats.size() < 2) return grid;
    BeatGrid out = changing(grid);
    out.beats.clear();
    for (std::size_t i = 0; i < grid.beats.size(); ++i) {
        out.beats.push_back(grid.beats[i]);
        if (i + 1 < grid.beats.size()) out.beats.push_back(0.5 * (grid.beats[i] + grid.beats[i + 1]));
    }
    out.tempoBpm = 2 * grid.tempoBpm;
    if (!grid.downbeats.empty()) countBarsFrom(out, 2 * firstDownbeat(grid));
    return out;
}

BeatGrid halved(const BeatGrid& grid) {
    if (grid.locked || grid.beats.size() < 3) return grid;
    BeatGrid out = changing(grid);
    out.beats.clear();
    const std::size_t anchor = firstDownbeat(grid);
    for (std::size_t i = anchor % 2; i < grid.beats.size(); i += 2) out.beats.push_back(grid.beats[i]);
    out.tempoBpm = grid.tempoBpm / 2;
    if (!grid.downbeats.empty()) countBarsFrom(out, anchor / 2);
    return out;
}

namespace {

/// Beats at every `step` beats of the old count, both ways from the first downbeat.
BeatGrid recounted(const BeatGrid& grid, double step) {
    if (grid.locked || grid.beats.size() < 3) return grid;
    BeatGrid out = changing(grid);
    out.beats.clear();
    const auto anchor = static_cast<double>(firstDownbeat(grid)), last = static_cast<double>(grid.beats.size() - 1);
    const double before = std::floor(anchor / step + kTiny);
    for (double place = anchor - before * step; place <= last + kTiny; place += step) {
        const auto i = std::min(static_cast<std::size_t>(std::max(0.0, place + kTiny)), grid.beats.size() - 2);
        out.beats.push_back(grid.beats[i] + (place - static_cast<double>(i)) * (grid.beats[i + 1] - grid.beats[i]));
    }
    out.tempoBpm = grid.tempoBpm / step;
    if (!grid.downbeats.empty()) countBarsFrom(out, static_cast<std::size_t>(before));
    return out;
}

} // namespace

BeatGrid timesFourThirds(const BeatGrid& grid) { return recounted(grid, 0.75); }

BeatGrid timesThreeQuarters(const BeatGrid& grid) { return recounted(grid, 4.0 / 3); }

BeatGrid withLock(const BeatGrid& grid, bool locked) {
    BeatGrid out = grid;
    out.locked = locked;
    return out;
}

BeatGrid shiftedHalfBeat(const BeatGrid& grid, double duration) {
    const auto& b = grid.beats;
    if (grid.locked || b.size() < 2) return grid;
    BeatGrid out = moved(grid, duration, [&](std::size_t i) {
        const std::size_t j = std::min(i, b.size() - 2);
        return b[i] + 0.5 * (b[j + 1] - b[j]);
    });
    const double before = b[0] - 0.5 * (b[1] - b[0]);
    if (before >= 0) out.beats.insert(out.beats.begin(), before);
    measureTempo(out);
    return out;
}

BeatGrid nudged(const BeatGrid& grid, double seconds, double duration) {
    if (grid.locked) return grid;
    BeatGrid out = moved(grid, duration, [&](std::size_t i) { return grid.beats[i] + seconds; });
    if (out.beats.empty()) measureTempo(out);
    return out;
}

BeatGrid withDownbeatAt(const BeatGrid& grid, double time) {
    if (grid.locked || grid.beats.empty()) return grid;
    BeatGrid out = changing(grid);
    countBarsFrom(out, nearest(grid.beats, time));
    return out;
}

BeatGrid withBeatsPerBar(const BeatGrid& grid, int beatsPerBar) {
    if (grid.locked) return grid;
    BeatGrid out = changing(grid);
    out.beatsPerBar = std::clamp(beatsPerBar, 2, 12);
    if (!out.beats.empty()) countBarsFrom(out, firstDownbeat(grid));
    return out;
}

BeatGrid withBeatAt(const BeatGrid& grid, double time) {
    if (grid.locked) return grid;
    if (!std::isfinite(time) || time < 0) return grid;
    if (!grid.beats.empty() && std::abs(grid.beats[nearest(grid.beats, time)] - time) < 0.05) return grid;
    BeatGrid out = changing(grid);
    out.beats.insert(std::upper_bound(out.beats.begin(), out.beats.end(), time), time);
    if (out.beats.size() == 1) out.tempoBpm = grid.tempoBpm > 0 ? grid.tempoBpm : 120;
    measureTempo(out);
    return out;
}

BeatGrid withoutBeatAt(const BeatGrid& grid, double time) {
    if (grid.locked) return grid;
    if (grid.beats.empty()) return grid;
    BeatGrid out = changing(grid);
    const std::size_t i = nearest(grid.beats, time);
    const double gone = out.beats[i];
    out.beats.erase(out.beats.begin() + static_cast<std::ptrdiff_t>(i));
    const auto bar = std::find(out.downbeats.begin(), out.downbeats.end(), gone);
    if (bar != out.downbeats.end()) {
        const bool heir = i < out.beats.size() && !std::binary_search(out.downbeats.begin(), out.downbeats.end(), out.beats[i]);
        if (heir)
            *bar = out.beats[i];
        else
            out.downbeats.erase(bar);
    }
    measureTempo(out);
    return out;
}

BeatGrid retimed(const BeatGrid& grid, std::span<const double> taps, double duration) {
    if (grid.locked) return grid;
    std::vector<double> times(taps.begin(), taps.end());
    std::erase_if(times, [](double t) { return !std::isfinite(t); });
    std::sort(times.begin(), times.end());
    std::vector<double> gaps;
    for (std::size_t i = 1; i < times.size(); ++i)
        if (times[i] - times[i - 1] > 0.15) gaps.push_back(times[i] - times[i - 1]); // closer is a bounce of the finger
    if (gaps.empty() || duration <= 0) return grid;
    const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
    std::nth_element(gaps.begin(), middle, gaps.end());
    double period = *middle, phase = times.front();
    // Number every tap by the beats since the one before (a missed tap counts two), then fit a line through all of them.
    double n = 0, sumN = 0, sumT = 0, sumNN = 0, sumNT = 0;
    std::vector<double> counts{0};
    for (std::size_t i = 1; i < times.size(); ++i) counts.push_back(n += std::round((times[i] - times[i - 1]) / period));
    for (std::size_t i = 0; i < times.size(); ++i) {
        sumN += counts[i];
        sumT += times[i];
        sumNN += counts[i] * counts[i];
        sumNT += counts[i] * times[i];
    }
    const auto count = static_cast<double>(times.size());
    const double spread = count * sumNN - sumN * sumN;
    if (spread > kTiny) {
        period = (count * sumNT - sumN * sumT) / spread;
        phase = (sumT - period * sumN) / count;
    }
    if (period < 0.15) return grid;
    BeatGrid out = changing(grid);
    out.beats.clear();
    out.tempoBpm = 60 / period;
    out.confidence = 1;
    const double first = phase - std::floor(phase / period + kTiny) * period;
    for (std::size_t i = 0; first + static_cast<double>(i) * period <= duration; ++i)
        out.beats.push_back(std::max(0.0, first + static_cast<double>(i) * period));
    double anchor = times.front();
    if (!grid.downbeats.empty()) anchor = grid.downbeats[nearest(grid.downbeats, times.front())];
    if (out.beats.empty()) return grid;
    countBarsFrom(out, nearest(out.beats, anchor));
    return out;
}

} // namespace choreia::audio
