// JSON by hand on the way out, so that each joint stands in a line of its own and floats in their shortest form.
#include "io/pose_library.h"

#include "core/atomic_file.h"
#include "motion/skeleton.h"

#include <nlohmann/json.hpp>

#include <charconv>
#include <cmath>

namespace choreia::io {

using motion::kJoints;
using motion::Skeleton;

namespace {

using PoseJson = nlohmann::json;

constexpr const char* kKind = "choreia-poses";
constexpr double kUnit = 0.01;   // how far from 1 a norm may be: figures typed with three digits
constexpr float kExact = 1e-5f;  // and within this nothing is put right, so that what was written comes back to the bit

std::string shortest(float value) {
    char text[32];
    const auto [end, code] = std::to_chars(text, text + sizeof text, value);
    return {text, end};
}

std::string quoted(const std::string& text) { return PoseJson(text).dump(-1, ' ', false, PoseJson::error_handler_t::replace); }

/// What a value is, for a message: short.
std::string shown(const PoseJson& value) {
    std::string text = value.dump(-1, ' ', false, PoseJson::error_handler_t::replace);
    if (text.size() > 40) text = std::string("a ") + value.type_name();
    return text;
}

struct PoseReader {
    const std::string& where;

    [[nodiscard]] Result<float> number(const PoseJson& value, const std::string& what) const {
        if (!value.is_number()) return badInput(where, what + " cannot be used", "a finite number", shown(value));
        const auto read = static_cast<float>(value.get<double>());
        if (!std::isfinite(read)) return badInput(where, what + " cannot be used", "a finite number", shown(value));
        return read;
    }

    [[nodiscard]] Result<motion::Quat> rotation(const PoseJson& value, const std::string& what) const {
        if (!value.is_array() || value.size() != 4) return badInput(where, what + " cannot be used", "four numbers w, x, y, z", shown(value));
        float parts[4];
        for (std::size_t i = 0; i < 4; ++i) {
            CHOREIA_ASSIGN(parts[i], number(value[i], what));
        }
        const motion::Quat q(parts[0], parts[1], parts[2], parts[3]);
        const float norm = q.norm();
        if (!(std::abs(norm - 1) < kUnit)) return badInput(where, what + " cannot be used", "a unit quaternion", "length " + shortest(norm));
        return std::abs(norm - 1) < kExact ? q : q.normalized();
    }

    [[nodiscard]] Result<NamedPose> pose(const PoseJson& value, std::size_t place) const {
        const std::string nth = "pose " + std::to_string(place);
        if (!value.is_object()) return badInput(where, nth + " cannot be used", "an object", shown(value));
        NamedPose read;
        const auto name = value.find("name");
        if (name == value.end() || !name->is_string()) return badInput(where, nth + " has no name", "a text", name == value.end() ? "nothing" : shown(*name));
        read.name = name->get<std::string>();
        const std::string called = nth + " '" + read.name + "'";
        const auto height = value.find("pelvis_height_m");
        if (height == value.end()) return badInput(where, called + " is not whole", "pelvis_height_m", "nothing");
        CHOREIA_ASSIGN(const float metres, number(*height, called + ": pelvis_height_m"));
        read.pose.root = motion::Vec3(0, metres, 0);
        const auto rotations = value.find("rotations_wxyz");
        if (rotations == value.end() || !rotations->is_object())
            return badInput(where, called + " is not whole", "rotations_wxyz by joint", rotations == value.end() ? "nothing" : shown(*rotations));
        if (rotations->size() != kJoints) return badInput(where, called + " is of another body", std::to_string(kJoints) + " joints", std::to_string(rotations->size()));
        const auto& names = Skeleton::body().names();
        for (std::size_t j = 0; j < names.size(); ++j) {
            const auto turn = rotations->find(names[j]);
            if (turn == rotations->end()) return badInput(where, called + " is of another body", "a joint '" + names[j] + "'", "none of that name");
            CHOREIA_ASSIGN(read.pose.rotations[j], rotation(*turn, called + ": " + names[j]));
        }
        return read;
    }
};

}  // namespace

NamedPose namedPose(std::string name, const motion::Pose& pose) {
    motion::Pose front;
    front.rotations.fill(motion::Quat::Identity());
    return {std::move(name), motion::placedAs(pose, front)};
}

std::string toJson(const PoseLibrary& library) {
    std::string text = std::string("{\n  \"kind\": \"") + kKind + "\",\n  \"version\": " + std::to_string(kPoseLibraryVersion) + ",\n  \"poses\": [";
    const auto& names = Skeleton::body().names();
    for (std::size_t p = 0; p < library.poses.size(); ++p) {
        const auto& [name, pose] = library.poses[p];
        text += std::string(p ? "," : "") + "\n    {\n      \"name\": " + quoted(name) + ",\n      \"pelvis_height_m\": " + shortest(pose.root.y()) + ",\n      \"rotations_wxyz\": {";
        for (std::size_t j = 0; j < names.size(); ++j) {
            const auto& q = pose.rotations[j];
            text += std::string(j ? "," : "") + "\n        \"" + names[j] + "\": [" + shortest(q.w()) + ", " + shortest(q.x()) + ", " + shortest(q.y()) + ", " + shortest(q.z()) + "]";
        }
        text += "\n      }\n    }";
    }
    return text + (library.poses.empty() ? "]\n}\n" : "\n  ]\n}\n");
}

Result<PoseLibrary> parsePoseLibrary(std::string_view text, const std::string& where) {
    const PoseJson json = PoseJson::parse(text, nullptr, false);
    if (json.is_discarded()) return badInput(where, "is not a pose library", "JSON", text.empty() ? "an empty file" : "something else, or a part of it");
    const auto kind = json.is_object() ? json.find("kind") : json.end();
    if (!json.is_object() || kind == json.end() || *kind != kKind)
        return badInput(where, "is not a pose library", std::string("kind \"") + kKind + "\"", json.is_object() && kind != json.end() ? shown(*kind) : "no kind");
    const auto version = json.find("version");
    if (version == json.end() || !version->is_number_integer() || version->get<std::int64_t>() < 1)
        return badInput(where, "does not say its version", "a whole number", version == json.end() ? "nothing" : shown(*version));
    if (version->get<std::int64_t>() > kPoseLibraryVersion)
        return badInput(where, "was written by a newer Choreia", "version " + std::to_string(kPoseLibraryVersion) + " or older", "version " + shown(*version));
    const auto poses = json.find("poses");
    if (poses == json.end() || !poses->is_array()) return badInput(where, "is not whole", "a list of poses", poses == json.end() ? "nothing" : shown(*poses));
    PoseLibrary library;
    for (std::size_t p = 0; p < poses->size(); ++p) {
        CHOREIA_ASSIGN(NamedPose pose, (PoseReader{where}.pose((*poses)[p], p + 1)));
        library.poses.push_back(std::move(pose));
    }
    return library;
}

Result<PoseLibrary> readPoseLibrary(const std::filesystem::path& path) {
    CHOREIA_ASSIGN(const std::string text, readFile(path));
    return parsePoseLibrary(text, path.string());
}

Result<void> writePoseLibrary(const std::filesystem::path& path, const PoseLibrary& library) {
    for (const auto& [name, pose] : library.poses) {
        bool whole = std::isfinite(pose.root.y());
        for (const auto& q : pose.rotations) whole = whole && std::abs(q.norm() - 1) < kUnit;
        if (!whole) return failed(path.string(), "pose '" + name + "' cannot be kept", "finite numbers and unit quaternions");
    }
    return writeFile(path, toJson(library));
}

}  // namespace choreia::io
