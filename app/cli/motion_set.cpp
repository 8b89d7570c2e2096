// Files in, evaluated clips out.
#include "cli/motion_set.h"

#include "audio/analysis.h"
#include "cli/sound.h"
#include "data/dataset.h"
#include "hearing/hearing.h"
#include "io/hdf5.h"
#include "io/motion_files.h"
#include "motion/fit.h"
#include "motion/kinematics.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

namespace choreia::cli {

namespace fs = std::filesystem;

namespace {

std::string stemOf(const fs::path& path) { return path.extension() == ".gz" ? path.stem().stem().string() : path.stem().string(); }

bool isMotion(const fs::path& path) {
    const fs::path extension = path.extension();
    return extension == ".h5" || extension == ".bvh" || extension == ".csv" || extension == ".gltf" || extension == ".glb" || extension == ".pkl" || (extension == ".gz" && path.stem().extension() == ".bvh");
}

/// The motion files of a folder, by name; where a motion is there in two formats, the .h5.
Result<std::vector<fs::path>> filesOf(const fs::path& source) {
    std::error_code code;
    if (!fs::exists(source, code)) return badInput(source.string(), "no such file or folder");
    if (!fs::is_directory(source, code)) return std::vector<fs::path>{source};
    std::map<std::string, fs::path> byStem;
    for (const auto& entry : fs::directory_iterator(source, code)) {
        if (!isMotion(entry.path())) continue;
        fs::path& kept = byStem[stemOf(entry.path())];
        if (kept.empty() || entry.path().extension() == ".h5") kept = entry.path();
    }
    if (code) return badInput(source.string(), "cannot be read: " + code.message());
    if (byStem.empty()) return badInput(source.string(), "holds no motion", ".h5, .bvh, .bvh.gz, .gltf, .glb, .csv or .pkl files");
    std::vector<fs::path> files;
    for (const auto& [stem, path] : byStem) files.push_back(path);
    return files;
}

Result<std::optional<std::vector<double>>> beatsFromFolder(const fs::path& folder, const std::string& stem, bool songs, Context& context) {
    std::error_code code;
    if (const fs::path file = folder / (stem + ".beats"); fs::exists(file, code)) {
        CHOREIA_ASSIGN(std::vector<double> times, readTimes(file));
        return std::optional(std::move(times));
    }
    if (!songs) return std::optional<std::vector<double>>();
    for (const char* extension : {".wav", ".flac", ".ogg", ".opus", ".mp3", ".m4a", ".mp4", ".webm"}) {
        const fs::path song = folder / (stem + extension);
        if (!fs::exists(song, code)) continue;
        CHOREIA_ASSIGN(const audio::PackedSound sound, loadMono(song, context));
        CHOREIA_ASSIGN(const audio::Analysis analysis, hearing::hear(sound, song.string(), context.stop, context.progress));
        return std::optional(analysis.grid.beats);
    }
    return std::optional<std::vector<double>>();
}

Result<std::vector<double>> beatsFor(const fs::path& file, const MotionSetRequest& request, Context& context) {
    const std::string stem = stemOf(file);
    if (!request.music.empty()) {
        CHOREIA_ASSIGN(const auto found, beatsFromFolder(request.music, stem, true, context));
        if (found) return *found;
    }
    CHOREIA_ASSIGN(const auto beside, beatsFromFolder(file.parent_path(), stem, false, context));
    if (beside) return *beside;
    if (file.extension() == ".h5") {
        CHOREIA_ASSIGN(const io::H5Reader reader, io::H5Reader::open(file));
        for (const char* name : {"beats_s", "beat_times_s"})
            if (reader.exists(name)) return reader.readDoubles(name);
    }
    return std::vector<double>();
}

/// Joint positions in the field's order: as they are where the motion has 24 joints, else by fitting our body. file: for errors.
Result<motion::Positions> positionsOf(const io::SourceMotion& source, const fs::path& file, Context& context) {
    const motion::Skeleton& body = motion::Skeleton::body();
    if (source.isOurBody) return motion::jointPositions(body, motion::resample(source.clip, 60));
    if (source.positions.joints == motion::kJoints) {
        std::vector<std::size_t> order;
        for (const std::string& name : body.names()) {
            const auto found = std::find(source.names.begin(), source.names.end(), name);
            if (found != source.names.end()) order.push_back(static_cast<std::size_t>(found - source.names.begin()));
        }
        motion::Positions positions = source.positions;
        if (order.size() == motion::kJoints)
            for (std::size_t f = 0; f < positions.frames(); ++f)
                for (std::size_t j = 0; j < order.size(); ++j) positions.at(f, j) = source.positions.at(f, order[j]);
        return resamplePositions(positions, 60);
    }
    CHOREIA_ASSIGN(const motion::FitResult fitted, motion::fitToBody(source.names, source.positions, file.string(), context.stop, context.progress));
    return motion::jointPositions(body, motion::resample(fitted.clip, 60));
}

Result<void> addTrainingClips(const fs::path& file, const std::string& set, std::vector<eval::EvaluatedClip>& clips) {
    CHOREIA_ASSIGN(const std::vector<data::TrainingClip> loaded, data::loadClips({file}));
    for (const data::TrainingClip& clip : loaded) {
        if (set != "all" && (set == "val") != clip.validation) continue;
        clips.push_back({clip.name, motion::jointPositions(motion::Skeleton::body(), motion::resample(clip.clip, 60)), clip.beats, clip.style});
    }
    return {};
}

Result<bool> isTrainingFile(const fs::path& file) {
    if (file.extension() != ".h5") return false;
    CHOREIA_ASSIGN(const io::H5Reader reader, io::H5Reader::open(file));
    return !reader.exists("positions") && !reader.groups().empty();
}

}  // namespace

motion::Positions resamplePositions(const motion::Positions& positions, double fps) {
    const std::size_t frames = positions.frames();
    if (positions.fps == fps || frames < 2) return positions;
    motion::Positions out{fps, positions.joints, {}};
    const auto count = static_cast<std::size_t>(std::floor(static_cast<double>(frames - 1) / positions.fps * fps + 1e-6)) + 1;
    out.values.resize(count * positions.joints);
    for (std::size_t f = 0; f < count; ++f) {
        const double at = std::min(static_cast<double>(f) / fps * positions.fps, static_cast<double>(frames - 1));
        const std::size_t i = std::min(static_cast<std::size_t>(at), frames - 2);
        const auto u = static_cast<float>(at - static_cast<double>(i));
        const std::size_t before = i > 0 ? i - 1 : 0, after = std::min(i + 2, frames - 1);
        for (std::size_t j = 0; j < positions.joints; ++j) {
            const motion::Vec3 &a = positions.at(before, j), &b = positions.at(i, j), &c = positions.at(i + 1, j), &d = positions.at(after, j);
            out.at(f, j) = b + 0.5f * u * (c - a + u * (2 * a - 5 * b + 4 * c - d + u * (3 * (b - c) + d - a)));
        }
    }
    return out;
}

Result<std::vector<eval::EvaluatedClip>> loadMotionSet(const MotionSetRequest& request, Context& context) {
    if (!request.music.empty() && !fs::is_directory(request.music)) return badInput(request.music, "is not a folder");
    CHOREIA_ASSIGN(const std::vector<fs::path> files, filesOf(request.source));
    std::vector<eval::EvaluatedClip> clips;
    const std::string stageName = "reading " + request.source;
    Stage stage(context.progress, stageName);
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (context.stop.stop_requested()) return cancelled(request.source);
        const fs::path& file = files[i];
        CHOREIA_ASSIGN(const bool training, isTrainingFile(file));
        if (training) {
            CHOREIA_TRY(addTrainingClips(file, request.set, clips));
        } else {
            eval::EvaluatedClip clip;
            clip.name = stemOf(file);
            CHOREIA_ASSIGN(io::SourceMotion source, io::readMotion(file));
            CHOREIA_ASSIGN(clip.positions, positionsOf(source, file, context));
            clip.style = std::move(source.style);
            CHOREIA_ASSIGN(clip.musicBeats, beatsFor(file, request, context));
            clips.push_back(std::move(clip));
        }
        stage.update(static_cast<double>(i + 1), static_cast<double>(files.size()));
    }
    for (eval::EvaluatedClip& clip : clips) {
        const double end = static_cast<double>(clip.positions.frames()) / 60;
        std::erase_if(clip.musicBeats, [end](double time) { return time < 0 || time >= end; });
    }
    if (clips.empty()) return badInput(request.source, "holds no clip of this set", "clips", "none in set " + request.set);
    return clips;
}

}  // namespace choreia::cli
