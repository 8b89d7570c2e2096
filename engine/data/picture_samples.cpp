// Three layouts, one value. Joints of other sets become landmarks by their names.
#include "data/picture_samples.h"

#include "core/parallel.h"
#include "io/hdf5.h"
#include "io/picture_file.h"
#include "motion/landmarks.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace choreia::data {

namespace {

namespace fs = std::filesystem;
constexpr float kMostSide = 320;  // of a person in memory, pixels

std::string shapeText(const std::vector<std::uint64_t>& shape) {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + std::to_string(shape[i]);
    return text + "]";
}

std::string nameOf(const fs::path& place) { return place.filename().empty() ? place.parent_path().filename().string() : place.filename().string(); }

/// A whole picture made smaller where its person is larger than needed.
void reduce(PictureSample& sample) {
    const int factor = static_cast<int>(std::ceil(sample.person.side / kMostSide));
    if (factor <= 1) return;
    const int width = std::max(1, sample.width / factor), height = std::max(1, sample.height / factor);
    std::vector<std::uint8_t> small(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 3);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (std::size_t k = 0; k < 3; ++k) {
                int sum = 0;
                for (int j = 0; j < factor; ++j)
                    for (int i = 0; i < factor; ++i)
                        sum += sample.rgb[3 * (static_cast<std::size_t>(y * factor + j) * static_cast<std::size_t>(sample.width) + static_cast<std::size_t>(x * factor + i)) + k];
                small[3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x)) + k] =
                    static_cast<std::uint8_t>((sum + factor * factor / 2) / (factor * factor));
            }
    sample.rgb = std::move(small);
    sample.width = width, sample.height = height;
    const auto scale = 1.0f / static_cast<float>(factor);
    for (std::size_t i = 0; i < kPictureMarks; ++i) sample.landmarks[3 * i] *= scale, sample.landmarks[3 * i + 1] *= scale;
    sample.person.x *= scale, sample.person.y *= scale, sample.person.side *= scale;
}

/// 33 landmarks of 0..1, all known; in sight where within the picture.
void setLandmarks(PictureSample& sample, std::span<const float> flat) {
    std::vector<std::array<float, 2>> points(kPictureMarks);
    for (std::size_t i = 0; i < kPictureMarks; ++i) {
        const float x = flat[2 * i], y = flat[2 * i + 1];
        points[i] = {x * static_cast<float>(sample.width), y * static_cast<float>(sample.height)};
        sample.landmarks[3 * i] = points[i][0], sample.landmarks[3 * i + 1] = points[i][1];
        sample.known[i] = 1;
        sample.seen[i] = x >= 0 && x < 1 && y >= 0 && y < 1;
    }
    sample.person = squareRound(points);
}

Result<void> checkFinite(const std::vector<float>& values, const std::string& place, const char* name) {
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!std::isfinite(values[i])) return badInput(place, std::string(name) + " holds values that are not finite", "numbers", "value " + std::to_string(i));
    return {};
}

bool lastEighth(std::size_t index, std::size_t count) { return index >= count - std::max<std::size_t>(1, count / 8); }

/// Fills samples [0, count) on a few threads; the first error by index.
template <class Make>
Result<void> makeAll(std::size_t count, std::vector<PictureSample>& out, const Make& make) {
    std::vector<PictureSample> made(count);
    std::vector<std::optional<Error>> errors(count);
    parallelFor(count, [&](std::size_t i) {
        const Result<void> done = make(i, made[i]);
        if (!done.ok()) errors[i] = done.error();
    });
    for (const auto& error : errors)
        if (error) return *error;
    std::move(made.begin(), made.end(), std::back_inserter(out));
    return {};
}

Result<void> readPixels(const fs::path& path, PictureSample& sample) {
    CHOREIA_ASSIGN(io::RgbPicture picture, io::readPicture(path));
    sample.width = picture.width, sample.height = picture.height;
    sample.rgb = std::move(picture.rgb);
    return {};
}

