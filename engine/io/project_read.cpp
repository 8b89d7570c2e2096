// Reading a project's parts, each checked before it is handed on.
#include "io/project_parts.h"

#include "motion/skeleton.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace choreia::io {

using motion::kJoints;

Error ProjectReader::damaged(const std::string& part, std::string expected, std::string found) const {
    return badInput(where, "part '" + part + "' cannot be used", std::move(expected), std::move(found));
}

Result<double> ProjectReader::number(const std::string& object, const std::string& name) const {
    CHOREIA_ASSIGN(const double value, file.numberAttribute(object, name));
    if (!std::isfinite(value)) return damaged(object + " " + name, "a finite number");
    return value;
}

Result<bool> ProjectReader::flag(const std::string& object, const std::string& name) const {
    CHOREIA_ASSIGN(const double value, number(object, name));
    return value != 0;
}

Result<std::vector<double>> ProjectReader::times(const std::string& dataset, bool strictly) const {
    CHOREIA_ASSIGN(std::vector<double> values, file.readDoubles(dataset));
    for (std::size_t i = 0; i < values.size(); ++i) {
        const bool rises = i == 0 || (strictly ? values[i] > values[i - 1] : values[i] >= values[i - 1]);
        if (!std::isfinite(values[i]) || !rises) return damaged(dataset, "rising times", "entry " + std::to_string(i));
    }
    return values;
}

Result<std::vector<motion::Vec3>> ProjectReader::points(const std::string& dataset) const {
    CHOREIA_ASSIGN(const Array array, file.readFloats(dataset));
    if (array.shape.size() != 2 || array.shape[1] != 3) return damaged(dataset, "[n, 3]");
    std::vector<motion::Vec3> values(array.shape[0]);
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = motion::Vec3(array.values[3 * i], array.values[3 * i + 1], array.values[3 * i + 2]);
        if (!values[i].allFinite()) return damaged(dataset, "finite numbers", "entry " + std::to_string(i));
    }
    return values;
}

Result<std::vector<motion::Quat>> ProjectReader::rotations(const std::string& dataset, std::size_t rows) const {
    CHOREIA_ASSIGN(const Array array, file.readFloats(dataset));
    if (array.shape != std::vector<std::uint64_t>{rows, kJoints, 4}) return damaged(dataset, "[" + std::to_string(rows) + ", 24, 4]");
    std::vector<motion::Quat> values(rows * kJoints);
    for (std::size_t i = 0; i < values.size(); ++i) {
        const float* q = array.values.data() + 4 * i;
        values[i] = motion::Quat(q[0], q[1], q[2], q[3]);
        if (!(std::abs(values[i].norm() - 1.0f) < 0.01f)) return damaged(dataset, "unit quaternions", "entry " + std::to_string(i));
    }
    return values;
}

Result<audio::Analysis> ProjectReader::analysis(const std::string& group) const {
    audio::Analysis value;
    CHOREIA_ASSIGN(value.duration, number(group, "duration_s"));
    CHOREIA_ASSIGN(value.grid.tempoBpm, number(group, "tempo_bpm"));
    CHOREIA_ASSIGN(value.grid.confidence, number(group, "confidence"));
    CHOREIA_ASSIGN(const double perBar, number(group, "beats_per_bar"));
    if (perBar < 1 || perBar > 64) return damaged(group + " beats_per_bar", "1 to 64", std::to_string(perBar));
    value.grid.beatsPerBar = static_cast<int>(perBar);
    CHOREIA_ASSIGN(value.grid.beats, times(group + "/beats_s", true));
    CHOREIA_ASSIGN(value.grid.downbeats, times(group + "/downbeats_s", true));
    CHOREIA_ASSIGN(const auto starts, times(group + "/section_starts_s", false));
    CHOREIA_ASSIGN(const auto ends, times(group + "/section_ends_s", false));
    CHOREIA_ASSIGN(const auto labels, file.textListAttribute(group, "section_labels"));
    if (starts.size() != ends.size() || starts.size() != labels.size()) return damaged(group + " sections", "as many starts, ends and labels");
    for (std::size_t i = 0; i < starts.size(); ++i) value.sections.push_back({starts[i], ends[i], labels[i]});
    if (file.hasAttribute(group, "grid_locked")) {
        CHOREIA_ASSIGN(const double locked, number(group, "grid_locked"));
        value.grid.locked = locked != 0;
    }
    if (file.exists(group + "/beat_strength")) {
        CHOREIA_ASSIGN(const auto strength, file.readDoubles(group + "/beat_strength"));
        if (strength.size() != value.grid.beats.size()) return damaged(group + "/beat_strength", "one a beat");
        value.grid.strength.assign(strength.begin(), strength.end());
    }
    if (file.exists(group + "/section_loudest")) {
        CHOREIA_ASSIGN(const auto loudest, file.readDoubles(group + "/section_loudest"));
        if (loudest.size() != value.sections.size()) return damaged(group + "/section_loudest", "one a section");
        for (std::size_t i = 0; i < loudest.size(); ++i) value.sections[i].loudest = loudest[i] != 0;
    }
    return value;
}

