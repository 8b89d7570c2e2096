// Reads motion files of every kind into clips on our body.
#include "data/sources.h"

#include "io/hdf5.h"
#include "io/motion_files.h"
#include "motion/kinematics.h"
#include "motion/rotation.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <fstream>
#include <map>

namespace choreia::data {

namespace fs = std::filesystem;
using motion::Clip;
using motion::kJoints;
using motion::Positions;

namespace {

/// File name without the extensions of motion files.
std::string stemOf(const fs::path& path) {
    std::string name = path.filename().string();
    for (const std::string_view extension : {".gz", ".bvh", ".h5", ".pkl"}) {
        if (name.size() > extension.size() && name.ends_with(extension)) name.resize(name.size() - extension.size());
    }
    return name;
}

bool isMotionFile(const fs::path& path) {
    const std::string name = path.filename().string();
    return name.ends_with(".h5") || name.ends_with(".bvh") || name.ends_with(".bvh.gz") || name.ends_with(".pkl");
}

/// "train", "val" or empty, from the folder's splits.json.
std::string splitOf(const fs::path& path, const std::string& name) {
    std::ifstream file(path.parent_path() / "splits.json");
    if (!file) return {};
    const auto splits = nlohmann::json::parse(file, nullptr, false);
    if (!splits.is_object()) return {};
    for (const auto& [set, names] : splits.items()) {
        if (!names.is_array()) continue;
        for (const auto& entry : names) {
            if (entry.is_string() && entry.get<std::string>() == name) return set;
        }
    }
    return {};
}

bool allowsPublishing(const std::string& licence) {
    std::string low;
    for (const char c : licence) low.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
    const auto has = [&low](const char* text) { return low.find(text) != std::string::npos; };
    const bool limited = has("-nc") || has("noncommercial") || has("non-commercial") || has("-nd");
    return (has("cc by") && !limited) || has("cc0") || has("public domain") || has("choreia");
}

struct Read {
    Source source;
    std::vector<std::string> names;
    Positions positions;
    bool ours = false;
    Clip clip;
};

Result<Read> readH5(const fs::path& path) {
    CHOREIA_ASSIGN(const io::H5Reader file, io::H5Reader::open(path));
    Read out;
    const std::string where = path.string();
    if (!file.exists("positions")) return badInput(where, "no motion in this file", "a dataset 'positions'");
    CHOREIA_ASSIGN(const io::Array positions, file.readFloats("positions"));
    if (positions.shape.size() != 3 || positions.shape[2] != 3 || positions.shape[0] < 2) {
        return badInput(where, "dataset 'positions' has a wrong shape", "[frames, joints, 3]");
    }
    CHOREIA_ASSIGN(const double fps, file.numberAttribute("/", "fps"));
    if (!(fps > 0) || fps > 1000) return badInput(where, "attribute 'fps' is out of range", "0..1000", std::to_string(fps));
    CHOREIA_ASSIGN(out.names, file.textListAttribute("/", "joint_names"));
    out.positions.fps = fps;
    out.positions.joints = positions.shape[1];
    if (out.names.size() != out.positions.joints) {
        return badInput(where, "joint_names and positions differ in number", std::to_string(out.positions.joints),
                        std::to_string(out.names.size()));
    }
    out.positions.values.resize(positions.values.size() / 3);
    for (std::size_t i = 0; i < out.positions.values.size(); ++i) {
        out.positions.values[i] = motion::Vec3(positions.values[3 * i], positions.values[3 * i + 1], positions.values[3 * i + 2]);
    }
    Source& source = out.source;
    if (auto genre = file.textAttribute("/", "genre"); genre.ok()) source.style = styleName(*genre);
    if (auto licence = file.textAttribute("/", "licence"); licence.ok()) source.publishable = allowsPublishing(*licence);
    if (auto music = file.textAttribute("/", "music_file"); music.ok() && !music->empty())
        source.music = path.parent_path() / *music;
    if (auto offset = file.numberAttribute("/", "music_offset_s"); offset.ok()) source.musicOffset = *offset;
    if (auto tempo = file.numberAttribute("/", "tempo_bpm"); tempo.ok()) source.tempo = *tempo;
    if (auto bar = file.numberAttribute("/", "beats_per_bar"); bar.ok()) source.beatsPerBar = static_cast<int>(*bar);
    if (file.exists("beat_times_s")) {
        if (auto beats = file.readDoubles("beat_times_s"); beats.ok()) source.beats = *beats;
    }
    // Motion that this program wrote needs no fit.
    if (file.exists("local_rotations") && file.exists("root_position") && out.positions.joints == kJoints) {
        CHOREIA_ASSIGN(const io::Array rotations, file.readFloats("local_rotations"));
        CHOREIA_ASSIGN(const io::Array root, file.readFloats("root_position"));
        if (rotations.values.size() == positions.shape[0] * kJoints * 4 && root.values.size() == positions.shape[0] * 3) {
            out.ours = true;
            out.clip.fps = fps;
            for (std::size_t f = 0; f < positions.shape[0]; ++f)
                out.clip.root.emplace_back(root.values[3 * f], root.values[3 * f + 1], root.values[3 * f + 2]);
            for (std::size_t i = 0; i < positions.shape[0] * kJoints; ++i) {
                const float* q = rotations.values.data() + 4 * i;
                out.clip.rotations.push_back(motion::Quat(q[0], q[1], q[2], q[3]).normalized());
            }
        }
    }
    return out;
}

Result<Read> readAny(const fs::path& path) {
    if (path.string().ends_with(".h5")) return readH5(path);
    Read out;
    CHOREIA_ASSIGN(io::SourceMotion found, io::readMotion(path));
    out.names = std::move(found.names);
    out.positions = std::move(found.positions);
    out.ours = found.isOurBody;
    out.clip = std::move(found.clip);
    // CMU's recordings and the AIST++ annotations may be used for published models; other files say nothing, so they may not.
    const auto has = [&out](const char* name) { return std::find(out.names.begin(), out.names.end(), name) != out.names.end(); };
    out.source.publishable = has("CC_Base_Hip") || (has("abdomen") && has("lThigh")) ||
                             (path.extension() == ".pkl" && stemOf(path).find("_cAll_") != std::string::npos);
    return out;
}

/// [first, last) stretches between tears.
std::vector<std::pair<std::size_t, std::size_t>> wholeStretches(const Clip& clip) {
    constexpr float kTear = 20.0f;
    const Positions at = motion::jointPositions(motion::Skeleton::body(), clip);
    std::vector<std::pair<std::size_t, std::size_t>> out;
    std::size_t first = 0;
    const auto least = static_cast<std::size_t>(3 * clip.fps), margin = static_cast<std::size_t>(clip.fps * 0.1);
    const auto close = [&](std::size_t last) {
        if (last > first && last - first >= std::min(least, clip.frames())) out.emplace_back(first, last);
    };
    for (std::size_t f = 1; f < at.frames(); ++f) {
        float fastest = 0;
        for (std::size_t j = 0; j < kJoints; ++j) fastest = std::max(fastest, (at.at(f, j) - at.at(f - 1, j)).norm());
        if (fastest * static_cast<float>(clip.fps) > kTear) {
            close(f > margin ? f - margin : 0);
            first = std::min(f + margin, at.frames());
        }
    }
    close(at.frames());
    return out;
}

} // namespace

std::string styleName(const std::string& genre) {
    static const std::map<std::string, std::string> aist = {
        {"gBR", "break"}, {"gPO", "pop"},   {"gLO", "lock"},  {"gMH", "hip-hop"},     {"gLH", "hip-hop"},
        {"gHO", "house"}, {"gWA", "waack"}, {"gKR", "krump"}, {"gJS", "street-jazz"}, {"gJB", "ballet-jazz"}};
    if (const auto it = aist.find(genre); it != aist.end()) return it->second;
    std::string out;
    for (const char c : genre) out.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
    return out;
}

bool heldOut(const std::string& name, const std::string& style) {
    // Names like style_subject_take: the take decides, so that partners stay together.
    const auto last = name.rfind('_');
    const bool take = last != std::string::npos && last > 0 && name.find('_') != last &&
                      std::all_of(name.begin() + static_cast<std::ptrdiff_t>(last) + 1, name.end(),
                                  [](unsigned char c) { return std::isdigit(c); });
    const std::string key = take ? style + name.substr(last) : name;
    std::uint64_t hash =
        0xcbf29ce484222325ULL ^ 795; // FNV-1a, salted so that every kind of dance of the project's data has takes on both sides
    for (const char c : key) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    hash ^= hash >> 29;
    return hash % 8 == 0;
}

Result<std::vector<fs::path>> listMotionFiles(const std::vector<fs::path>& from) {
    std::vector<fs::path> out;
    for (const auto& path : from) {
        std::error_code error;
        if (fs::is_directory(path, error)) {
            for (const auto& entry : fs::directory_iterator(path, error)) {
                if (entry.is_regular_file(error) && isMotionFile(entry.path())) out.push_back(entry.path());
            }
        } else if (fs::is_regular_file(path, error)) {
            if (!isMotionFile(path)) return badInput(path.string(), "not a motion file", ".h5, .bvh, .bvh.gz or .pkl");
            out.push_back(path);
        } else {
            return badInput(path.string(), "no such file or folder");
        }
    }
    if (out.empty())
        return badInput(from.empty() ? "dataset build" : from.front().string(), "no motion files found",
                        ".h5, .bvh, .bvh.gz or .pkl");
    std::sort(out.begin(), out.end());
    return out;
}

Result<std::vector<FittedMotion>> readAndFit(const fs::path& path, std::stop_token stop) {
    CHOREIA_ASSIGN(Read read, readAny(path));
    Source& source = read.source;
    source.path = path;
    source.name = stemOf(path);
    if (source.style.empty()) source.style = styleName(source.name.substr(0, source.name.find('_')));
    const std::string set = splitOf(path, source.name);
    source.validation = set.empty() ? heldOut(source.name, source.style) : set != "train";
    FittedMotion fitted;
    fitted.source = source;
    Clip clip;
    if (read.ours) {
        clip = std::move(read.clip);
    } else {
        NoProgress quiet;
        CHOREIA_ASSIGN(motion::FitResult result, motion::fitToBody(read.names, read.positions, path.string(), stop, quiet));
        clip = std::move(result.clip);
        fitted.fitCm = result.report.meanErrorCm;
        fitted.worstCm = result.report.worstJointCm;
    }
    clip = motion::resample(clip, kMotionFps);
    std::vector<FittedMotion> out;
    const auto stretches = wholeStretches(clip);
    for (std::size_t k = 0; k < stretches.size(); ++k) {
        FittedMotion part = fitted;
        part.name = source.name + (k > 0 ? "-" + std::to_string(k + 1) : "");
        part.startSeconds = static_cast<double>(stretches[k].first) / clip.fps;
        part.clip = motion::slice(clip, stretches[k].first, stretches[k].second - stretches[k].first);
        out.push_back(std::move(part));
    }
    return out;
}

} // namespace choreia::data
