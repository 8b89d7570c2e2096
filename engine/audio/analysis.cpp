// One function from sound to everything heard in it; the stages live in files of their own.
#include "audio/analysis.h"

#include "audio/beat_decoder.h"
#include "audio/resample.h"
#include "audio/sections.h"
#include "audio/spectra.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <numbers>
#include <span>

namespace choreia::audio {

namespace {

constexpr double kLeastConfidence = 0.25; // below: no beat at all
constexpr double kSlowest = 40;           // beats a minute; the decoder's slowest is 55

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

/// Whether anything begins in this sound: steady tones have no onsets, and in noise none stands out (its 99th percentile is 1.7 to 1.9 times its
/// mean).
bool hasOnsets(const std::vector<float>& onset) {
    constexpr std::ptrdiff_t kEdge = 4; // the start and end of the sound itself are no onsets of the music
    if (onset.size() < 2 * kEdge + 8) return false;
    std::vector<float> values(onset.begin() + kEdge, onset.end() - kEdge);
    double average = 0;
    for (const float v : values) average += v / static_cast<double>(values.size());
    const auto strong = values.begin() + static_cast<std::ptrdiff_t>(0.99 * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), strong, values.end());
    return *strong > 0.5f && *strong > 2.2 * average;
}

bool soundsAround(const Table& features, double seconds) {
    const auto row = static_cast<std::size_t>(std::max(0.0, seconds) * kRowRate);
    for (std::size_t r = row > 30 ? row - 30 : 0; r <= std::min(row + 30, features.rows - 1); ++r)
        if (features.at(r, columns::kEnergy) > 0.01f) return true;
    return false;
}

/// From activations to a grid; empty where the sound has no beat.
BeatGrid gridOf(const BeatActivations& activations, const std::vector<float>& onsets, const Table& features, bool classic) {
    BeatGrid grid;
    if (!hasOnsets(onsets)) return grid;
    DecoderSettings settings;
    if (classic) settings.prior = 0.6; // it cannot tell a beat from its halves
    const DecodedBeats decoded = decodeBeats(activations, settings);
    if (decoded.beats.size() < 3 || decoded.confidence < kLeastConfidence) return grid;
    std::size_t bar = 0;
    for (std::size_t i = 0; i < decoded.beats.size(); ++i) {
        while (bar < decoded.downbeats.size() && decoded.downbeats[bar] < i) ++bar;
        const double time = decoded.beats[i];
        if (time > static_cast<double>(features.rows - 1) / kRowRate || !soundsAround(features, time)) continue;
        grid.beats.push_back(time);
        grid.strength.push_back(decoded.strength[i]);
        if (bar < decoded.downbeats.size() && decoded.downbeats[bar] == i) grid.downbeats.push_back(time);
    }
    // A few beats in a long sound are chance.
    const double covered = grid.beats.size() < 3 ? 0 : grid.beats.back() - grid.beats.front();
    if (grid.beats.size() < 3 || (grid.beats.size() < 8 && covered < 0.4 * static_cast<double>(features.rows) / kRowRate)) return {};
    grid.beatsPerBar = decoded.beatsPerBar;
    grid.confidence = decoded.confidence;
    grid.tempoBpm = medianTempo(grid.beats);
    // Strokes here and there are met by a course most of whose beats fall into the silence between them: no beat goes as slowly as what is left.
    if (grid.tempoBpm < kSlowest) return {};
    return grid;
}

} // namespace

double medianTempo(const std::vector<double>& beats) {
    if (beats.size() < 2) return 0;
    const std::size_t span = std::min<std::size_t>(8, beats.size() - 1);
    std::vector<double> spans;
    for (std::size_t i = 0; i + span < beats.size(); ++i) spans.push_back(beats[i + span] - beats[i]);
    const auto middle = spans.begin() + static_cast<std::ptrdiff_t>(spans.size() / 2);
    std::nth_element(spans.begin(), middle, spans.end());
    return 60 * static_cast<double>(span) / *middle;
}

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

