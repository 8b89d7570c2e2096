/// What a quantiser does to motion: reconstruction error by style, use of its codebooks, and what each code looks like.
#pragma once

#include "core/progress.h"
#include "core/result.h"
#include "motion/types.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace choreia::train {

struct CodeReport {
    struct Style {
        std::string name;
        double seconds = 0;
        double jointErrorCm = 0;      ///< mean over joints and frames, root-relative
        double rotationErrorDeg = 0;  ///< mean geodesic distance of local rotations (the pelvis without its heading)
        double worstClipCm = 0;       ///< the clip with the largest mean error
        std::string worstClip;
    };
    struct Codebook {
        std::string name;  ///< "lower 1", "upper 1", ...
        std::int64_t codes = 0, used = 0;
        double perplexity = 0;
    };
    /// A code of the first lower or upper codebook: the mean of what is decoded where it stands.
    struct Look {
        bool upper = false;
        std::int64_t code = 0;
        double share = 0;                                  ///< of all tokens of the codebook, 0..1
        std::array<std::vector<motion::Vec3>, 3> poses;    ///< first, middle and last frame: 24 joints, metres, facing +Z, root at x = z = 0
        motion::Vec3 velocity = motion::Vec3::Zero();      ///< of the root, m/s (lower codes)
    };
    std::string kind;
    std::vector<Style> styles;
    Style all;
    double dancedErrorCm = 0;  ///< jointErrorCm of all, of the streams alone that a predictor speaks; the same where it speaks all
    double speedRatio = 0;  ///< movement of the joints after, over before
    std::vector<Codebook> codebooks;
    std::vector<Look> looks;  ///< lower codes, then upper, each by falling share; codes that never occur are left out
};

/// weights: a VQ-VAE or K-means file. Errors and use are measured on the validation clips of the data (a movement under several songs counts
/// once), looks on all clips. Error (BadInput): weights or data that cannot be used, no validation clips. Cost: about 1 s for 100 s of motion.
Result<CodeReport> reportCodes(const std::filesystem::path& weights, const std::vector<std::filesystem::path>& data, bool looks, std::stop_token stop,
                               Progress& progress);

}  // namespace choreia::train
