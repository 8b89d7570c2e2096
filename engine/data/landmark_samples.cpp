// Two layouts, one value.
#include "data/landmark_samples.h"

#include "audio/analysis.h"
#include "core/parallel.h"
#include "data/dataset.h"
#include "io/hdf5.h"
#include "motion/landmarks.h"

#include <algorithm>
#include <cmath>
#include <set>

namespace choreia::data {

namespace {

std::string shapeText(const std::vector<std::uint64_t>& shape) {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
    return text + "]";
}

// Rows at an even grid from the first to the last of the source's.
Table spreadOver(const Table& source, std::size_t rows) {
    Table out(rows, source.columns);
    for (std::size_t r = 0; r < rows; ++r) {
        const double at = rows > 1 ? static_cast<double>(r) * static_cast<double>(source.rows - 1) / static_cast<double>(rows - 1) : 0.0;
        const auto low = static_cast<std::size_t>(at), high = std::min(low + 1, source.rows - 1);
        const auto share = static_cast<float>(at - static_cast<double>(low));
        for (std::size_t c = 0; c < source.columns; ++c) out.at(r, c) = source.at(low, c) + (source.at(high, c) - source.at(low, c)) * share;
    }
    return out;
}

bool isFinite(const Table& table) {
    return std::all_of(table.values.begin(), table.values.end(), [](float v) { return std::isfinite(v); });
}

// Width over height of the pictures; the seed's where there are none.
double aspectOf(const io::H5Reader& file, const std::string& at) {
    const auto shape = file.shape(at + "frames");
    if (!shape || shape->size() < 3 || shape->back() != 3) return 360.0 / 640.0;
    const auto height = (*shape)[shape->size() - 3], width = (*shape)[shape->size() - 2];
    return height > 0 && width > 0 ? static_cast<double>(width) / static_cast<double>(height) : 360.0 / 640.0;
}

Result<LandmarkSample> readSeedGroup(const io::H5Reader& file, const std::string& where, const std::string& name) {
    const std::string at = name == "/" ? "" : name + "/", place = where + ": " + name;
    CHOREIA_ASSIGN(const io::Array mfcc, file.readFloats(at + "audio_mfcc_sequences"));
    CHOREIA_ASSIGN(const io::Array poses, file.readFloats(at + "pose_landmark_sequences"));
    if (mfcc.shape.size() != 2 || mfcc.shape[0] == 0 || mfcc.shape[1] < kSampleMfccs)
        return badInput(place, "audio_mfcc_sequences has a wrong shape", "[steps, 13]", shapeText(mfcc.shape));
    const auto dimensions = poses.shape.size();
    if (dimensions < 2 || dimensions > 3 || poses.shape[dimensions - 2] != motion::kLandmarks || poses.shape[dimensions - 1] != 2 || poses.values.empty())
        return badInput(place, "pose_landmark_sequences has a wrong shape", "[33, 2] or [steps, 33, 2]", shapeText(poses.shape));
    LandmarkSample sample;
    sample.name = name;
    sample.mfcc = Table(mfcc.shape[0], kSampleMfccs);
    for (std::size_t r = 0; r < sample.mfcc.rows; ++r)
        for (std::size_t c = 0; c < kSampleMfccs; ++c) sample.mfcc.at(r, c) = mfcc.values[r * mfcc.shape[1] + c];
    standardise(sample.mfcc);
    Table landmarks;
    landmarks.columns = 2 * motion::kLandmarks;
    landmarks.rows = poses.values.size() / landmarks.columns;
    landmarks.values = poses.values;
    const auto aspect = static_cast<float>(aspectOf(file, at));
    for (std::size_t i = 0; i < landmarks.values.size(); i += 2) landmarks.values[i] = 0.5f + (landmarks.values[i] - 0.5f) * aspect;
    sample.landmarks = spreadOver(landmarks, sample.mfcc.rows);
    if (!isFinite(sample.mfcc) || !isFinite(sample.landmarks)) return badInput(place, "holds values that are not finite");
    return sample;
}

Result<void> readSeedGroups(const std::filesystem::path& path, std::vector<LandmarkSample>& out) {
    CHOREIA_ASSIGN(const io::H5Reader file, io::H5Reader::open(path));
    auto groups = file.groups();
    if (groups.empty()) groups.push_back("/");
    std::size_t count = 0;
    for (const auto& name : groups) {
        const std::string at = name == "/" ? "" : name + "/";
        if (!file.exists(at + "audio_mfcc_sequences") || !file.exists(at + "pose_landmark_sequences")) continue;
        CHOREIA_ASSIGN(auto sample, readSeedGroup(file, path.string(), name));
        const auto set = file.textAttribute(name, "set");
        sample.validation = set.ok() ? *set == "val" : count % 8 == 7;
        ++count;
        out.push_back(std::move(sample));
    }
    return {};
}

Result<bool> hasMotion(const std::filesystem::path& path) {
    CHOREIA_ASSIGN(const io::H5Reader file, io::H5Reader::open(path));
    for (const auto& name : file.groups())
        if (file.exists(name + "/local_rotations")) return true;
    return false;
}

}  // namespace

void standardise(Table& mfcc) {
    for (std::size_t c = 0; c < mfcc.columns; ++c) {
        double sum = 0, square = 0;
        for (std::size_t r = 0; r < mfcc.rows; ++r) sum += mfcc.at(r, c);
        const double mean = sum / static_cast<double>(std::max<std::size_t>(1, mfcc.rows));
        for (std::size_t r = 0; r < mfcc.rows; ++r) square += std::pow(mfcc.at(r, c) - mean, 2);
        const double deviation = std::sqrt(square / static_cast<double>(std::max<std::size_t>(1, mfcc.rows)));
        for (std::size_t r = 0; r < mfcc.rows; ++r) mfcc.at(r, c) = static_cast<float>(deviation > 1e-6 ? (mfcc.at(r, c) - mean) / deviation : 0.0);
    }
}

Table sampleMfcc(const Table& features, std::size_t steps) {
    Table out(steps, kSampleMfccs);
    for (std::size_t r = 0; r < steps && features.rows > 0; ++r) {
        const std::size_t a = std::min(2 * r, features.rows - 1), b = std::min(a + 1, features.rows - 1);
        for (std::size_t c = 0; c < kSampleMfccs; ++c) out.at(r, c) = 0.5f * (features.at(a, audio::columns::kMfcc + c) + features.at(b, audio::columns::kMfcc + c));
    }
    standardise(out);
    return out;
}

Result<std::vector<LandmarkSample>> loadLandmarkSamples(const std::vector<std::filesystem::path>& files) {
    std::vector<LandmarkSample> out;
    for (const auto& path : files) {
        const std::size_t before = out.size();
        CHOREIA_TRY(readSeedGroups(path, out));
        CHOREIA_ASSIGN(const bool motion, hasMotion(path));
        if (motion) {
            CHOREIA_ASSIGN(const auto clips, loadClips({path}));
            // A pair brought onto the beat stands for its raw twin.
            std::set<std::string> onBeat;
            for (const auto& clip : clips)
                if (clip.name.ends_with("~beat")) onBeat.insert(clip.name.substr(0, clip.name.size() - 5));
            std::vector<const TrainingClip*> used;
            for (const auto& clip : clips)
                if (clip.musicFeatures.rows > 0 && !onBeat.count(clip.name)) used.push_back(&clip);
            std::vector<LandmarkSample> made(used.size());
            parallelFor(used.size(), [&](std::size_t i) {
                LandmarkSample& sample = made[i];
                sample.name = used[i]->name;
                sample.validation = used[i]->validation;
                sample.pictureMetres = motion::kPictureMetres;
                sample.landmarks = motion::frontLandmarks(motion::resample(used[i]->clip, kSampleFps));
                sample.mfcc = sampleMfcc(used[i]->musicFeatures, sample.landmarks.rows);
            });
            std::move(made.begin(), made.end(), std::back_inserter(out));
        }
        if (out.size() == before)
            return badInput(path.string(), "no landmarks with music in this file", "audio_mfcc_sequences and pose_landmark_sequences, or local_rotations and music_features");
    }
    return out;
}

}  // namespace choreia::data
