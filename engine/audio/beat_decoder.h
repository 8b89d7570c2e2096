/// From activations to a course of beats and bars: a bar pointer whose states are a place in the bar and the interval before it.
#pragma once

#include "audio/beat_model.h"

#include <cstddef>
#include <vector>

namespace choreia::audio {

/// What the decoder holds likely. The defaults say no more than that tempo is mostly steady and that bars mostly stay as they are.
struct DecoderSettings {
    double slowest = 55, fastest = 215;  ///< beats a minute
    double wobble = 0.15;                ///< cost of an interval one row longer or shorter than the last: what rounding to rows does anyhow
    double change = 40;                  ///< cost of further change, a unit of relative change
    double metreChange = 8;              ///< cost of another number of beats in a bar
    double restart = 40;                 ///< cost of beginning anew: another tempo, another phase, or after a pause
    double doubt = 0.75;                 ///< a beat is as likely as none at this share of the level of the activation in the ten seconds around: a regular course
                                         ///< of weak ones is a beat too, weak ones between strong ones are not
    double inTwo = 0.8;                  ///< cost of a bar of two: half a bar of four resembles it
    double tail = 40;                    ///< what a weak ending may cost before it is cut off
    double absent = -2.5, present = 4;   ///< bounds of a beat's evidence, as log odds
    double barEvidence = 1;              ///< weight of the downbeat activation
    double prior = 0.25, commonTempo = 110, spread = 0.5;  ///< weight a beat, centre (BPM) and spread (octaves) of common tempi; 0: the activation alone
    double tempo = 0.2, unlikely = -5;   ///< weight a beat of what the model says of the tempo, and the least that it counts (log probability against its best)
    double heardPrior = 0.3, heardCommon = 94;  ///< prior and commonTempo where the model says anything of the tempo
};

struct DecodedBeats {
    std::vector<double> beats;             ///< seconds, strictly rising
    std::vector<float> strength;           ///< 0..1 a beat: the activation on it
    std::vector<std::size_t> downbeats;    ///< indices of beats
    int beatsPerBar = 4;                   ///< of most bars: 2, 3 or 4
    double confidence = 0;                 ///< 0..1: how far the activation gathers on the beats
};

/// Changes of tempo happen at beats only. Stretches without evidence at
/// the ends, and long ones between, get no beats. Time: linear in rows; memory beside the activations: bounded.
DecodedBeats decodeBeats(const BeatActivations& heard, const DecoderSettings& settings = {});

}  // namespace choreia::audio
