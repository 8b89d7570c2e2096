// One function from sound to everything heard in it; the stages live in files of their own.
#include "audio/analysis.h"

#include "audio/downbeats.h"
#include "audio/resample.h"
#include "audio/sections.h"
#include "audio/spectra.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <numbers>

namespace choreia::audio {

namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::string inSeconds(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.2f s", value);
    return text;
}

/// Writes the phase of time within the intervals of `marks` into two columns; outside them the nearest interval's length carries
/// on.
void writePhase(const std::vector<double>& marks, Table& features, std::size_t sinColumn, std::size_t cosColumn) {
    std::size_t i = 0;
    for (std::size_t r = 0; r < features.rows; ++r) {
        float s = 0, c = 0;
        if (marks.size() >= 2) {
            const double t = static_cast<double>(r) / kRowRate;
            while (i + 2 < marks.size() && marks[i + 1] <= t) ++i;
            const double phase = 2 * std::numbers::pi * (t - marks[i]) / (marks[i + 1] - marks[i]);
            s = static_cast<float>(std::sin(phase));
            c = static_cast<float>(std::cos(phase));
        }
        features.at(r, sinColumn) = s;
        features.at(r, cosColumn) = c;
    }
}

} // namespace

void writeBeatColumns(const BeatGrid& grid, Table& features) {
    writePhase(grid.beats, features, columns::kBeatPhaseSin, columns::kBeatPhaseCos);
    writePhase(grid.downbeats, features, columns::kBarPhaseSin, columns::kBarPhaseCos);
    const auto& beats = grid.beats;
    std::size_t i = 0;
    for (std::size_t r = 0; r < features.rows; ++r) {
        float tempo = 0;
        if (beats.size() >= 2) {
            const double t = static_cast<double>(r) / kRowRate;
            while (i + 2 < beats.size() && beats[i + 1] <= t) ++i;
            // Over up to four intervals: one beat's jitter is not a change of tempo.
            const std::size_t from = i >= 1 ? i - 1 : 0, to = std::min(beats.size() - 1, i + 3);
            tempo = static_cast<float>(std::log2(60 * static_cast<double>(to - from) / (beats[to] - beats[from]) / 120));
        }
        features.at(r, columns::kTempo) = tempo;
    }
}

Result<Analysis> analyze(const Pcm& pcm, const std::string& name, std::stop_token stop, Progress& progress) {
    if (pcm.channels < 1 || pcm.channels > 2)
        return badInput(name, "cannot hear this sound", "1 or 2 channels", std::to_string(pcm.channels));
    if (pcm.rate < 1000 || pcm.rate > 768000)
        return badInput(name, "cannot hear this sound", "1000 to 768000 samples a second", std::to_string(pcm.rate));
    if (pcm.seconds() < 0.5)
        return badInput(name, "the sound is too short to dance to", "at least 0.5 s", inSeconds(pcm.seconds()));
    const auto start = Clock::now();
    Stage stage(progress, "analysing");
    Analysis analysis;
    analysis.duration = pcm.seconds();
    const std::vector<float> mono = toMono(pcm, kAnalysisRate);
    if (stop.stop_requested()) return cancelled();
    CHOREIA_ASSIGN(Spectra spectra, computeSpectra(mono, stop, stage));
    analysis.features = std::move(spectra.features);
    // The resampled length may differ by a sample: the promised number of rows counts.
    const auto rows = static_cast<std::size_t>(std::floor(analysis.duration * kRowRate + 1e-9)) + 1;
    if (analysis.features.rows != rows) {
        analysis.features.values.resize(rows * columns::kCount, 0.0f);
        analysis.features.rows = rows;
        for (auto* band : {&spectra.onsets.all, &spectra.onsets.low, &spectra.onsets.mid, &spectra.onsets.high})
            band->resize(rows, 0.0f);
    }
    analysis.featuresSeconds = secondsSince(start);
    if (stop.stop_requested()) return cancelled();

    const auto beatStart = Clock::now();
    BeatTrack track = trackBeats(spectra.onsets, analysis.features);
    stage.update(0.98, 1);
    if (stop.stop_requested()) return cancelled();
    analysis.grid.beats = std::move(track.beats);
    analysis.grid.tempoBpm = track.tempoBpm;
    analysis.grid.confidence = track.confidence;
    if (!analysis.grid.beats.empty()) {
        const Bars bars = findBars(analysis.grid.beats, spectra.onsets, analysis.features);
        analysis.grid.beatsPerBar = bars.beatsPerBar;
        analysis.grid.downbeats = bars.downbeats;
    }
    writeBeatColumns(analysis.grid, analysis.features);
    analysis.sections = findSections(analysis.features, analysis.grid, analysis.duration);
    analysis.beatsSeconds = secondsSince(beatStart);
    stage.update(1, 1);
    return analysis;
}

} // namespace choreia::audio
