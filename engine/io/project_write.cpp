// Writing a project's parts.
#include "io/project_parts.h"

#include "motion/skeleton.h"

#include <algorithm>
#include <cstdio>

namespace choreia::io {

using motion::kJoints;

Result<void> ProjectWriter::points(const std::string& dataset, const std::vector<motion::Vec3>& values) {
    std::vector<float> flat;
    flat.reserve(values.size() * 3);
    for (const auto& v : values) flat.insert(flat.end(), {v.x(), v.y(), v.z()});
    return file.writeFloats(dataset, {values.size(), 3}, flat.data());
}

Result<void> ProjectWriter::rotations(const std::string& dataset, const std::vector<motion::Quat>& values) {
    std::vector<float> flat;
    flat.reserve(values.size() * 4);
    for (const auto& q : values) flat.insert(flat.end(), {q.w(), q.x(), q.y(), q.z()});
    return file.writeFloats(dataset, {values.size() / kJoints, kJoints, 4}, flat.data());
}

Result<void> ProjectWriter::analysis(const std::string& group, const audio::Analysis& value) {
    CHOREIA_TRY(file.makeGroup(group));
    CHOREIA_TRY(file.numberAttribute(group, "duration_s", value.duration));
    CHOREIA_TRY(file.numberAttribute(group, "tempo_bpm", value.grid.tempoBpm));
    CHOREIA_TRY(file.numberAttribute(group, "confidence", value.grid.confidence));
    CHOREIA_TRY(file.numberAttribute(group, "beats_per_bar", value.grid.beatsPerBar));
    CHOREIA_TRY(file.writeDoubles(group + "/beats_s", value.grid.beats));
    CHOREIA_TRY(file.writeDoubles(group + "/downbeats_s", value.grid.downbeats));
    // Since the first version 1: files without these are read as unlocked and unsure.
    CHOREIA_TRY(file.numberAttribute(group, "grid_locked", value.grid.locked ? 1 : 0));
    if (value.grid.strength.size() == value.grid.beats.size())
        CHOREIA_TRY(file.writeDoubles(group + "/beat_strength", {value.grid.strength.begin(), value.grid.strength.end()}));
    std::vector<double> starts, ends, loudest;
    std::vector<std::string> labels;
    for (const auto& section : value.sections) {
        loudest.push_back(section.loudest ? 1 : 0);
        starts.push_back(section.start);
        ends.push_back(section.end);
        labels.push_back(section.label);
    }
    CHOREIA_TRY(file.writeDoubles(group + "/section_starts_s", starts));
    CHOREIA_TRY(file.writeDoubles(group + "/section_ends_s", ends));
    CHOREIA_TRY(file.writeDoubles(group + "/section_loudest", loudest));
    return file.textListAttribute(group, "section_labels", labels);
}

Result<void> ProjectWriter::settings(const std::string& group, const GenerateSettings& value) {
    CHOREIA_TRY(file.makeGroup(group));
    CHOREIA_TRY(file.textAttribute(group, "model", value.model));
    CHOREIA_TRY(file.textAttribute(group, "style", value.style));
    CHOREIA_TRY(file.textAttribute(group, "seed", std::to_string(value.seed)));  // 64 bits do not fit a double
    CHOREIA_TRY(file.numberAttribute(group, "temperature", value.temperature));
    CHOREIA_TRY(file.numberAttribute(group, "top_p", value.topP));
    CHOREIA_TRY(file.numberAttribute(group, "sync", value.sync ? 1 : 0));
    CHOREIA_TRY(file.numberAttribute(group, "energy", value.energy));
    if (!value.energyCourse.empty()) {
        std::vector<double> times, values;
        for (const auto& point : value.energyCourse) times.push_back(point.time), values.push_back(point.value);
        CHOREIA_TRY(file.writeDoubles(group + "/energy_times_s", times));
        CHOREIA_TRY(file.writeDoubles(group + "/energy_values", values));
    }
    if (!value.styleCourse.empty()) {
        std::vector<double> times;
        std::vector<std::string> styles;
        for (const auto& change : value.styleCourse) times.push_back(change.time), styles.push_back(change.style);
        CHOREIA_TRY(file.writeDoubles(group + "/style_times_s", times));
        CHOREIA_TRY(file.textListAttribute(group, "styles_along", styles));
    }
    CHOREIA_TRY(file.numberAttribute(group, "guidance", value.guidance));
    CHOREIA_TRY(file.numberAttribute(group, "repeats", value.repeats));
    CHOREIA_TRY(file.numberAttribute(group, "mirror", value.mirror ? 1 : 0));
    CHOREIA_TRY(file.numberAttribute(group, "first_pose", value.firstPose ? 1 : 0));
    CHOREIA_TRY(file.numberAttribute(group, "final_pose", value.finalPose ? 1 : 0));
    if (value.stage > 0) CHOREIA_TRY(file.numberAttribute(group, "stage_m", value.stage));
    return file.numberAttribute(group, "sync_strength", value.syncStrength);
}

Result<void> ProjectWriter::clip(const std::string& group, const motion::Clip& value) {
    CHOREIA_TRY(file.numberAttribute(group, "fps", value.fps));
    CHOREIA_TRY(points(group + "/root_position", value.root));
    return rotations(group + "/local_rotations", value.rotations);
}

Result<void> ProjectWriter::dance(const std::string& group, const Dance& value) {
    const bool whole = value.clip.rotations.size() == value.clip.frames() * kJoints && (value.contacts.empty() || value.contacts.size() == value.clip.frames()) &&
                       std::all_of(value.keys.begin(), value.keys.end(), [](const KeyPose& key) { return key.rotations.size() == kJoints; });
    if (!whole) return failed(value.name, "cannot be saved: its motion, contacts and key poses do not fit together");
    CHOREIA_TRY(file.makeGroup(group));
    CHOREIA_TRY(file.textAttribute(group, "name", value.name));
    CHOREIA_TRY(clip(group, value.clip));
    CHOREIA_TRY(file.makeGroup(group + "/tokens"));
    CHOREIA_TRY(file.numberAttribute(group + "/tokens", "tokens_per_second", value.tokens.tokensPerSecond));
    CHOREIA_TRY(file.writeIntegers(group + "/tokens/upper", {value.tokens.upper.size()}, value.tokens.upper.data()));
    CHOREIA_TRY(file.writeIntegers(group + "/tokens/lower", {value.tokens.lower.size()}, value.tokens.lower.data()));
    CHOREIA_TRY(file.writeDoubles(group + "/tokens/times_s", value.tokens.times));
    std::vector<double> times;
    std::vector<std::uint8_t> pinned, contacts;
    std::vector<motion::Vec3> roots;
    std::vector<motion::Quat> turns;
    for (const auto& key : value.keys) {
        times.push_back(key.time);
        pinned.push_back(key.pinned ? 1 : 0);
        roots.push_back(key.root);
        turns.insert(turns.end(), key.rotations.begin(), key.rotations.end());
    }
    CHOREIA_TRY(file.writeDoubles(group + "/keys/times_s", times));
    CHOREIA_TRY(file.writeBytes(group + "/keys/pinned", {pinned.size()}, pinned.data()));
    CHOREIA_TRY(points(group + "/keys/root_position", roots));
    CHOREIA_TRY(rotations(group + "/keys/local_rotations", turns));
    for (const auto& frame : value.contacts) {
        for (const bool stands : frame) contacts.push_back(stands ? 1 : 0);
    }
    CHOREIA_TRY(file.writeBytes(group + "/contacts", {value.contacts.size(), 4}, contacts.data()));
    if (!value.blocks.empty()) {
        std::vector<double> starts;
        std::vector<std::string> names;
        for (const auto& block : value.blocks) {
            starts.push_back(block.start);
            names.push_back(block.name);
        }
        CHOREIA_TRY(file.makeGroup(group + "/blocks"));
        CHOREIA_TRY(file.writeDoubles(group + "/blocks/starts_s", starts));
        CHOREIA_TRY(file.textListAttribute(group + "/blocks", "names", names));
    }
    if (!value.seams.empty()) CHOREIA_TRY(seams(group + "/seams", value.seams));
    if (value.place != motion::StagePlace{}) {
        CHOREIA_TRY(file.numberAttribute(group, "place_x_m", static_cast<double>(value.place.x)));
        CHOREIA_TRY(file.numberAttribute(group, "place_z_m", static_cast<double>(value.place.z)));
        CHOREIA_TRY(file.numberAttribute(group, "place_turn_rad", static_cast<double>(value.place.turn)));
    }
    return settings(group + "/settings", value.settings);
}

Result<void> ProjectWriter::markers(const std::string& group, const std::vector<Marker>& list) {
    std::vector<double> times;
    std::vector<std::string> names;
    for (const auto& marker : list) {
        times.push_back(marker.time);
        names.push_back(marker.name);
    }
    CHOREIA_TRY(file.makeGroup(group));
    CHOREIA_TRY(file.writeDoubles(group + "/times_s", times));
    return file.textListAttribute(group, "names", names);
}

Result<void> ProjectWriter::seams(const std::string& group, const std::vector<Seam>& list) {
    CHOREIA_TRY(file.makeGroup(group));
    for (std::size_t i = 0; i < list.size(); ++i) {
        const Seam& seam = list[i];
        char name[32];
        std::snprintf(name, sizeof name, "/%04zu", i);
        const std::string place = group + name;
        CHOREIA_TRY(file.makeGroup(place));
        CHOREIA_TRY(file.numberAttribute(place, "at_s", seam.at));
        CHOREIA_TRY(file.numberAttribute(place, "fade_s", seam.fade));
        for (const auto& [part, clipOf] : {std::pair{"earlier", &seam.earlier}, std::pair{"later", &seam.later}, std::pair{"unblended", &seam.unblended}, std::pair{"blended", &seam.blended}}) {
            if (!*clipOf) continue;
            CHOREIA_TRY(file.makeGroup(place + "/" + part));
            CHOREIA_TRY(clip(place + "/" + part, **clipOf));
        }
        if (seam.contacts.empty()) continue;
        std::vector<std::uint8_t> contacts;
        for (const auto& frame : seam.contacts)
            for (const bool stands : frame) contacts.push_back(stands ? 1 : 0);
        CHOREIA_TRY(file.writeBytes(place + "/contacts", {seam.contacts.size(), 4}, contacts.data()));
    }
    return {};
}

}  // namespace choreia::io
