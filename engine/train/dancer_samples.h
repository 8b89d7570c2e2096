/// What the dancer GAN is trained on: pictures of a person with landmarks, or our own character in the poses of a motion data set, drawn as they are needed.
/// Internal to the room.
#pragma once

#include "core/random.h"
#include "core/result.h"
#include "data/dataset.h"
#include "render/limb_maps.h"

#include <torch/torch.h>

#include <array>
#include <filesystem>
#include <vector>

namespace choreia::train {

/// A square picture of the dancer and the pose in it.
struct DancerSample {
    torch::Tensor picture;   ///< uint8 [3, side, side]
    torch::Tensor previous;  ///< the same, the picture before it in time; or undefined
    torch::Tensor coverage;  ///< uint8 [1, side, side], or undefined: not known
    torch::Tensor room;      ///< uint8 [3, side, side]: the place without the dancer; undefined where it is not asked for
    std::array<float, render::kPoseNumbers> landmarks{};  ///< of the whole picture; see render::drawPoseMaps
};

/// A batch ready for the networks.
struct DancerBatch {
    torch::Tensor maps, outside;      ///< as nn::DancerInput
    torch::Tensor picture, previous;  ///< [batch, 3, size, size], -1..1; previous is undefined where it is not asked for
    torch::Tensor mask;               ///< [batch, 1, size, size]: the person, 0..1
    torch::Tensor room;               ///< [batch, 3, size, size], -1..1: what stands behind the dancer; of layered samples
    torch::Tensor head;               ///< [batch, 1, size, size]: the head, 0..1; undefined where it is not asked for
    torch::Tensor landmarks;          ///< [batch, 66], x and y in 0..1
};

struct DancerSampleSetting {
    int size = 128, working = 128;  ///< of the pictures, of the maps
    int maps = render::kPoseMaps;   ///< or kAllMaps
    bool previous = false;          ///< the picture before, too
    bool layered = false;           ///< the square around our character, with the place that is behind it
    bool head = false;              ///< where the head is, too
    bool flip = true;               ///< photographs may be turned round
    int pool = 600;                 ///< pictures of our character kept at a time
    int look = 0;                   ///< which of the shipped looks it has
    std::uint64_t seed = 1;
};

class DancerSamples {
public:
    /// places: folders and files as data::loadDancerPictures takes, or training HDF5 with motion. Error (BadInput) as the loaders, where they are mixed,
    /// where pictures without their background should be layered, or where nothing is left for training or for validation.
    static Result<DancerSamples> load(const std::vector<std::filesystem::path>& places, const DancerSampleSetting& setting);

    /// Samples drawn with random. Photographs are shifted, and turned round where allowed; of our character every call draws `fresh` new pictures first.
    [[nodiscard]] DancerBatch draw(Random& random, int batch, int fresh);
    /// Validation samples from first on, cut in the middle.
    [[nodiscard]] DancerBatch validation(std::size_t first, std::size_t count) const;
    /// The training picture in the pose nearest to a validation sample's (by the landmarks' distances), cut in the middle: what copying would give.
    [[nodiscard]] DancerBatch nearest(std::size_t index) const;
    [[nodiscard]] std::size_t trainingCount() const { return photographs_ ? training_.size() : static_cast<std::size_t>(setting_.pool); }
    [[nodiscard]] std::size_t validationCount() const { return validation_.size(); }

private:
    struct Columns;
    Result<void> loadMotion(const std::vector<std::filesystem::path>& files);
    [[nodiscard]] DancerSample drawScene(Random& random, bool validation) const;
    void add(const DancerSample& sample, int x, int y, bool mirrored, Columns& columns) const;

    DancerSampleSetting setting_;
    bool photographs_ = true;
    int side_ = 128;  ///< of the samples; photographs have room for shifts
    std::vector<DancerSample> training_, validation_;
    std::vector<data::TrainingClip> clips_;
    std::size_t oldest_ = 0;
};

/// The batch with every side divided by `by`, means of what lay there; landmarks stay. by: 1 changes nothing; a divisor of all sides.
DancerBatch shrunk(DancerBatch batch, std::int64_t by);

/// A row of samples: poses, generated, true, below one another; a PNG for the eye.
Result<void> writeDancerSheet(const std::filesystem::path& path, const DancerBatch& batch, const torch::Tensor& generated);

}  // namespace choreia::train