Result<GenerateSettings> ProjectReader::settings(const std::string& group) const {
    GenerateSettings value;
    CHOREIA_ASSIGN(value.model, file.textAttribute(group, "model"));
    CHOREIA_ASSIGN(value.style, file.textAttribute(group, "style"));
    CHOREIA_ASSIGN(const std::string seed, file.textAttribute(group, "seed"));
    const auto [end, code] = std::from_chars(seed.data(), seed.data() + seed.size(), value.seed);
    if (code != std::errc() || end != seed.data() + seed.size()) return damaged(group + " seed", "a whole number", seed);
    CHOREIA_ASSIGN(value.temperature, number(group, "temperature"));
    CHOREIA_ASSIGN(value.topP, number(group, "top_p"));
    CHOREIA_ASSIGN(value.sync, flag(group, "sync"));
    CHOREIA_ASSIGN(value.syncStrength, number(group, "sync_strength"));
    // Projects of before these were settings were made without them.
    value.guidance = value.repeats = 0;
    value.firstPose = value.finalPose = false;
    for (const auto& [name, place] : {std::pair{"energy", &value.energy}, std::pair{"guidance", &value.guidance}, std::pair{"repeats", &value.repeats}})
        if (file.hasAttribute(group, name)) {
            CHOREIA_ASSIGN(*place, number(group, name));
        }
    for (const auto& [name, place] : {std::pair{"mirror", &value.mirror}, std::pair{"first_pose", &value.firstPose}, std::pair{"final_pose", &value.finalPose}})
        if (file.hasAttribute(group, name)) {
            CHOREIA_ASSIGN(*place, flag(group, name));
        }
    if (file.hasAttribute(group, "stage_m")) {
        CHOREIA_ASSIGN(value.stage, number(group, "stage_m"));
        if (!(value.stage > 0)) return damaged(group + " stage_m", "above 0", std::to_string(value.stage));
    }
    if (file.exists(group + "/energy_times_s")) {
        CHOREIA_ASSIGN(const auto when, times(group + "/energy_times_s", true));
        CHOREIA_ASSIGN(const auto values, file.readDoubles(group + "/energy_values"));
        if (values.size() != when.size()) return damaged(group + "/energy_values", "one a time");
        for (std::size_t i = 0; i < when.size(); ++i) {
            if (!(std::abs(values[i]) <= 1)) return damaged(group + "/energy_values", "-1 to 1", std::to_string(values[i]));
            value.energyCourse.push_back({when[i], values[i]});
        }
    }
    if (file.exists(group + "/style_times_s")) {
        CHOREIA_ASSIGN(const auto when, times(group + "/style_times_s", true));
        CHOREIA_ASSIGN(const auto styles, file.textListAttribute(group, "styles_along"));
        if (styles.size() != when.size()) return damaged(group + " styles_along", "one a time");
        for (std::size_t i = 0; i < when.size(); ++i) value.styleCourse.push_back({when[i], styles[i]});
    }
    return value;
}

Result<void> ProjectReader::tokens(const std::string& group, TokenTrack& track) const {
    CHOREIA_ASSIGN(track.tokensPerSecond, number(group, "tokens_per_second"));
    CHOREIA_ASSIGN(track.upper, file.readIntegers(group + "/upper"));
    CHOREIA_ASSIGN(track.lower, file.readIntegers(group + "/lower"));
    CHOREIA_ASSIGN(track.times, times(group + "/times_s", false));
    const auto negative = [](const std::vector<std::int64_t>& codes) { return std::any_of(codes.begin(), codes.end(), [](std::int64_t c) { return c < 0; }); };
    if (!(track.tokensPerSecond > 0) || track.upper.size() != track.lower.size() || track.times.size() != track.upper.size() || negative(track.upper) ||
        negative(track.lower)) {
        return damaged(group, "as many upper and lower codes as times, none negative");
    }
    return {};
}

Result<void> ProjectReader::keys(const std::string& group, std::vector<KeyPose>& list) const {
    CHOREIA_ASSIGN(const auto when, times(group + "/times_s", false));
    CHOREIA_ASSIGN(const auto pinned, file.readBytes(group + "/pinned"));
    CHOREIA_ASSIGN(const auto roots, points(group + "/root_position"));
    CHOREIA_ASSIGN(const auto turns, rotations(group + "/local_rotations", when.size()));
    if (pinned.size() != when.size() || roots.size() != when.size()) return damaged(group, "as many pins and roots as times");
    for (std::size_t i = 0; i < when.size(); ++i) {
        const auto first = turns.begin() + static_cast<std::ptrdiff_t>(i * kJoints);
        list.push_back({when[i], pinned[i] != 0, roots[i], {first, first + kJoints}});
    }
    return {};
}

