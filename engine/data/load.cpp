// Reading training files whole into memory.
#include "data/dataset.h"
#include "io/hdf5.h"

#include <cmath>

namespace choreia::data {

using motion::kJoints;

Result<std::vector<TrainingClip>> loadClips(const std::vector<std::filesystem::path>& files) {
    std::vector<TrainingClip> out;
    for (const auto& path : files) {
        CHOREIA_ASSIGN(const io::H5Reader file, io::H5Reader::open(path));
        const std::string where = path.string();
        std::size_t found = 0;
        for (const auto& name : file.groups()) {
            const std::string at = name + "/";
            if (!file.exists(at + "local_rotations")) continue;
            const std::string place = where + ": " + name;
            CHOREIA_ASSIGN(const io::Array rotations, file.readFloats(at + "local_rotations"));
            CHOREIA_ASSIGN(const io::Array root, file.readFloats(at + "root_position"));
            if (rotations.shape.size() != 3 || rotations.shape[1] != kJoints || rotations.shape[2] != 4 ||
                root.shape.size() != 2 || root.shape[1] != 3 || root.shape[0] != rotations.shape[0] || root.shape[0] == 0) {
                return badInput(place, "motion has a wrong shape",
                                "local_rotations [frames, 24, 4] and root_position [frames, 3]");
            }
            TrainingClip clip;
            clip.name = name;
            CHOREIA_ASSIGN(clip.clip.fps, file.numberAttribute(name, "fps"));
            const std::size_t frames = root.shape[0];
            clip.clip.root.reserve(frames);
            clip.clip.rotations.reserve(frames * kJoints);
            for (std::size_t f = 0; f < frames; ++f)
                clip.clip.root.emplace_back(root.values[3 * f], root.values[3 * f + 1], root.values[3 * f + 2]);
            for (std::size_t i = 0; i < frames * kJoints; ++i) {
                const float* q = rotations.values.data() + 4 * i;
                const motion::Quat rotation(q[0], q[1], q[2], q[3]);
                if (!(std::abs(rotation.norm() - 1.0f) < 0.01f)) {
                    return badInput(place, "local_rotations: not a unit quaternion", {},
                                    "frame " + std::to_string(i / kJoints) + ", joint " + std::to_string(i % kJoints));
                }
                clip.clip.rotations.push_back(rotation.normalized());
            }
            for (const auto& p : clip.clip.root) {
                if (!p.allFinite()) return badInput(place, "root_position: not finite");
            }
            if (file.exists(at + "music_features")) {
                CHOREIA_ASSIGN(io::Array features, file.readFloats(at + "music_features"));
                if (features.shape.size() != 2 || features.shape[0] != frames || features.shape[1] != audio::columns::kCount) {
                    return badInput(place, "music_features has a wrong shape",
                                    "[" + std::to_string(frames) + ", " + std::to_string(audio::columns::kCount) + "]");
                }
                clip.musicFeatures.rows = frames;
                clip.musicFeatures.columns = audio::columns::kCount;
                clip.musicFeatures.values = std::move(features.values);
            }
            if (file.exists(at + "beats_s")) {
                CHOREIA_ASSIGN(clip.beats, file.readDoubles(at + "beats_s"));
            }
            if (auto style = file.textAttribute(name, "style"); style.ok()) clip.style = *style;
            if (auto set = file.textAttribute(name, "set"); set.ok()) clip.validation = *set == "val";
            if (auto licence = file.numberAttribute(name, "licence_publishable"); licence.ok()) clip.publishable = *licence > 0.5;
            out.push_back(std::move(clip));
            ++found;
        }
        if (found == 0) return badInput(where, "no training motion in this file", "groups with local_rotations");
    }
    return out;
}

} // namespace choreia::data
