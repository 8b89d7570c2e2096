// The same groups as describeDataset, counted instead of told.
#include "data/summary.h"

#include "io/hdf5.h"

namespace choreia::data {

Result<DatasetSummary> summariseDataset(const std::filesystem::path& path) {
    CHOREIA_ASSIGN(const io::H5Reader file, io::H5Reader::open(path));
    DatasetSummary sum;
    auto groups = file.groups();
    if (groups.empty()) groups.emplace_back("/");
    for (const auto& name : groups) {
        const std::string at = name == "/" ? "" : name + "/";
        if (file.exists(at + "audio_mfcc_sequences") || file.exists(at + "pose_landmark_sequences")) ++sum.samples;
        const auto shape = file.shape(at + "local_rotations");
        if (!shape || shape->empty()) continue;
        const auto fps = file.numberAttribute(name, "fps");
        const double seconds = fps.ok() && *fps > 0 ? static_cast<double>((*shape)[0]) / *fps : 0;
        ++sum.clips;
        sum.seconds += seconds;
        if (file.exists(at + "music_features")) ++sum.withMusic;
        const auto style = file.textAttribute(name, "style");
        sum.styles[style.ok() ? *style : "none"] += seconds;
        if (const auto set = file.textAttribute(name, "set"); set.ok() && *set == "val") {
            ++sum.validationClips;
            sum.validationSeconds += seconds;
        }
    }
    return sum;
}

}  // namespace choreia::data
