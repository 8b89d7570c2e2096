/// Music and flat landmarks side by side, for the LSTM-VAE: the second seed's file as it is, or our own training motion seen from the front.
#pragma once

#include "core/matrix.h"
#include "core/result.h"

#include <filesystem>
#include <string>
#include <vector>

namespace choreia::data {

inline constexpr std::size_t kSampleMfccs = 13;   ///< numbers of music a step
inline constexpr double kSampleFps = 30.0;        ///< steps a second of our own motion; the seed's 149 steps are 5 s of it

struct LandmarkSample {
    std::string name;
    bool validation = false;
    double pictureMetres = 0;  ///< height of the picture; 0: not known
    Table mfcc;       ///< [steps, 13], each column of mean 0 and spread 1 over the sample
    Table landmarks;  ///< [steps, 33 * 2] in picture heights: x from the middle column at 0.5, y down; a sample of one pose holds it throughout
};

/// Every column brought to mean 0 and spread 1, so that the loudness and the decibels of who measured do not matter.
void standardise(Table& mfcc);

/// MFCC of an analysis (60 rows a second, audio::columns) at kSampleFps: [floor(seconds * 30), 13], standardised.
Table sampleMfcc(const Table& features, std::size_t steps);

/// Groups with audio_mfcc_sequences [steps, n >= 13] and pose_landmark_sequences [33, 2] or [n, 33, 2] (x, y in 0..1 of the width and height, whose ratio
/// comes from `frames` [.., height, width, 3] where there are pictures; else 360 to 640, the seed's); landmarks are brought to the music's steps. Every
/// eighth sample (attribute set, where there is one) is for validation. Groups with local_rotations and music_features: our own. Error (BadInput) by group.
Result<std::vector<LandmarkSample>> loadLandmarkSamples(const std::vector<std::filesystem::path>& files);

}  // namespace choreia::data