Result<void> readJoints(const fs::path& folder, const fs::path& path, std::vector<PictureSample>& out) {
    CHOREIA_ASSIGN(const io::H5Reader file, io::H5Reader::open(path));
    const std::string place = path.string();
    if (!file.exists("joints") || !file.exists("image_files")) return badInput(place, "holds no joints with pictures", "joints and image_files");
    CHOREIA_ASSIGN(const io::Array joints, file.readFloats("joints"));
    CHOREIA_ASSIGN(const auto files, file.readTexts("image_files"));
    CHOREIA_ASSIGN(const auto names, file.textListAttribute("/", "joint_names"));
    if (joints.shape != std::vector<std::uint64_t>{files.size(), names.size(), 3} || files.empty())
        return badInput(place, "joints has a wrong shape", "[" + std::to_string(files.size()) + ", " + std::to_string(names.size()) + ", 3]", shapeText(joints.shape));
    std::vector<std::int64_t> split;
    if (file.exists("split")) {
        CHOREIA_ASSIGN(split, file.readIntegers("split"));
        if (split.size() != files.size()) return badInput(place, "split does not fit the pictures", std::to_string(files.size()), std::to_string(split.size()));
    }
    const auto& marks = motion::landmarkNames();
    std::vector<std::ptrdiff_t> landmark;  // of each joint; beyond the last: none
    for (const auto& name : names) landmark.push_back(std::find(marks.begin(), marks.end(), name) - marks.begin());
    return makeAll(files.size(), out, [&](std::size_t i, PictureSample& sample) -> Result<void> {
        std::error_code code;
        const fs::path plain = folder / files[i];
        CHOREIA_TRY(readPixels(fs::exists(plain, code) ? plain : folder / "images" / files[i], sample));
        std::vector<std::array<float, 2>> points;
        for (std::size_t j = 0; j < names.size(); ++j) {
            const float* joint = joints.values.data() + 3 * (i * names.size() + j);
            if (!(joint[2] > 0.5f)) continue;
            if (!std::isfinite(joint[0]) || !std::isfinite(joint[1])) return badInput(place, "joints holds values that are not finite", "numbers", "picture " + std::to_string(i));
            points.push_back({joint[0], joint[1]});
            if (landmark[j] >= static_cast<std::ptrdiff_t>(kPictureMarks)) continue;
            const auto k = static_cast<std::size_t>(landmark[j]);
            sample.landmarks[3 * k] = joint[0], sample.landmarks[3 * k + 1] = joint[1];
            sample.known[k] = sample.seen[k] = 1;
        }
        sample.person = squareRound(points);
        sample.validation = !split.empty() && split[i] != 0;
        sample.set = nameOf(folder);
        reduce(sample);
        return {};
    });
}

Result<void> readLandmarkFolder(const fs::path& folder, std::vector<PictureSample>& out) {
    CHOREIA_ASSIGN(const io::H5Reader file, io::H5Reader::open(folder / "landmarks.h5"));
    for (const auto& group : file.groups()) {
        const std::string at = group + "/", place = (folder / "landmarks.h5").string() + ": " + group;
        if (!file.exists(at + "pose_landmarks")) continue;
        CHOREIA_ASSIGN(const io::Array flat, file.readFloats(at + "pose_landmarks"));
        CHOREIA_ASSIGN(const auto files, file.readTexts(at + "frame_files"));
        std::vector<std::int64_t> split;
        if (file.exists(at + "split")) {
            CHOREIA_ASSIGN(split, file.readIntegers(at + "split"));
        }
        if (flat.shape != std::vector<std::uint64_t>{files.size(), kPictureMarks, 2} || files.empty() || (!split.empty() && split.size() != files.size()))
            return badInput(place, "pose_landmarks has a wrong shape", "[" + std::to_string(files.size()) + ", 33, 2]", shapeText(flat.shape));
        CHOREIA_TRY(checkFinite(flat.values, place, "pose_landmarks"));
        const auto make = [&](std::size_t i, PictureSample& sample) -> Result<void> {
            CHOREIA_TRY(readPixels(folder / "frames" / files[i], sample));
            setLandmarks(sample, std::span(flat.values).subspan(2 * kPictureMarks * i, 2 * kPictureMarks));
            sample.validation = split.empty() ? lastEighth(i, files.size()) : split[i] != 0;
            sample.set = nameOf(folder);
            reduce(sample);
            return {};
        };
        CHOREIA_TRY(makeAll(files.size(), out, make));
    }
    return {};
}