void writeSectionColumns(const std::vector<Section>& sections, const BeatGrid& grid, Table& features) {
    const double bar = grid.tempoBpm > 0 ? grid.beatsPerBar * 60 / grid.tempoBpm : 2;
    std::size_t i = 0;
    for (std::size_t r = 0; r < features.rows; ++r) {
        const double t = static_cast<double>(r) / kRowRate;
        while (i + 1 < sections.size() && sections[i].end <= t) ++i;
        const bool known = i < sections.size() && t >= sections[i].start && t <= sections[i].end;
        features.at(r, columns::kSectionBegan) = known ? static_cast<float>(std::exp(-0.5 * (t - sections[i].start) / bar)) : 0.0f;
        features.at(r, columns::kSectionEnds) = known ? static_cast<float>(std::exp(-0.5 * (sections[i].end - t) / bar)) : 0.0f;
        features.at(r, columns::kSectionLoud) = known && sections[i].loudest ? 1.0f : 0.0f;
    }
}

namespace {

Error tooShort(const std::string& name, double seconds) { return badInput(name, "the sound is too short to dance to", "at least 0.5 s", inSeconds(seconds)); }

Result<Analysis> analyzeMono(const MonoView& mono, double duration, Clock::time_point start, std::stop_token stop, Progress& progress, const BeatModel* model) {
    Stage stage(progress, "analysing");
    Analysis analysis;
    analysis.duration = duration;
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
    const BeatModel classic = classicBeatModel();
    CHOREIA_ASSIGN(const BeatActivations activations, beatActivations(mono, spectra.gain, model != nullptr ? *model : classic, stop,
                                                            [&](double part) { stage.update(0.7 + 0.28 * part, 1); }));
    analysis.grid = gridOf(activations, spectra.onsets.all, analysis.features, model == nullptr);
    if (stop.stop_requested()) return cancelled();
    writeBeatColumns(analysis.grid, analysis.features);
    analysis.sections = findSections(analysis.features, analysis.grid, analysis.duration);
    writeSectionColumns(analysis.sections, analysis.grid, analysis.features);
    analysis.beatsSeconds = secondsSince(beatStart);
    stage.update(1, 1);
    return analysis;
}

} // namespace

Result<Analysis> analyze(const Pcm& pcm, const std::string& name, std::stop_token stop, Progress& progress, const BeatModel* model) {
    if (pcm.channels < 1 || pcm.channels > 2)
        return badInput(name, "cannot hear this sound", "1 or 2 channels", std::to_string(pcm.channels));
    if (pcm.rate < 1000 || pcm.rate > 768000)
        return badInput(name, "cannot hear this sound", "1000 to 768000 samples a second", std::to_string(pcm.rate));
    if (pcm.seconds() < 0.5) return tooShort(name, pcm.seconds());
    // Sound that is as we need it already is not copied: an hour of it takes 0.3 GB.
    const bool asNeeded = pcm.channels == 1 && pcm.rate == kAnalysisRate &&
                          std::all_of(pcm.samples.begin(), pcm.samples.end(), [](float v) { return std::isfinite(v); });
    const auto start = Clock::now();
    const std::vector<float> converted = asNeeded ? std::vector<float>() : toMono(pcm, kAnalysisRate);
    return analyzeMono(asNeeded ? pcm.samples : converted, pcm.seconds(), start, std::move(stop), progress, model);
}

Result<Analysis> analyze(const PackedSound& mono, const std::string& name, std::stop_token stop, Progress& progress, const BeatModel* model) {
    const double seconds = static_cast<double>(mono.size()) / kAnalysisRate;
    if (seconds < 0.5) return tooShort(name, seconds);
    return analyzeMono(mono, seconds, Clock::now(), std::move(stop), progress, model);
}

} // namespace choreia::audio
