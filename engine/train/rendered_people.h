/// Our own character as photographs might show it: any pose of a motion data set, any look and light, cameras all round, backgrounds of all kinds. Internal
/// to the room.
#pragma once

#include "core/random.h"
#include "core/result.h"
#include "data/dataset.h"
#include "data/picture_samples.h"

#include <filesystem>
#include <vector>

namespace choreia::train {

/// True for a training HDF5 with motion in it.
bool holdsMotion(const std::filesystem::path& place);

class RenderedPeople {
public:
    /// files: training HDF5 with motion. Error (BadInput) as data::loadClips, or where nothing is left for training or for validation.
    static Result<RenderedPeople> load(const std::vector<std::filesystem::path>& files);
    /// A picture of side x side pixels in a pose of the training or of the validation motion. Thread-safe.
    [[nodiscard]] data::PictureSample draw(Random& random, bool validation, int side) const;

private:
    std::vector<data::TrainingClip> training_, validation_;
};

}  // namespace choreia::train