Result<void> readSeedFile(const fs::path& path, std::vector<PictureSample>& out) {
    CHOREIA_ASSIGN(const io::H5Reader file, io::H5Reader::open(path));
    auto groups = file.groups();
    groups.push_back("/");
    std::size_t singles = 0;
    for (const auto& group : groups) {
        const std::string at = group == "/" ? "" : group + "/", place = path.string() + ": " + group;
        if (!file.exists(at + "frames") || !file.exists(at + "pose_landmark_sequences")) continue;
        CHOREIA_ASSIGN(const io::Array flat, file.readFloats(at + "pose_landmark_sequences"));
        auto shape = file.shape(at + "frames").value_or(std::vector<std::uint64_t>{});
        const bool single = shape.size() == 3;
        if (single) shape.insert(shape.begin(), 1);
        if (shape.size() != 4 || shape[3] != 3 || shape[1] < 8 || shape[2] < 8 || shape[1] > 16384 || shape[2] > 16384)
            return badInput(place, "frames has a wrong shape", "[height, width, 3] or [n, height, width, 3]", shapeText(shape));
        if (flat.values.size() != shape[0] * 2 * kPictureMarks || flat.shape.back() != 2)
            return badInput(place, "pose_landmark_sequences does not fit the pictures", std::to_string(shape[0]) + " of 33 landmarks", shapeText(flat.shape));
        CHOREIA_TRY(checkFinite(flat.values, place, "pose_landmark_sequences"));
        const auto set = file.textAttribute(group, "set");
        for (std::size_t i = 0; i < shape[0]; ++i) {
            PictureSample sample;
            CHOREIA_ASSIGN(sample.rgb, single ? file.readBytes(at + "frames") : file.readByteRows(at + "frames", i, 1));
            sample.height = static_cast<int>(shape[1]), sample.width = static_cast<int>(shape[2]);
            setLandmarks(sample, std::span(flat.values).subspan(2 * kPictureMarks * i, 2 * kPictureMarks));
            sample.validation = set.ok() ? *set == "val" : shape[0] == 1 ? singles % 8 == 7 : lastEighth(i, shape[0]);
            sample.set = path.stem().string();
            reduce(sample);
            out.push_back(std::move(sample));
        }
        ++singles;
    }
    return {};
}

}  // namespace

Result<std::vector<PictureSample>> loadPictureSamples(const std::vector<fs::path>& places) {
    std::vector<PictureSample> out;
    for (const auto& place : places) {
        const std::size_t before = out.size();
        std::error_code code;
        if (!fs::is_directory(place, code)) {
            CHOREIA_TRY(readSeedFile(place, out));
        } else if (fs::exists(place / "landmarks.h5", code)) {
            CHOREIA_TRY(readLandmarkFolder(place, out));
        } else {
            for (const char* name : {"joints.h5", "joints_more.h5"})
                if (fs::exists(place / name, code)) CHOREIA_TRY(readJoints(place, place / name, out));
        }
        if (out.size() == before)
            return badInput(place.string(), "no pictures with landmarks in it", "joints.h5, landmarks.h5 beside frames/, or an HDF5 with frames and pose_landmark_sequences");
    }
    return out;
}

}  // namespace choreia::data
