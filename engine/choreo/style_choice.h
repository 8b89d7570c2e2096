/// Which of the styles that a predictor knows suits a song: "auto" in the panel and on the command line.
#pragma once

#include "audio/analysis.h"

#include <span>
#include <string>
#include <vector>

namespace choreia::choreo {

/// What a dancer would go by, out of an analysis.
struct SongCharacter {
    double tempoBpm = 0;      ///< 0 where there is no beat
    int beatsPerBar = 4;
    double confidence = 0;    ///< of the beat, 0..1
    double punch = 0;         ///< share of onset strength that falls within 50 ms of a beat, over what an even spread would give
};

SongCharacter songCharacter(const audio::Analysis& analysis);

/// One score a style name, higher suits better: distance in tempo (octaves, at the style's usual tempo or an octave from it at a price), metre, and
/// how clear the beat is. A style that this table does not know scores as a style of 110 BPM with a wide range. The tempi are
/// those of the dances' own competition and club rules.
std::vector<double> styleScores(const SongCharacter& song, std::span<const std::string> styles);

/// Index of the best style: styleScores plus `weight` times the predictor's own log-probabilities (may be empty). styles must not be empty.
std::size_t chooseStyle(const SongCharacter& song, std::span<const std::string> styles, std::span<const float> logProbabilities, double weight = 0.5);

}  // namespace choreia::choreo