Result<void> ProjectReader::blocks(const std::string& group, std::vector<Block>& list) const {
    CHOREIA_ASSIGN(const auto starts, times(group + "/starts_s", true));
    CHOREIA_ASSIGN(const auto names, file.textListAttribute(group, "names"));
    if (names.size() != starts.size()) return damaged(group, "as many names as starts");
    for (std::size_t i = 0; i < starts.size(); ++i) list.push_back({starts[i], names[i]});
    return {};
}

Result<void> ProjectReader::seams(const std::string& group, std::vector<Seam>& list) const {
    for (const std::string& name : file.groups(group)) {
        const std::string place = group + "/" + name;
        Seam seam;
        CHOREIA_ASSIGN(seam.at, number(place, "at_s"));
        CHOREIA_ASSIGN(seam.fade, number(place, "fade_s"));
        if (seam.fade < 0 || (!list.empty() && seam.at <= list.back().at)) return damaged(place, "rising times, and fades of 0 s or more");
        for (const auto& [part, clipOf] : {std::pair{"earlier", &seam.earlier}, std::pair{"later", &seam.later}, std::pair{"unblended", &seam.unblended}, std::pair{"blended", &seam.blended}})
            if (file.exists(place + "/" + part)) {
                CHOREIA_ASSIGN(motion::Clip found, clip(place + "/" + part));
                *clipOf = std::make_shared<const motion::Clip>(std::move(found));
            }
        if (file.exists(place + "/contacts")) {
            CHOREIA_ASSIGN(const auto contacts, file.readBytes(place + "/contacts"));
            if (!seam.unblended || contacts.size() != 4 * seam.unblended->frames()) return damaged(place + "/contacts", "as many as frames");
            seam.contacts.resize(contacts.size() / 4);
            for (std::size_t i = 0; i < contacts.size(); ++i) seam.contacts[i / 4][i % 4] = contacts[i] != 0;
        }
        list.push_back(std::move(seam));
    }
    return {};
}

Result<std::vector<Marker>> ProjectReader::markers(const std::string& group) const {
    CHOREIA_ASSIGN(const auto when, times(group + "/times_s", true));
    CHOREIA_ASSIGN(const auto names, file.textListAttribute(group, "names"));
    if (names.size() != when.size()) return damaged(group, "as many names as times");
    std::vector<Marker> list;
    for (std::size_t i = 0; i < when.size(); ++i) list.push_back({when[i], names[i]});
    return list;
}

Result<motion::Clip> ProjectReader::clip(const std::string& group) const {
    motion::Clip value;
    CHOREIA_ASSIGN(value.fps, number(group, "fps"));
    if (!(value.fps > 0)) return damaged(group + " fps", "above 0", std::to_string(value.fps));
    CHOREIA_ASSIGN(value.root, points(group + "/root_position"));
    CHOREIA_ASSIGN(value.rotations, rotations(group + "/local_rotations", value.frames()));
    return value;
}

Result<Dance> ProjectReader::dance(const std::string& group) const {
    Dance value;
    CHOREIA_ASSIGN(value.name, file.textAttribute(group, "name"));
    CHOREIA_ASSIGN(value.clip, clip(group));
    CHOREIA_TRY(tokens(group + "/tokens", value.tokens));
    CHOREIA_TRY(keys(group + "/keys", value.keys));
    CHOREIA_ASSIGN(const auto contacts, file.readBytes(group + "/contacts"));
    if (!contacts.empty() && contacts.size() != 4 * value.clip.frames()) {
        return damaged(group + "/contacts", "[" + std::to_string(value.clip.frames()) + ", 4]", std::to_string(contacts.size()) + " entries");
    }
    value.contacts.resize(contacts.size() / 4);
    for (std::size_t i = 0; i < contacts.size(); ++i) value.contacts[i / 4][i % 4] = contacts[i] != 0;
    CHOREIA_ASSIGN(value.settings, settings(group + "/settings"));
    // Files of before there were blocks have none.
    if (file.exists(group + "/blocks")) CHOREIA_TRY(blocks(group + "/blocks", value.blocks));
    if (file.exists(group + "/seams")) CHOREIA_TRY(seams(group + "/seams", value.seams));
    // Nor places: everybody danced about the origin.
    for (const auto& [name, part] : {std::pair{"place_x_m", &value.place.x}, std::pair{"place_z_m", &value.place.z}, std::pair{"place_turn_rad", &value.place.turn}})
        if (file.hasAttribute(group, name)) {
            CHOREIA_ASSIGN(const double found, number(group, name));
            *part = static_cast<float>(found);
        }
    return value;
}

}  // namespace choreia::io
