// A table of styles and a quadratic price for each way a song departs from it.
#include "choreo/style_choice.h"

#include "core/units.h"

#include <algorithm>
#include <cmath>
#include <string_view>

namespace choreia::choreo {

namespace {

struct StyleNature {
    std::string_view name;
    double tempo;     // BPM
    double octaves;   // how far a song may lie from it at a price of 1
    int beatsPerBar;
    double beat;      // how clear a beat it wants, 0..1
};

// Ballroom: WDSF competition tempi (waltz 28-30 bars of 3, rumba 25-27 and cha-cha 30-32 bars of 4). Salsa 150-250 in dancers' counting. Street styles: the tempi
// of the AIST dance database (80-135). Modern and Indian: wide.
constexpr StyleNature kNatures[] = {
    {"waltz", 87, 0.15, 3, 0.4},  {"rumba", 100, 0.20, 4, 0.5},  {"cha-cha", 124, 0.15, 4, 0.7}, {"salsa", 185, 0.25, 4, 0.7},
    {"break", 110, 0.25, 4, 0.8}, {"pop", 100, 0.25, 4, 0.7},    {"lock", 108, 0.20, 4, 0.8},    {"house", 124, 0.12, 4, 0.9},
    {"krump", 82, 0.20, 4, 0.8},  {"street-jazz", 96, 0.25, 4, 0.6}, {"indian", 116, 0.45, 4, 0.5}, {"modern", 76, 0.60, 4, 0.1},
};
constexpr StyleNature kUnknown{"", 110, 0.6, 4, 0.5};
constexpr double kOctavePrice = 0.7, kMetrePrice = 2.0, kBeatPrice = 2.0;

double price(const StyleNature& nature, const SongCharacter& song) {
    // Without a beat only the styles that want none are at home.
    const double clear = song.tempoBpm > 0 ? std::clamp(0.5 * song.confidence + 0.25 * song.punch, 0.0, 1.0) : 0.0;
    double sum = kBeatPrice * std::pow(clear - nature.beat, 2);
    if (song.tempoBpm <= 0) return sum;
    double best = 1e9;
    for (const int octave : {-1, 0, 1}) {
        const double off = (std::log2(song.tempoBpm / nature.tempo) + octave) / nature.octaves;
        best = std::min(best, off * off + kOctavePrice * std::abs(octave));
    }
    sum += std::min(best, 9.0);
    if ((song.beatsPerBar == 3) != (nature.beatsPerBar == 3)) sum += nature.name == "modern" ? 0.5 * kMetrePrice : kMetrePrice;
    return sum;
}

}  // namespace

SongCharacter songCharacter(const audio::Analysis& analysis) {
    SongCharacter song{analysis.grid.tempoBpm, analysis.grid.beatsPerBar, analysis.grid.confidence, 0.0};
    const auto& features = analysis.features;
    if (features.rows == 0 || analysis.grid.beats.empty()) return song;
    double all = 0, near = 0;
    std::size_t rows = 0;
    std::vector<bool> marked(features.rows, false);
    for (const double beat : analysis.grid.beats)
        for (int d = -3; d <= 3; ++d) {
            const double row = std::round(beat * kMotionFps) + d;
            if (row >= 0 && row < static_cast<double>(features.rows)) marked[static_cast<std::size_t>(row)] = true;
        }
    for (std::size_t r = 0; r < features.rows; ++r) {
        const double onset = features.at(r, audio::columns::kOnset);
        all += onset;
        if (marked[r]) {
            near += onset;
            ++rows;
        }
    }
    if (all > 0 && rows > 0) song.punch = (near / all) / (static_cast<double>(rows) / static_cast<double>(features.rows)) - 1.0;
    return song;
}

std::vector<double> styleScores(const SongCharacter& song, std::span<const std::string> styles) {
    std::vector<double> scores;
    scores.reserve(styles.size());
    for (const auto& style : styles) {
        const auto* found = std::find_if(std::begin(kNatures), std::end(kNatures), [&](const StyleNature& n) { return n.name == style; });
        scores.push_back(-price(found == std::end(kNatures) ? kUnknown : *found, song));
    }
    return scores;
}

std::size_t chooseStyle(const SongCharacter& song, std::span<const std::string> styles, std::span<const float> logProbabilities, double weight) {
    auto scores = styleScores(song, styles);
    if (song.tempoBpm <= 0) weight = 0;  // without a beat the predictor hears nothing that it was taught
    for (std::size_t k = 0; k < std::min(scores.size(), logProbabilities.size()); ++k) scores[k] += weight * std::max(-4.0, static_cast<double>(logProbabilities[k]));
    return static_cast<std::size_t>(std::max_element(scores.begin(), scores.end()) - scores.begin());
}

}  // namespace choreia::choreo
