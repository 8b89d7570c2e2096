// Positions are stored beside the rotations so that other tools can look at the file without forward kinematics.
#include "data/group_writer.h"

#include "motion/kinematics.h"

namespace choreia::data {

Result<void> writeGroup(io::H5Writer& file, const Group& group) {
    const motion::Clip& clip = *group.clip;
    const auto frames = static_cast<std::uint64_t>(clip.frames());
    const std::string at = group.name + "/";
    const motion::Positions positions = motion::jointPositions(motion::Skeleton::body(), clip);
    std::vector<float> values;
    values.reserve(clip.frames() * motion::kJoints * 4);
    for (const auto& p : positions.values) values.insert(values.end(), {p.x(), p.y(), p.z()});
    CHOREIA_TRY(file.writeFloats(at + "positions", {frames, motion::kJoints, 3}, values.data(), true));
    values.clear();
    for (const auto& q : clip.rotations) values.insert(values.end(), {q.w(), q.x(), q.y(), q.z()});
    CHOREIA_TRY(file.writeFloats(at + "local_rotations", {frames, motion::kJoints, 4}, values.data(), true));
    values.clear();
    for (const auto& p : clip.root) values.insert(values.end(), {p.x(), p.y(), p.z()});
    CHOREIA_TRY(file.writeFloats(at + "root_position", {frames, 3}, values.data(), true));
    if (group.music && group.music->rows > 0) {
        CHOREIA_TRY(
            file.writeFloats(at + "music_features", {group.music->rows, group.music->columns}, group.music->values.data(), true));
    }
    CHOREIA_TRY(file.writeDoubles(at + "beats_s", group.beats));
    CHOREIA_TRY(file.numberAttribute(group.name, "fps", clip.fps));
    CHOREIA_TRY(file.textAttribute(group.name, "style", group.style));
    CHOREIA_TRY(file.textAttribute(group.name, "set", group.validation ? "val" : "train"));
    CHOREIA_TRY(file.textAttribute(group.name, "song", group.song));
    CHOREIA_TRY(file.textAttribute(group.name, "source", group.source));
    CHOREIA_TRY(file.numberAttribute(group.name, "licence_publishable", group.publishable ? 1 : 0));
    CHOREIA_TRY(file.numberAttribute(group.name, "warped", group.warped ? 1 : 0));
    CHOREIA_TRY(file.numberAttribute(group.name, "tempo_bpm", group.tempo));
    return {};
}

} // namespace choreia::data
