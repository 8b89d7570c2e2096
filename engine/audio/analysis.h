/// What the engine hears in a song: features at 60 rows a second, beats, downbeats, sections.
#pragma once

#include "audio/beat_model.h"
#include "audio/packed_sound.h"
#include "audio/pcm.h"
#include "core/matrix.h"
#include "core/progress.h"
#include "core/result.h"

#include <stop_token>
#include <string>
#include <vector>

namespace choreia::audio {

/// Beats of a song. Times in seconds from the song's start, strictly rising.
struct BeatGrid {
    std::vector<double> beats;
    std::vector<double> downbeats;  ///< subset of beats
    double tempoBpm = 0;            ///< 0 where there is no beat
    int beatsPerBar = 4;
    double confidence = 0;          ///< 0..1
    std::vector<float> strength{};  ///< how sure each beat is, 0..1, as many as beats; empty where a person has changed the grid
    bool locked = false;            ///< a person has settled it: edits leave it as it is, see beat_grid.h
};

struct Section {
    double start = 0, end = 0;  ///< seconds
    std::string label;          ///< "A", "B", ...; repeated parts share a label
    bool loudest = false;       ///< of the loudest kind of part: a chorus, a drop
};

/// Columns of the feature table. One row each 1/60 s; row i is centred on i / 60 s.
namespace columns {
inline constexpr std::size_t kMel = 0, kMelBands = 64;           ///< natural log of mel energies (30 Hz - 11 kHz), floor 1e-5
inline constexpr std::size_t kMfcc = kMel + kMelBands, kMfccs = 20;  ///< orthonormal DCT-II of the log-mel
inline constexpr std::size_t kChroma = kMfcc + kMfccs, kChromas = 12;  ///< C..B, each row's maximum is 1 (all 0 in silence)
inline constexpr std::size_t kOnset = kChroma + kChromas;        ///< onset strength, scaled so that the song's 99th percentile is 1
inline constexpr std::size_t kEnergy = kOnset + 1;               ///< loudness: RMS over 0.2 s, scaled so that the song's 95th percentile is 1
inline constexpr std::size_t kBeatPhaseSin = kEnergy + 1, kBeatPhaseCos = kBeatPhaseSin + 1;  ///< phase 0 on each beat; both 0 where no beat
inline constexpr std::size_t kBarPhaseSin = kBeatPhaseCos + 1, kBarPhaseCos = kBarPhaseSin + 1;  ///< phase 0 on each downbeat
inline constexpr std::size_t kTempo = kBarPhaseCos + 1;          ///< local tempo, log2(bpm / 120), 0 where no beat
/// exp(-bars / 2) since the section began and until it ends, and whether it is of the loudest kind; all 0 where no sections are.
inline constexpr std::size_t kSectionBegan = kTempo + 1, kSectionEnds = kSectionBegan + 1, kSectionLoud = kSectionEnds + 1;
inline constexpr std::size_t kCount = kSectionLoud + 1;
}  // namespace columns

struct Analysis {
    double duration = 0;  ///< seconds
    BeatGrid grid;
    std::vector<Section> sections;
    Table features;  ///< [floor(duration * 60) + 1, columns::kCount]
    double featuresSeconds = 0, beatsSeconds = 0;  ///< wall time spent
};

/// Hears a song. pcm: any rate, 1 or 2 channels (kAnalysisRate mono is cheapest).
/// Silence, a steady tone or noise gives an empty grid with tempo 0. Beats come from the model's activations; without one from classicBeatModel. Mel, chroma and onsets are taken from the song scaled to one loudness, so
/// that its volume does not matter. Error (BadInput) for sound shorter than 0.5 s. Cost: linear in length, about 0.5 s for 3 minutes.
Result<Analysis> analyze(const Pcm& pcm, const std::string& name, std::stop_token stop, Progress& progress, const BeatModel* model = nullptr);

/// Beats a minute from the median time of eight intervals; 0 for fewer than two beats.
double medianTempo(const std::vector<double>& beats);

/// The same of sound packed at kAnalysisRate: an hour needs a quarter of a gigabyte less.
Result<Analysis> analyze(const PackedSound& mono, const std::string& name, std::stop_token stop, Progress& progress, const BeatModel* model = nullptr);

/// Fills the beat columns (phases, tempo) of features from grid; used after a person has edited the grid.
void writeBeatColumns(const BeatGrid& grid, Table& features);
/// Fills the section columns of features; bars are counted by the grid's tempo, of 2 s where it has none.
void writeSectionColumns(const std::vector<Section>& sections, const BeatGrid& grid, Table& features);

}  // namespace choreia::audio
